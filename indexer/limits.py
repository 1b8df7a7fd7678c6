"""How much one file may ask of us. Beyond a limit loading fails with a code; nothing is cut silently."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class LoadLimits:
    """``max_bytes`` counts the file as it lies on disk, ``max_chars`` its source text in code points,
    ``max_unpacked_bytes`` and ``max_ratio`` what a zip-based file (docx) may unpack to."""

    max_bytes: int = 50_000_000
    max_chars: int = 20_000_000
    max_pages: int = 5_000
    max_unpacked_bytes: int = 200_000_000
    max_ratio: int = 200
    max_members: int = 10_000
