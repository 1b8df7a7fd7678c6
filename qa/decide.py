"""From readings to a decision: equal values count together, the period asked for goes first, and an answer is only
given when it is probably right.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Literal

from indexer.normalize import fold
from qa.confidence import Calibration, load_calibration, measures, period_agreement
from qa.relatedness import relatedness
from qa.results import Decision, Passage, Query, Reading, Value
from qa.values.equality import same_value

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
    groups = _ranked_groups(query, passages, readings)
    ordered = [reading for group in groups for reading in group[:1]]
    ordered += [reading for group in groups for reading in group[1:]]
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
        supports=_one_a_passage(groups[0]),
    )


def _ranked_groups(query: Query, passages: Sequence[Passage], readings: Sequence[Reading]) -> list[list[Reading]]:
    """Readings of equal value together, the group of the highest belief first, the best of a group first."""
    groups: list[list[Reading]] = []
    for reading in sorted(readings, key=lambda r: -_belief(query, passages, r)):
        for group in groups:
            if same_answer(passages, group[0], reading):
                group.append(reading)
                break
        else:
            groups.append([reading])
    return sorted(groups, key=lambda group: -sum(_belief(query, passages, reading) for reading in group))


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
