"""Many lists of token ids as two arrays, and the batches cut from them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import scipy.sparse as sp


class Batch(NamedTuple):
    """Token ids of n texts: ``ids`` int32, joined; ``lengths`` int64 (n,)."""

    ids: np.ndarray
    lengths: np.ndarray

    def thinned(self, share: float, rng: np.random.Generator) -> Batch:
        """About `share` of the tokens dropped, but never a text's last remaining one."""
        if not share:
            return self
        filled = self.lengths > 0
        text = np.repeat(np.arange(len(self.lengths)), self.lengths)
        keep = rng.random(len(self.ids)) >= share
        emptied = np.bincount(text[keep], minlength=len(self.lengths)) == 0
        first = (np.cumsum(self.lengths) - self.lengths)[filled]
        keep[first] |= emptied[filled]
        return Batch(self.ids[keep], np.bincount(text[keep], minlength=len(self.lengths)))

    def counts(self, columns: np.ndarray, width: int) -> sp.csr_matrix:
        """(n, width) matrix that sums rows of a table; `columns` stands for ``ids``, one for one."""
        edges = np.concatenate([[0], np.cumsum(self.lengths)])
        return sp.csr_matrix((np.ones(len(columns), np.float32), columns, edges), (len(self.lengths), width))


def joined(batches: Sequence[Batch]) -> Batch:
    """The texts of all `batches`, in order."""
    ids, lengths = zip(*batches, strict=True)
    return Batch(np.concatenate(ids), np.concatenate(lengths))


class Rows:
    """Texts of one source, in document order, as token ids."""

    def __init__(self, texts: Sequence[np.ndarray]) -> None:
        self.ids = np.concatenate([*texts, np.zeros(0, np.int32)]).astype(np.int32)
        self.edges = np.concatenate([[0], np.cumsum([len(text) for text in texts])]).astype(np.int64)

    def __len__(self) -> int:
        return len(self.edges) - 1

    def take(self, first: np.ndarray, last: np.ndarray | None = None) -> Batch:
        """Texts ``first[i]`` to ``last[i]`` (exclusive; without it, one text each), joined into text i."""
        start, stop = self.edges[first], self.edges[first + 1 if last is None else last]
        lengths = stop - start
        before = np.cumsum(lengths) - lengths
        return Batch(self.ids[np.arange(lengths.sum()) + np.repeat(start - before, lengths)], lengths)
