"""One writer at a time, across processes: an advisory lock that the kernel drops when its owner dies."""

from __future__ import annotations

import fcntl
import json
import os
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path

from indexer.errors import StorageFull, WriterBusy

_POLL_S = 0.05


@contextmanager
def writer_lock(path: Path, timeout: float) -> Iterator[None]:
    """Holds the lock file at ``path``. Raises WriterBusy, naming the owner, after ``timeout`` seconds; StorageFull if
    there can be no such file."""
    try:
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o644)
    except OSError as error:
        raise StorageFull(f"{path} cannot be written: {error.strerror}") from error
    try:
        deadline = time.monotonic() + timeout
        while True:
            try:
                fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
                if _is_at(descriptor, path):
                    break
                os.close(descriptor)
                descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o644)
            except BlockingIOError:
                if time.monotonic() >= deadline:
                    raise WriterBusy(
                        f"another writer is at work: {_owner(path)}; waited {timeout:g} s, try again later"
                    ) from None
                time.sleep(_POLL_S)
        owner = {
            "pid": os.getpid(),
            "command": " ".join(Path(part).name for part in sys.argv[:2]),
            "since": datetime.now(UTC).isoformat(timespec="seconds"),
        }
        with suppress(OSError):  # a disk that takes no more takes no name; the lock holds all the same
            os.ftruncate(descriptor, 0)
            os.pwrite(descriptor, json.dumps(owner).encode(), 0)
        yield
    finally:
        os.close(descriptor)


def _is_at(descriptor: int, path: Path) -> bool:
    """Whether the open file is still the one at ``path``: another may have been restored in its place."""
    held = os.fstat(descriptor)
    try:
        found = path.stat()
    except OSError:
        return False
    return (held.st_dev, held.st_ino) == (found.st_dev, found.st_ino)


def _owner(path: Path) -> str:
    try:
        owner = json.loads(path.read_text(encoding="utf-8"))
        return f"process {owner['pid']} ({owner['command']}), since {owner['since']}"
    except (OSError, ValueError, KeyError):
        return "an unknown process"
