"""Whether the corpus is about what was asked at all, told from the best passages by meaning alone.

The confidence of an answer compares readings of one question; a question about something else has a best reading
too. This is a logistic regression over three similarities, each the greatest among the passages, fitted by
``training/reader/relatedness.py`` on questions put to their own collection and to others. It knows the scale of
the embedded encoder's cosines: with another encoder nothing is said.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from functools import cache
from pathlib import Path

from qa.fitted import read_fitted
from qa.results import Passage

FILE = Path(__file__).parent / "data" / "relatedness.json"
NAMES = ("passage", "sentence", "coverage")


def similarities(passages: Sequence[Passage]) -> tuple[float, float, float] | None:
    """In the order of NAMES; None without passages, or where their similarity to the question is not told."""
    told = [passage.similarity for passage in passages if passage.similarity is not None]
    if not told:
        return None
    sentences = [score for passage in passages for score in passage.sentence_scores]
    return max(told), max(sentences, default=0.0), max(passage.coverage for passage in passages)


def relatedness(passages: Sequence[Passage]) -> float:
    """What is left of an answer's confidence (0..1): 1 while the corpus is likelier about the question than not, or
    where that cannot be told, then twice the probability that it is."""
    found = similarities(passages)
    if found is None:
        return 1.0
    weights, bias = _fitted()
    score = bias + sum(weight * value for weight, value in zip(weights, found, strict=True))
    return min(1.0, 2 / (1 + math.exp(-score)))


@cache
def _fitted() -> tuple[tuple[float, ...], float]:
    stored = read_fitted(FILE, NAMES, "measures")
    return tuple(stored["weights"]), float(stored["bias"])
