"""Compact bytes for what the record keeps of each chunk: its text's map, its sentences, its tokens.

All numbers are little endian.
"""

from __future__ import annotations

import struct
import zlib
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from indexer.offsets import OffsetMap, Piece

Tokens = npt.NDArray[np.int32]
_LOW_BITS, _HIGHEST = 16, 3  # a token id has 18 bits
_SHIFTS = np.asarray([0, 2, 4, 6], np.uint8)
_HEAD = struct.Struct("<BHH")  # width of the high bits, sentences, tokens


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
class ChunkTokens:
    """The encoder's tokens of some chunks, sentence by sentence, as flat arrays.

    ``ids``: int32 (tokens,), of all sentences one after the other, duplicates kept; ``counts``: int64 (sentences,);
    ``sentences``: int64 (chunks,), how many each chunk has. ``norms``: float32 (sentences,) and ``whole``: float32
    (chunks,), the lengths of the sums of their tokens' vectors.
    """

    ids: Tokens
    counts: npt.NDArray[np.int64]
    sentences: npt.NDArray[np.int64]
    norms: npt.NDArray[np.float32]
    whole: npt.NDArray[np.float32]

    def pack(self) -> bytes:
        """Of one chunk: norms in half precision, of every id its low two bytes, and the two bits above them where any
        id has some. Raises ValueError for ids that need more."""
        high = self.ids >> _LOW_BITS
        wide = int(high.max(initial=0))
        if wide > _HIGHEST or len(self.ids) > 0xFFFF:
            raise ValueError(f"{len(self.ids)} tokens up to {int(self.ids.max(initial=0))} cannot be packed")
        head = _HEAD.pack(2 if wide else 0, len(self.counts), len(self.ids))
        norms = np.concatenate([self.whole, self.norms]).astype("<f2")
        low = (self.ids & 0xFFFF).astype("<u2")
        padded = np.zeros(-(-len(high) // 4) * 4 if wide else 0, np.uint8)
        padded[: len(high) if wide else 0] = high[: len(high) if wide else 0]
        bits = np.bitwise_or.reduce(padded.reshape(-1, 4) << _SHIFTS, axis=1, dtype=np.uint8)
        return b"".join([head, self.counts.astype("<u2").tobytes(), norms.tobytes(), low.tobytes(), bits.tobytes()])

    @classmethod
    def unpack(cls, packed: Sequence[bytes]) -> ChunkTokens:
        """Chunks as they were packed; all at once, because a question looks at a hundred. Raises ValueError for bytes
        that were not packed so."""
        heads = np.zeros((len(packed), 3), np.int64)
        parts: tuple[list[bytes], ...] = ([], [], [], [])
        for at, data in enumerate(packed):
            if len(data) < _HEAD.size:
                raise ValueError(f"{len(data)} bytes are no tokens")
            heads[at] = width, sentences, total = _HEAD.unpack_from(data)
            norms = _HEAD.size + 2 * sentences
            low = norms + 2 * sentences + 2
            high = low + 2 * total
            end = high + (-(-total // 4) if width else 0)
            if end != len(data):
                raise ValueError(f"{len(data)} bytes of tokens, {end} expected")
            for part, first, last in zip(parts, (_HEAD.size, norms, low, high), (norms, low, high, end), strict=True):
                part.append(data[first:last])
        counts, every_norm, ids = (
            np.frombuffer(b"".join(part), kind).astype(wanted)
            for part, kind, wanted in zip(parts, ("<u2", "<f2", "<u2"), (np.int64, np.float32, np.int32), strict=False)
        )
        _add_high(ids, np.frombuffer(b"".join(parts[3]), np.uint8), heads[:, 0] > 0, heads[:, 2])
        sentences = heads[:, 1]
        if int(counts.sum()) != len(ids):
            raise ValueError(f"{len(ids)} tokens, {int(counts.sum())} expected")
        first = np.zeros(len(every_norm), np.bool_)
        first[np.cumsum(sentences + 1) - sentences - 1] = True
        return cls(ids, counts, sentences, every_norm[~first], every_norm[first])


def _add_high(
    ids: Tokens, packed: npt.NDArray[np.uint8], wide: npt.NDArray[np.bool_], totals: npt.NDArray[np.int64]
) -> None:
    """Adds the two bits above the low ones to the ids of the chunks that are ``wide``, in place."""
    if not wide.any():
        return
    bits = (packed[:, None] >> _SHIFTS & _HIGHEST).reshape(-1)
    own = totals[wide]
    ends = np.cumsum(-(-own // 4) * 4)
    real = np.ones(len(bits), np.bool_)
    for pad in range(1, 4):
        real[ends[-own % 4 >= pad] - pad] = False
    ids[np.repeat(wide, totals)] |= bits[real].astype(np.int32) << _LOW_BITS
