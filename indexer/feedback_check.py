"""Looks for damage in ``feedback.db``, and mends what is derived in it: its indexes.

What stands in its table exists nowhere else; only a backup brings that back.
"""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

from indexer.doctor import Finding
from indexer.errors import CitespanError, CorruptIndex
from indexer.feedback import FEEDBACK, VERSION, FeedbackStore
from indexer.record import guarded

PART = "feedback"
_OF_INDEX = re.compile(r"(?:row \d+ missing from|wrong # of entries in) index ")
"""What SQLite says of an index that does not hold what its table does."""
_HELP = "put it back from a backup, or move it away: the next feedback begins a new one"


def examine_feedback(folder: Path) -> list[Finding]:
    """What is wrong with the feedback of the collection in ``folder``; nothing where there is none.

    Raises WriterBusy where somebody stores feedback for longer than the store waits.
    """
    file = folder / FEEDBACK
    if not file.exists():
        return []
    try:
        found = list(_problems(file))
        if not found:
            _check_rows(folder)
    except CorruptIndex as error:
        return [Finding(PART, f"{error.message}: {_HELP}")]
    mendable = bool(found) and all(_OF_INDEX.match(problem) for problem in found)
    return [Finding(PART, f"{FEEDBACK}: {each}{'' if mendable else f': {_HELP}'}", mendable) for each in found]


def mend_feedback(folder: Path) -> None:
    """Makes the indexes again from the table. Raises CorruptIndex, StorageFull."""
    with guarded("what readers said (feedback.db)"), closing(_connect(folder / FEEDBACK)) as connection:
        connection.execute("REINDEX")


def _problems(file: Path) -> Iterator[str]:
    with guarded("what readers said (feedback.db)"), closing(_connect(file)) as connection:
        version = connection.execute("PRAGMA user_version").fetchone()[0]
        if version not in (0, VERSION):  # 0: nothing is in it yet
            raise CorruptIndex(
                f"{FEEDBACK} was written by another version (format {version}, this one reads {VERSION})"
            )
        if version == 0 and connection.execute("SELECT count(*) FROM sqlite_master").fetchone()[0]:
            raise CorruptIndex(f"{FEEDBACK} is of another program")
        problems = [str(row[0]) for row in connection.execute("PRAGMA integrity_check(20)")]
    yield from (problem for problem in problems if problem != "ok")


def _check_rows(folder: Path) -> None:
    """Raises CorruptIndex for a row that is no feedback."""
    try:
        for row in FeedbackStore(folder).rows():
            cited = row.cited
            if row.verdict not in ("right", "wrong") or (cited and not 0 <= cited.start < cited.end):
                raise ValueError(f"feedback {row.feedback_id!r}")
    except CitespanError:
        raise
    except (ValueError, TypeError, AttributeError) as error:
        raise CorruptIndex(f"{FEEDBACK} is not as it was written ({error})") from error


def _connect(file: Path) -> sqlite3.Connection:
    """To a file that there is; what a killed writer had not finished is undone by SQLite itself."""
    return sqlite3.connect(f"{file.absolute().as_uri()}?mode=rw", uri=True, isolation_level=None, timeout=10)
