"""Features of what a span is made of, as the question sees it: a value of the kind or the period asked for."""

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
    """How what a span is made of answers to what is asked for."""
    exact = (first == last) & (sentence.value_at[first] >= 0)
    suits, loosely = _SUITS.get(ask.kind, set()), _LOOSE.get(ask.kind, set())
    fits = np.array([*(found.value["kind"] in suits for found in sentence.values), False], dtype=np.float32)
    fits_loosely = np.array([*(found.value["kind"] in loosely for found in sentence.values), False], dtype=np.float32)
    suiting = prefix_sums(fits[sentence.value_at])
    unit = np.array([_unit_fits(sentence, number, ask) for number in range(len(sentence.words))], dtype=np.float32)
    repeated = np.zeros(len(sentence.words), dtype=np.float32)
    for start, end, told in sentence.periods:
        if any(agreement(period, told) == 1.0 for period in facts.periods):
            repeated += (sentence.words.starts >= start) & (sentence.words.ends <= end)
    asked_period = prefix_sums(repeated)
    return [
        ("suits", np.where(exact, fits[sentence.value_at[first]], 0.5 * (suiting[last + 1] > suiting[first]))),
        ("suits_loosely", np.where(exact, fits_loosely[sentence.value_at[first]], 0.0)),
        ("unit_fits", np.maximum(unit[first], unit[last])),
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
