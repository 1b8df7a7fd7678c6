"""A short part of a passage to show: whole sentences, from the one that has most to do with the question."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from indexer.normalize import fold
from indexer.sentences import sentences

EXCERPT = 120
"""Characters."""
_TERMS = re.compile(r"[a-z0-9]+|(?=([\u3400-\u9fff]{2}))")


def excerpt(passage: Mapping[str, Any], question: str, limit: int = EXCERPT) -> str:
    """At most ``limit`` characters of the passage's readable text, in whole sentences where one of them fits.

    An ellipsis says where something is left out at the end.
    """
    text = passage["text"]
    ranges = [(a, b) for a, b in sentences(text) if text[a:b] != passage["title"]] or [(0, len(text))]
    first = _best(text, ranges, passage.get("highlights") or (), question)
    start, end = ranges[first]
    for _, further in ranges[first + 1 :]:
        if further - start > limit:
            break
        end = further
    if end - start <= limit:
        return f"{text[start:end]}{'' if end >= len(text.rstrip()) else ' …'}"
    return f"{_cut(text[start : start + limit])}…"


def _best(text: str, ranges: list[tuple[int, int]], highlights: Any, question: str) -> int:
    """The sentence that holds the first highlight; else the one that shares most terms with ``question``."""
    for at, _ in highlights:
        for number, (start, end) in enumerate(ranges):
            if start <= at < end:
                return number
    asked = _terms(question)
    shared = [len(asked & _terms(text[start:end])) for start, end in ranges]
    return shared.index(max(shared))


def _terms(text: str) -> set[str]:
    return {found.group() or found.group(1) for found in _TERMS.finditer(fold(text))}


def _cut(text: str) -> str:
    """``text`` without the Latin word that its end may have cut."""
    if text[-1:].isascii() and text[-1:].isalnum() and " " in text[-40:]:
        return text.rsplit(" ", 1)[0]
    return text
