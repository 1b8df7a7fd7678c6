"""The folder in which the workers count: prometheus_client's multiprocess mode, a file for each process and type.

What a dead worker counted must stay, or sums would fall; its files must not, or a worker that dies again and again
would fill the folder and slow every scrape. So the master adds them to one file of the dead. A scrape sees the files
before or after that, never in between.
"""

from __future__ import annotations

import fcntl
import logging
import os
import re
import struct
import time
from collections.abc import Container, Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from prometheus_client import Metric
from prometheus_client.mmap_dict import MmapedDict, mmap_key
from prometheus_client.multiprocess import MultiProcessCollector, mark_process_dead
from prometheus_client.registry import Collector

log = logging.getLogger("citespan")

VARIABLE = "PROMETHEUS_MULTIPROC_DIR"
EXITS = ("citespan_worker_exits", "Workers that ended, for whatever reason.")
_MASTER = "master.pid"
_LOCK = "scrape.lock"
_TRIES, _PAUSE_S = 20, 0.01
_ADDED = ("counter", "histogram")
_LIVE = re.compile(r"gauge_livesum_(\d+)\.db")
_COUNTED = re.compile(r"(?:counter|histogram)_(\d+)\.db")


def folder() -> Path | None:
    """Where the workers count, if there are several."""
    given = os.environ.get(VARIABLE)
    return Path(given) if given else None


def begin(path: Path) -> None:
    """Empties the folder of what an earlier run left, and notes the master. To be called by the master."""
    for left in (*path.glob("*.db"), *path.glob("*.new")):
        left.unlink(missing_ok=True)
    (path / _MASTER).write_text(str(os.getpid()), encoding="ascii")


def processes(path: Path) -> dict[int, str]:
    """The processes of the service by id, each ``master`` or ``worker``."""
    found = {int(match[1]): "worker" for file in path.iterdir() if (match := _LIVE.fullmatch(file.name))}
    with suppress(OSError, ValueError):  # started by other means
        found[int((path / _MASTER).read_text(encoding="ascii"))] = "master"
    return found


class Counts(Collector):
    """What all processes that count here have counted, dead ones included."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def describe(self) -> Iterable[Metric]:
        """Nothing: without this, registering would read the files."""
        return ()

    def collect(self) -> list[Metric]:
        with _locked(self._path, fcntl.LOCK_SH):
            return list(MultiProcessCollector(None, str(self._path)).collect())  # type: ignore[no-untyped-call]


def bury(path: Path, pid: int, workers: Container[int]) -> None:
    """What is to be done when the worker ``pid`` has ended; ``workers`` are those that live.

    Files that cannot be had at once, because a scrape is under way, wait for the next end of a worker.
    """
    mark_process_dead(pid, str(path))  # type: ignore[no-untyped-call]
    dead = [file for file in path.iterdir() if (of := _COUNTED.fullmatch(file.name)) and _is_dead(int(of[1]), workers)]
    try:
        with _locked(path, fcntl.LOCK_EX | fcntl.LOCK_NB):
            for kind in _ADDED:
                _add(path / f"{kind}_dead.db", [file for file in dead if file.name.startswith(f"{kind}_")])
    except BlockingIOError:
        pass
    _count_exit(path)


def _is_dead(pid: int, workers: Container[int]) -> bool:
    """A process that lives may be the worker of another master, which is to take over from this one."""
    if pid in workers:
        return False
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return True
    except PermissionError:
        pass
    return False


def _add(total: Path, files: Iterable[Path]) -> None:
    """``files`` become part of ``total``, which is replaced in one step."""
    sums: dict[str, float] = {}
    gone = list(files)
    for file in [total, *gone]:
        for key, value in _values(file):
            sums[key] = sums.get(key, 0.0) + value
    fresh = total.with_suffix(".new")
    fresh.unlink(missing_ok=True)
    _write(fresh, sums)
    fresh.replace(total)
    for file in gone:
        file.unlink()


def _values(file: Path) -> list[tuple[str, float]]:
    """Empty for a file that its process left unreadable: it is not worth all others."""
    if not file.exists():
        return []
    try:
        return [(key, value) for key, value, _, _ in MmapedDict.read_all_values_from_file(file)]  # type: ignore[no-untyped-call]
    except (RuntimeError, ValueError, struct.error) as error:
        log.warning("the counts in %s are lost: %s", file.name, error)
        return []


def _write(file: Path, values: dict[str, float]) -> None:
    held = MmapedDict(str(file))  # type: ignore[no-untyped-call]
    try:
        for key, value in values.items():
            held.write_value(key, value, 0.0)  # type: ignore[no-untyped-call]
    finally:
        held.close()  # type: ignore[no-untyped-call]


def _count_exit(path: Path) -> None:
    """In a file of the master's own, which no worker has."""
    name, text = EXITS
    key = mmap_key(name, f"{name}_total", [], [], text)
    held = MmapedDict(str(path / "counter_master.db"))  # type: ignore[no-untyped-call]
    try:
        held.write_value(key, held.read_value(key)[0] + 1, 0.0)  # type: ignore[no-untyped-call]
    finally:
        held.close()  # type: ignore[no-untyped-call]


@contextmanager
def _locked(path: Path, how: int) -> Iterator[None]:
    """Raises BlockingIOError where ``how`` does not let it wait, and somebody has the lock for a fifth of a second."""
    descriptor = os.open(path / _LOCK, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        for left in reversed(range(_TRIES)):
            try:
                fcntl.flock(descriptor, how)
                break
            except BlockingIOError:
                if not left:
                    raise
                time.sleep(_PAUSE_S)
        yield
    finally:
        os.close(descriptor)
