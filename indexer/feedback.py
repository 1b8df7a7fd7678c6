"""What readers said of answers: a store of its own beside the record, ``feedback.db``.

It holds no quote, only the place of one, which is read from the record whenever it is needed. The answer that was shown
is text of a document too: it is taken only with its citation, and goes with the document (``settle``).

SQLite with a rollback journal and ``synchronous = EXTRA`` (FULL, and the folder is synced too): what was stored is on
the disk when ``add`` returns. Deleted rows are overwritten with zeros.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Literal

from indexer import record
from indexer.errors import CorruptIndex, FeedbackConflict, NotReady, RevisionNotFound, WriterBusy
from indexer.snapshot import Snapshot

FEEDBACK = "feedback.db"
VERSION = 1
_WAIT_MS = 10_000
_TRIES = 5
_SCHEMA = """
CREATE TABLE IF NOT EXISTS feedback (
    row INTEGER PRIMARY KEY AUTOINCREMENT,
    feedback_id TEXT NOT NULL UNIQUE,
    digest TEXT NOT NULL,
    at TEXT NOT NULL,
    question TEXT NOT NULL,
    verdict TEXT NOT NULL,
    answer TEXT,
    doc_id TEXT, revision TEXT, start INTEGER, "end" INTEGER,
    "commit" INTEGER,
    confidence REAL,
    expected TEXT,
    comment TEXT
);
CREATE INDEX IF NOT EXISTS by_time ON feedback (at);
"""


@dataclass(frozen=True, slots=True)
class Cited:
    """``[start, end)`` of the source text of a revision."""

    doc_id: str
    revision: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Feedback:
    """A reader's verdict on what a question came to: on ``answer``, or on silence (None).

    ``answerable`` and ``answers`` are what the reader expected instead, None and empty where that is not told. ``at``
    is the time of storing (ISO 8601, UTC). ``digest`` tells whether two with the same id say the same.
    """

    feedback_id: str
    digest: str
    question: str
    verdict: Literal["right", "wrong"]
    answer: str | None = None
    cited: Cited | None = None
    commit: int | None = None
    confidence: float | None = None
    answerable: bool | None = None
    answers: tuple[str, ...] = ()
    comment: str | None = None
    at: str = ""


class _Moved(WriterBusy):
    """SQLite noticed that the file it writes is no longer the one at its path."""

    def __init__(self) -> None:
        super().__init__("the collection was replaced meanwhile; try again")


class FeedbackStore:
    """The feedback on one collection. Every call opens the file anew: feedback is rare, and the file may be replaced
    by that of a backup. Raises StorageFull, CorruptIndex, and WriterBusy after ten seconds."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._path = folder / FEEDBACK

    def add(self, given: Feedback, check: Callable[[], None]) -> tuple[Feedback, bool]:
        """Stores ``given``, and returns it with its time and True; the same once more is only found (False).

        ``check`` is called while no other process can write here, so that a compaction sees either the row or a
        ``check`` that already knows what is gone; what it raises stops the storing. Raises FeedbackConflict where the
        id stands for something else.
        """
        for _ in range(_TRIES):
            with suppress(_Moved), self._writing() as (connection, same_file):
                found = _select(connection, "feedback_id = ?", (given.feedback_id,))
                if found:
                    if found[0].digest != given.digest:
                        raise FeedbackConflict(f"feedback {given.feedback_id!r} was given already and says otherwise")
                    return found[0], False
                check()
                stored = replace(given, at=datetime.now(UTC).isoformat(timespec="milliseconds"))
                _insert(connection, stored)
                connection.execute("COMMIT")
                if same_file():
                    return stored, True
        raise WriterBusy("the collection is being replaced; try again later")

    def rows(self, since: str = "") -> list[Feedback]:
        """All that was stored at ``since`` (ISO 8601) or later, oldest first."""
        if not self._path.exists():
            return []
        with self._open() as connection:
            return _select(connection, "at >= ? ORDER BY row", (since,))

    def counts(self) -> dict[str, int]:
        """How many verdicts there are of each kind."""
        counts = {"right": 0, "wrong": 0}
        if self._path.exists():
            with self._open() as connection:
                counts |= dict(connection.execute("SELECT verdict, count(*) FROM feedback GROUP BY verdict").fetchall())
        return counts

    def clear(self, *, before: str | None = None, containing: str | None = None) -> int:
        """Deletes what was stored earlier than ``before`` and holds ``containing`` anywhere; without either, all. How
        many went."""
        if not self._path.exists():
            return 0
        with self._writing() as (connection, _):
            found = _select(connection, "(? IS NULL OR at < ?) ORDER BY row", (before, before))
            gone = [each.feedback_id for each in found if containing is None or _holds(each, containing)]
            connection.executemany("DELETE FROM feedback WHERE feedback_id = ?", [(each,) for each in gone])
        self.vacuum()
        return len(gone)

    def settle(self, snapshot: Snapshot) -> int:
        """Turns citations of superseded revisions to the current ones, and deletes what was said of text that is no
        longer there; how many went."""
        if not self._path.exists():
            return 0
        gone = 0
        with self._writing() as (connection, _):
            for each in _select(connection, "doc_id IS NOT NULL ORDER BY row", ()):
                now = each.cited and present(snapshot, each.cited)
                if now is None:
                    connection.execute("DELETE FROM feedback WHERE feedback_id = ?", (each.feedback_id,))
                    gone += 1
                elif now != each.cited:
                    connection.execute(
                        'UPDATE feedback SET revision = ?, start = ?, "end" = ? WHERE feedback_id = ?',
                        (now.revision, now.start, now.end, each.feedback_id),
                    )
        return gone

    def vacuum(self) -> None:
        """Gives back the room of what was deleted."""
        if self._path.exists():
            with self._open() as connection:
                connection.execute("VACUUM")

    def copy(self, target: Path) -> None:
        """Copies the store, as it is between two writes, to ``target``; nothing where there is none."""
        if self._path.exists():
            with self._open() as connection:
                other = sqlite3.connect(target)
                connection.backup(other)
                other.close()

    @contextmanager
    def _writing(self) -> Iterator[tuple[sqlite3.Connection, Callable[[], bool]]]:
        """A connection in a transaction that is committed at the end unless it was before, and whether its file is
        still the one at the path: another collection may have been restored in its place meanwhile."""
        with self._open() as connection:
            opened = self._inode()
            connection.execute("BEGIN IMMEDIATE")
            try:
                yield connection, lambda: self._inode() == opened
            except BaseException:
                if connection.in_transaction:
                    connection.execute("ROLLBACK")
                raise
            if connection.in_transaction:
                connection.execute("COMMIT")

    def _inode(self) -> int:
        try:
            return self._path.stat().st_ino
        except OSError:
            return 0

    @contextmanager
    def _open(self) -> Iterator[sqlite3.Connection]:
        if not self._folder.is_dir():
            raise NotReady("the collection is empty: index some documents first")
        with _told():
            connection = sqlite3.connect(self._path, isolation_level=None, timeout=_WAIT_MS / 1000)
            try:
                connection.row_factory = sqlite3.Row
                connection.execute("PRAGMA synchronous = EXTRA")
                connection.execute("PRAGMA secure_delete = ON")
                if connection.execute("PRAGMA user_version").fetchone()[0] != VERSION:
                    connection.executescript(f"BEGIN IMMEDIATE; {_SCHEMA} PRAGMA user_version = {VERSION}; COMMIT;")
                yield connection
            finally:
                connection.close()


def present(snapshot: Snapshot, cited: Cited) -> Cited | None:
    """Where the quote of ``cited`` stands in the current revision of its document: the same place, or the same words
    nearest to it; None where they are gone."""
    current = snapshot.current(cited.doc_id)
    if current is None:
        return None
    if current.revision == cited.revision:
        return cited
    try:
        quote = snapshot.source_text(cited.doc_id, cited.revision, cited.start, cited.end)
    except RevisionNotFound:
        return None
    start = _nearest(snapshot.read_source(current), quote, cited.start)
    return None if start is None else Cited(cited.doc_id, current.revision, start, start + len(quote))


def _nearest(text: str, quote: str, place: int) -> int | None:
    before, behind = text.rfind(quote, 0, place + len(quote)), text.find(quote, place)
    found = [at for at in (before, behind) if at >= 0]
    return min(found, key=lambda at: abs(at - place)) if found and quote else None


@contextmanager
def _told() -> Iterator[None]:
    try:
        with record.guarded("what readers said (feedback.db)"):
            yield
    except CorruptIndex as error:
        name = getattr(error.__cause__, "sqlite_errorname", "")
        if name == "SQLITE_READONLY_DBMOVED":
            raise _Moved from error
        if name.startswith("SQLITE_BUSY"):
            raise WriterBusy("another process is storing feedback; try again later") from error
        raise


def _insert(connection: sqlite3.Connection, given: Feedback) -> None:
    cited = given.cited
    place = (None,) * 4 if cited is None else (cited.doc_id, cited.revision, cited.start, cited.end)
    expected = None
    if given.answerable is not None:
        expected = json.dumps({"answerable": given.answerable, "answers": given.answers}, ensure_ascii=False)
    connection.execute(
        'INSERT INTO feedback (feedback_id, digest, at, question, verdict, answer, doc_id, revision, start, "end",'
        ' "commit", confidence, expected, comment) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)',
        (
            *(given.feedback_id, given.digest, given.at, given.question, given.verdict, given.answer, *place),
            *(given.commit, given.confidence, expected, given.comment),
        ),
    )


def _select(connection: sqlite3.Connection, where: str, values: tuple[object, ...]) -> list[Feedback]:
    return [_feedback(row) for row in connection.execute(f"SELECT * FROM feedback WHERE {where}", values)]  # noqa: S608


def _feedback(row: sqlite3.Row) -> Feedback:
    expected = json.loads(row["expected"]) if row["expected"] else {}
    cited = Cited(row["doc_id"], row["revision"], row["start"], row["end"]) if row["doc_id"] is not None else None
    return Feedback(
        feedback_id=row["feedback_id"],
        digest=row["digest"],
        question=row["question"],
        verdict=row["verdict"],
        answer=row["answer"],
        cited=cited,
        commit=row["commit"],
        confidence=row["confidence"],
        answerable=expected.get("answerable"),
        answers=tuple(expected.get("answers", ())),
        comment=row["comment"],
        at=row["at"],
    )


def _holds(given: Feedback, words: str) -> bool:
    return any(words in text for text in (given.question, given.answer or "", given.comment or "", *given.answers))
