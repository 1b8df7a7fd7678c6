"""Spans that can hardly be the answer, whatever the ranker thinks of what stands around them."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from qa.equality import same_value
from qa.facts import Evidence
from qa.features import NAMES
from qa.matching import Floats
from qa.values import find_values
from qa.words import IntArray

_FIGURES = frozenset(("number", "ratio", "money", "duration", "date"))
_CLAUSES = frozenset(("yes-no",))
_NO_FIGURE, _GIVEN, _PIECE = 2.0, 3.0, 1.0
"""In units of the ranker's score (log odds between two spans), set by hand: see ``unfitting``."""


def unfitting(evidence: Evidence, spans: Sequence[tuple[int, IntArray, IntArray]], features: Floats) -> Floats:
    """What is taken off the score of spans that can hardly be the answer, whatever stands around them.

    A figure is asked for and there is none in the span; or the span is a value that the question itself gives
    ("a five-second clip"); or a yes or no is asked for and the span is only a piece of the clause that tells it.
    """
    kind = evidence.query.kind
    column = {name: number for number, name in enumerate(NAMES)}
    out = np.zeros(len(features), dtype=np.float32)
    if kind in _FIGURES:
        out += _NO_FIGURE * (features[:, column["holds_value"]] == 0)
    if kind in _CLAUSES:
        out += _PIECE * (1 - np.minimum(features[:, column["begins_clause"]], features[:, column["ends_clause"]]))
    given = [found.value for found in find_values(evidence.query.text) if found.value["kind"] != "date"]
    at = 0
    for place, first, last in spans:
        sentence = evidence.places[place].sentence
        repeats = [any(same_value(found.value, value) for value in given) for found in sentence.values]
        if any(repeats):
            value = np.where(first == last, sentence.value_at[first], -1)
            out[at : at + len(first)] += _GIVEN * np.array([*repeats, False])[value]
        at += len(first)
    return out
