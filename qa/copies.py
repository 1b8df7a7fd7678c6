"""Copies among ranked passages: the same text found twice counts as one source.

Compared by the containment of folded character trigrams (Broder, "On the resemblance and containment of
documents", 1997), so a copy with other noise or cut elsewhere is still seen.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import lru_cache
from typing import NamedTuple

import numpy as np

from indexer.normalize import fold
from indexer.snapshot import StoredChunk

_SAME = 0.85
_NOT_WORD = re.compile(r"[\W_]+")


_BITS = 21  # of a code point
_SKETCH_BITS = 4096
_MIXER = np.int64(0x9E3779B97F4A7C15 - (1 << 64))  # Knuth's multiplicative hash: the golden ratio of 64 bits
_DROPPED = np.int64(40)
Shingles = frozenset[int]


def shingles(text: str) -> Shingles:
    """Character trigrams of the match text without spaces and punctuation, each as one number."""
    bare = _NOT_WORD.sub("", fold(text)).ljust(3)
    codes = np.frombuffer(bare.encode("utf-32-le", "surrogatepass"), "<u4").astype(np.int64)
    return frozenset((codes[:-2] << 2 * _BITS | codes[1:-1] << _BITS | codes[2:]).tolist())


class Sketch(NamedTuple):
    """How many shingles a text has, and a bit for each, shared by some: enough to tell most texts apart."""

    shingles: int
    bits: int


@lru_cache(maxsize=4096)
def sketch(text: str) -> Sketch:
    """The sketch of ``text``."""
    found = shingles(text)
    places = np.fromiter(found, np.int64, len(found)) * _MIXER >> _DROPPED & _SKETCH_BITS - 1
    marks = np.zeros(_SKETCH_BITS, np.uint8)
    marks[places] = 1
    return Sketch(len(found), int.from_bytes(np.packbits(marks).tobytes()))


def may_be_same(one: Sketch, other: Sketch) -> bool:
    """False only where ``same_text`` is: each bit that the smaller text has alone is a shingle that it has alone."""
    small, large = (one, other) if one.shingles <= other.shingles else (other, one)
    alone = (small.bits & ~large.bits).bit_count()
    return small.shingles >= _SAME * large.shingles * _SAME and small.shingles - alone >= _SAME * small.shingles


def same_text(one: Shingles, other: Shingles) -> bool:
    """Whether nearly all of the shorter text stands in the other, and the two are of like length."""
    small, large = sorted((len(one), len(other)))
    return small >= _SAME * large * _SAME and len(one & other) >= _SAME * small


def collapse(chunks: Iterable[StoredChunk]) -> list[tuple[StoredChunk, list[StoredChunk]]]:
    """Ranked chunks without those that repeat a better one; each with its copies."""
    kept: list[tuple[StoredChunk, list[StoredChunk], Sketch]] = []
    for chunk in chunks:
        own = sketch(chunk.text)
        for first, copies, other in kept:
            if may_be_same(own, other) and same_text(shingles(chunk.text), shingles(first.text)):
                copies.append(chunk)
                break
        else:
            kept.append((chunk, [], own))
    return [(chunk, copies) for chunk, copies, _ in kept]
