"""Memory that all workers of a service share: what was counted for whom, which uploads are under way, and whether
there were keys.

It is an unnamed file in memory, made before the fork. Locks on it are the kernel's (POSIX record locks): a worker that
is killed leaves none. They hold between processes only, so each process adds one of its own for its threads.
"""

from __future__ import annotations

import fcntl
import functools
import hashlib
import mmap
import os
import struct
import tempfile
import threading
import time
import weakref
from collections.abc import Callable

from api.access.rate import Rate, Verdict, judge

_SETS, _WAYS = 2048, 8
_SLOT = struct.Struct("<16sq")  # whom it counts, and GCRA's arrival time
_SET_BYTES = _SLOT.size * _WAYS
_TABLE_BYTES = _SET_BYTES * _SETS
_MARK = _TABLE_BYTES
_FIRST_SLOT = _MARK + 1  # locks alone: no byte stands there


class SharedMemory:
    """A table of counters and a row of slots. The same object in all workers, inherited over the fork."""

    def __init__(self, clock: Callable[[], int] = time.monotonic_ns) -> None:
        self._descriptor = _unnamed_file()
        weakref.finalize(self, os.close, self._descriptor)
        os.truncate(self._descriptor, _MARK + 1)
        self._table = mmap.mmap(self._descriptor, _MARK + 1)
        self._clock = clock  # monotonic: one clock for all processes of a machine
        self._lock = threading.Lock()
        self._taken: set[int] = set()

    def count(self, rate: Rate, who: str) -> Verdict:
        """Counts a request of ``who``, exactly, whichever worker it came to.

        The table has room for 16,384 that are counted at a time. Where the eight places of a set are taken, the one
        that is nearest to its end is given up.
        """
        name = hashlib.blake2b(who.encode(), digest_size=16).digest()
        start = int.from_bytes(name[:4], "little") % _SETS * _SET_BYTES
        with self._lock:
            fcntl.lockf(self._descriptor, fcntl.LOCK_EX, _SET_BYTES, start)
            try:
                return self._count(rate, name, start)
            finally:
                fcntl.lockf(self._descriptor, fcntl.LOCK_UN, _SET_BYTES, start)

    def _count(self, rate: Rate, name: bytes, start: int) -> Verdict:
        slots = list(_SLOT.iter_unpack(self._table[start : start + _SET_BYTES]))
        known = [way for way, (holder, _) in enumerate(slots) if holder == name]
        way = known[0] if known else min(range(_WAYS), key=lambda way: slots[way][1])
        verdict = judge(rate, slots[way][1] if known else 0, self._clock())
        _SLOT.pack_into(self._table, start + way * _SLOT.size, name, verdict.arrival)
        return verdict

    def keys_seen(self) -> bool:
        """Whether any worker, or the process that they come from, ever saw a file of keys."""
        return self._table[_MARK] != 0

    def note_keys(self) -> None:
        self._table[_MARK] = 1

    def take(self, most: int, most_here: int) -> int | None:
        """One of ``most`` slots of all workers, if this one has fewer than ``most_here``; None where none is free."""
        with self._lock:
            if len(self._taken) >= most_here:
                return None
            for slot in range(most):
                if slot not in self._taken and self._try(slot):
                    self._taken.add(slot)
                    return slot
        return None

    def give_back(self, slot: int) -> None:
        with self._lock:
            self._taken.discard(slot)
            fcntl.lockf(self._descriptor, fcntl.LOCK_UN, 1, _FIRST_SLOT + slot)

    def _try(self, slot: int) -> bool:
        try:
            fcntl.lockf(self._descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB, 1, _FIRST_SLOT + slot)
        except OSError:
            return False
        return True


@functools.cache
def shared_memory() -> SharedMemory:
    """That of a service: of the process that starts it and of those that it forks. To be called before the fork."""
    return SharedMemory()


def _unnamed_file() -> int:
    if hasattr(os, "memfd_create"):
        return os.memfd_create("citespan-limits")
    with tempfile.TemporaryFile() as file:
        return os.dup(file.fileno())
