"""The embedded reranker: three looks at each candidate through the encoder's own table.

``dense``  cosine of question and passage;
``best``   cosine of question and the passage's best sentence;
``soft``   for every token of the question its best cosine with a token of the passage, weighted by the token's
           learned length and by how few candidates match it: a BM25 that matches across languages, akin to
           the late interaction of Khattab and Zaharia, "ColBERT" (2020), over static vectors.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import numpy.typing as npt

from indexer.encoder import TokenEncoder
from indexer.snapshot import Candidates
from qa.retrieve import SearchQuery

Floats = npt.NDArray[np.float32]
# Cosines below this say nothing about two tokens (research prototype, chosen on XQuAD with an early table).
_FLOOR = 0.3
_BEST, _DENSE, _SOFT = 1.0, 0.5, 2.0


@dataclass(frozen=True, slots=True)
class Scores:
    """One entry a candidate, in their order. ``sentences[i]``: cosine of question and each sentence."""

    dense: Floats
    best: Floats
    soft: Floats
    sentences: tuple[Floats, ...]

    @property
    def combined(self) -> Floats:
        return np.asarray(_BEST * self.best + _DENSE * self.dense + _SOFT * self.soft, np.float32)


def rerank(query: SearchQuery, candidates: Candidates, encoder: TokenEncoder | None) -> Scores:
    """Scores of all ``candidates``; without token vectors ``soft`` is zero."""
    if not candidates.chunk_ids:
        nothing = np.zeros(0, np.float32)
        return Scores(nothing, nothing, nothing, ())
    rows = np.concatenate(candidates.vectors)
    cosines = (rows @ query.vector) / np.maximum(np.linalg.norm(rows, axis=1), 1e-6)
    first = np.cumsum([0, *(len(vectors) for vectors in candidates.vectors)])
    spans = [cosines[a:b] for a, b in pairwise(first)]
    soft = (
        soft_match(query.tokens, candidates.tokens, encoder)
        if encoder is not None
        else np.zeros(len(spans), np.float32)
    )
    return Scores(
        dense=np.asarray([span[0] for span in spans], np.float32),
        best=np.asarray([span[1:].max() if len(span) > 1 else span[0] for span in spans], np.float32),
        soft=soft,
        sentences=tuple(np.asarray(span[1:], np.float32) for span in spans),
    )


def soft_match(
    question: npt.NDArray[np.int32], passages: Sequence[npt.NDArray[np.int32]], encoder: TokenEncoder
) -> Floats:
    """(passages,) float32 in 0..1-``_FLOOR``: the weighted share of the question that each passage matches.

    All distinct tokens of all passages go into one matrix, so the cost is one product for the question.
    """
    asked = np.unique(question)
    lengths = np.asarray([len(tokens) for tokens in passages])
    if not len(asked) or not lengths.any():
        return np.zeros(len(passages), np.float32)
    distinct, place = np.unique(np.concatenate(passages), return_inverse=True)
    cosines = np.maximum(encoder.token_vectors(asked) @ encoder.token_vectors(distinct).T - _FLOOR, 0.0)
    filled = np.flatnonzero(lengths)
    starts = np.concatenate([[0], np.cumsum(lengths[filled])[:-1]])
    best = np.zeros((len(asked), len(passages)), np.float32)
    best[:, filled] = np.maximum.reduceat(cosines[:, place], starts, axis=1)
    matched = best.sum(axis=1) / (best.max(axis=1) + 1e-9)
    weights = encoder.token_weights(asked) * np.log1p(len(passages) / (matched + 1e-9))
    return np.asarray(weights @ best / (weights.sum() + 1e-9), np.float32)
