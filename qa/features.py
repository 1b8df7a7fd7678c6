"""Numbers that describe a candidate span and its sentence to the ranker. See NAMES for what each one is.

Everything about all spans of a sentence is computed at once, by prefix sums over its words.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from qa.asked import SHAPES, Asked
from qa.matching import Floats
from qa.periods import agreement
from qa.results import Period
from qa.sentence import Sentence
from qa.words import CLASSES, MARK, IntArray

KINDS = ("number", "ratio", "money", "duration", "date", "entity", "list", "reason", "yes-no", "comparison", "other")
VALUE_KINDS = ("count", "ratio", "money", "duration", "date", "rank", "version")
_SUITS = {
    "number": {"count", "rank", "money", "duration", "ratio"},
    "ratio": {"ratio"},
    "money": {"money"},
    "duration": {"duration"},
    "date": {"date"},
}
_LOOSE = {"money": {"count"}, "ratio": {"count"}, "duration": {"count", "date"}, "date": {"duration"}}
_CUES = {
    "copula": frozenset("是 为 即 指 系 is was are were".split()),
    "call": frozenset("叫 称 称为 名为 叫做 命名 名叫 called named".split()),
    "agent": frozenset("由 被 向 给 与 和 by with from to".split()),
    "cause": frozenset("因为 因 由于 为了 原因 because due since".split()),
    "in": frozenset("在 于 至 到 从 自 in on at until".split()),
    "reach": frozenset("达 达到 约 增长 下降 升至 降至 超过 超 共 有 reached total".split()),
    "say": frozenset("表示 说 认为 称 指出 said says".split()),
    "of": frozenset("的".split()),
}

SENTENCE_NAMES = (
    "cover", "cover_to_best", "cover_here", "cover_around", "cover_passage", "cover_passage_to_best", "cosine",
    "cosine_to_best", "order", "passage_order", "passage_score", "period", "forecast", "first", "boilerplate",
    "question", "length", "cross", "names_missing",
)  # fmt: skip
SPAN_NAMES = (
    "words", "characters", "asked_inside", "asked_share", "match_left", "match_right", "match_left_2", "match_right_2",
    "window_left", "window_right", "near_left", "near_right", "begins_clause", "ends_clause", "clauses", "whole_clause",
    "whole_sentence", "quoted", "in_quotes", "enumeration", "rarity", "least_rarity", "exact_value", "holds_value",
    "suits", "suits_loosely", "values_inside", "unit_fits", "focus_ends", "focus_follows", "focus_inside",
    "echo_left", "echo_right", "position", "after_match", "period_inside", "asked_period", "in_best_clause", "clause_match",
)  # fmt: skip
NAMES = (
    *SENTENCE_NAMES,
    *SPAN_NAMES,
    *(f"first_{name}" for name in CLASSES),
    *(f"last_{name}" for name in CLASSES),
    *(f"left_{name}" for name in CLASSES),
    *(f"right_{name}" for name in CLASSES),
    *(f"holds_{name}" for name in CLASSES),
    *(f"cue_{name}" for name in _CUES),
    *(f"value_{name}" for name in VALUE_KINDS),
    *(f"asks_{name}" for name in KINDS),
    *(f"shape_{name}" for name in SHAPES),
    "parallel",
)


@dataclass(frozen=True, slots=True)
class Facts:
    """A sentence as one question sees it: ``sentence`` in the order of SENTENCE_NAMES; ``match`` how far each
    word is spoken of by the question (0 to 1), ``weighted`` the same times the weight of the term;
    ``periods`` those the question asks for."""

    row: Floats
    match: Floats
    weighted: Floats
    periods: tuple[Period, ...]


def span_features(
    sentence: Sentence, facts: Facts, ask: Asked, first: IntArray, last: IntArray
) -> npt.NDArray[np.float32]:
    """(spans, len(NAMES)) float32."""
    count, words = len(sentence.words), len(first)
    out = np.empty((words, len(NAMES)), dtype=np.float32)
    at = len(SENTENCE_NAMES)
    out[:, :at] = facts.row
    columns = [*_places(sentence, facts, first, last), *_contents(sentence, facts, ask, first, last), *_echoes(sentence, facts, ask, first, last)]
    by_name = dict(columns)
    for name in SPAN_NAMES:
        out[:, at] = by_name[name]
        at += 1
    one_hot = np.eye(len(CLASSES), dtype=np.float32)
    classes = sentence.words.classes
    kinds = one_hot[classes]
    padded = np.vstack([np.zeros(len(CLASSES), np.float32), kinds, np.zeros(len(CLASSES), np.float32)])
    inside = np.vstack([np.zeros(len(CLASSES), np.float32), np.cumsum(kinds, axis=0)])
    blocks = [kinds[first], kinds[last], padded[first], padded[last + 2], np.minimum(inside[last + 1] - inside[first], 3.0) / 3]
    for block in blocks:
        out[:, at : at + len(CLASSES)] = block
        at += len(CLASSES)
    cues = np.zeros((count + 1, len(_CUES)), dtype=np.float32)
    for number, form in enumerate(sentence.words.forms):
        for column, forms in enumerate(_CUES.values()):
            if form in forms:
                cues[number + 1, column] = 1.0
    out[:, at : at + len(_CUES)] = cues[first]
    at += len(_CUES)
    exact = np.where(first == last, sentence.value_at[first], -1)
    for name in VALUE_KINDS:
        is_kind = np.array([*(found.value["kind"] == name for found in sentence.values), False], dtype=np.float32)
        out[:, at] = is_kind[exact]
        at += 1
    out[:, at:] = _asked_row(ask)
    return out


def _asked_row(ask: Asked) -> Floats:
    row = np.zeros(len(KINDS) + len(SHAPES) + 1, dtype=np.float32)
    row[KINDS.index(ask.kind)] = 1.0
    row[len(KINDS) + ask.shape] = 1.0
    row[-1] = float(ask.parallel)
    return row


def _sums(values: npt.NDArray[np.float32]) -> npt.NDArray[np.float32]:
    return np.concatenate([np.zeros(1, np.float32), np.cumsum(values, dtype=np.float32)])


def _places(
    sentence: Sentence, facts: Facts, first: IntArray, last: IntArray
) -> list[tuple[str, npt.NDArray[np.float32]]]:
    """Where a span stands: between which words, in which clause, how near to what the question speaks of."""
    words, count = sentence.words, len(sentence.words)
    mark = words.classes == MARK
    match, sums, counts = facts.match, _sums(facts.weighted), _sums(facts.match)
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
    opens = np.r_[True, (clause[1:] != clause[:-1]) | mark[:-1]]
    closes = np.r_[(clause[1:] != clause[:-1]) | mark[1:], True]
    span_clauses = (clause[last] - clause[first] + 1).astype(np.float32)
    content = _sums((~mark).astype(np.float32))
    in_clause = np.bincount(clause, weights=(~mark), minlength=clauses)[clause[first]]
    whole = (content[last + 1] - content[first]) >= in_clause
    return [
        ("words", np.log1p(lengths)),
        ("characters", np.log1p((words.ends[last] - words.starts[first]).astype(np.float32))),
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
        ("begins_clause", opens[first].astype(np.float32)),
        ("ends_clause", closes[last].astype(np.float32)),
        ("clauses", np.minimum(span_clauses, 5) / 5),
        ("whole_clause", whole.astype(np.float32)),
        ("whole_sentence", ((content[last + 1] - content[first]) >= content[-1]).astype(np.float32)),
        ("position", first.astype(np.float32) / count),
        ("after_match", sums[first] / total),
        ("in_best_clause", (clause[first] == int(by_clause.argmax())).astype(np.float32)),
        ("clause_match", (by_clause[clause[first]] / total).astype(np.float32)),
    ]


def _contents(
    sentence: Sentence, facts: Facts, ask: Asked, first: IntArray, last: IntArray
) -> list[tuple[str, npt.NDArray[np.float32]]]:
    """What a span is made of: a value, a quoted title, an enumeration, rare words."""
    forms = sentence.words.forms
    is_value = _sums((sentence.value_at >= 0).astype(np.float32))
    inside = is_value[last + 1] - is_value[first]
    exact = (first == last) & (sentence.value_at[first] >= 0)
    suits, loosely = _SUITS.get(ask.kind, set()), _LOOSE.get(ask.kind, set())
    fits = np.array([*(found.value["kind"] in suits for found in sentence.values), False], dtype=np.float32)
    fits_loosely = np.array([*(found.value["kind"] in loosely for found in sentence.values), False], dtype=np.float32)
    suiting = _sums(fits[sentence.value_at])
    unit = np.array([_unit_fits(sentence, number, ask) for number in range(len(forms))], dtype=np.float32)
    comma = _sums(np.array([form == "、" for form in forms], dtype=np.float32))
    opening = np.array([form in "《“「『\"" for form in forms])
    periods = np.zeros(len(forms) + 1, dtype=np.float32)
    repeated = np.zeros(len(forms), dtype=np.float32)
    for start, end, told in sentence.periods:
        inside_period = (sentence.words.starts >= start) & (sentence.words.ends <= end)
        periods[1:] += inside_period
        if any(agreement(period, told) == 1.0 for period in facts.periods):
            repeated += inside_period
    period, asked_period = _sums(periods[1:]), _sums(repeated)
    rarity = _sums(sentence.rarity)
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


def _echoes(
    sentence: Sentence, facts: Facts, ask: Asked, first: IntArray, last: IntArray
) -> list[tuple[str, npt.NDArray[np.float32]]]:
    """How the surroundings of a span repeat those of the question word."""
    words, folded, count = sentence.words, sentence.folded, len(sentence.words)
    left = np.array([_common(ask.left[::-1], folded[max(0, s - 8) : s][::-1]) for s in words.starts], np.float32)
    right = np.array([_common(ask.right, folded[e : e + 8]) for e in words.ends], np.float32)
    focus = ask.focus[:2]
    if not focus:
        nothing = np.zeros(len(first), np.float32)
        focused = [("focus_ends", nothing), ("focus_follows", nothing), ("focus_inside", nothing)]
    else:
        is_focus = np.array([_is_focus(form, focus, ask.focus) for form in words.forms], np.float32)
        sums = _sums(is_focus)
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


def _common(one: str, other: str) -> int:
    """Length of the common beginning."""
    length = 0
    for a, b in zip(one, other, strict=False):
        if a != b:
            break
        length += 1
    return length
