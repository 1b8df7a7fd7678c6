"""A memory of limited size: what was not asked for the longest makes room."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Hashable
from threading import RLock
from typing import Generic, TypeVar

K = TypeVar("K", bound=Hashable)
V = TypeVar("V")


class Bounded(Generic[K, V]):
    """Values by key, together at most ``limit`` heavy and at most ``entries`` many. Thread safe; also where a value
    that is collected calls back."""

    def __init__(self, limit: int, entries: int | None = None) -> None:
        self._limit, self._entries = limit, entries
        self._lock = RLock()
        self._held: OrderedDict[K, tuple[V, int]] = OrderedDict()
        self.weight = 0

    def __len__(self) -> int:
        return len(self._held)

    def get(self, key: K) -> V | None:
        with self._lock:
            found = self._held.get(key)
            if found is None:
                return None
            self._held.move_to_end(key)
            return found[0]

    def put(self, key: K, value: V, weight: int) -> None:
        """Keeps ``value``, unless it is heavier than everything may be together."""
        with self._lock:
            self._drop(key)
            if weight > self._limit:
                return
            self._held[key] = value, weight
            self.weight += weight
            while self.weight > self._limit or (self._entries is not None and len(self._held) > self._entries):
                self._drop(next(iter(self._held)))

    def drop_where(self, condition: Callable[[K], bool]) -> None:
        """Lets go of every key that satisfies ``condition``."""
        with self._lock:
            for key in [key for key in self._held if condition(key)]:
                self._drop(key)

    def _drop(self, key: K) -> None:
        found = self._held.pop(key, None)
        if found is not None:
            self.weight -= found[1]
