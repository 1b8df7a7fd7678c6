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
from indexer.packing import ChunkTokens, Tokens
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
    if encoder is not None and candidates.tokens is not None:
        return _by_tokens(query, candidates.tokens, encoder)
    rows = np.concatenate(candidates.vectors)
    cosines = (rows @ query.vector) / np.maximum(np.linalg.norm(rows, axis=1), 1e-6)
    first = np.cumsum([0, *(len(vectors) for vectors in candidates.vectors)])
    spans = [cosines[a:b] for a, b in pairwise(first)]
    nothing = np.zeros(len(spans), np.float32)
    return _scores([span[0] for span in spans], [span[1:] for span in spans], nothing, nothing)


def _by_tokens(query: SearchQuery, passages: ChunkTokens, encoder: TokenEncoder) -> Scores:
    """A sentence's vector is the sum of its tokens', so its cosine is a sum over products with single tokens, divided
    by the length on record. All distinct tokens of all passages go into one matrix: the cost is one product for the
    question, for its tokens and for itself."""
    asked = np.unique(query.tokens)
    distinct, place = _distinct(passages.ids)
    weights = np.maximum(encoder.token_weights(asked), np.float32(1e-9))
    left = np.vstack([query.vector[None, :], encoder.token_vectors(asked) / weights[:, None]])
    products = encoder.token_products(left, distinct)
    sums = _grouped(np.add, products[:1, place], passages.counts)
    dense = _grouped(np.add, sums, passages.sentences)[0] / np.maximum(passages.whole, 1e-6)
    cosines = sums[0] / np.maximum(passages.norms, 1e-6)
    near = products[1:] / np.maximum(encoder.token_weights(distinct), np.float32(1e-9))
    near = np.maximum(near - np.float32(FLOOR), 0.0)
    soft, soft_sentence = soft_match(near[:, place], passages.counts, passages.sentences, weights)
    edges = [0, *np.cumsum(passages.sentences).tolist()]
    return _scores(dense, [cosines[a:b] for a, b in pairwise(edges)], soft, soft_sentence)


def _scores(
    dense: Sequence[float] | Floats, sentences: Sequence[Floats], soft: Floats, soft_sentence: Floats
) -> Scores:
    return Scores(
        dense=np.asarray(dense, np.float32),
        best=np.asarray([own.max() if len(own) else dense[at] for at, own in enumerate(sentences)], np.float32),
        soft=soft,
        soft_sentence=soft_sentence,
        sentences=tuple(np.asarray(own, np.float32) for own in sentences),
    )


def soft_match(
    nearness: Floats, counts: npt.NDArray[np.int64], sentences: npt.NDArray[np.int64], learned: Floats
) -> tuple[Floats, Floats]:
    """The weighted share of the question that each passage matches, and that its best sentence matches:
    float32 (passages,), 0 to 1 - ``FLOOR``.

    ``nearness``: of each token of the question to each of the passages' (asked, tokens), less ``FLOOR``; ``counts``:
    tokens a sentence; ``sentences``: how many a passage has; ``learned``: the weights of the question's tokens.
    """
    if not nearness.size:
        nothing = np.zeros(len(sentences), np.float32)
        return nothing, nothing
    by_sentence = _grouped(np.maximum, nearness, counts)
    by_passage = _grouped(np.maximum, by_sentence, sentences)
    matched = by_passage.sum(axis=1) / (by_passage.max(axis=1) + 1e-9)
    weights = learned * np.log1p(len(sentences) / (matched + 1e-9))
    weights = np.asarray(weights / (weights.sum() + 1e-9), np.float32)
    best_sentence = _grouped(np.maximum, (weights @ by_sentence)[None, :], sentences)[0]
    return weights @ by_passage, best_sentence


def _distinct(tokens: Tokens) -> tuple[Tokens, npt.NDArray[np.int32]]:
    """What ``np.unique`` gives with the inverse, without sorting: token ids are lines of a vocabulary."""
    seen = np.zeros(int(tokens.max(initial=-1)) + 1, np.bool_)
    seen[tokens] = True
    return np.flatnonzero(seen).astype(np.int32), (np.cumsum(seen, dtype=np.int32) - 1)[tokens]


def _grouped(how: np.ufunc, columns: Floats, lengths: npt.NDArray[np.int64]) -> Floats:
    """(n, groups): each group of neighbouring ``columns`` as one; zero for a group of length 0."""
    out = np.zeros((len(columns), len(lengths)), np.float32)
    filled = np.flatnonzero(lengths)
    if len(filled):
        starts = np.concatenate([[0], np.cumsum(lengths[filled])[:-1]])
        out[:, filled] = how.reduceat(columns, starts, axis=1)
    return out
