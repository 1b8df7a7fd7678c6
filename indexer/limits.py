"""How much one file may ask of us. Beyond a limit loading fails with a code; nothing is cut silently."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class LoadLimits:
    """``max_bytes`` counts the file as it lies on disk, ``max_chars`` its source text in code points,
    ``max_unpacked_bytes`` and ``max_ratio`` what a zip-based file (docx) may unpack to, ``max_marks`` the characters
    ``<`` and ``=`` in its parts: each makes an element or an attribute of some hundred bytes in memory.

    A PDF may take ``max_pdf_memory`` bytes to be read, and of the processor's time ``max_pdf_seconds`` to be opened
    and for its first 100 pages, and as much again for each 100 more."""

    max_bytes: int = 50_000_000
    max_chars: int = 5_000_000
    max_pages: int = 5_000
    max_unpacked_bytes: int = 200_000_000
    max_ratio: int = 200
    max_members: int = 10_000
    max_marks: int = 5_000_000
    max_pdf_seconds: int = 5
    max_pdf_memory: int = 1_000_000_000
