"""From spans of readable text to citations of the source text, checked."""

from __future__ import annotations

from indexer.documents import page_at
from indexer.errors import CorruptIndex
from indexer.snapshot import Snapshot, StoredChunk
from qa.results import Citation


def cite(snapshot: Snapshot, chunk: StoredChunk, start: int, end: int) -> Citation:
    """The citation of ``chunk.text[start:end]``: the source text that this was made from, whole."""
    low, high = chunk.map.to_lower(start, end)
    document = chunk.document
    if chunk.start <= low and high <= chunk.end:
        quote = chunk.source_text[low - chunk.start : high - chunk.start]
    else:
        quote = snapshot.read_source(document, low, high)
    if len(quote) != high - low:
        raise CorruptIndex(
            f"document {document.doc_id!r} has no text at {low}..{high}: the index and its text disagree"
        )
    return Citation(
        doc_id=document.doc_id,
        revision=document.revision,
        source=document.source,
        title=document.title,
        published=document.published,
        start=low,
        end=high,
        quote=quote,
        page=page_at(document.page_starts, low),
        publisher=publisher if isinstance(publisher := document.metadata.get("publisher"), str) else None,
    )
