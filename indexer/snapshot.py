"""One commit of a collection, opened for reading: the same answers for as long as it is held."""

from __future__ import annotations

import json
import os
import threading
import weakref
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import numpy.typing as npt

from indexer import chunk_rows, record, revisions
from indexer.bounded import Bounded
from indexer.calibration import CALIBRATION
from indexer.chunk_rows import ChunkRow
from indexer.clean import clean
from indexer.documents import Document, Readable
from indexer.encoded import Floats, unpack_vectors
from indexer.encoder import Encoder, TokenEncoder
from indexer.errors import CorruptIndex, DerivedDamage, DocumentNotFound, NotReady, RevisionNotFound
from indexer.lexical import LexicalIndex, LexicalQuery
from indexer.offsets import OffsetMap
from indexer.packing import ChunkTokens, unpack_sentences
from indexer.revisions import StoredDocument
from indexer.sealed import LEXICAL, SEGMENTS
from indexer.segment import SPARE, Segment, kind_of
from indexer.texts import source_of, text_from

# Opening tries again when a writer commits in between; two commits within one opening are rare.
_OPEN_TRIES = 20
# Of the chunks kept in memory: characters, and those that a piece of a map weighs as much as.
_CHUNKS_WEIGHT = 2_000_000
_PIECE_WEIGHT = 50


@dataclass(frozen=True, slots=True)
class StoredChunk:
    """A chunk with its document. ``map`` leads from ``text`` (readable, offsets from 0) to source offsets;
    ``source_text`` is the source from ``start`` to ``end``."""

    chunk_id: int
    document: StoredDocument
    start: int
    end: int
    text: str
    source_text: str
    map: OffsetMap
    sentences: tuple[tuple[int, int], ...]
    boilerplate: bool
    copy: bool


@dataclass(frozen=True, slots=True, eq=False, weakref_slot=True)
class Candidates:
    """What the reranker sees of chunks: of an encoder with a token table their ``tokens``, of any other ``vectors[i]``:
    float32 (1 + sentences, dim), unit scale, the passage first. ``lasting``: the same object comes with every question
    for which the same chunks are candidates."""

    chunk_ids: tuple[int, ...]
    boilerplate: tuple[bool, ...]
    tokens: ChunkTokens | None = None
    vectors: tuple[Floats, ...] = ()
    lasting: bool = False


class Snapshot:
    """Thread safe. Holds a read transaction, mapped segments and the lexical index of its commit. ``damaged``: a search
    met damage that opening had not seen. ``calibration_file`` may be there or not; as the glossaries, it is not part of
    the commit, always the newest."""

    def __init__(self, folder: Path, encoder: Encoder) -> None:
        """Raises NotReady (nothing indexed yet), CorruptIndex; DerivedDamage where a writer can mend it."""
        self._lock = threading.Lock()
        self._encoder = encoder
        self._glossaries = folder / "glossaries"
        self.calibration_file = folder / CALIBRATION
        self.damaged = False
        self._all: Candidates | None = None
        self._chunks: Bounded[int, StoredChunk] = Bounded(_CHUNKS_WEIGHT)
        self._db = record.connect(folder / "record.db", read_only=True)
        weakref.finalize(self, self._db.close)
        with record.guarded():
            self._open(folder)

    def _open(self, folder: Path) -> None:
        for _ in range(_OPEN_TRIES):
            self._db.execute("BEGIN")
            meta = record.read_meta(self._db)
            self.commit = int(meta.get("commit", "0"))
            if not self.commit:
                raise NotReady("the collection is empty: index some documents first")
            try:
                # All rows at once: a statement left half read would hold its commit, and `_overtaken` see no other.
                rows = self._db.execute("SELECT name, sum FROM segments ORDER BY first_chunk").fetchall()
                self._segments = [Segment(folder / SEGMENTS / row["name"], row["sum"]) for row in rows]
                self._lexical = LexicalIndex(folder / LEXICAL / meta["lexical"], meta["lexical_sum"])
                break
            except DerivedDamage as damage:
                # A writer may have replaced a folder while we looked; otherwise the damage is real.
                if not self._overtaken():
                    raise DerivedDamage(f"collection {folder.name}: {damage.message}") from damage
        else:
            raise NotReady("commits follow each other too fast to open one; try again")
        self.committed_at = meta.get("committed_at")
        self.documents_count, self.passages_count = int(meta["documents"]), int(meta["passages"])
        self._alive = self._masks()

    def _overtaken(self) -> bool:
        """Ends the open transaction; whether there is a newer commit than that one's."""
        self._db.execute("COMMIT")
        return int(record.read_meta(self._db).get("commit", "0")) != self.commit

    @property
    def segments(self) -> tuple[tuple[int, int, str], ...]:
        """Of each segment its chunks, its rows, and how it is searched."""
        return tuple((len(segment), segment.rows, kind_of(segment.rows)) for segment in self._segments)

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
        with self._reading():
            return revisions.select_ids(self._db, " AND ".join(where), values)

    def dense(self, vector: Floats, limit: int, doc_ids: Sequence[str] | None = None) -> list[tuple[int, float]]:
        """``(chunk_id, cosine)`` of the ``limit`` chunks whose passage or best sentence is nearest to ``vector``
        (float32 (dim,), normalised); only chunks of ``doc_ids`` where given.

        ``segment.SPARE`` times as many where there is a segment whose cosines are only near.
        """
        limit *= 1 if all(segment.exact for segment in self._segments) else SPARE
        masks = self._alive if doc_ids is None else self._allowed(doc_ids)
        found: list[tuple[int, float]] = []
        with self._searching():
            for segment, mask in zip(self._segments, masks, strict=True):
                if mask is None or mask.any():
                    found.extend((int(segment.chunks[at]), score) for at, score in segment.search(vector, limit, mask))
        found.sort(key=lambda item: (-item[1], item[0]))
        return found[:limit]

    def lexical(self, query: LexicalQuery, limit: int, doc_ids: Sequence[str] | None = None) -> list[tuple[int, float]]:
        """``(chunk_id, BM25 score)`` of the ``limit`` best chunks; only chunks of ``doc_ids`` where given."""
        if doc_ids is None:
            return self._lexical.search(query, limit)
        with self._reading():
            rows = self._db.execute(
                "SELECT row FROM json_each(?) wanted JOIN revisions r ON r.doc_id = wanted.value AND r.current = 1",
                [json.dumps(list(doc_ids))],
            ).fetchall()
        return self._lexical.search(query, limit, [row["row"] for row in rows])

    def glossary_files(self) -> list[Path]:
        """The glossaries that came with the indexed folders; not part of the commit, always the newest."""
        try:
            with os.scandir(self._glossaries) as found:  # every question asks, and pathlib takes longer
                names = sorted(entry.name for entry in found)
        except FileNotFoundError:
            return []
        return [self._glossaries / name for name in names if name.endswith(".toml")]

    def knows(self, words: Iterable[str]) -> bool:
        """Whether every one of these search terms occurs."""
        with self._searching():
            return all(self._lexical.frequencies(words).values())

    def idf(self, words: Iterable[str]) -> dict[str, float]:
        """Inverse document frequency of search terms; the greatest for those that no chunk holds."""
        with self._searching():
            counts = self._lexical.frequencies(words)
        return {word: self._lexical.idf(count) for word, count in counts.items()}

    def candidates(self, chunk_ids: Iterable[int]) -> Candidates:
        """What the record has of chunks, in the order given; ids that are not on record are left out. All chunks there
        are come in the order of their ids, and are read once: of a small collection all are candidates, always."""
        wanted = list(chunk_ids)
        if len(wanted) != self.passages_count:
            return self._candidates(wanted)
        held = self._all
        wanted.sort()
        if held is None or held.chunk_ids != tuple(wanted):
            held = self._all = replace(self._candidates(wanted), lasting=True)
        return held

    def _candidates(self, wanted: Sequence[int]) -> Candidates:
        with self._reading():
            rows = chunk_rows.select_chunks(self._db, wanted)
        found = [rows[chunk_id] for chunk_id in wanted if chunk_id in rows]
        ids, boilerplate = tuple(row.chunk_id for row in found), tuple(row.boilerplate for row in found)
        try:
            if isinstance(self._encoder, TokenEncoder):
                return Candidates(ids, boilerplate, tokens=ChunkTokens.unpack([row.encoded for row in found]))
            dim = self._encoder.dim
            return Candidates(ids, boilerplate, vectors=tuple(unpack_vectors(row.encoded, dim) for row in found))
        except ValueError as error:
            raise CorruptIndex(f"what the record has of the encoder's work cannot be read: {error}") from error

    @contextmanager
    def _searching(self) -> Iterator[None]:
        try:
            yield
        except DerivedDamage:
            self.damaged = True
            raise

    def _masks(self) -> list[npt.NDArray[np.bool_] | None]:
        """Per segment which chunks are alive, or None where all are."""
        dead = np.asarray([row["chunk_id"] for row in self._db.execute("SELECT chunk_id FROM tombstones")], np.int64)
        masks: list[npt.NDArray[np.bool_] | None] = []
        for segment in self._segments:
            places = segment.positions(dead)
            mask = np.ones(len(segment), np.bool_) if len(places) else None
            if mask is not None:
                mask[places] = False
            masks.append(mask)
        return masks

    def _allowed(self, doc_ids: Sequence[str]) -> list[npt.NDArray[np.bool_] | None]:
        """Per segment which chunks belong to one of ``doc_ids``."""
        with self._reading():
            rows = self._db.execute(
                "SELECT c.chunk_id FROM json_each(?) wanted JOIN revisions r ON r.doc_id = wanted.value"
                " AND r.current = 1 JOIN chunks c ON c.revision_row = r.row",
                [json.dumps(list(doc_ids))],
            ).fetchall()
        wanted = np.asarray([row["chunk_id"] for row in rows], np.int64)
        masks: list[npt.NDArray[np.bool_] | None] = []
        for segment in self._segments:
            mask = np.zeros(len(segment), np.bool_)
            mask[segment.positions(wanted)] = True
            masks.append(mask)
        return masks

    # ------------------------------------------------------------------ reading

    def chunks(self, chunk_ids: Sequence[int]) -> list[StoredChunk]:
        """The chunks in the order given; ids that are not on record are left out. Raises CorruptIndex."""
        found = {chunk_id: self._chunks.get(chunk_id) for chunk_id in chunk_ids}
        missing = [chunk_id for chunk_id, chunk in found.items() if chunk is None]
        if missing:
            for chunk in self._read_chunks(missing):
                found[chunk.chunk_id] = chunk
                weight = len(chunk.text) + len(chunk.source_text) + _PIECE_WEIGHT * len(chunk.map.pieces)
                self._chunks.put(chunk.chunk_id, chunk, weight)
        return [chunk for chunk in found.values() if chunk is not None]

    def _read_chunks(self, chunk_ids: Sequence[int]) -> list[StoredChunk]:
        with self._reading():
            rows = chunk_rows.select_chunks(self._db, chunk_ids)
            keys = json.dumps(sorted({row.revision_row for row in rows.values()}))
            found = revisions.select_documents(self._db, "r.row IN (SELECT value FROM json_each(?))", [keys])
            documents = {document.row: document for document in found}
            return [_stored_chunk(row, documents, source_of(self._db, row)) for row in rows.values()]

    def documents(
        self, *, after: str | None = None, limit: int = 100, named: str | None = None
    ) -> list[StoredDocument]:
        """Current documents ordered by id, starting behind the id ``after``; with ``named`` only those whose title,
        source, id or a tag holds it (ASCII letters in either case)."""
        where, values = "r.current = 1 AND r.doc_id > ?", [after or ""]
        if named:
            where += f" AND {revisions.NAMED}"
            values.append(revisions.like(named))
        with self._reading():
            return revisions.select_documents(self._db, f"{where} ORDER BY r.doc_id LIMIT ?", [*values, limit])

    def current(self, doc_id: str) -> StoredDocument | None:
        """The current revision of a document, if it is there."""
        with self._reading():
            found = revisions.select_documents(self._db, "r.doc_id = ? AND r.current = 1", (doc_id,))
        return found[0] if found else None

    def document(self, doc_id: str, revision: str | None = None) -> StoredDocument:
        """The current revision, or the one named. Raises DocumentNotFound, RevisionNotFound."""
        stored = self.current(doc_id)
        if stored is None:
            raise DocumentNotFound(f"there is no document {doc_id!r}")
        if revision is None or stored.revision == revision:
            return stored
        with self._reading():
            found = revisions.select_documents(
                self._db,
                "r.doc_id = ? AND r.revision = ? AND r.current = 0 ORDER BY r.row DESC LIMIT 1",
                (doc_id, revision),
            )
        if not found:
            raise RevisionNotFound(f"document {doc_id!r} has no revision {revision!r}")
        return found[0]

    def source_text(self, doc_id: str, revision: str | None = None, start: int = 0, end: int | None = None) -> str:
        """Code points ``[start, end)`` of the source text. Raises DocumentNotFound, RevisionNotFound."""
        return self.read_source(self.document(doc_id, revision), start, end)

    def read_source(self, document: StoredDocument, start: int = 0, end: int | None = None) -> str:
        """As ``source_text``, for a document at hand."""
        with self._reading():
            return revisions.read_source(self._db, document.row, start, document.characters if end is None else end)

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

    @contextmanager
    def _reading(self) -> Iterator[None]:
        """The connection, for one thread at a time. Raises CorruptIndex for what cannot be read."""
        with self._lock, record.guarded():
            yield


def _stored_chunk(row: ChunkRow, documents: Mapping[int, StoredDocument], source_text: str) -> StoredChunk:
    if row.revision_row not in documents:
        raise CorruptIndex(f"passage {row.chunk_id} belongs to no document; citespan doctor tells more")
    text, map_ = text_from(source_text, row)
    return StoredChunk(
        chunk_id=row.chunk_id,
        document=documents[row.revision_row],
        start=row.start,
        end=row.end,
        text=text,
        source_text=source_text,
        map=map_,
        sentences=unpack_sentences(row.sentences),
        boilerplate=row.boilerplate,
        copy=row.copy,
    )
