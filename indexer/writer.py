"""A document's way into the index, and out of it: one commit for the record, the segments and the lexical index.

Order of a commit, so that a crash between any two steps leaves the last commit whole:

1. new segments and the new lexical index are written, synced and renamed (no one knows them yet);
2. SQLite commits, with the names and sums of these folders: this is the moment at which the new commit exists;
3. folders that the commit does not know go. Readers that have them open keep them.
"""

from __future__ import annotations

import logging
import shutil
import sqlite3
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

from indexer import chunk_rows, record, revisions
from indexer.derive import derive_lexical
from indexer.documents import Document
from indexer.encoder import Encoder
from indexer.errors import CitespanError, DerivedDamage, EncoderMismatch, StorageFull
from indexer.lexical import LexicalEntry, LexicalIndex, write_view
from indexer.prepare import Prepared, prepare
from indexer.sealed import LEXICAL, SEGMENTS, check_sums
from indexer.segment import Segment
from indexer.segment_rows import stored_segments, write_all_segments, write_new_segments
from indexer.wal import empty_log

log = logging.getLogger("citespan")


@dataclass(frozen=True, slots=True)
class PutReceipt:
    """What became of a document. ``unchanged``: this very revision was there, nothing was done."""

    doc_id: str
    revision: str
    created: bool
    unchanged: bool
    passages: int


@dataclass(frozen=True, slots=True)
class RemoveReceipt:
    """``revision``: the last one; ``revisions``: how many went, that one among them; ``characters``: of their text."""

    doc_id: str
    revision: str
    revisions: int
    passages: int
    characters: int


class Writer:
    """Made by ``Collection.writer``, which holds the lock. Whatever is damaged of what can be derived is made again
    before anything else."""

    def __init__(
        self, folder: Path, connection: sqlite3.Connection, encoder: Encoder, *, recoding: bool = False
    ) -> None:
        self._folder = folder
        self._db = connection
        self._encoder = encoder
        self._lost = self._changed = False
        with self._storing():
            self._begin()
            self._sweep()
        if not recoding:  # what another encoder made is not this one's to make again
            self.mend()

    @property
    def pending(self) -> int:
        """Chunks put and not yet committed."""
        return sum(len(entries) for entries in self._entries.values())

    def put(self, given: Document | Prepared, *, root: str | None = None) -> PutReceipt:
        """Indexes a document in place of its current revision. ``root`` names the folder it was found in.

        What is not prepared is prepared now, if it changed. Raises LoadError (``file_no_text``) when nothing readable
        is left; then the old revision stays. StorageFull undoes everything since the last commit.
        """
        document = given.document if isinstance(given, Prepared) else given
        before = self._db.execute(
            "SELECT row, revision, passages, source, root FROM revisions WHERE doc_id = ? AND current = 1",
            (document.doc_id,),
        ).fetchone()
        if before is not None and before["revision"] == document.revision and before["source"] == document.source:
            if root is not None and before["root"] != root:
                with self._storing():
                    self._db.execute("UPDATE revisions SET root = ? WHERE row = ?", (root, before["row"]))
                self._changed = True
            return PutReceipt(document.doc_id, document.revision, False, True, before["passages"])
        prepared = given if isinstance(given, Prepared) else prepare(given, self._encoder)
        if prepared.encoder != self._encoder.fingerprint:
            raise EncoderMismatch("the document was prepared for another encoder")
        with self._storing():
            if before is not None:
                self._retire(before["row"])
            self._record(prepared, root)
        return PutReceipt(document.doc_id, document.revision, before is None, False, len(prepared.chunks))

    def remove(self, doc_id: str) -> RemoveReceipt | None:
        """Removes a document with all its revisions; None if there is none of that id."""
        found = self._db.execute(
            "SELECT row, revision, passages, characters FROM revisions WHERE doc_id = ? AND current = 1", (doc_id,)
        ).fetchone()
        if found is None:
            return None
        old = self._db.execute(
            "SELECT count(*), coalesce(sum(characters), 0) FROM revisions WHERE doc_id = ? AND current = 0", (doc_id,)
        ).fetchone()
        with self._storing():
            self._retire(found["row"])
            revisions.delete_document(self._db, doc_id)
        return RemoveReceipt(doc_id, found["revision"], 1 + old[0], found["passages"], found["characters"] + old[1])

    def find_source(self, source: str) -> str | None:
        """The id of the current document with this source, if there is one."""
        found = self._db.execute(
            "SELECT doc_id FROM revisions WHERE current = 1 AND source = ? ORDER BY row LIMIT 1", (source,)
        ).fetchone()
        return None if found is None else str(found["doc_id"])

    def sources_under(self, root: str) -> dict[str, str]:
        """``source -> doc_id`` of the documents that were found in the folder ``root``."""
        rows = self._db.execute(
            "SELECT source, doc_id FROM revisions WHERE current = 1 AND root = ? ORDER BY source", (root,)
        )
        return {row["source"]: row["doc_id"] for row in rows}

    def commit(self) -> int:
        """Makes everything since the last commit visible at once; returns the number of the commit.

        Raises StorageFull if the disk does not take it: then it is undone; where the disk failed in the very last step,
        it may be there after all, whole.
        """
        number = int(self._meta.get("commit", "0"))
        if not self._changed:
            return number
        with self._storing():
            number += 1
            self._write_segments(f"{number:08d}")
            self._write_lexical(f"{number:08d}")
            record.write_meta(
                self._db,
                commit=number,
                committed_at=_now("milliseconds"),
                documents=self._documents,
                passages=self._passages,
            )
            self._db.execute("COMMIT")
        self._turn()
        return number

    def derive(self, *, segments: bool = True, lexical: bool = True) -> None:
        """Has the next commit make all of the dense or of the lexical index again from the record."""
        self._derive_segments |= segments
        self._derive_lexical |= lexical
        self._changed = True

    def mend(self, *, thorough: bool = False) -> None:
        """Makes again what is missing, cut short or cannot be opened, and commits it; ``thorough``: also what has
        changed in any byte, at the cost of reading all of them. Nothing may be pending."""
        for segment in stored_segments(self._db):
            folder = self._folder / SEGMENTS / segment.name
            try:
                found = Segment(folder, segment.sum)
                if thorough:
                    check_sums(folder, segment.sum)
                if (len(found), found.rows, found.chunks[0]) != (segment.chunks, segment.rows, segment.first_chunk):
                    raise DerivedDamage(f"segment {segment.name} does not hold what the record tells")
            except DerivedDamage as damage:
                self._told(damage)
                self.derive(lexical=False)
        if "lexical" in self._meta:
            folder = self._folder / LEXICAL / self._meta["lexical"]
            try:
                LexicalIndex(folder, self._meta["lexical_sum"])
                if thorough:
                    check_sums(folder, self._meta["lexical_sum"])
            except DerivedDamage as damage:
                self._told(damage)
                self.derive(segments=False)
        self.commit()

    def forget_superseded(self) -> int:
        """Removes the text of all revisions that are not current; returns how many."""
        rows = [row["row"] for row in self._db.execute("SELECT row FROM revisions WHERE current = 0")]
        with self._storing():
            for row in rows:
                revisions.delete_revision(self._db, row)
        self._changed |= bool(rows)
        return len(rows)

    def keep_recoded(self, encoded: Mapping[int, bytes]) -> None:
        """Stores what the writer's encoder made of chunks of another encoder, beside what that one made; no commit sees
        it before ``adopt_recoded``. Work for yet another encoder goes. Raises StorageFull."""
        with self._storing():
            if self._meta.get("recoding") != self._encoder.fingerprint:
                self._db.execute("DELETE FROM recoded")
                record.write_meta(self._db, recoding=self._encoder.fingerprint)
            self._db.executemany(
                "INSERT OR REPLACE INTO recoded SELECT chunk_id, ? FROM chunks WHERE chunk_id = ?",
                [(data, chunk_id) for chunk_id, data in encoded.items()],
            )
            self._db.execute("COMMIT")
        self._turn()

    def adopt_recoded(self) -> int:
        """Turns the index over to the writer's encoder in one commit; every chunk must have been recoded. Returns its
        number. Raises StorageFull, CorruptIndex."""
        after = 0
        with self._storing():
            while block := chunk_rows.chunks_after(self._db, after, 1_000):
                found = dict(
                    self._db.execute(
                        "SELECT chunk_id, encoded FROM recoded WHERE chunk_id BETWEEN ? AND ?",
                        (block[0].chunk_id, block[-1].chunk_id),
                    ).fetchall()
                )
                for chunk in block:
                    chunk_rows.update_encoded(self._db, replace(chunk, encoded=found[chunk.chunk_id]))
                after = block[-1].chunk_id
            self._db.execute("DELETE FROM recoded")
            self._db.execute("DELETE FROM meta WHERE key = 'recoding'")
            record.write_encoder(self._db, self._encoder)
        self.derive(lexical=False)
        return self.commit()

    def vacuum(self) -> int:
        """Rewrites the record without the gaps that deleted rows left; nothing may be pending. Returns the number of
        the commit that has readers turn to it. Raises StorageFull."""
        with self._storing():
            self._db.execute("ROLLBACK")
            self._db.execute("VACUUM")
            self._begin()
        self._changed = True
        return self.commit()

    def empty_log(self) -> bool:
        """See ``wal.empty_log``; nothing may be pending."""
        with self._storing():
            self._db.execute("ROLLBACK")
            emptied = empty_log(self._db, self._folder)
            self._begin()
        return emptied

    def close(self) -> None:
        """Drops whatever was not committed."""
        if self._db.in_transaction:
            self._db.execute("ROLLBACK")

    # ------------------------------------------------------------------ inside

    @contextmanager
    def _storing(self) -> Iterator[None]:
        """What the disk refuses, told as StorageFull. After any error the transaction is a new one."""
        if self._lost:
            raise StorageFull("the disk failed this writer before; begin again with another")
        try:
            with record.guarded():
                yield
        except Exception as error:
            try:
                self._begin(again=True)
            except (sqlite3.Error, CitespanError) as then:
                self._lose(then)
            if not isinstance(error, OSError):
                raise
            raise StorageFull(
                f"the disk does not take the change ({error.strerror or error}); nothing of it was stored"
            ) from error

    def _lose(self, error: Exception) -> None:
        """Without a transaction, every statement would be a commit of its own: the writer takes no more of them."""
        self._lost = not self._db.in_transaction
        log.warning("the collection %s cannot be written: %s", self._folder.name, error)

    def _begin(self, *, again: bool = False) -> None:
        if again and self._db.in_transaction:
            self._db.execute("ROLLBACK")
        self._db.execute("BEGIN IMMEDIATE")
        self._meta = record.read_meta(self._db)
        self._entries: dict[int, list[LexicalEntry]] = {}
        self._gone: list[int] = []
        self._derive_segments = self._derive_lexical = self._changed = False
        found = self._db.execute("SELECT seq FROM sqlite_sequence WHERE name = 'chunks'").fetchone()
        self._first_new = 1 + (int(found["seq"]) if found else 0)
        self._documents, self._passages = (int(self._meta.get(name, "0")) for name in ("documents", "passages"))

    def _known_folders(self) -> Iterator[Path]:
        """The folders of the last commit."""
        for segment in stored_segments(self._db):
            yield self._folder / SEGMENTS / segment.name
        if "lexical" in self._meta:
            yield self._folder / LEXICAL / self._meta["lexical"]

    def _sweep(self) -> None:
        """Removes the folders that no commit knows: those of the commit before, and what a crash left behind."""
        known = set(self._known_folders())
        for kind in (SEGMENTS, LEXICAL):
            for folder in (self._folder / kind).iterdir():
                if folder not in known:
                    shutil.rmtree(folder, ignore_errors=True)

    def _told(self, damage: DerivedDamage) -> None:
        log.warning("collection %s: %s; it is made again from the record", self._folder.name, damage.message)

    def _retire(self, revision_row: int) -> None:
        self._db.execute("UPDATE revisions SET current = 0 WHERE row = ?", (revision_row,))
        self._passages -= len(chunk_rows.delete_chunks(self._db, revision_row))
        self._documents -= 1
        if self._entries.pop(revision_row, None) is None:
            self._gone.append(revision_row)
        self._changed = True

    def _record(self, prepared: Prepared, root: str | None) -> None:
        row = revisions.insert_revision(
            self._db,
            prepared.document,
            fixes=prepared.fixes,
            passages=len(prepared.chunks),
            fingerprint=prepared.fingerprint,
            root=root,
            now=_now(),
        )
        self._changed = True
        self._documents += 1
        self._passages += len(prepared.chunks)
        self._entries[row] = [
            LexicalEntry(
                chunk_rows.insert_chunk(self._db, replace(each.row, revision_row=row)), row, each.body, each.names
            )
            for each in prepared.chunks
        ]

    def _write_segments(self, name: str) -> None:
        folder = self._folder / SEGMENTS
        if self._derive_segments:
            write_all_segments(self._db, self._encoder, folder, name)
        else:
            write_new_segments(self._db, self._encoder, folder, name, self._first_new)

    def _write_lexical(self, name: str) -> None:
        folder = self._folder / LEXICAL / name
        known = self._meta.get("lexical")
        if not (self._derive_lexical or self._entries or self._gone or known is None):
            return
        try:
            if self._derive_lexical:
                total = derive_lexical(self._db, folder)
            else:
                before = None if known is None else self._folder / LEXICAL / known
                entries = (entry for entries in self._entries.values() for entry in entries)
                total = write_view(folder, before, entries, self._gone)
        except DerivedDamage as damage:  # of the index before, which was only seen when it was read
            self._told(damage)
            total = derive_lexical(self._db, folder)
        record.write_meta(self._db, lexical=name, lexical_sum=total)

    def _turn(self) -> None:
        """From one commit to the next. The commit is there: nothing that goes wrong now takes it back."""
        try:
            with record.guarded():
                self._begin()
                self._sweep()
        except (OSError, CitespanError) as error:
            self._lose(error)


def _now(timespec: str = "seconds") -> str:
    return datetime.now(UTC).isoformat(timespec=timespec)
