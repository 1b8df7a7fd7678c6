"""Spans that can hardly be the answer, whatever the network thinks of what stands around them."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from qa.reading.asked import asked
from qa.reading.facts import Evidence
from qa.reading.features import NAMES
from qa.reading.matching import Floats
from qa.reading.surroundings import prefix_sums
from qa.reading.words import IntArray
from qa.results import Value
from qa.values.equality import same_value
from qa.values.find import find_values

_FIGURES = frozenset(("number", "ratio", "money", "duration", "date"))
_COPULA = 2
"""Characters between what is measured and the question word: 是, 为, 达到."""
_CLAUSES = frozenset(("yes-no",))
_NO_FIGURE, _GIVEN, _PIECE, _OTHER_MEASURE = 2.0, 3.0, 1.0, 3.0
"""In units of the network's score (log odds between two spans), set by hand: see ``unfitting``."""
_OTHER = {
    "money": frozenset(("count", "duration", "date", "rank", "version")),
    "ratio": frozenset(("count", "duration", "date", "rank", "version")),
    "duration": frozenset(("count", "ratio", "money", "rank", "version")),
}
"""Kinds of value that are no answer to a kind of question; a bare number (a count without unit) may be any."""


def unfitting(evidence: Evidence, spans: Sequence[tuple[int, IntArray, IntArray]], features: Floats) -> Floats:
    """What is taken off the score of spans that can hardly be the answer, whatever stands around them.

    A figure is asked for and there is none of its kind in the span (four kinds of revenue are no amount of it); or
    the span is a value that the question itself gives ("a five-second clip"); or a figure of one measure is asked for
    (研发支出是多少) and the span's sentence does not speak of it, while another does; or a yes or no is asked for and
    the span is only a piece of the clause that tells it.
    """
    kind = evidence.query.kind
    column = {name: number for number, name in enumerate(NAMES)}
    out = np.zeros(len(features), dtype=np.float32)
    if kind in _CLAUSES:
        out += _PIECE * (1 - np.minimum(features[:, column["begins_clause"]], features[:, column["ends_clause"]]))
    given = [found.value for found in find_values(evidence.query.text) if found.value["kind"] != "date"]
    measure = _measure(evidence) if kind in _FIGURES else []
    speaks = {place: float(evidence.cover[place][measure].mean()) for place, _, _ in spans} if measure else {}
    most = max(speaks.values(), default=0.0)
    at = 0
    for place, first, last in spans:
        sentence = evidence.places[place].sentence
        values = [found.value for found in sentence.values]
        part = out[at : at + len(first)]
        part += _OTHER_MEASURE * (most - speaks.get(place, most))
        if kind in _FIGURES:
            fits = np.array([*(_fits(value, kind) for value in values), False])[sentence.value_at]
            before = prefix_sums(fits.astype(np.float32))
            part += _NO_FIGURE * (before[last + 1] == before[first])
        repeats = np.array([*(any(same_value(value, told) for told in given) for value in values), False])
        part += _GIVEN * repeats[np.where(first == last, sentence.value_at[first], -1)]
        at += len(first)
    return out


def _measure(evidence: Evidence) -> list[int]:
    """Numbers of the terms that stand right before the question word, as one run of words: what is to be told in
    figures. A period or a name ends the run."""
    before = len(asked(evidence.query).left)
    found: list[int] = []
    for number in sorted(range(len(evidence.terms)), key=lambda n: -evidence.terms[n].end):
        term = evidence.terms[number]
        gap = before - term.end
        if gap < 0:
            continue
        if gap > (0 if found else _COPULA) or term.sort != "word":
            break
        found.append(number)
        before = term.start
    return found


def _fits(value: Value, kind: str) -> bool:
    """Whether a value can answer a question of this kind; a bare number may."""
    bare = value["kind"] == "count" and value.get("unit") is None
    return bare or value["kind"] not in _OTHER.get(kind, ())
