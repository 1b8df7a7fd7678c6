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
from indexer.packing import ChunkTokens
from indexer.snapshot import Candidates
from qa.retrieve import SearchQuery
from qa.token_looks import FLOOR, Floats, grouped, looks_of

__all__ = ["FLOOR", "Scores", "rerank"]
# Chosen by ``python -m training.encoder.weights``, on questions that no reported figure is taken from.
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
        return _by_tokens(query, candidates, candidates.tokens, encoder)
    rows = np.concatenate(candidates.vectors)
    cosines = (rows @ query.vector) / np.maximum(np.linalg.norm(rows, axis=1), 1e-6)
    first = np.cumsum([0, *(len(vectors) for vectors in candidates.vectors)])
    spans = [cosines[a:b] for a, b in pairwise(first)]
    nothing = np.zeros(len(spans), np.float32)
    return _scores([span[0] for span in spans], [span[1:] for span in spans], nothing, nothing)


def _by_tokens(query: SearchQuery, candidates: Candidates, passages: ChunkTokens, encoder: TokenEncoder) -> Scores:
    """The vector of a text is the sum of its tokens', so a cosine of question and sentence is a sum over products of
    single tokens, divided by both lengths."""
    asked, counts = np.unique(query.tokens, return_counts=True)
    length = np.linalg.norm(counts.astype(np.float32) @ encoder.token_vectors(asked))
    shares = counts.astype(np.float32) / np.maximum(length, np.float32(1e-9))
    cosines, best = looks_of(candidates, passages, encoder).of(asked, shares)
    dense = grouped(np.add, cosines[None, :], passages.sentences)[0] / np.maximum(passages.whole, np.float32(1e-6))
    cosines = np.asarray(cosines / np.maximum(passages.norms, np.float32(1e-6)), np.float32)
    weights = np.maximum(encoder.token_weights(asked), np.float32(1e-9))
    soft, soft_sentence = soft_match(best, passages.sentences, weights)
    edges = [0, *np.cumsum(passages.sentences).tolist()]
    own = tuple(cosines[a:b] for a, b in pairwise(edges))
    best_cosine = grouped(np.maximum, cosines[None, :], passages.sentences)[0]
    return Scores(dense, np.where(passages.sentences > 0, best_cosine, dense), soft, soft_sentence, own)


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


def soft_match(by_sentence: Floats, sentences: npt.NDArray[np.int64], learned: Floats) -> tuple[Floats, Floats]:
    """The weighted share of the question that each passage matches, and that its best sentence matches:
    float32 (passages,), 0 to 1 - ``FLOOR``.

    ``by_sentence``: how near each token of the question comes to a token of each sentence (asked, sentences);
    ``sentences``: how many a passage has; ``learned``: the weights of the question's tokens.
    """
    if not by_sentence.size:
        nothing = np.zeros(len(sentences), np.float32)
        return nothing, nothing
    by_passage = grouped(np.maximum, by_sentence, sentences)
    matched = by_passage.sum(axis=1) / (by_passage.max(axis=1) + 1e-9)
    weights = learned * np.log1p(len(sentences) / (matched + 1e-9))
    weights = np.asarray(weights / (weights.sum() + 1e-9), np.float32)
    best_sentence = grouped(np.maximum, (weights @ by_sentence)[None, :], sentences)[0]
    return weights @ by_passage, best_sentence
