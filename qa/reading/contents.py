"""Features of what a span is made of: a value of the kind asked for, a quoted title, an enumeration, rare words."""

from __future__ import annotations

import numpy as np

from qa.reading.asked import Asked
from qa.reading.sentence import Sentence
from qa.reading.surroundings import Columns, Facts, prefix_sums
from qa.reading.words import IntArray
from qa.values.periods import agreement

_SUITS = {
    "number": {"count", "rank", "money", "duration", "ratio"},
    "ratio": {"ratio"},
    "money": {"money"},
    "duration": {"duration"},
    "date": {"date"},
}
_LOOSE = {"money": {"count"}, "ratio": {"count"}, "duration": {"count", "date"}, "date": {"duration"}}


def contents(sentence: Sentence, facts: Facts, ask: Asked, first: IntArray, last: IntArray) -> Columns:
    """What a span is made of: a value, a quoted title, an enumeration, rare words."""
    forms = sentence.words.forms
    is_value = prefix_sums((sentence.value_at >= 0).astype(np.float32))
    inside = is_value[last + 1] - is_value[first]
    exact = (first == last) & (sentence.value_at[first] >= 0)
    suits, loosely = _SUITS.get(ask.kind, set()), _LOOSE.get(ask.kind, set())
    fits = np.array([*(found.value["kind"] in suits for found in sentence.values), False], dtype=np.float32)
    fits_loosely = np.array([*(found.value["kind"] in loosely for found in sentence.values), False], dtype=np.float32)
    suiting = prefix_sums(fits[sentence.value_at])
    unit = np.array([_unit_fits(sentence, number, ask) for number in range(len(forms))], dtype=np.float32)
    comma = prefix_sums(np.array([form == "、" for form in forms], dtype=np.float32))
    opening = np.array([form in '《“「『"' for form in forms])
    periods = np.zeros(len(forms) + 1, dtype=np.float32)
    repeated = np.zeros(len(forms), dtype=np.float32)
    for start, end, told in sentence.periods:
        inside_period = (sentence.words.starts >= start) & (sentence.words.ends <= end)
        periods[1:] += inside_period
        if any(agreement(period, told) == 1.0 for period in facts.periods):
            repeated += inside_period
    period, asked_period = prefix_sums(periods[1:]), prefix_sums(repeated)
    rarity = prefix_sums(sentence.rarity)
    return [
        ("quoted", opening[first].astype(np.float32)),
        ("in_quotes", (sentence.depth[first] > 0).astype(np.float32)),
        ("enumeration", np.minimum(comma[last + 1] - comma[first], 4) / 4),
        ("rarity", (rarity[last + 1] - rarity[first]) / (last - first + 1)),
        ("least_rarity", np.minimum(sentence.rarity[first], sentence.rarity[last])),
        ("exact_value", exact.astype(np.float32)),
        ("holds_value", (inside > 0).astype(np.float32)),
        ("suits", np.where(exact, fits[sentence.value_at[first]], 0.5 * (suiting[last + 1] > suiting[first]))),
        ("suits_loosely", np.where(exact, fits_loosely[sentence.value_at[first]], 0.0)),
        ("values_inside", np.minimum(inside, 4) / 4),
        ("unit_fits", np.maximum(unit[first], unit[last])),
        ("period_inside", (period[last + 1] > period[first]).astype(np.float32)),
        ("asked_period", (asked_period[last + 1] > asked_period[first]).astype(np.float32)),
    ]


def _unit_fits(sentence: Sentence, number: int, ask: Asked) -> float:
    """Whether the value at a word counts what the question counts: 几次 and 4次, 多少灵感值 and 20灵感值."""
    if sentence.value_at[number] < 0 or not ask.focus:
        return 0.0
    end = int(sentence.words.ends[number])
    if ask.focus.isascii():
        return float(ask.focus in sentence.words.forms[number + 1 : number + 3])
    written = sentence.words.forms[number]
    head = ask.focus[:2]
    if sentence.folded.startswith(head, end) or written.endswith(head):
        return 1.0
    return 0.5 if sentence.folded.startswith(head[0], end) or written.endswith(head[0]) else 0.0
