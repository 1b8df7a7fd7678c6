"""Compact bytes for what the record keeps of each chunk: its text's map, its sentences, its tokens.

All numbers are little endian.
"""

from __future__ import annotations

import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import numpy.typing as npt

from indexer.offsets import OffsetMap, Piece

Tokens = npt.NDArray[np.int32]
_LOW_BITS = 16


def pack_text(text: str, map_: OffsetMap, source_start: int) -> bytes:
    """What is needed to make ``text`` again out of its source: nothing where it is a copy of it.

    ``map_`` leads from ``text`` to the source, whose part for this text begins at ``source_start``. Replaced pieces
    bring their own characters along.
    """
    pieces = map_.pieces
    if len(pieces) == 1 and pieces[0].copied:
        return b""
    rows = [
        (p.upper_end - p.upper_start, p.lower_start - source_start, p.lower_end - source_start, p.copied)
        for p in pieces
    ]
    replaced = "".join(text[p.upper_start : p.upper_end] for p in pieces if not p.copied)
    table = np.asarray(rows, "<i4").tobytes()
    head = np.asarray([len(rows)], "<i4").tobytes()
    return zlib.compress(head + table + replaced.encode("utf-8", "surrogatepass"))


def unpack_text(data: bytes, source: str, source_start: int) -> tuple[str, OffsetMap]:
    """``(text, map)`` as they were packed; ``source`` is the part of the source text that begins at ``source_start``.

    Raises ValueError or zlib.error for bytes that were not packed so.
    """
    if not data:
        end = source_start + len(source)
        return source, OffsetMap([Piece(0, len(source), source_start, end, True)])
    plain = zlib.decompress(data)
    count = int(np.frombuffer(plain, "<i4", 1)[0])
    rows = np.frombuffer(plain, "<i4", 4 * count, 4).reshape(-1, 4).tolist()
    replaced = plain[4 + 16 * count :].decode("utf-8", "surrogatepass")
    parts: list[str] = []
    pieces: list[Piece] = []
    at = used = 0
    for length, low, high, copied in rows:
        if copied:
            parts.append(source[low:high])
        else:
            parts.append(replaced[used : used + length])
            used += length
        pieces.append(Piece(at, at + length, source_start + low, source_start + high, bool(copied)))
        at += length
    return "".join(parts), OffsetMap(pieces)


def pack_sentences(ranges: Sequence[tuple[int, int]]) -> bytes:
    """Ranges in order, without overlap: alternating the gap before each and its length, in two bytes if they fit."""
    flat = np.diff(np.asarray([0, *(edge for pair in ranges for edge in pair)], np.int64))
    wide = bool(len(flat)) and int(flat.max()) > 0xFFFF
    return bytes([wide]) + flat.astype("<u4" if wide else "<u2").tobytes()


def unpack_sentences(data: bytes) -> tuple[tuple[int, int], ...]:
    flat = np.frombuffer(data, "<u4" if data[0] else "<u2", -1, 1)
    edges = np.cumsum(flat, dtype=np.int64).tolist()
    return tuple(zip(edges[::2], edges[1::2], strict=True))


@dataclass(frozen=True, slots=True)
class SentenceTokens:
    """The encoder's tokens of a chunk, sentence by sentence.

    ``ids``: int32 (tokens,), of all sentences one after the other, duplicates kept; ``counts``: int64 (sentences,);
    ``norms``: float32 (1 + sentences,), lengths of the sums of token vectors, of the whole chunk first.
    """

    ids: Tokens
    counts: npt.NDArray[np.int64]
    norms: npt.NDArray[np.float32]

    def pack(self) -> bytes:
        """Norms in half precision; of every id two bytes and then as many planes of bits as the greatest id needs."""
        high = self.ids >> _LOW_BITS
        planes = int(high.max(initial=0)).bit_length()
        head = np.asarray([planes, len(self.counts)], "<u2").tobytes()
        counts = self.counts.astype("<u2").tobytes()
        low = (self.ids & 0xFFFF).astype("<u2").tobytes()
        bits = b"".join(np.packbits((high >> plane & 1).astype(np.uint8)).tobytes() for plane in range(planes))
        return head + counts + self.norms.astype("<f2").tobytes() + low + bits

    @classmethod
    def unpack(cls, data: bytes) -> SentenceTokens:
        """Raises ValueError for bytes that were not packed so."""
        planes, sentences = np.frombuffer(data, "<u2", 2).tolist()
        counts = np.frombuffer(data, "<u2", sentences, 4).astype(np.int64)
        norms = np.frombuffer(data, "<f2", sentences + 1, 4 + 2 * sentences).astype(np.float32)
        total = int(counts.sum())
        at = 6 + 4 * sentences
        ids = np.frombuffer(data, "<u2", total, at).astype(np.int32)
        at += 2 * total
        size = -(-total // 8)
        for plane in range(planes):
            bits = np.unpackbits(np.frombuffer(data, np.uint8, size, at), count=total)
            ids |= bits.astype(np.int32) << (_LOW_BITS + plane)
            at += size
        if at != len(data):
            raise ValueError(f"{len(data)} bytes of tokens, {at} expected")
        return cls(ids, counts, norms)

    def sentences(self) -> list[Tokens]:
        """The ids of each sentence."""
        edges = [0, *np.cumsum(self.counts).tolist()]
        return [self.ids[first:last] for first, last in pairwise(edges)]
