"""The keys as a serving process knows them: those of the file, as it is now, and those of the environment."""

from __future__ import annotations

import hmac
import os
import threading
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from api.access.key_file import KeysUnreadable, parse
from api.access.keys import Key
from api.access.shared import SharedMemory
from api.access.tokens import digest_of, id_of

_NOBODY = "0" * 64


@dataclass(frozen=True, slots=True)
class Keys:
    """The keys at one moment. ``configured``: whether there is any, be it a revoked one."""

    configured: bool
    by_id: Mapping[str, Key]
    fixed: Sequence[Key] = ()

    def find(self, token: str) -> Key | None:
        """The active key with the text ``token``."""
        digest = digest_of(token)
        for fixed in self.fixed:
            if hmac.compare_digest(fixed.digest, digest):
                return fixed
        key_id = id_of(token)
        key = self.by_id.get(key_id) if key_id else None
        # Also without such a key there is a comparison: time does not tell which ids there are.
        same = hmac.compare_digest((key.digest if key else "") or _NOBODY, digest)
        return key if key is not None and same and key.state(datetime.now(UTC)) == "active" else None


@dataclass(frozen=True, slots=True)
class _Held:
    """What was read of the file, and by what it is seen that there is something new to read.

    The file is kept open: its inode cannot become another file's as long as it is.
    """

    stamp: tuple[int, ...] | None
    descriptor: int | None
    keys: Keys
    error: str | None = None


class Keyring:
    """Looks at the file at every request (one ``stat``), so a change counts in every worker at once."""

    def __init__(self, path: Path, shared: SharedMemory, fixed: Sequence[Key] = ()) -> None:
        self._path = path
        self._fixed = tuple(fixed)
        self._none = Keys(bool(fixed), {}, self._fixed)
        self._lock = threading.Lock()
        self._shared = shared
        self._held = _Held(None, None, self._none)
        with suppress(KeysUnreadable):  # a worker starts, closed, and opens when the file is mended
            self.current()

    def __del__(self) -> None:
        if self._held.descriptor is not None:
            os.close(self._held.descriptor)

    def current(self) -> Keys:
        """The keys as they are now. Raises KeysUnreadable."""
        held = self._held
        stamp = _stamp(self._path)
        if stamp is None and not self._shared.keys_seen():
            return self._none
        if stamp is None or stamp != held.stamp:
            with self._lock:
                held = self._read()
        if held.error is not None:
            raise KeysUnreadable(held.error)
        return held.keys

    def _read(self) -> _Held:
        """Called with the lock held. A file that is gone, once any worker saw it, is no leave to come in."""
        stamp = _stamp(self._path)
        if stamp is None:
            return self._failed(None, None, "is gone: put it back, or start the service again")
        if stamp == self._held.stamp:  # another thread was faster
            return self._held
        self._shared.note_keys()
        try:
            descriptor = os.open(self._path, os.O_RDONLY | os.O_CLOEXEC)
        except OSError as error:
            return self._failed(None, None, f"cannot be read: {error.strerror}")
        try:
            # The stamp of what is read, not of what stands there by now.
            stamp = _stamp_of(os.fstat(descriptor))
            with os.fdopen(os.dup(descriptor), "rb") as file:
                by_id = {key.id: key for key in parse(file.read(), self._path)}
            return self._hold(_Held(stamp, descriptor, Keys(True, by_id, self._fixed)))
        except OSError as error:
            return self._failed(None, descriptor, f"cannot be read: {error.strerror}")
        except KeysUnreadable as error:
            return self._hold(_Held(stamp, descriptor, self._none, error.message))

    def _failed(self, stamp: tuple[int, ...] | None, descriptor: int | None, reason: str) -> _Held:
        return self._hold(_Held(stamp, descriptor, self._none, f"{self._path} {reason}"))

    def _hold(self, held: _Held) -> _Held:
        before, self._held = self._held, held
        if before.descriptor is not None:
            os.close(before.descriptor)
        return held


def _stamp(path: Path) -> tuple[int, ...] | None:
    """None where there is no file; any other trouble is met, and told, when the file is opened."""
    try:
        return _stamp_of(os.stat(path))  # noqa: PTH116 - at every request, and three times as fast
    except FileNotFoundError:
        return None
    except OSError as error:
        return (error.errno or 0,)


def _stamp_of(facts: os.stat_result) -> tuple[int, ...]:
    return (facts.st_dev, facts.st_ino, facts.st_size, facts.st_mtime_ns, facts.st_ctime_ns)
