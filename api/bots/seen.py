"""Which events were answered: one small SQLite file, shared by all workers and kept over a restart.

A platform that gets no answer in time sends an event again, and the kernel may give it to another worker. The worker
that first writes the event down answers it. A file that cannot be written costs a second answer at worst, so it stops
none.
"""

from __future__ import annotations

import logging
import sqlite3
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from hashlib import sha256
from pathlib import Path

log = logging.getLogger("citespan.bots")

FILE = "bots.db"
KEPT_S = 86_400
"""Longer than any platform goes on sending: Feishu gives up after six hours."""
_WAIT_S = 1.5
"""For another worker's write; platforms wait for three seconds."""
_SCHEMA = """
CREATE TABLE IF NOT EXISTS seen (event BLOB PRIMARY KEY, at REAL NOT NULL) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS by_time ON seen (at);
"""


class Seen:
    """The record in ``folder``, made with the first event."""

    def __init__(self, folder: Path) -> None:
        self._file = folder / FILE

    def claim(self, bot: str, event: str) -> bool:
        """Whether the caller is the first with this event, and so the one that answers it."""
        now = time.time()
        try:
            with self._open() as connection:
                connection.execute("DELETE FROM seen WHERE at < ?", (now - KEPT_S,))
                done = connection.execute("INSERT OR IGNORE INTO seen VALUES (?, ?)", (_key(bot, event), now))
                return done.rowcount == 1
        except (OSError, sqlite3.Error) as error:
            log.error("%s: an event cannot be written down, and may be answered twice: %s", self._file, error)
            return True

    def release(self, bot: str, event: str) -> None:
        """Let the event be claimed again: it was not answered."""
        try:
            with self._open() as connection:
                connection.execute("DELETE FROM seen WHERE event = ?", (_key(bot, event),))
        except (OSError, sqlite3.Error) as error:
            log.error("%s: an event cannot be taken back: %s", self._file, error)

    @contextmanager
    def _open(self) -> Iterator[sqlite3.Connection]:
        """A connection of one's own, in one transaction: threads and forks need not know of each other."""
        self._file.parent.mkdir(parents=True, exist_ok=True)
        with closing(sqlite3.connect(self._file, timeout=_WAIT_S, isolation_level=None)) as connection:
            connection.executescript(_SCHEMA)
            connection.execute("BEGIN IMMEDIATE")
            yield connection
            connection.execute("COMMIT")


def _key(bot: str, event: str) -> bytes:
    """Of one length, whatever a platform calls its events."""
    return sha256(f"{bot}\0{event}".encode("utf-8", "replace")).digest()
