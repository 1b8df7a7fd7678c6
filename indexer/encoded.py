"""What an encoder makes of a chunk: kept in the record, and turned into the rows that dense search looks through.

Of an encoder with a token table the record keeps the tokens, of any other the vectors. Both give the rows of a
segment without the encoder reading the text again, and the same rows each time.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

import numpy as np
import numpy.typing as npt

from indexer.encoder import Encoder, TokenEncoder
from indexer.packing import ChunkTokens

Floats = npt.NDArray[np.float32]


def scale_of(dim: int) -> float:
    """int8 units per unit of a normalised vector: 5.5 standard deviations of an even spread fill the range."""
    return 127.0 * float(np.sqrt(dim)) / 5.5


def quantise(vectors: Floats, scale: float) -> npt.NDArray[np.int8]:
    """(n, dim) normalised float32 -> int8; components out of range are clipped."""
    return np.asarray(np.clip(np.rint(vectors * scale), -127, 127), np.int8)


def encode_chunks(encoder: Encoder, chunks: Sequence[Sequence[str]]) -> list[bytes]:
    """For the record, one entry a chunk. ``chunks[i]``: the whole text, then its sentences."""
    if isinstance(encoder, TokenEncoder):
        return _tokens(encoder, chunks)
    vectors = quantise(encoder.encode([text for chunk in chunks for text in chunk]), scale_of(encoder.dim))
    edges = np.cumsum([0, *(len(chunk) for chunk in chunks)])
    return [vectors[first:last].tobytes() for first, last in pairwise(edges)]


def _tokens(encoder: TokenEncoder, chunks: Sequence[Sequence[str]]) -> list[bytes]:
    ids = encoder.token_ids([sentence for chunk in chunks for sentence in chunk[1:]])
    out = []
    at = 0
    for chunk in chunks:
        own = ids[at : at + len(chunk) - 1]
        at += len(own)
        counts = np.asarray([len(each) for each in own], np.int64)
        flat = np.concatenate([np.zeros(0, np.int32), *own]).astype(np.int32)
        sums = encoder.token_sums(flat, counts)
        norms = np.linalg.norm(sums, axis=1).astype(np.float32)
        whole = np.linalg.norm(sums.sum(axis=0, keepdims=True), axis=1).astype(np.float32)
        out.append(ChunkTokens(flat, counts, np.asarray([len(own)]), norms, whole).pack())
    return out


def unpack_vectors(data: bytes, dim: int) -> Floats:
    """Unit scale, float32 (1 + sentences, dim), the whole chunk first. Raises ValueError."""
    rows = np.frombuffer(data, np.int8).reshape(-1, dim)
    return np.asarray(rows, np.float32) / np.float32(scale_of(dim))


def search_rows(encoder: Encoder, encoded: Sequence[bytes]) -> tuple[Floats, npt.NDArray[np.int64]]:
    """The unit vectors (rows, dim) by which chunks are found, and how many each of them has, at least one."""
    if not isinstance(encoder, TokenEncoder):
        vectors = [unpack_vectors(data, encoder.dim) for data in encoded]
        rows = np.concatenate([np.zeros((0, encoder.dim), np.float32), *vectors])
        return rows, np.asarray([len(each) for each in vectors], np.int64)
    found = ChunkTokens.unpack(encoded)
    sums = encoder.token_sums(found.ids, found.counts)
    parts: list[Floats] = [np.zeros((0, encoder.dim), np.float32)]
    counts = []
    for first, last in pairwise([0, *np.cumsum(found.sentences).tolist()]):
        own = sums[first:last]
        parts.append(own.sum(axis=0, keepdims=True))
        if len(own) > 1:  # of a single sentence the whole is no other
            parts.append(own)
        counts.append(1 + len(own) * (len(own) > 1))
    rows = np.concatenate(parts)
    length = np.linalg.norm(rows, axis=1, keepdims=True)
    np.divide(rows, length, out=rows, where=length > 0)
    return rows, np.asarray(counts, np.int64)
