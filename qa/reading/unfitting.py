"""Spans that can hardly be the answer, whatever the network thinks of what stands around them."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from qa.reading.asked import Asked
from qa.reading.facts import Evidence
from qa.reading.features import NAMES
from qa.reading.matching import Floats
from qa.reading.network import SentenceView
from qa.reading.qualifiers import contrary, numbers_of_names
from qa.reading.sentence import Sentence
from qa.reading.surroundings import prefix_sums
from qa.results import Value
from qa.values.equality import same_value
from qa.values.find import find_values

_FIGURES = frozenset(("number", "counted", "ratio", "money", "duration", "date"))
_MEASURE_WORD = 2
"""Characters between the question word and what is counted: a space, or 个, 家, 名."""
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
    "counted": frozenset(("ratio", "money", "duration", "date", "version")),
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
    kind = "counted" if ask.counted is not None else ask.kind
    given = [found.value for found in find_values(evidence.query.text) if found.value["kind"] != "date"]
    measure = _measure(evidence, ask) if kind in _FIGURES else []
    speaks = {place: float(evidence.cover[place][measure].mean()) for place, _ in views} if measure else {}
    most = max(speaks.values(), default=0.0)
    counted = _counted(evidence, ask)
    clauses = {place: _in_clauses(evidence, place, counted) for place, _ in views} if counted else {}
    most_counted = max(
        (float(held[_count_clauses(evidence, place)].max(initial=0.0)) for place, held in clauses.items()), default=0.0
    )
    parts = []
    for place, view in views:
        sentence = evidence.places[place].sentence
        values = [found.value for found in sentence.values]
        part = np.zeros(len(view.first), dtype=np.float32)
        if kind in _CLAUSES:
            part += _PIECE * (1 - np.minimum(view.features[:, _BEGINS], view.features[:, _ENDS]))
        part += _OTHER_MEASURE * (most - speaks.get(place, most))
        if counted:
            part += _OTHER_MEASURE * np.maximum(most_counted - clauses[place][sentence.clauses[view.first]], 0.0)
        if kind in _FIGURES:
            numbers = numbers_of_names(sentence, evidence.names)
            fits = np.array([*(_fits(value, kind) for value in values), False])[sentence.value_at] & ~numbers
            part += _GIVEN * ((view.first == view.last) & (numbers | _of_another(sentence, kind))[view.first])
            before = prefix_sums(fits.astype(np.float32))
            part += _NO_FIGURE * (before[view.last + 1] == before[view.first])
        if evidence.scales:
            part += _CONTRARY * contrary(sentence, evidence.scales)[view.first]
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


def _counted(evidence: Evidence, ask: Asked) -> list[int]:
    """The number of the term that is counted, right after the question word or its measure word; empty without one."""
    if ask.counted is None:
        return []
    after = [(term.start, number) for number, term in enumerate(evidence.terms) if term.start >= ask.counted]
    return [number for start, number in sorted(after)[:1] if start <= ask.counted + _MEASURE_WORD]


def _in_clauses(evidence: Evidence, place: int, counted: Sequence[int]) -> Floats:
    """(clauses,): what each clause of a place holds of what is counted."""
    clauses = evidence.places[place].sentence.clauses
    held = np.zeros(int(clauses[-1]) + 1, np.float32)
    np.maximum.at(held, clauses, evidence.matches(place)[counted[0]])
    return held


def _count_clauses(evidence: Evidence, place: int) -> list[int]:
    """The clauses of a place that hold a count of something."""
    sentence = evidence.places[place].sentence
    counts = [number for number, found in enumerate(sentence.values) if found.value["kind"] == "count"]
    return [int(clause) for clause in np.unique(sentence.clauses[np.isin(sentence.value_at, counts)])]


def _of_another(sentence: Sentence, kind: str) -> npt.NDArray[np.bool_]:
    """(words,): which words are values that cannot be a count, where one is asked for: 5秒 are no videos."""
    wrong = [kind == "counted" and found.value["kind"] in _OTHER["counted"] for found in sentence.values]
    return np.array([*wrong, False], dtype=np.bool_)[sentence.value_at]


def _fits(value: Value, kind: str) -> bool:
    """Whether a value can answer a question of this kind; a bare number may."""
    bare = value["kind"] == "count" and value.get("unit") is None
    return bare or value["kind"] not in _OTHER.get(kind, ())
