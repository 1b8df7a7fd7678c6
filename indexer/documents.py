"""What is indexed: documents and their readable text.

Offsets named ``start``/``end`` count code points of the *source text* (the file decoded, untouched);
``text_start``/``text_end`` count those of the *readable text* (repaired, shown to people).
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from indexer.offsets import OffsetMap

Metadata = Mapping[str, str | int | float | bool | None]


@dataclass(frozen=True, slots=True)
class Mark:
    """A range of the readable text that search treats apart.

    ``kind``: ``boilerplate`` (navigation, disclaimers, comment policies: ranks low), ``copy`` (repeats an
    earlier range of the same document), ``broken`` (characters that were lost before we got the file).
    """

    start: int
    end: int
    kind: str


@dataclass(frozen=True, slots=True)
class Readable:
    """The readable text of a document and how it came about.

    ``map`` leads from readable to source offsets. ``fixes`` counts what each named fixer did.
    """

    text: str
    map: OffsetMap
    marks: tuple[Mark, ...] = ()
    fixes: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Document:
    """One file (or one upload), decoded.

    ``text`` is the source text; ``page_starts`` holds the offset at which each page begins (empty where
    there are no pages); ``published`` is an ISO date (YYYY-MM-DD) or None; ``source`` is the path relative
    to the indexed folder, or the name given at upload.
    """

    doc_id: str
    revision: str
    title: str
    source: str
    published: str | None
    metadata: Metadata
    text: str
    media_type: str = "text/plain"
    encoding: str = "utf-8"
    page_starts: tuple[int, ...] = ()


def page_at(page_starts: Sequence[int], offset: int) -> int | None:
    """The page, counted from 1, that holds ``offset`` of the source text; None where there are no pages."""
    if not page_starts:
        return None
    return sum(start <= offset for start in page_starts) or 1


def document_id(source: str) -> str:
    """The stable id of a file that was given none: its source decides, not its content."""
    return hashlib.sha256(source.encode("utf-8", "surrogatepass")).hexdigest()[:16]


def revision_id(data: bytes) -> str:
    """The id of one state of a document: its bytes decide."""
    return hashlib.sha256(data).hexdigest()[:16]
