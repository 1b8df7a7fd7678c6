"""Copies inside one document: the page that holds its article twice.

A paragraph of at least 20 letters repeats an earlier one if both are equal once punctuation, space, script
and case are set aside, or share at least nine tenths of their four-letter shingles. Shorter paragraphs are
copies only where they stand beside a copy in the same order as in the original.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from zlib import crc32

from indexer.normalize import fold

_MIN_LETTERS = 20
_SHINGLE = 4
_ALIKE = 0.9
_ANCHORS = 4  # of a paragraph's shingles, those with the smallest hashes find its possible originals
_MAX_ORIGINALS = 8
_LONGEST = 100_000  # letters; longer paragraphs are copies only where they are equal, or shingles would fill the memory
_NOT_LETTER = re.compile(r"[\W_]+")
_LINE = re.compile(r"[^\n]+")


@dataclass(frozen=True, slots=True)
class _Paragraph:
    start: int
    end: int
    key: str


def copies(text: str) -> list[tuple[int, int]]:
    """Ranges of ``text`` that repeat an earlier range, in order; neighbouring paragraphs make one range."""
    rows = list(_paragraphs(text))
    originals = _originals(rows)
    _extend(rows, originals, 1)
    _extend(rows, originals, -1)
    out: list[tuple[int, int]] = []
    last = -2
    for i in sorted(originals):
        if i == last + 1:
            out[-1] = (out[-1][0], rows[i].end)
        else:
            out.append((rows[i].start, rows[i].end))
        last = i
    return out


def _paragraphs(text: str) -> Iterator[_Paragraph]:
    folded = fold(text)
    for found in _LINE.finditer(text):
        key = _NOT_LETTER.sub("", folded[found.start() : found.end()])
        if key:
            yield _Paragraph(found.start(), found.end(), key)


def _originals(rows: list[_Paragraph]) -> dict[int, int]:
    """For each long paragraph that repeats an earlier one, the index of that one."""
    exact: dict[str, int] = {}
    by_anchor: dict[int, list[int]] = {}
    found: dict[int, int] = {}
    for i, row in enumerate(rows):
        if len(row.key) < _MIN_LETTERS:
            continue
        if row.key in exact:
            found[i] = exact[row.key]
            continue
        if len(row.key) > _LONGEST:
            exact[row.key] = i
            continue
        shingles = _shingles(row.key)
        anchors = sorted({crc32(s.encode("utf-8", "replace")) for s in shingles})[:_ANCHORS]
        candidates = {j for anchor in anchors for j in by_anchor.get(anchor, ())}
        like = [j for j in sorted(candidates) if _alike(row.key, rows[j].key, shingles)]
        if like:
            found[i] = like[0]
            continue
        exact[row.key] = i
        for anchor in anchors:
            held = by_anchor.setdefault(anchor, [])
            if len(held) < _MAX_ORIGINALS:
                held.append(i)
    return found


def _shingles(key: str) -> set[str]:
    return {key[i : i + _SHINGLE] for i in range(len(key) - _SHINGLE + 1)}


def _alike(key: str, other: str, shingles: set[str]) -> bool:
    """Overlap in both directions; figures must agree, or two rows of a table would be copies."""
    if not _ALIKE <= len(key) / len(other) <= 1 / _ALIKE or _digits(key) != _digits(other):
        return False
    theirs = _shingles(other)
    return len(shingles & theirs) >= _ALIKE * max(len(shingles), len(theirs))


def _digits(key: str) -> list[str]:
    return re.findall(r"\d+", key)


def _extend(rows: list[_Paragraph], originals: dict[int, int], step: int) -> None:
    """Short paragraphs beside a copy, equal to the neighbour of its original, are copied too."""
    for i in sorted(originals, reverse=step < 0):
        here, there = i + step, originals[i] + step
        while (
            0 <= here < len(rows)
            and 0 <= there < len(rows)
            and here not in originals
            and there not in originals
            and there != i
            and rows[here].key == rows[there].key
        ):
            originals[here] = there
            here, there = here + step, there + step
