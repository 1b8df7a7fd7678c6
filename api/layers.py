"""A range of a document in one of its two layers: the source text, or the readable text that people are shown."""

from __future__ import annotations

from weakref import WeakKeyDictionary

from api.errors import RequestError
from indexer.bounded import Bounded
from indexer.documents import Readable
from indexer.revisions import StoredDocument
from indexer.snapshot import Snapshot

READABLE_MAX = 2_000_000
"""Characters. The readable text is made from the whole document, which must not keep a worker busy for long."""
_KEPT: WeakKeyDictionary[Snapshot, Bounded[int, Readable]] = WeakKeyDictionary()
"""By row of the revision, as many as have ``READABLE_MAX`` characters together."""


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
    readable = _readable(snapshot, stored)
    return readable.text[readable.map.upper_point(start) : readable.map.upper_point(end)]


def _readable(snapshot: Snapshot, stored: StoredDocument) -> Readable:
    """Kept for the next ranges of the same document, as long as the snapshot: what was deleted goes with it."""
    kept = _KEPT.setdefault(snapshot, Bounded(READABLE_MAX))
    found = kept.get(stored.row)
    if found is None:
        found = snapshot.readable(stored.doc_id, stored.revision)
        kept.put(stored.row, found, stored.characters)
    return found
