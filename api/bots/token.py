"""An access token, fetched when it is needed and kept until shortly before it expires."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Collection
from typing import TypeVar

from api.bots.outgoing import PlatformError

T = TypeVar("T")
_SPARE_S = 300
"""Left to a token when it is fetched anew; both platforms hand out the next one well before."""


class AccessToken:
    """``fetch`` gives a token and the seconds that it holds. ``expired`` are the platform's codes for one that does not
    hold any more."""

    def __init__(self, fetch: Callable[[], tuple[str, float]], expired: Collection[str]) -> None:
        self._fetch, self._expired = fetch, expired
        self._lock = threading.Lock()
        self._token, self._until = "", 0.0

    def use(self, call: Callable[[str], T]) -> T:
        """``call`` with the token; once again with a new one if the platform says that it expired. PlatformError."""
        token = self._current()
        try:
            return call(token)
        except PlatformError as error:
            if error.reason not in self._expired:
                raise
        self._forget(token)
        return call(self._current())

    def _current(self) -> str:
        with self._lock:  # one thread fetches, the others wait for it
            if time.monotonic() >= self._until:
                self._token, holds = self._fetch()
                self._until = time.monotonic() + max(holds - _SPARE_S, holds / 2)
            return self._token

    def _forget(self, token: str) -> None:
        with self._lock:
            if token == self._token:
                self._until = 0.0
