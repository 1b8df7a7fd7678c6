"""Everything about a document that can be done before it is the writer's turn: clean -> chunk -> encode -> terms."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass

from indexer.chunk import ChunkSpan, chunk
from indexer.chunk_rows import ChunkRow
from indexer.clean import clean
from indexer.documents import Document, Readable
from indexer.encoded import encode_chunks
from indexer.encoder import Encoder
from indexer.errors import LoadError
from indexer.normalize import fold
from indexer.packing import pack_sentences, pack_text
from indexer.terms import name_terms, terms


@dataclass(frozen=True, slots=True)
class PreparedChunk:
    """``row``: for the record, as yet without ids; ``body`` and ``names``: terms for the lexical index, by spaces."""

    row: ChunkRow
    body: str
    names: str


@dataclass(frozen=True, slots=True)
class Prepared:
    """A document that only has to be written. ``fixes``: what each named fixer did; ``encoder``: the fingerprint of the
    one that encoded it; ``fingerprint``: equal for copies."""

    document: Document
    fixes: Mapping[str, int]
    fingerprint: bytes
    encoder: str
    chunks: tuple[PreparedChunk, ...]


def prepare(document: Document, encoder: Encoder) -> Prepared:
    """Raises LoadError (``file_no_text``) when nothing readable is left."""
    readable = clean(document)
    spans = chunk(readable)
    if not spans:
        raise LoadError(f"{document.source} holds no readable text", code="file_no_text")
    texts = [
        [readable.text[span.text_start : span.text_end], *(readable.text[a:b] for a, b in span.sentences)]
        for span in spans
    ]
    encoded = encode_chunks(encoder, texts)
    chunks = tuple(
        PreparedChunk(_row(readable, span, data), *lexical_terms(whole[0]))
        for span, whole, data in zip(spans, texts, encoded, strict=True)
    )
    return Prepared(document, readable.fixes, _fingerprint(readable.text), encoder.fingerprint, chunks)


def lexical_terms(text: str) -> tuple[str, str]:
    """The body and the names of a chunk, as the lexical index takes them."""
    return " ".join(terms(text)), " ".join(name_terms(text))


def _row(readable: Readable, span: ChunkSpan, encoded: bytes) -> ChunkRow:
    start, end = readable.map.to_lower(span.text_start, span.text_end)
    text = readable.text[span.text_start : span.text_end]
    return ChunkRow(
        chunk_id=0,
        revision_row=0,
        start=start,
        end=end,
        boilerplate=span.boilerplate,
        copy=span.copy,
        text=pack_text(text, readable.map.part(span.text_start, span.text_end), start),
        sentences=pack_sentences([(a - span.text_start, b - span.text_start) for a, b in span.sentences]),
        encoded=encoded,
    )


def _fingerprint(text: str) -> bytes:
    """Equal for texts that differ in script, width, case or spacing alone."""
    return hashlib.sha256("".join(fold(text).split()).encode("utf-8", "surrogatepass")).digest()[:16]
