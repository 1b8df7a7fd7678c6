"""A document's whole journey: clean -> chunk -> encode -> record, then one commit for all three indexes.

Order of a commit, so that a crash between any two steps leaves the last commit whole:

1. the new segment folder is written, synced and renamed (no one knows it yet);
2. the lexical index commits the additions (readers drop ids that the record does not know);
3. SQLite commits: this is the moment at which the new commit exists;
4. the lexical index drops what was removed, and unused segment folders go.
"""

from __future__ import annotations

import hashlib
import shutil
import sqlite3
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import numpy as np

from indexer import record
from indexer.chunk import ChunkSpan, chunk
from indexer.clean import clean
from indexer.documents import Document, Readable
from indexer.encoder import Encoder, TokenEncoder
from indexer.errors import LoadError
from indexer.lexical import LexicalEntry, LexicalWriter
from indexer.normalize import fold
from indexer.segment import EncodedChunk, Segment, Tokens, quantise, scale_of, write_segment

# A new segment joins the one before it when that is not at least this many times larger: so a store of n
# chunks holds O(log n) segments and every chunk is copied O(log n) times.
_GROWTH = 3
_DEAD_SHARE = 0.3


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
    doc_id: str
    revision: str
    passages: int


class Writer:
    """Made by ``Collection.writer``, which holds the lock and opens the transaction."""

    def __init__(self, folder: Path, connection: sqlite3.Connection, encoder: Encoder) -> None:
        self._folder = folder
        self._db = connection
        self._encoder = encoder
        self._token_encoder = encoder if isinstance(encoder, TokenEncoder) else None
        self._scale = scale_of(encoder.dim)
        self._lexical = LexicalWriter(folder / "lexical")
        self._new: list[EncodedChunk] = []
        self._entries: list[LexicalEntry] = []
        self._changed = False
        self._db.execute("BEGIN IMMEDIATE")
        self._lexical.remove_after(self._last_row())
        self._drop_removed()
        self._drop_orphans()

    @property
    def pending(self) -> int:
        """Chunks put and not yet committed."""
        return len(self._new)

    def put(self, document: Document, *, root: str | None = None) -> PutReceipt:
        """Indexes ``document`` in place of its current revision. ``root`` names the folder it was found in.

        Raises LoadError (``file_no_text``) when nothing readable is left; then the old revision stays.
        """
        before = self._db.execute(
            "SELECT row, revision, passages, source, root FROM revisions WHERE doc_id = ? AND current = 1",
            (document.doc_id,),
        ).fetchone()
        if before is not None and before["revision"] == document.revision and before["source"] == document.source:
            if root is not None and before["root"] != root:
                self._db.execute("UPDATE revisions SET root = ? WHERE row = ?", (root, before["row"]))
            return PutReceipt(document.doc_id, document.revision, False, True, before["passages"])
        readable = clean(document)
        spans = chunk(readable)
        if not spans:
            raise LoadError(f"{document.source} holds no readable text", code="file_no_text")
        if before is not None:
            self._retire(before["row"])
        row = record.insert_revision(
            self._db,
            document,
            readable,
            passages=len(spans),
            fingerprint=_fingerprint(readable.text),
            root=root,
            now=datetime.now(UTC).isoformat(timespec="seconds"),
        )
        self._add_chunks(document, readable, spans, row)
        return PutReceipt(document.doc_id, document.revision, before is None, False, len(spans))

    def remove(self, doc_id: str) -> RemoveReceipt | None:
        """Removes a document with all its revisions; None if there is none of that id."""
        found = self._db.execute(
            "SELECT row, revision, passages FROM revisions WHERE doc_id = ? AND current = 1", (doc_id,)
        ).fetchone()
        if found is None:
            return None
        self._retire(found["row"])
        record.delete_document(self._db, doc_id)
        return RemoveReceipt(doc_id, found["revision"], found["passages"])

    def find_source(self, source: str) -> str | None:
        """The id of the current document with this source, if there is one."""
        found = self._db.execute(
            "SELECT doc_id FROM revisions WHERE current = 1 AND source = ? ORDER BY row LIMIT 1", (source,)
        ).fetchone()
        return None if found is None else str(found["doc_id"])

    def root_of(self, doc_id: str) -> str | None:
        """The folder in which the current document was found, if it is there and came from one."""
        found = self._db.execute(
            "SELECT root FROM revisions WHERE doc_id = ? AND current = 1 AND root IS NOT NULL", (doc_id,)
        ).fetchone()
        return None if found is None else str(found["root"])

    def sources_under(self, root: str) -> dict[str, str]:
        """``source -> doc_id`` of the documents that were found in the folder ``root``."""
        rows = self._db.execute(
            "SELECT source, doc_id FROM revisions WHERE current = 1 AND root = ? ORDER BY source", (root,)
        )
        return {row["source"]: row["doc_id"] for row in rows}

    def commit(self) -> int:
        """Makes everything since the last commit visible at once; returns the number of the commit."""
        number = int(record.read_meta(self._db).get("commit", "0"))
        if not self._changed:
            self._db.execute("COMMIT")
            self._db.execute("BEGIN IMMEDIATE")
            return number
        number += 1
        obsolete = self._write_segments(number)
        self._lexical.add(self._entries)
        self._lexical.commit()
        record.write_meta(self._db, commit=number, committed_at=datetime.now(UTC).isoformat(timespec="seconds"))
        self._db.execute("COMMIT")
        self._db.execute("BEGIN IMMEDIATE")
        self._drop_removed()
        for name in obsolete:
            shutil.rmtree(self._folder / "segments" / name, ignore_errors=True)
        self._new, self._entries, self._changed = [], [], False
        return number

    def close(self) -> None:
        """Drops whatever was not committed."""
        if self._db.in_transaction:
            self._db.execute("ROLLBACK")
        self._lexical.close()

    def _last_row(self) -> int:
        found = self._db.execute("SELECT seq FROM sqlite_sequence WHERE name = 'revisions'").fetchone()
        return int(found["seq"]) if found else 0

    def _drop_removed(self) -> None:
        """Tells the lexical index what is gone; what a crash kept from it is told by the next writer."""
        rows = [row["revision_row"] for row in self._db.execute("SELECT revision_row FROM lexical_removals")]
        if rows:
            self._lexical.remove_revisions(rows)
            self._lexical.commit()
            self._db.execute("DELETE FROM lexical_removals")

    def _drop_orphans(self) -> None:
        """Removes segment folders that no commit knows: what a crash left behind."""
        known = {row["name"] for row in self._db.execute("SELECT name FROM segments")}
        for folder in (self._folder / "segments").iterdir():
            if folder.name not in known:
                shutil.rmtree(folder, ignore_errors=True)

    def _retire(self, revision_row: int) -> None:
        self._db.execute("UPDATE revisions SET current = 0 WHERE row = ?", (revision_row,))
        gone = set(record.delete_chunks(self._db, revision_row))
        self._forget_tombstones((entry.chunk_id for entry in self._new), gone)
        self._new = [entry for entry in self._new if entry.chunk_id not in gone]
        self._entries = [entry for entry in self._entries if entry.chunk_id not in gone]
        self._db.execute("INSERT INTO lexical_removals VALUES (?)", (revision_row,))
        self._changed = True

    def _add_chunks(
        self, document: Document, readable: Readable, spans: Sequence[ChunkSpan], revision_row: int
    ) -> None:
        texts: list[str] = []
        tokenised: list[str] = []
        for span in spans:
            whole = readable.text[span.text_start : span.text_end]
            parts = [readable.text[a:b] for a, b in span.sentences]
            texts += [whole, *parts]
            # A passage's own row holds tokens only where no sentence does.
            tokenised += ["" if parts else whole, *parts]
        vectors = quantise(self._encoder.encode(texts), self._scale)
        token_sets = self._token_sets(tokenised)
        at = 0
        for span in spans:
            text = texts[at]
            rows = vectors[at : at + 1 + len(span.sentences)]
            tokens = token_sets[at : at + len(rows)]
            at += len(rows)
            start, end = readable.map.to_lower(span.text_start, span.text_end)
            sentences = np.asarray(span.sentences, dtype="<i4").reshape(-1, 2) - span.text_start
            cursor = self._db.execute(
                "INSERT INTO chunks (revision_row, start, end, text_start, text_end, text, map, sentences,"
                " boilerplate, copy) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                (
                    revision_row,
                    start,
                    end,
                    span.text_start,
                    span.text_end,
                    text,
                    readable.map.part(span.text_start, span.text_end).to_bytes(),
                    sentences.astype("<i4").tobytes(),
                    span.boilerplate,
                    span.copy,
                ),
            )
            chunk_id = int(cursor.lastrowid or 0)
            self._changed = True
            self._db.execute(
                "INSERT INTO encodings VALUES (?, ?, ?)",
                (chunk_id, rows.tobytes(), _packed(tokens)),
            )
            self._new.append(EncodedChunk(chunk_id, rows, tuple(tokens), span.boilerplate))
            self._entries.append(LexicalEntry(chunk_id, revision_row, document.doc_id, text))

    def _token_sets(self, texts: Sequence[str]) -> list[Tokens]:
        """Distinct tokens of each of ``texts``."""
        if self._token_encoder is None:
            return [np.zeros(0, np.int32)] * len(texts)
        return [np.unique(ids).astype(np.int32) for ids in self._token_encoder.token_ids(texts)]

    def _write_segments(self, number: int) -> list[str]:
        """Writes the new segment, joined with its small or mostly dead predecessors; returns what it replaces."""
        dead = {row["chunk_id"] for row in self._db.execute("SELECT chunk_id FROM tombstones")}
        stored = self._db.execute("SELECT * FROM segments ORDER BY first_chunk").fetchall()
        joined: list[str] = []
        size = len(self._new)
        while stored and (stored[-1]["chunks"] <= _GROWTH * size or self._mostly_dead(stored[-1], dead)):
            size += stored[-1]["chunks"]
            joined.insert(0, stored.pop()["name"])
        chunks: list[EncodedChunk] = []
        for name in joined:
            segment = Segment(self._folder / "segments" / name)
            ids = segment.chunks.tolist()
            chunks.extend(segment.encoded(at) for at, chunk_id in enumerate(ids) if chunk_id not in dead)
            self._forget_tombstones(ids, dead)
        chunks.extend(self._new)
        self._db.executemany("DELETE FROM segments WHERE name = ?", [(name,) for name in joined])
        if chunks:
            name = f"{number:08d}"
            shutil.rmtree(self._folder / "segments" / name, ignore_errors=True)
            write_segment(self._folder / "segments" / name, chunks, self._encoder.dim)
            self._db.execute(
                "INSERT INTO segments VALUES (?, ?, ?, ?)",
                (name, chunks[0].chunk_id, len(chunks), sum(len(entry.vectors) for entry in chunks)),
            )
        return joined

    @staticmethod
    def _mostly_dead(stored: sqlite3.Row, dead: set[int]) -> bool:
        span = range(stored["first_chunk"], stored["first_chunk"] + stored["chunks"])
        return bool(sum(chunk_id in span for chunk_id in dead) > _DEAD_SHARE * stored["chunks"])

    def _forget_tombstones(self, chunk_ids: Iterable[int], dead: set[int]) -> None:
        self._db.executemany(
            "DELETE FROM tombstones WHERE chunk_id = ?", [(chunk_id,) for chunk_id in chunk_ids if chunk_id in dead]
        )


def _packed(tokens: Sequence[Tokens]) -> bytes:
    """int32, little endian: how many tokens each row has, then the tokens."""
    return np.concatenate([[len(row) for row in tokens], *tokens]).astype("<i4").tobytes()


def _fingerprint(text: str) -> str:
    """Equal for texts that differ in script, width, case or spacing alone."""
    return hashlib.sha256("".join(fold(text).split()).encode("utf-8", "surrogatepass")).hexdigest()[:32]
