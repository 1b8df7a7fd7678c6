"""A range of a document in one of its two layers: the source text, or the readable text that people are shown."""

from __future__ import annotations

from functools import lru_cache

from api.errors import RequestError
from indexer.clean import clean
from indexer.documents import Document, Readable
from indexer.revisions import StoredDocument
from indexer.snapshot import Snapshot

READABLE_MAX = 2_000_000
"""Characters. The readable text is made from the whole document, which must not keep a worker busy for long."""
_KEPT = 4


def text_of_layer(snapshot: Snapshot, stored: StoredDocument, layer: str, start: int, end: int) -> str:
    """What stands in ``[start, end)`` of the source text, in ``layer``: ``source`` or ``readable``.

    Ranges that follow each other give texts that follow each other. Raises RequestError (``layer_unavailable``).
    """
    if layer == "source":
        return snapshot.read_source(stored, start, end)
    if stored.characters > READABLE_MAX:
        raise RequestError(
            "layer_unavailable",
            f"The document has {stored.characters} characters; readable text is made of up to {READABLE_MAX}.",
        )
    readable = _readable(snapshot.read_source(stored), stored.media_type, stored.page_starts)
    return readable.text[readable.map.upper_point(start) : readable.map.upper_point(end)]


@lru_cache(maxsize=_KEPT)
def _readable(text: str, media_type: str, page_starts: tuple[int, ...]) -> Readable:
    """Kept for the next ranges of the same document; by its content, so nothing kept can be out of date."""
    return clean(
        Document(
            doc_id="",
            revision="",
            title="",
            source="",
            published=None,
            metadata={},
            text=text,
            media_type=media_type,
            page_starts=page_starts,
        )
    )
