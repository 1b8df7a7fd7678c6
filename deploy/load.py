"""Clients that ask a running service until it stops, and count what was sent and never answered.

``python3 load.py URL [CONNECTIONS [KEY]]`` asks until nobody listens any more, and prints the :class:`Count` as JSON.
It needs nothing but Python, so that it can be handed to the interpreter inside a container. Three kinds of client take
turns over the connections:

- ``kept``: one question after the other on one connection;
- ``fresh``: a connection for each question, which is how one lands in the queue of a listener that is about to close;
- ``pausing``: a kept connection that idles between questions.

A question counts as lost if the connection stood (the kernel had accepted it), the whole request was written, and no
whole response came back. A connection that is refused, or closed before the question was written, loses nothing.
"""

from __future__ import annotations

import json
import sys
import threading
import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from http.client import HTTPConnection, HTTPException
from urllib.parse import urlsplit

KINDS = ("kept", "fresh", "pausing")
PAUSE = 0.05
BODY = json.dumps({"question": "可灵的收入有多少来自P端?", "k": 3}).encode()
HEADERS = {"Content-Type": "application/json"}


@dataclass
class Count:
    """``answered``: whole responses of status 200. ``refused``: connections that never stood."""

    answered: int = 0
    refused: int = 0
    closed: int = 0
    other: list[str] = field(default_factory=list)
    lost: list[str] = field(default_factory=list)


class Load:
    """``connections`` clients of ``url``, each in a thread of its own, from :meth:`start` until :meth:`stop`."""

    def __init__(self, url: str, connections: int = 16, kinds: Sequence[str] = KINDS, key: str = "") -> None:
        parts = urlsplit(url)
        self.address = (parts.hostname or "127.0.0.1", parts.port or 80)
        self.headers = HEADERS | ({"Authorization": f"Bearer {key}"} if key else {})
        self.count = Count()
        self._lock = threading.Lock()
        self._over = threading.Event()
        self._threads = [
            threading.Thread(target=self._ask, args=(kinds[number % len(kinds)],), daemon=True)
            for number in range(connections)
        ]

    def start(self) -> Load:
        for thread in self._threads:
            thread.start()
        return self

    def wait_for(self, answered: int, seconds: float = 60) -> None:
        """Until so many questions were answered; TimeoutError after ``seconds``."""
        deadline = time.monotonic() + seconds
        while self.count.answered < answered:
            if time.monotonic() > deadline:
                raise TimeoutError(f"{self.count}")
            time.sleep(0.01)

    def stop(self) -> Count:
        self._over.set()
        for thread in self._threads:
            thread.join(30)
        return self.count

    def _ask(self, kind: str) -> None:
        connection = HTTPConnection(*self.address, timeout=20)
        while not self._over.is_set():
            self._one(connection, kind)
            if kind == "fresh":
                connection.close()
            elif kind == "pausing":
                self._over.wait(PAUSE)
        connection.close()

    def _one(self, connection: HTTPConnection, kind: str) -> None:
        """One question on ``connection``, and its place in the count."""
        new = connection.sock is None
        try:
            if new:
                connection.connect()
        except OSError:
            return self._refused()
        try:
            connection.request("POST", "/v1/search", BODY, self.headers)
        except OSError:  # closed by the other side, while idle or before the request was written
            connection.close()
            return self._add("closed")
        try:
            response = connection.getresponse()
            response.read()
        except (OSError, HTTPException) as error:
            connection.close()
            return self._add("lost", f"{kind} {'new' if new else 'used'}: {error!r}")
        if response.status == 200:
            return self._add("answered")
        return self._add("other", f"{kind}: {response.status}")

    def _refused(self) -> None:
        self._add("refused")
        self._over.wait(0.05)

    def _add(self, name: str, what: str | None = None) -> None:
        with self._lock:
            if what is None:
                setattr(self.count, name, getattr(self.count, name) + 1)
            else:
                getattr(self.count, name).append(what)


def main() -> None:
    url, *rest = sys.argv[1:]
    load = Load(url, int(rest[0]) if rest else 16, key=rest[1] if len(rest) > 1 else "").start()
    deadline = time.monotonic() + 120
    while load.count.refused < 100 and time.monotonic() < deadline:
        time.sleep(0.1)
    print(json.dumps(asdict(load.stop())))


if __name__ == "__main__":
    main()
