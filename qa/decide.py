"""From readings to a decision: equal values count together, the likeliest goes first, the period asked for before
others and the newest where none is asked, and an answer is only given when it is probably right.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Literal, NamedTuple

from qa.confidence import Calibration, load_calibration, measures, period_agreement
from qa.doubt import doubted
from qa.reading.matching import presence, question_terms
from qa.reading.sentence import analyse_sentence
from qa.refit import Refit
from qa.relatedness import relatedness
from qa.results import Decision, Passage, Query, Reading
from qa.rivals import Group, contradict, newer, rivals, same_answer, sentence_of
from qa.values.periods import is_forecast
from qa.verdict import verdict

_PERIOD_FACTOR = {1: 2.0, 0: 1.0, -1: 0.3}
"""A reading of the period asked for counts double, one of another period a third: of two similar figures in
neighbouring sentences the asked one must win, but a period must not lift a reading that nothing else speaks for."""
_OTHER_QUALIFIER = 0.1
"""The same for a reading of the daily figure where the monthly one is asked for."""
_ALTERNATIVES = 3
_NEARLY = 0.5
"""The share of the first answer's confidence from which any other is told beside it. Set by hand."""


class Told(NamedTuple):
    """A group, and its best reading with the probability of being right as its ``score``."""

    group: Group
    reading: Reading


def decide(
    query: Query,
    passages: Sequence[Passage],
    readings: Sequence[Reading],
    *,
    min_confidence: float | None = None,
    calibration: Calibration | None = None,
    refit: Refit | None = None,
) -> Decision:
    """The decision on ``readings``; ``min_confidence`` None takes the calibrated threshold. ``refit`` corrects the
    confidence for the collection that the passages are from.

    The readings of the decision have ``score`` replaced by the estimated probability of being right.
    """
    if not readings:
        return Decision((), 0.0, False, "nothing_found")
    calibration = calibration or load_calibration()
    groups = groups_of(query, passages, readings)
    ordered = first_ones(groups)
    told = _in_order(query, weigh(query, passages, groups, calibration, refit))
    (first, best), *others = told
    threshold = (refit or calibration).threshold if min_confidence is None else min_confidence
    answerable = best.score >= threshold
    return Decision(
        readings=(best, *(other.reading for other in others if _worth_telling(told[0], other))),
        confidence=best.score,
        answerable=answerable,
        reason=None if answerable else _reason(query, passages, best),
        agreement=_agreement(first, groups),
        supports=_one_a_passage(first) + _other_side(query, passages, best, ordered),
        verdict=verdict(query, passages, best),
    )


def weigh(
    query: Query,
    passages: Sequence[Passage],
    groups: Sequence[Group],
    calibration: Calibration,
    refit: Refit | None = None,
) -> list[Told]:
    """The first of ``groups`` (as ``groups_of`` gives them), each with the probability that it is right."""
    ordered = first_ones(groups)
    related = relatedness(passages)
    correct = refit.probability if refit else float
    told = []
    for at, group in enumerate(groups[: 1 + _ALTERNATIVES]):
        likely = doubted(calibration.probability(measures(query, passages, ordered, at)), group[0])
        told.append(Told(group, replace(group[0], score=correct(related * likely))))
    return told


def first_ones(groups: Sequence[Group]) -> list[Reading]:
    """The best reading of each group, then all others."""
    return [reading for group in groups for reading in group[:1]] + [r for group in groups for r in group[1:]]


def groups_of(query: Query, passages: Sequence[Passage], readings: Sequence[Reading]) -> list[Group]:
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
    agreement = period_agreement(query, passages, reading) or reading.features.get("period", 0.0)
    qualified: float = _OTHER_QUALIFIER ** reading.features.get("other_qualifier", 0.0)
    return reading.score * _PERIOD_FACTOR[(agreement > 0) - (agreement < 0)] * qualified


def _in_order(query: Query, told: Sequence[Told]) -> list[Told]:
    """The likeliest first; but the newest of its likely rivals, where the question asks for no period and no
    forecast."""
    ordered = sorted(told, key=lambda each: -each.reading.score)
    if query.periods or is_forecast(query.text):
        return ordered
    newest = ordered[0]
    for other in ordered[1:]:
        if newer(newest.group, other.group):
            newest = other
    return [newest, *(each for each in ordered if each is not newest)]


def _reason(query: Query, passages: Sequence[Passage], reading: Reading) -> str:
    return "other_period" if period_agreement(query, passages, reading) < 0 else "low_confidence"


def _agreement(first: Group, groups: Sequence[Group]) -> Literal["single", "agree", "conflict"]:
    """``agree`` when two passages give the first answer; ``conflict`` when another passage contradicts it."""
    if any(contradict(first, other) for other in groups if other is not first):
        return "conflict"
    return "agree" if len({reading.passage for reading in first}) > 1 else "single"


def _worth_telling(first: Told, other: Told) -> bool:
    """Whether another answer belongs beside the first: a rival figure, or one nearly as likely."""
    return other.reading.score >= _NEARLY * first.reading.score or rivals(first.group, other.group)


def _one_a_passage(group: Group) -> tuple[Reading, ...]:
    """Of the readings that say the same as the first, the best of every other passage."""
    best: dict[int, Reading] = {}
    for reading in group[1:]:
        if reading.passage != group[0].passage:
            best.setdefault(reading.passage, reading)
    return tuple(best.values())


def _other_side(
    query: Query, passages: Sequence[Passage], best: Reading, ordered: Sequence[Reading]
) -> tuple[Reading, ...]:
    """For a comparison, the best reading of a sentence that holds a name asked about and missing from the answer's."""
    if query.kind != "comparison":
        return ()
    names = [term for term in question_terms(query) if term.sort == "name"]

    def held(reading: Reading) -> set[int]:
        sentence = analyse_sentence(sentence_of(passages, reading), passages[reading.passage].published)
        found = presence(names, sentence.folded, sentence.stems)
        return {number for number, share in enumerate(found) if share == 1.0}

    here = held(best)
    return tuple(reading for reading in ordered if held(reading) - here)[:1]
