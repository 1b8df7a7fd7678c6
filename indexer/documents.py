"""What is indexed: documents, their readable text, and the chunks that are searched.

Offsets named ``start``/``end`` count code points of the *source text* (the file decoded, untouched);
``text_start``/``text_end`` count those of the *readable text* (repaired, shown to people).
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
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

    def page_of(self, offset: int) -> int | None:
        """The page, counted from 1, that holds ``offset``."""
        if not self.page_starts:
            return None
        return sum(start <= offset for start in self.page_starts) or 1


@dataclass(frozen=True, slots=True)
class Chunk:
    """A passage: whole sentences, about 300 readable characters.

    ``sentences`` are ``(text_start, text_end)`` ranges of the readable text, inside the chunk.
    """

    chunk_id: int
    doc_id: str
    start: int
    end: int
    text_start: int
    text_end: int
    sentences: tuple[tuple[int, int], ...] = ()
    boilerplate: bool = False
    copy: bool = False


def document_id(source: str) -> str:
    """The stable id of a file that was given none: its source decides, not its content."""
    return hashlib.sha256(source.encode("utf-8", "surrogatepass")).hexdigest()[:16]


def revision_id(data: bytes) -> str:
    """The id of one state of a document: its bytes decide."""
    return hashlib.sha256(data).hexdigest()[:16]
