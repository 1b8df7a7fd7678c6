"""SQLite's write-ahead log, kept short beside readers that never leave.

SQLite begins its log anew only when all of it is in the database and no reader depends on it. A serving process always
holds its commit open, and depends on the log as long as it opened the commit before the log was copied. So a writer
that finds the log too long copies it and touches the file ``renew``; serving processes then open the same commit again
(``Collection.follow``), now from the database alone.
"""

from __future__ import annotations

import sqlite3
import time
from contextlib import suppress
from pathlib import Path

from indexer import record

RENEW = "renew"
_PATIENCE_S = 1.0
_POLL_S = 0.1
_AGAIN_S = 10.0


def empty_log(connection: sqlite3.Connection, folder: Path) -> bool:
    """Copies the log and cuts it to nothing, if no reader depends on it; else asks readers to open their commit again.
    ``connection``: of a writer, outside of a transaction."""
    connection.execute("PRAGMA busy_timeout = 0")
    busy = connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()[0]
    connection.execute("PRAGMA busy_timeout = 5000")
    if busy:
        with suppress(OSError):  # a disk that takes no more: they are asked another time
            (folder / RENEW).touch()
    return not busy


def shorten_log(connection: sqlite3.Connection, folder: Path) -> None:
    """As ``empty_log`` if the log is too long; gives readers a moment to follow. Where one of them does not, this is
    not tried again at once: every writer would wait for it."""
    if not _longer(folder / "record.db-wal"):
        return
    asked = folder / RENEW
    if asked.exists() and time.time() - asked.stat().st_mtime < _AGAIN_S:
        return
    deadline = time.monotonic() + _PATIENCE_S
    while not empty_log(connection, folder) and time.monotonic() < deadline:
        time.sleep(_POLL_S)


def _longer(log: Path) -> bool:
    try:
        return log.stat().st_size > record.WAL_LIMIT
    except OSError:
        return False
