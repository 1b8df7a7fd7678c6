"""Fusion of the meaning score with BM25, gated by how much of the question BM25 finds in one place.

A question in the other language shares a few names and digits with the corpus; rank fusion then lets those
decide (measured on XQuAD en->zh: recall@1 81.5 falls to 25.1). So the say of BM25 falls steeply with the share of
the question's idf mass that its best passage matches. (What the whole corpus knows of the question says less: a large
one knows most words of the other language somewhere.) Share and power were chosen on the half of MLQA that
`training.encoder.weights` chooses on, alone and among all other Chinese paragraphs.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float32]
_GATE_POWER = 3
_MATCHED = 0.8  # of the question, from which on BM25 counts as much as meaning


def standardise(scores: Floats) -> Floats:
    """Zero mean and unit deviation over the candidates; all zero when they are all equal."""
    if not len(scores):
        return scores
    spread = float(scores.std())
    return np.asarray((scores - scores.mean()) / spread if spread > 1e-9 else scores * 0.0, np.float32)


class Gate(NamedTuple):
    """What lets BM25 have a say. ``best``: the BM25 score of its best passage; ``mass``: the summed inverse document
    frequencies of the question's terms, which is about what a passage that holds each of them once scores."""

    best: float = 0.0
    mass: float = 0.0

    @property
    def weight(self) -> float:
        """The weight of BM25, 0 to 1."""
        return gate(self.best, self.mass)


def gate(best: float, mass: float) -> float:
    """See ``Gate``."""
    return min(1.0, best / mass / _MATCHED) ** _GATE_POWER if mass > 0 else 0.0


def fuse(meaning: Floats, lexical: Floats, weight: float) -> Floats:
    """Fused scores, one a candidate: comparable within a question only."""
    return np.asarray(standardise(meaning) + np.float32(weight) * standardise(lexical), np.float32)
