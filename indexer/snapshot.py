"""One commit of a collection, opened for reading: the same answers for as long as it is held."""

from __future__ import annotations

import json
import sqlite3
import threading
import weakref
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from indexer import record
from indexer.clean import clean
from indexer.documents import Document, Readable
from indexer.errors import CorruptIndex, DocumentNotFound, NotReady, RevisionNotFound
from indexer.lexical import LexicalIndex, LexicalQuery
from indexer.offsets import OffsetMap
from indexer.record import StoredDocument
from indexer.segment import Floats, Segment, Tokens, scale_of

# Opening tries again when a writer commits in between; two commits within one opening are rare.
_OPEN_TRIES = 20


@dataclass(frozen=True, slots=True)
class StoredChunk:
    """A chunk with its document. ``map`` leads from ``text`` (readable, offsets from 0) to source offsets."""

    chunk_id: int
    document: StoredDocument
    start: int
    end: int
    text: str
    map: OffsetMap
    sentences: tuple[tuple[int, int], ...]
    boilerplate: bool
    copy: bool


@dataclass(frozen=True, slots=True)
class Candidates:
    """What the reranker sees of chunks. ``vectors[i]``: float32 (1 + sentences, dim), unit scale, the passage
    first; ``tokens[i]``: the distinct encoder tokens of each of these rows, the passage's only if it has no
    sentences."""

    chunk_ids: tuple[int, ...]
    vectors: tuple[Floats, ...]
    tokens: tuple[tuple[Tokens, ...], ...]
    boilerplate: tuple[bool, ...]


class Snapshot:
    """Thread safe. Holds a read transaction, mapped segments and a point-in-time lexical reader."""

    def __init__(self, folder: Path) -> None:
        self._lock = threading.Lock()
        self._glossaries = folder / "glossaries"
        self._db = record.connect(folder / "record.db", read_only=True)
        weakref.finalize(self, self._db.close)
        for _ in range(_OPEN_TRIES):
            self._db.execute("BEGIN")
            self.commit = self._read_commit()
            if not self.commit:
                raise NotReady("the collection is empty: index some documents first")
            try:
                self._segments = [
                    Segment(folder / "segments" / row["name"])
                    for row in self._db.execute("SELECT name FROM segments ORDER BY first_chunk")
                ]
                self._lexical = LexicalIndex(folder / "lexical")
            except (CorruptIndex, ValueError) as error:
                # A writer may have replaced a segment while we looked; otherwise the damage is real.
                if not self._overtaken():
                    raise CorruptIndex(f"collection {folder.name}: {error}") from error
                continue
            if not self._overtaken():
                break
        else:
            raise NotReady("commits follow each other too fast to open one; try again")
        counts = self._db.execute(
            "SELECT count(*), coalesce(sum(passages), 0) FROM revisions WHERE current = 1"
        ).fetchone()
        self.documents_count, self.passages_count = int(counts[0]), int(counts[1])
        self._alive = self._masks(None)

    def _read_commit(self) -> int:
        return int(record.read_meta(self._db).get("commit", "0"))

    def _overtaken(self) -> bool:
        """Whether there is a newer commit than the one of the open transaction; if so, ends that."""
        self._db.execute("COMMIT")
        self._db.execute("BEGIN")
        newer = self._read_commit() != self.commit
        if newer:
            self._db.execute("COMMIT")
        return newer

    # ------------------------------------------------------------------ searching

    def matching(
        self,
        *,
        doc_id: Sequence[str] = (),
        source: Sequence[str] = (),
        tag: Sequence[str] = (),
        published_from: str | None = None,
        published_to: str | None = None,
    ) -> list[str]:
        """Ids of the current documents that satisfy every condition; within one list any value is enough."""
        where = ["r.current = 1"]
        values: list[object] = []
        for condition, wanted in (
            ("r.doc_id IN (SELECT value FROM json_each(?))", doc_id),
            ("r.source IN (SELECT value FROM json_each(?))", source),
            ("r.row IN (SELECT revision_row FROM tags WHERE tag IN (SELECT value FROM json_each(?)))", tag),
        ):
            if wanted:
                where.append(condition)
                values.append(json.dumps(list(wanted)))
        for condition, day in (("r.published >= ?", published_from), ("r.published <= ?", published_to)):
            if day is not None:
                where.append(condition)
                values.append(day)
        with self._lock:
            return record.select_ids(self._db, " AND ".join(where), values)

    def dense(self, vector: Floats, limit: int, doc_ids: Sequence[str] | None = None) -> list[tuple[int, float]]:
        """``(chunk_id, cosine)`` of the ``limit`` chunks whose passage or best sentence is nearest to ``vector``
        (float32 (dim,), normalised); only chunks of ``doc_ids`` where given."""
        scale = scale_of(len(vector))
        scaled = np.clip(np.rint(vector * scale), -127, 127).astype(np.float32)
        masks = self._alive if doc_ids is None else self._masks(doc_ids)
        found: list[tuple[int, float]] = []
        for segment, mask in zip(self._segments, masks, strict=True):
            if mask is not None and not mask.any():
                continue
            found.extend(
                (int(segment.chunks[position]), score / scale**2)
                for position, score in segment.search(scaled, limit, mask)
            )
        found.sort(key=lambda item: (-item[1], item[0]))
        return found[:limit]

    def lexical(self, query: LexicalQuery, limit: int, doc_ids: Sequence[str] | None = None) -> list[tuple[int, float]]:
        """``(chunk_id, BM25 score)`` of the ``limit`` best chunks; only chunks of ``doc_ids`` where given."""
        hits = self._lexical.search(query, limit, doc_ids)
        return [(chunk_id, score) for chunk_id, score in hits if self._place(chunk_id) is not None]

    def glossary_files(self) -> list[Path]:
        """The glossaries that came with the indexed folders; not part of the commit, always the newest."""
        return sorted(self._glossaries.glob("*.toml")) if self._glossaries.is_dir() else []

    def coverage(self, query: LexicalQuery) -> float:
        """See ``LexicalIndex.coverage``."""
        return self._lexical.coverage(query)

    def idf(self, words: Iterable[str]) -> dict[str, float]:
        """Inverse document frequency of search terms; the greatest for those that no chunk holds."""
        counts = self._lexical.frequencies(words)
        return {word: self._lexical.idf(count) for word, count in counts.items()}

    def candidates(self, chunk_ids: Iterable[int]) -> Candidates:
        """The stored vectors and tokens of chunks, in the order given; ids that are not alive are left out."""
        kept: list[int] = []
        vectors: list[Floats] = []
        tokens: list[tuple[Tokens, ...]] = []
        boilerplate: list[bool] = []
        for chunk_id in chunk_ids:
            place = self._place(chunk_id)
            if place is None:
                continue
            segment, position = place
            kept.append(chunk_id)
            vectors.append(segment.vectors(position) / np.float32(scale_of(segment.dim)))
            tokens.append(segment.distinct_tokens(position))
            boilerplate.append(bool(segment.boilerplate[position]))
        return Candidates(tuple(kept), tuple(vectors), tuple(tokens), tuple(boilerplate))

    def _place(self, chunk_id: int) -> tuple[Segment, int] | None:
        for segment, alive in zip(self._segments, self._alive, strict=True):
            position = int(np.searchsorted(segment.chunks, chunk_id))
            if position < len(segment) and segment.chunks[position] == chunk_id:
                return (segment, position) if alive is None or alive[position] else None
        return None

    def _masks(self, doc_ids: Sequence[str] | None) -> list[npt.NDArray[np.bool_] | None]:
        """Per segment which chunks may be found, or None where all may."""
        dead = np.asarray(
            [row["chunk_id"] for row in self._fetch("SELECT chunk_id FROM tombstones ORDER BY chunk_id", ())],
            np.int64,
        )
        if doc_ids is None:
            return [None if not (hit := np.isin(segment.chunks, dead)).any() else ~hit for segment in self._segments]
        wanted = [
            row["chunk_id"]
            for doc_id in doc_ids
            for row in self._fetch(
                "SELECT chunk_id FROM chunks WHERE revision_row ="
                " (SELECT row FROM revisions WHERE doc_id = ? AND current = 1)",
                (doc_id,),
            )
        ]
        allowed = np.asarray(sorted(wanted), np.int64)
        return [np.isin(segment.chunks, allowed) for segment in self._segments]

    # ------------------------------------------------------------------ reading

    def chunks(self, chunk_ids: Sequence[int]) -> list[StoredChunk]:
        """The chunks in the order given; ids that are not on record are left out."""
        rows = self._fetch(
            "SELECT * FROM chunks WHERE chunk_id IN (SELECT value FROM json_each(?))", [json.dumps(list(chunk_ids))]
        )
        by_id = {row["chunk_id"]: row for row in rows}
        documents = self._documents_by_row({row["revision_row"] for row in rows})
        return [
            _stored_chunk(by_id[chunk_id], documents[by_id[chunk_id]["revision_row"]])
            for chunk_id in chunk_ids
            if chunk_id in by_id
        ]

    def documents(self, *, after: str | None = None, limit: int = 100) -> list[StoredDocument]:
        """Current documents ordered by id, starting behind the id ``after``."""
        with self._lock:
            return record.select_documents(
                self._db, "r.current = 1 AND r.doc_id > ? ORDER BY r.doc_id LIMIT ?", (after or "", limit)
            )

    def document(self, doc_id: str, revision: str | None = None) -> StoredDocument:
        """The current revision, or the one named. Raises DocumentNotFound, RevisionNotFound."""
        which = "r.current = 1" if revision is None else "r.revision = ?"
        values = (doc_id,) if revision is None else (doc_id, revision)
        with self._lock:
            found = record.select_documents(self._db, f"r.doc_id = ? AND {which} ORDER BY r.row DESC LIMIT 1", values)
            if found:
                return found[0]
            known = record.select_documents(self._db, "r.doc_id = ? LIMIT 1", (doc_id,))
        if known:
            raise RevisionNotFound(f"document {doc_id!r} has no revision {revision!r}")
        raise DocumentNotFound(f"there is no document {doc_id!r}")

    def source_text(self, doc_id: str, revision: str | None = None, start: int = 0, end: int | None = None) -> str:
        """Code points ``[start, end)`` of the source text. Raises DocumentNotFound, RevisionNotFound."""
        return self.read_source(self.document(doc_id, revision), start, end)

    def read_source(self, document: StoredDocument, start: int = 0, end: int | None = None) -> str:
        """As ``source_text``, for a document at hand."""
        with self._lock:
            return record.read_source(self._db, document.row, start, document.characters if end is None else end)

    def readable(self, doc_id: str, revision: str | None = None) -> Readable:
        """The readable text of a document, made anew from its source text."""
        stored = self.document(doc_id, revision)
        return clean(
            Document(
                doc_id=stored.doc_id,
                revision=stored.revision,
                title=stored.title,
                source=stored.source,
                published=stored.published,
                metadata=stored.metadata,
                text=self.read_source(stored),
                media_type=stored.media_type,
                encoding=stored.encoding,
                page_starts=stored.page_starts,
            )
        )

    def _documents_by_row(self, rows: Iterable[int]) -> dict[int, StoredDocument]:
        keys = json.dumps(sorted(rows))
        with self._lock:
            found = record.select_documents(self._db, "r.row IN (SELECT value FROM json_each(?))", [keys])
        return {document.row: document for document in found}

    def _fetch(self, sql: str, values: Sequence[object]) -> list[sqlite3.Row]:
        with self._lock:
            return self._db.execute(sql, values).fetchall()


def _stored_chunk(row: sqlite3.Row, document: StoredDocument) -> StoredChunk:
    sentences = np.frombuffer(row["sentences"], "<i4").reshape(-1, 2).tolist()
    return StoredChunk(
        chunk_id=row["chunk_id"],
        document=document,
        start=row["start"],
        end=row["end"],
        text=row["text"],
        map=OffsetMap.from_bytes(row["map"]),
        sentences=tuple((a, b) for a, b in sentences),
        boilerplate=bool(row["boilerplate"]),
        copy=bool(row["copy"]),
    )
