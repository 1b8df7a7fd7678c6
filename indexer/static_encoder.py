"""The embedded encoder: a table of token vectors, read with numpy alone.

A text's vector is the L2-normalised sum of its token vectors; the length of a token's vector is its learned
weight, so that the sum is a weighted mean (Arora, Liang & Ma 2017; Wieting et al. 2016). Only the rows of the
text at hand are widened from four bits; the rest of the table stays in the mapped file, shared between processes.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import cached_property
from pathlib import Path

import numpy as np

from indexer.static_folder import CENTRE, StaticModel, fingerprint, unpacked
from indexer.tokens import Tokenizer

_BLOCK = 1 << 16  # characters looked up at once: enough to be fast, small enough for the processor's cache
_SHORT = 8  # tokens a text on average; shorter ones are summed together
_MANY = 4096  # tokens; beyond, equal ones are counted first, so that a huge text widens each row once


class StaticEncoder:
    """An `indexer.encoder.TokenEncoder` read from `folder`. Raises `indexer.errors.ConfigError`."""

    def __init__(self, folder: Path, name: str = "embedded") -> None:
        model = StaticModel.read(folder)
        self.name = name
        self.dim = model.dim
        self._folder = folder
        self._rows = model.rows
        self._scales = model.scales.astype(np.float32)
        self._tokenizer = Tokenizer(model.vocabulary)
        # Filled in as tokens come up: measuring all rows at load would read the whole file.
        self._lengths = np.full(len(model.rows), np.nan, np.float32)

    @cached_property
    def fingerprint(self) -> str:
        return fingerprint(self._folder)

    def encode(self, texts: Sequence[str]) -> np.ndarray:
        """Unit vectors of `texts`, float32 (n, dim); zeros for a text without tokens."""
        vectors = np.zeros((len(texts), self.dim), np.float32)
        for first, block in _blocks(texts):
            ids = self._tokenizer.split(block)
            counts = np.asarray([len(each) for each in ids], np.int64)
            flat = np.concatenate([np.zeros(0, np.int32), *ids]).astype(np.int32)
            vectors[first : first + len(block)] = self.token_sums(flat, counts)
        return _unit(vectors)

    def _sum(self, ids: np.ndarray) -> np.ndarray:
        weights = self._scales[ids]
        if len(ids) > _MANY:
            ids, place = np.unique(ids, return_inverse=True)
            weights = np.bincount(place, weights).astype(np.float32)
        return np.asarray(weights @ unpacked(self._rows[ids]) - CENTRE * weights.sum())

    def encode_query(self, texts: Sequence[str]) -> np.ndarray:
        """As `encode`: questions and passages are read alike."""
        return self.encode(texts)

    def token_ids(self, texts: Sequence[str]) -> list[np.ndarray]:
        """Ids of the tokens of each text, int32, ordered by where they end, duplicates kept."""
        return [ids for _, block in _blocks(texts) for ids in self._tokenizer.split(block)]

    def token_sums(self, ids: np.ndarray, counts: np.ndarray) -> np.ndarray:
        """Sums of the vectors of runs of tokens, float32 (len(counts), dim)."""
        if len(counts) and len(ids) < _SHORT * len(counts) and len(ids) <= _MANY:
            return self._short_sums(ids, counts)
        sums = np.zeros((len(counts), self.dim), np.float32)
        first = 0
        for row, count in enumerate(counts.tolist()):
            if count:
                sums[row] = self._sum(ids[first : first + count])
            first += count
        return sums

    def _short_sums(self, ids: np.ndarray, counts: np.ndarray) -> np.ndarray:
        """All at once: for words, the calls would cost more than the numbers."""
        sums = np.zeros((len(counts), self.dim), np.float32)
        filled = np.flatnonzero(counts)
        if len(filled):
            starts = np.concatenate([[0], np.cumsum(counts[filled])[:-1]])
            sums[filled] = np.add.reduceat(self.token_vectors(ids), starts, axis=0)
        return sums

    def token_vectors(self, ids: np.ndarray) -> np.ndarray:
        """Vectors of the tokens `ids`, float32 (n, dim)."""
        return np.asarray((unpacked(self._rows[ids]) - CENTRE) * self._scales[ids][:, None], np.float32)

    def token_products(self, vectors: np.ndarray, ids: np.ndarray) -> np.ndarray:
        """Inner products of `vectors` and those of the tokens `ids`, float32 (len(vectors), len(ids))."""
        product = self._code_products(vectors, ids)
        product *= self._scales[ids]
        return product

    def token_pairs(self, left: np.ndarray, right: np.ndarray, codes: np.ndarray | None = None) -> np.ndarray:
        """Inner products of the tokens `left` and `right`, float32 (len(left), len(right)), the same bits for a pair
        whatever stands around it: codes are whole numbers and a half, and sums of their products are exact."""
        asked = self.token_codes(left)
        product = self._code_products(asked, right) if codes is None else asked @ codes.T
        product *= self._scales[left][:, None]
        product *= self._scales[right]
        return np.asarray(product, np.float32)

    def token_codes(self, ids: np.ndarray) -> np.ndarray:
        """The rows of the tokens `ids` before their scale, float32 (len(ids), dim)."""
        return unpacked(self._rows[ids]) - CENTRE

    def _code_products(self, vectors: np.ndarray, ids: np.ndarray) -> np.ndarray:
        """Inner products of `vectors` and the rows of `ids` before their scale.

        The rows are multiplied as they are packed and put right afterwards: that spares two passes over them.
        """
        packed = self._rows[ids]
        half = packed.shape[1]
        product = vectors[:, :half] @ (packed & 15).astype(np.float32).T
        product += vectors[:, half:] @ (packed >> 4).astype(np.float32).T
        product -= CENTRE * vectors.sum(1)[:, None]
        return np.asarray(product, np.float32)

    def token_weights(self, ids: np.ndarray) -> np.ndarray:
        """Learned weights of the tokens `ids`, the lengths of their vectors, float32 (n,)."""
        return np.asarray(self._row_lengths(ids) * self._scales[ids], np.float32)

    def _row_lengths(self, ids: np.ndarray) -> np.ndarray:
        """Lengths of the rows `ids` before their scale, float32 (n,), never zero: no code stands for zero."""
        new = ids[np.isnan(self._lengths[ids])]
        if len(new):
            self._lengths[new] = np.linalg.norm(unpacked(self._rows[new]) - CENTRE, axis=1)
        return np.asarray(self._lengths[ids])


def _unit(rows: np.ndarray) -> np.ndarray:
    """`rows` scaled to length one, in place; zero rows stay zero."""
    length = np.linalg.norm(rows, axis=1, keepdims=True)
    np.divide(rows, length, out=rows, where=length > 0)
    return rows


def _blocks(texts: Sequence[str]) -> Iterator[tuple[int, Sequence[str]]]:
    """(index of the first, texts) in runs of about `_BLOCK` characters, at least one text each."""
    first = size = 0
    for index, text in enumerate(texts):
        if size and size + len(text) > _BLOCK:
            yield first, texts[first:index]
            first, size = index, 0
        size += len(text)
    if first < len(texts):
        yield first, texts[first:]
