"""Characters that nobody sees: controls, zero-width and direction marks, soft hyphens, private use."""

from __future__ import annotations

import re

from indexer.offsets import Edit

_SHAPELESS = (
    "\x00-\x08\x0e-\x1f\x7f-\x84\x86-\x9f"  # controls but tab, line feed, form feed, next line
    "\u00ad\u061c\u180e\u200b\u200e\u200f\u202a-\u202e\u2060-\u2064\u2066-\u206f\ufeff\ufff9-\ufffb"
    "\ue000-\uf8ff\ufdd0-\ufdef\ufffe\uffff\U000f0000-\U000ffffd\U00100000-\U0010fffd"
)
# Joiners shape Indic and Arabic words and emoji; behind Latin or Han they mean nothing.
_INVISIBLE = re.compile(f"(?<![^\x00-\x7f\u3000-\u9fff])[{_SHAPELESS}\u200c\u200d]+|[{_SHAPELESS}]+")


def invisible(text: str) -> list[Edit]:
    """Remove what has no shape. Line ends survive: a lone carriage return or other break becomes a line
    feed in ``spacing``."""
    return [Edit(found.start(), found.end()) for found in _INVISIBLE.finditer(text)]
