"""Looks for damage: every checksum, and whether record, segments and lexical index hold the same.

Reading everything takes about as long as copying it. Nothing is changed here; ``repair`` has what can be derived made
again from the record, without encoding anything. Damage of the record itself is named by document: what stands in it
exists nowhere else, so a backup must bring it back, or the document must be indexed again.
"""

from __future__ import annotations

import shutil
import sqlite3
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from indexer import chunk_rows, record, revisions
from indexer.collection import Collection
from indexer.errors import CitespanError, CorruptIndex, DerivedDamage
from indexer.lexical import LexicalIndex
from indexer.packing import unpack_sentences
from indexer.sealed import LEXICAL, SEGMENTS, check_sums
from indexer.segment import Segment
from indexer.texts import text_of

_LEAST_FREE = 256_000_000  # bytes
_BLOCK = 1_000

RECORD, ENCODER, DISK = "record", "encoder", "disk"  # the other parts have the names of their folders


@dataclass(frozen=True, slots=True)
class Finding:
    """``part``: record, segments, lexical, encoder or disk; ``repairable``: by ``repair``."""

    part: str
    message: str
    repairable: bool = False


@dataclass(frozen=True, slots=True)
class Examination:
    """What was looked at, and what is wrong with it: nothing if there are no ``findings``."""

    findings: tuple[Finding, ...]
    documents: int = 0
    revisions: int = 0
    passages: int = 0
    segments: int = 0

    @property
    def well(self) -> bool:
        return not self.findings


def examine(collection: Collection, on_step: Callable[[str], None] = lambda _part: None) -> Examination:
    """Reads all of ``collection`` at its newest commit; ``on_step`` hears of each part before it is read.

    Writers may go on: they make new folders. Those of this commit that they remove meanwhile are not missed.
    """
    path = collection.path
    findings: list[Finding] = []
    if not (path / "record.db").exists():
        return Examination((Finding(RECORD, "there is no record.db: restore a backup, or index the documents again"),))
    try:
        connection = record.connect(path / "record.db", read_only=True)
    except CitespanError as error:
        return Examination((Finding(RECORD, error.message),))
    try:
        with record.guarded():
            connection.execute("BEGIN")
            meta = record.read_meta(connection)
            collection.check_encoder(meta)
            if "commit" not in meta:
                return Examination(())  # nothing indexed yet
            facts = _Facts(connection, path, meta)
            for part, look in ((RECORD, facts.record), (SEGMENTS, facts.segments), (LEXICAL, facts.lexical)):
                on_step(part)
                findings += look()
            examined = facts.examined
    except CitespanError as error:
        part = ENCODER if error.error_code == "encoder_mismatch" else RECORD
        return Examination((*findings, Finding(part, error.message)))
    finally:
        connection.close()
    free = shutil.disk_usage(path).free
    if free < _LEAST_FREE:
        findings.append(Finding(DISK, f"only {free / 1e6:,.0f} MB are free; commits need room beside the index"))
    return Examination(tuple(findings), *examined)


def repair(collection: Collection, found: Examination, timeout: float = 10.0) -> int | None:
    """Makes again what ``found`` calls repairable; the number of the commit, None if there was nothing to do.

    Raises WriterBusy, CorruptIndex, StorageFull.
    """
    parts = {finding.part for finding in found.findings if finding.repairable}
    if not parts:
        return None
    with collection.writer(timeout=timeout) as writer:
        writer.derive(segments=SEGMENTS in parts, lexical=LEXICAL in parts)
        return writer.commit()


class _Facts:
    """The parts of one commit. Each look yields what is wrong."""

    def __init__(self, connection: sqlite3.Connection, path: Path, meta: dict[str, str]) -> None:
        self._db = connection
        self._path = path
        self._meta = meta
        self._chunks: set[int] = set()

    @property
    def examined(self) -> tuple[int, int, int, int]:
        return (
            self._count("SELECT count(*) FROM revisions WHERE current = 1"),
            self._count("SELECT count(*) FROM revisions"),
            len(self._chunks),
            self._count("SELECT count(*) FROM segments"),
        )

    def record(self) -> Iterator[Finding]:
        problems = [row[0] for row in self._db.execute("PRAGMA integrity_check(20)")]
        if problems != ["ok"]:
            yield from (Finding(RECORD, f"SQLite: {problem}") for problem in problems)
        yield from self._texts()
        yield from self._passages()
        documents, _, passages, _ = self.examined
        for name, found in (("documents", documents), ("passages", passages)):
            told = int(self._meta.get(name, "0"))
            if told != found:
                yield Finding(RECORD, f"the commit tells of {told} {name}, but {found} are on record")

    def _texts(self) -> Iterator[Finding]:
        for row in self._db.execute("SELECT * FROM revisions").fetchall():
            try:
                revisions.check_revision(row)
                length = len(revisions.read_source(self._db, row["row"], 0, row["characters"]))
                wrong = "" if length == row["characters"] else f"has {length} characters, not {row['characters']}"
            except CorruptIndex:
                wrong = "has changed on the disk"
            if wrong:
                yield Finding(RECORD, f"the text of {row['source']!r} (document {row['doc_id']}, {wrong})")

    def _passages(self) -> Iterator[Finding]:
        after = 0
        while rows := self._db.execute(
            "SELECT c.*, r.doc_id, r.source, r.current FROM chunks c LEFT JOIN revisions r ON r.row = c.revision_row"
            " WHERE chunk_id > ? ORDER BY chunk_id LIMIT ?",
            (after, _BLOCK),
        ).fetchall():
            for row in rows:
                self._chunks.add(row["chunk_id"])
                try:
                    chunk = chunk_rows.checked_chunk(row)
                    text, _ = text_of(self._db, chunk)
                    wrong = "" if row["current"] else "belongs to no current document"
                    if any(not 0 <= a < b <= len(text) for a, b in unpack_sentences(chunk.sentences)):
                        wrong = "has sentences outside of its text"
                except (CorruptIndex, ValueError) as error:
                    wrong = str(error)
                if wrong:
                    yield Finding(RECORD, f"passage {row['chunk_id']} of {row['source']!r}: {wrong}")
            after = rows[-1]["chunk_id"]

    def segments(self) -> Iterator[Finding]:
        dead = {row["chunk_id"] for row in self._db.execute("SELECT chunk_id FROM tombstones")}
        held: list[int] = []
        for row in self._db.execute("SELECT name, sum, chunks, rows FROM segments ORDER BY first_chunk").fetchall():
            folder = self._path / SEGMENTS / row["name"]
            try:
                segment = Segment(folder, row["sum"])
                check_sums(folder, row["sum"])
            except DerivedDamage as damage:
                if not self._overtaken():
                    yield Finding(SEGMENTS, damage.message, repairable=True)
                return
            if (len(segment), segment.rows) != (row["chunks"], row["rows"]):
                yield Finding(SEGMENTS, f"segment {row['name']} does not hold what the record tells", repairable=True)
            held += np.asarray(segment.chunks).tolist()
        if len(held) != len(set(held)) or set(held) - dead != self._chunks:
            yield Finding(
                SEGMENTS,
                f"the segments hold {len(set(held) - dead)} passages, the record {len(self._chunks)}",
                repairable=True,
            )

    def lexical(self) -> Iterator[Finding]:
        name = self._meta.get("lexical")
        if name is None:
            return
        folder, total = self._path / LEXICAL / name, self._meta["lexical_sum"]
        try:
            size = LexicalIndex(folder, total).size
            check_sums(folder, total)
        except DerivedDamage as damage:
            if not self._overtaken():
                yield Finding(LEXICAL, damage.message, repairable=True)
            return
        if size != len(self._chunks):
            yield Finding(
                LEXICAL, f"the lexical index holds {size} passages, the record {len(self._chunks)}", repairable=True
            )

    def _overtaken(self) -> bool:
        """Whether there is a newer commit, whose writer has removed what is missed."""
        with record.guarded():
            other = record.connect(self._path / "record.db", read_only=True)
            try:
                return record.read_meta(other).get("commit") != self._meta.get("commit")
            finally:
                other.close()

    def _count(self, sql: str) -> int:
        return int(self._db.execute(sql).fetchone()[0])
