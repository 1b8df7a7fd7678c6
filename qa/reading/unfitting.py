"""Spans that can hardly be the answer, whatever the network thinks of what stands around them."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from qa.reading.asked import Asked
from qa.reading.facts import Evidence
from qa.reading.features import NAMES
from qa.reading.matching import Floats
from qa.reading.network import SentenceView
from qa.reading.qualifiers import contrary, numbers_of_names
from qa.reading.surroundings import prefix_sums
from qa.results import Value
from qa.values.equality import same_value
from qa.values.find import find_values

_FIGURES = frozenset(("number", "ratio", "money", "duration", "date"))
_COPULA = 2
"""Characters between what is measured and the question word: 是, 为, 达到."""
_CLAUSES = frozenset(("yes-no",))
_BEGINS, _ENDS = NAMES.index("begins_clause"), NAMES.index("ends_clause")
_NO_FIGURE, _GIVEN, _PIECE, _OTHER_MEASURE, _CONTRARY = 2.0, 3.0, 1.0, 3.0, 4.0
"""In units of the network's score (log odds between two spans), set by hand: see ``unfitting``."""
_OTHER = {
    "money": frozenset(("count", "duration", "date", "rank", "version")),
    "ratio": frozenset(("count", "duration", "date", "rank", "version")),
    "duration": frozenset(("count", "ratio", "money", "rank", "version")),
}
"""Kinds of value that are no answer to a kind of question; a bare number (a count without unit) may be any."""


def unfitting(evidence: Evidence, ask: Asked, views: Sequence[tuple[int, SentenceView]]) -> Floats:
    """What is taken off the score of spans that can hardly be the answer, whatever stands around them.

    A figure is asked for and there is none of its kind in the span (four kinds of revenue are no amount of it); or
    the span is a value that the question itself gives ("a five-second clip"); or a figure of one measure is asked for
    (研发支出是多少) and the span's sentence does not speak of it, while another does; or the span stands under another
    qualifier than the question's (monthly for daily users); or a yes or no is asked for and the span is only a piece of
    the clause that tells it.

    ``views``: numbers of places and their sentences, at least one. float32 (spans,), one sentence after the other.
    """
    kind = ask.kind
    given = [found.value for found in find_values(evidence.query.text) if found.value["kind"] != "date"]
    measure = _measure(evidence, ask) if kind in _FIGURES else []
    speaks = {place: float(evidence.cover[place][measure].mean()) for place, _ in views} if measure else {}
    most = max(speaks.values(), default=0.0)
    parts = []
    for place, view in views:
        sentence = evidence.places[place].sentence
        values = [found.value for found in sentence.values]
        part = np.zeros(len(view.first), dtype=np.float32)
        if kind in _CLAUSES:
            part += _PIECE * (1 - np.minimum(view.features[:, _BEGINS], view.features[:, _ENDS]))
        part += _OTHER_MEASURE * (most - speaks.get(place, most))
        if kind in _FIGURES:
            fits = np.array([*(_fits(value, kind) for value in values), False])[sentence.value_at]
            before = prefix_sums(fits.astype(np.float32))
            part += _NO_FIGURE * (before[view.last + 1] == before[view.first])
        if evidence.scales:
            part += _CONTRARY * contrary(sentence, evidence.scales)[view.first]
            part += _GIVEN * (numbers_of_names(sentence, evidence.scales)[view.first] & (view.first == view.last))
        repeats = np.array([*(any(same_value(value, told) for told in given) for value in values), False])
        part += _GIVEN * repeats[np.where(view.first == view.last, sentence.value_at[view.first], -1)]
        parts.append(part)
    return np.concatenate(parts)


def _measure(evidence: Evidence, ask: Asked) -> list[int]:
    """Numbers of the terms that stand right before the question word, as one run of words: what is to be told in
    figures. A period or a name ends the run."""
    before = len(ask.left)
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
