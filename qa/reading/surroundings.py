"""Features of where a span stands: between which words, in which clause, near to what the question speaks of."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from qa.common_start import common_start
from qa.reading.asked import Asked
from qa.reading.matching import Floats
from qa.reading.sentence import Sentence
from qa.reading.words import IntArray
from qa.results import Period

Columns = list[tuple[str, npt.NDArray[np.float32]]]


@dataclass(frozen=True, slots=True)
class Facts:
    """A sentence as one question sees it: ``sentence`` in the order of SENTENCE_NAMES; ``match`` how far each
    word is spoken of by the question (0 to 1), ``weighted`` the same times the weight of the term;
    ``periods`` those the question asks for."""

    row: Floats
    match: Floats
    weighted: Floats
    periods: tuple[Period, ...]


def prefix_sums(values: npt.NDArray[np.float32]) -> npt.NDArray[np.float32]:
    return np.concatenate([np.zeros(1, np.float32), np.cumsum(values, dtype=np.float32)])


def places(sentence: Sentence, facts: Facts, first: IntArray, last: IntArray) -> Columns:
    """How near a span stands to what the question speaks of."""
    count = len(sentence.words)
    match, sums, counts = facts.match, prefix_sums(facts.weighted), prefix_sums(facts.match)
    total = max(float(sums[-1]), 1e-6)
    pad = np.concatenate([np.zeros(2, np.float32), match, np.zeros(2, np.float32)])
    lengths = (last - first + 1).astype(np.float32)
    hits = np.flatnonzero(match > 0.3)
    positions = np.arange(count)
    left_gap, right_gap = np.full(count, 30.0, np.float32), np.full(count, 30.0, np.float32)
    if len(hits):
        before = np.searchsorted(hits, positions) - 1
        left_gap = np.where(before >= 0, positions - hits[np.maximum(before, 0)] - 1, 30).astype(np.float32)
        after = np.searchsorted(hits, positions, side="right")
        right_gap = np.where(after < len(hits), hits[np.minimum(after, len(hits) - 1)] - positions - 1, 30).astype(
            np.float32
        )
    clause, clauses = sentence.clauses, int(sentence.clauses[-1]) + 1
    by_clause = np.bincount(clause, weights=facts.weighted, minlength=clauses)
    return [
        ("asked_inside", (sums[last + 1] - sums[first]) / total),
        ("asked_share", (counts[last + 1] - counts[first]) / lengths),
        ("match_left", pad[first + 1]),
        ("match_right", pad[last + 3]),
        ("match_left_2", pad[first]),
        ("match_right_2", pad[np.minimum(last + 4, count + 3)]),
        ("window_left", (sums[first] - sums[np.maximum(first - 6, 0)]) / total),
        ("window_right", (sums[np.minimum(last + 7, count)] - sums[last + 1]) / total),
        ("near_left", np.exp(-left_gap[first] / 4)),
        ("near_right", np.exp(-right_gap[last] / 4)),
        ("after_match", sums[first] / total),
        ("in_best_clause", (clause[first] == int(by_clause.argmax())).astype(np.float32)),
        ("clause_match", (by_clause[clause[first]] / total).astype(np.float32)),
    ]


def echoes(sentence: Sentence, ask: Asked, first: IntArray, last: IntArray) -> Columns:
    """How the surroundings of a span repeat those of the question word."""
    words, folded, count = sentence.words, sentence.folded, len(sentence.words)
    left = np.array([common_start(ask.left[::-1], folded[max(0, s - 8) : s][::-1]) for s in words.starts], np.float32)
    right = np.array([common_start(ask.right, folded[e : e + 8]) for e in words.ends], np.float32)
    focus = ask.focus[:2]
    if not focus:
        nothing = np.zeros(len(first), np.float32)
        focused = [("focus_ends", nothing), ("focus_follows", nothing), ("focus_inside", nothing)]
    else:
        is_focus = np.array([_is_focus(form, focus, ask.focus) for form in words.forms], np.float32)
        sums = prefix_sums(is_focus)
        padded = np.append(is_focus, np.zeros(1, np.float32))
        focused = [
            ("focus_ends", is_focus[last]),
            ("focus_follows", padded[np.minimum(last + 1, count)]),
            ("focus_inside", ((sums[last + 1] - sums[first]) > 0).astype(np.float32)),
        ]
    return [*focused, ("echo_left", np.log1p(left[first])), ("echo_right", np.log1p(right[last]))]


def _is_focus(form: str, head: str, focus: str) -> float:
    if focus.isascii():
        return float(form == focus)
    return 1.0 if form.startswith(head) or form.endswith(head) else 0.5 if form[-1] == head[-1] else 0.0
