"""From readings to a decision: equal values count together, the period asked for goes first, and an answer is only
given when it is probably right.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Literal

from indexer.normalize import fold
from qa.confidence import Calibration, load_calibration, measures, period_agreement
from qa.reading.matching import presence, question_terms
from qa.reading.sentence import analyse_sentence
from qa.relatedness import relatedness
from qa.results import Decision, Passage, Query, Reading, Value
from qa.values.equality import same_value
from qa.values.periods import is_forecast
from qa.verdict import verdict

_PERIOD_FACTOR = {1: 2.0, 0: 1.0, -1: 0.3}
"""A reading of the period asked for counts double, one of another period a third: of two similar figures in
neighbouring sentences the asked one must win, but a period must not lift a reading that nothing else speaks for."""
_ALTERNATIVES = 3
_ALIKE, _NEARLY = 0.2, 0.5
"""Shares of the first answer's confidence from which another is told beside it. Set by hand."""
_RIVAL, _RIVAL_COVER = 0.2, 0.6
"""A different value is a conflict if its group has this share of the first group's belief, and its sentence this
share of the first sentence's grasp of the question. Set by hand: of two equal sentences the network much prefers the
one in the better passage (0.45 against 0.16 of the belief in the example of the tests)."""


def decide(
    query: Query,
    passages: Sequence[Passage],
    readings: Sequence[Reading],
    *,
    min_confidence: float | None = None,
    calibration: Calibration | None = None,
) -> Decision:
    """The decision on ``readings``; ``min_confidence`` None takes the calibrated threshold.

    The readings of the decision have ``score`` replaced by the estimated probability of being right.
    """
    if not readings:
        return Decision((), 0.0, False, "nothing_found")
    calibration = calibration or load_calibration()
    groups = groups_of(query, passages, readings)
    ordered = first_ones(groups)
    related = relatedness(passages)
    scored = [
        replace(reading, score=related * calibration.probability(measures(query, passages, ordered, at)))
        for at, reading in enumerate(ordered[: min(len(groups), 1 + _ALTERNATIVES)])
    ]
    confidence = scored[0].score
    threshold = calibration.threshold if min_confidence is None else min_confidence
    answerable = confidence >= threshold
    return Decision(
        readings=(scored[0], *(other for other in scored[1:] if _worth_telling(scored[0], other))),
        confidence=confidence,
        answerable=answerable,
        reason=None if answerable else _reason(query, passages, ordered[0]),
        agreement=_agreement(groups),
        supports=_one_a_passage(groups[0]) + _other_side(query, passages, ordered),
        verdict=verdict(query, passages, ordered[0]),
    )


def first_ones(groups: Sequence[Sequence[Reading]]) -> list[Reading]:
    """The best reading of each group, then all others."""
    return [reading for group in groups for reading in group[:1]] + [r for group in groups for r in group[1:]]


def groups_of(query: Query, passages: Sequence[Passage], readings: Sequence[Reading]) -> list[list[Reading]]:
    """Readings of equal value together, the group of the highest belief first, the best of a group first."""
    groups: list[list[Reading]] = []
    for reading in sorted(readings, key=lambda r: -_belief(query, passages, r)):
        for group in groups:
            if same_answer(passages, group[0], reading):
                group.append(reading)
                break
        else:
            groups.append([reading])
    groups.sort(key=lambda group: -sum(_belief(query, passages, reading) for reading in group))
    return _newest_first(query, passages, groups)


def _newest_first(query: Query, passages: Sequence[Passage], groups: list[list[Reading]]) -> list[list[Reading]]:
    """``groups`` with the newest figure first, where the question names no period and rivals tell of different ones.

    What is expected is no newer than what is known, unless the question asks for it.
    """
    first = groups[0]
    if query.periods or is_forecast(query.text) or first[0].as_of is None or first[0].value is None:
        return groups

    def newness(group: Sequence[Reading]) -> tuple[bool, str]:
        return not _forecast(passages, group[0]), group[0].as_of or ""

    rivals = [other for other in groups[1:] if _of_another_time(first[0], other[0]) and _is_rival(first, other)]
    newest = max([first, *rivals], key=newness)
    return [newest, *(group for group in groups if group is not newest)]


def _of_another_time(one: Reading, other: Reading) -> bool:
    """Whether ``other`` tells a figure of the same kind at another time, in a sentence of its own."""
    apart = (one.passage, one.sentence_start) != (other.passage, other.sentence_start)
    if not apart or other.as_of is None or one.value is None or other.value is None:
        return False
    return other.as_of != one.as_of and _same_kind(one.value, other.value)


def _forecast(passages: Sequence[Passage], reading: Reading) -> bool:
    return is_forecast(_sentence(passages, reading))


def _sentence(passages: Sequence[Passage], reading: Reading) -> str:
    return passages[reading.passage].text[reading.sentence_start : reading.sentence_end]


def _belief(query: Query, passages: Sequence[Passage], reading: Reading) -> float:
    agreement = period_agreement(query, passages, reading)
    return reading.score * _PERIOD_FACTOR[(agreement > 0) - (agreement < 0)]


def same_answer(passages: Sequence[Passage], one: Reading, other: Reading) -> bool:
    """Whether two readings say the same: equal values, or the same words."""
    if one.value is not None and other.value is not None:
        return same_value(one.value, other.value)
    return _words(passages, one) == _words(passages, other)


def _words(passages: Sequence[Passage], reading: Reading) -> str:
    text = passages[reading.passage].text[reading.start : reading.end]
    return "".join(char for char in fold(text) if char.isalnum())


def _reason(query: Query, passages: Sequence[Passage], reading: Reading) -> str:
    return "other_period" if period_agreement(query, passages, reading) < 0 else "low_confidence"


def _agreement(groups: Sequence[Sequence[Reading]]) -> Literal["single", "agree", "conflict"]:
    """``agree`` when two passages give the first answer; ``conflict`` when another passage gives, for the same
    period or none told, another value of the same kind and unit, and with some right."""
    first = groups[0]
    if any(_contradicts(first[0], other[0]) and _is_rival(first, other) for other in groups[1:]):
        return "conflict"
    return "agree" if len({reading.passage for reading in first}) > 1 else "single"


def _one_a_passage(group: Sequence[Reading]) -> tuple[Reading, ...]:
    """Of the readings that say the same as the first, the best of every other passage."""
    best: dict[int, Reading] = {}
    for reading in group[1:]:
        if reading.passage != group[0].passage:
            best.setdefault(reading.passage, reading)
    return tuple(best.values())


def _other_side(query: Query, passages: Sequence[Passage], ordered: Sequence[Reading]) -> tuple[Reading, ...]:
    """For a comparison, the best reading of a sentence that holds a name asked about and missing from the answer's."""
    if query.kind != "comparison":
        return ()
    names = [term for term in question_terms(query) if term.sort == "name"]

    def held(reading: Reading) -> set[int]:
        sentence = analyse_sentence(_sentence(passages, reading), passages[reading.passage].published)
        found = presence(names, sentence.folded, sentence.stems)
        return {number for number, share in enumerate(found) if share == 1.0}

    here = held(ordered[0])
    return tuple(reading for reading in ordered[1:] if held(reading) - here)[:1]


def _worth_telling(first: Reading, other: Reading) -> bool:
    """Whether another answer belongs beside the first: a figure of the same kind, or nearly as likely."""
    alike = first.value is not None and other.value is not None and _same_kind(first.value, other.value)
    return other.score >= (_ALIKE if alike else _NEARLY) * first.score


def _is_rival(first: Sequence[Reading], other: Sequence[Reading]) -> bool:
    enough = sum(reading.score for reading in other) >= _RIVAL * sum(reading.score for reading in first)
    cover = "cover_sentence"
    return enough and other[0].features.get(cover, 0.0) >= _RIVAL_COVER * first[0].features.get(cover, 0.0)


def _same_kind(one: Value, other: Value) -> bool:
    return one.get("kind") == other.get("kind") and one.get("unit") == other.get("unit")


def _contradicts(one: Reading, other: Reading) -> bool:
    if one.value is None or other.value is None or one.passage == other.passage:
        return False
    return _same_kind(one.value, other.value) and (one.as_of is None or other.as_of is None or one.as_of == other.as_of)
