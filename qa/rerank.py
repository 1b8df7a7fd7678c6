"""The embedded reranker: four looks at each candidate through the encoder's own table.

``dense``          cosine of question and passage;
``best``           cosine of question and the passage's best sentence;
``soft``           for every token of the question its best cosine with a token of the passage, weighted by the
                   token's learned length and by how few candidates match it: a BM25 that matches across
                   languages, akin to the late interaction of Khattab and Zaharia, "ColBERT" (2020), over
                   static vectors;
``soft_sentence``  the same with the tokens of the one sentence that matches best: words of the question that
                   stand together say more than words scattered over the passage.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import numpy.typing as npt

from indexer.encoder import TokenEncoder
from indexer.segment import Tokens
from indexer.snapshot import Candidates
from qa.retrieve import SearchQuery

Floats = npt.NDArray[np.float32]
# Chosen by ``python -m training.encoder.weights``, on questions that no reported figure is taken from.
FLOOR = 0.2  # cosines below this say nothing about two tokens
BEST, DENSE, SOFT, SOFT_SENTENCE = 1.0, 1.0, 2.0, 3.0


@dataclass(frozen=True, slots=True)
class Scores:
    """One entry a candidate, in their order. ``sentences[i]``: cosine of question and each sentence."""

    dense: Floats
    best: Floats
    soft: Floats
    soft_sentence: Floats
    sentences: tuple[Floats, ...]

    @property
    def combined(self) -> Floats:
        soft = SOFT * self.soft + SOFT_SENTENCE * self.soft_sentence
        return np.asarray(BEST * self.best + DENSE * self.dense + soft, np.float32)


def rerank(query: SearchQuery, candidates: Candidates, encoder: TokenEncoder | None) -> Scores:
    """Scores of all ``candidates``; without token vectors both soft matches are zero."""
    if not candidates.chunk_ids:
        nothing = np.zeros(0, np.float32)
        return Scores(nothing, nothing, nothing, nothing, ())
    rows = np.concatenate(candidates.vectors)
    cosines = (rows @ query.vector) / np.maximum(np.linalg.norm(rows, axis=1), 1e-6)
    first = np.cumsum([0, *(len(vectors) for vectors in candidates.vectors)])
    spans = [cosines[a:b] for a, b in pairwise(first)]
    soft = soft_sentence = np.zeros(len(spans), np.float32)
    if encoder is not None:
        soft, soft_sentence = soft_match(query.tokens, candidates.tokens, encoder)
    return Scores(
        dense=np.asarray([span[0] for span in spans], np.float32),
        best=np.asarray([span[1:].max() if len(span) > 1 else span[0] for span in spans], np.float32),
        soft=soft,
        soft_sentence=soft_sentence,
        sentences=tuple(np.asarray(span[1:], np.float32) for span in spans),
    )


def soft_match(question: Tokens, passages: Sequence[Sequence[Tokens]], encoder: TokenEncoder) -> tuple[Floats, Floats]:
    """The weighted share of the question that each passage matches, and that its best sentence matches:
    float32 (passages,), 0 to 1 - ``FLOOR``. ``passages[i]``: the tokens of each of its sentences.

    All distinct tokens of all passages go into one matrix, so the cost is one product for the question.
    """
    asked = np.unique(question)
    sentences = [tokens for passage in passages for tokens in passage]
    lengths = np.asarray([len(tokens) for tokens in sentences], np.int64)
    if not len(asked) or not lengths.any():
        nothing = np.zeros(len(passages), np.float32)
        return nothing, nothing
    distinct, place = _distinct(np.concatenate(sentences))
    cosines = np.maximum(encoder.token_cosines(asked, distinct) - np.float32(FLOOR), 0.0)
    by_sentence = _greatest(cosines[:, place], lengths)
    counts = np.asarray([len(passage) for passage in passages], np.int64)
    by_passage = _greatest(by_sentence, counts)
    matched = by_passage.sum(axis=1) / (by_passage.max(axis=1) + 1e-9)
    weights = encoder.token_weights(asked) * np.log1p(len(passages) / (matched + 1e-9))
    weights = np.asarray(weights / (weights.sum() + 1e-9), np.float32)
    best_sentence = _greatest((weights @ by_sentence)[None, :], counts)[0]
    return weights @ by_passage, best_sentence


def _distinct(tokens: Tokens) -> tuple[Tokens, npt.NDArray[np.int32]]:
    """What ``np.unique`` gives with the inverse, without sorting: token ids are lines of a vocabulary."""
    seen = np.zeros(int(tokens.max()) + 1, np.bool_)
    seen[tokens] = True
    return np.flatnonzero(seen).astype(np.int32), (np.cumsum(seen, dtype=np.int32) - 1)[tokens]


def _greatest(columns: Floats, lengths: npt.NDArray[np.int64]) -> Floats:
    """(n, groups): the greatest of each group of neighbouring ``columns``; zero for a group of length 0."""
    out = np.zeros((len(columns), len(lengths)), np.float32)
    filled = np.flatnonzero(lengths)
    starts = np.concatenate([[0], np.cumsum(lengths[filled])[:-1]])
    out[:, filled] = np.maximum.reduceat(columns, starts, axis=1)
    return out
