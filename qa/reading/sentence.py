"""A sentence of a passage, analysed for reading: words, values, periods, clauses, brackets."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from indexer.normalize import fold
from qa.reading.background import idf
from qa.reading.matching import Floats
from qa.reading.words import MARK, IntArray, Words, split, surfaces
from qa.results import Period
from qa.values.find import Found, find_values
from qa.values.periods import find_periods, is_forecast, parse_anchor

CLAUSE_MARKS = frozenset("，,；;：:。！？!?\n—…")
_OPEN, _CLOSE = "《“「『（(【[‘", "》”」』）)】]’"


@dataclass(frozen=True, slots=True)
class Sentence:
    """``surfaces`` are the words as they stand in ``folded``, marks as nothing; ``clauses`` numbers each word's clause;
    ``depth`` counts the brackets and quotes open before each word (one entry more than words); ``value_at`` gives the
    number of the value a word is, or -1."""

    text: str
    folded: str
    words: Words
    surfaces: tuple[str, ...]
    stems: frozenset[str]
    values: tuple[Found, ...]
    periods: tuple[tuple[int, int, Period], ...]
    clauses: IntArray
    depth: IntArray
    value_at: IntArray
    rarity: Floats
    forecast: bool


@lru_cache(maxsize=2048)
def analyse_sentence(text: str, published: str | None = None) -> Sentence:
    """The analysis of ``text``; ``published`` (an ISO date) is what 今年 counts from."""
    folded = fold(text)
    values = tuple(find_values(text))
    words = split(text, folded, [(found.start, found.end) for found in values])
    clauses = np.zeros(len(words), dtype=np.int32)
    depth = np.zeros(len(words) + 1, dtype=np.int32)
    clause = level = 0
    for number, (start, end) in enumerate(zip(words.starts, words.ends, strict=True)):
        char = text[start] if end - start == 1 else ""
        level = max(level - 1, 0) if char and char in _CLOSE else level
        clauses[number] = clause
        level += 1 if char and char in _OPEN else 0
        depth[number + 1] = level
        if char and char in CLAUSE_MARKS and level == 0:
            clause += 1
    at = {int(start): number for number, start in enumerate(words.starts)}
    value_at = np.full(len(words), -1, dtype=np.int32)
    for number, found in enumerate(values):
        if found.start in at and words.ends[at[found.start]] == found.end:
            value_at[at[found.start]] = number
    return Sentence(
        text,
        folded,
        words,
        surfaces(words, folded),
        frozenset(form for form, kind in zip(words.forms, words.classes, strict=True) if kind != MARK),
        values,
        find_periods(text, parse_anchor(published)),
        clauses,
        depth,
        value_at,
        np.array([idf(form) for form in words.forms], dtype=np.float32),
        is_forecast(text),
    )
