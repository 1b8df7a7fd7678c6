"""Copies among ranked passages: the same text found twice counts as one source.

Compared by the containment of folded character trigrams (Broder, "On the resemblance and containment of
documents", 1997), so a copy with other noise or cut elsewhere is still seen.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

import numpy as np

from indexer.normalize import fold
from indexer.snapshot import StoredChunk

_SAME = 0.85
_NOT_WORD = re.compile(r"[\W_]+")


_BITS = 21  # of a code point
Shingles = frozenset[int]


def shingles(text: str) -> Shingles:
    """Character trigrams of the match text without spaces and punctuation, each as one number."""
    bare = _NOT_WORD.sub("", fold(text)).ljust(3)
    codes = np.frombuffer(bare.encode("utf-32-le", "surrogatepass"), "<u4").astype(np.int64)
    return frozenset((codes[:-2] << 2 * _BITS | codes[1:-1] << _BITS | codes[2:]).tolist())


def same_text(one: Shingles, other: Shingles) -> bool:
    """Whether nearly all of the shorter text stands in the other, and the two are of like length."""
    small, large = sorted((len(one), len(other)))
    return small >= _SAME * large * _SAME and len(one & other) >= _SAME * small


def collapse(chunks: Iterable[StoredChunk]) -> list[tuple[StoredChunk, list[StoredChunk]]]:
    """Ranked chunks without those that repeat a better one; each with its copies."""
    kept: list[tuple[StoredChunk, list[StoredChunk], Shingles]] = []
    for chunk in chunks:
        own = shingles(chunk.text)
        for _, copies, other in kept:
            if same_text(own, other):
                copies.append(chunk)
                break
        else:
            kept.append((chunk, [], own))
    return [(chunk, copies) for chunk, copies, _ in kept]
