"""Numbers that describe a candidate span and its sentence to the network. See NAMES for what each one is.

Everything about all spans of a sentence is computed at once, by prefix sums over its words.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from qa.reading.asked import SHAPES, Asked
from qa.reading.contents import contents
from qa.reading.matching import Floats
from qa.reading.sentence import Sentence
from qa.reading.surroundings import Facts, echoes, places
from qa.reading.words import CLASSES, IntArray

KINDS = ("number", "ratio", "money", "duration", "date", "entity", "list", "reason", "yes-no", "comparison", "other")
VALUE_KINDS = ("count", "ratio", "money", "duration", "date", "rank", "version")
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
    "echo_left", "echo_right", "position", "after_match", "period_inside", "asked_period", "in_best_clause",
    "clause_match",
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


def span_features(
    sentence: Sentence, facts: Facts, ask: Asked, first: IntArray, last: IntArray
) -> npt.NDArray[np.float32]:
    """(spans, len(NAMES)) float32."""
    # Filled row by row, which is faster than column by column, and handed out turned.
    out = np.empty((len(NAMES), len(first)), dtype=np.float32)
    at = len(SENTENCE_NAMES)
    out[:at] = facts.row[:, None]
    columns = [
        *places(sentence, facts, first, last),
        *contents(sentence, facts, ask, first, last),
        *echoes(sentence, ask, first, last),
    ]
    by_name = dict(columns)
    for name in SPAN_NAMES:
        out[at] = by_name[name]
        at += 1
    kinds = np.eye(len(CLASSES), dtype=np.float32)[:, sentence.words.classes]
    padded = np.pad(kinds, ((0, 0), (1, 1)))
    inside = np.pad(np.cumsum(kinds, axis=1), ((0, 0), (1, 0)))
    blocks = [
        kinds[:, first],
        kinds[:, last],
        padded[:, first],
        padded[:, last + 2],
        np.minimum(inside[:, last + 1] - inside[:, first], 3.0) / 3,
    ]
    for block in blocks:
        out[at : at + len(CLASSES)] = block
        at += len(CLASSES)
    cues = np.zeros((len(_CUES), len(sentence.words) + 1), dtype=np.float32)
    for number, form in enumerate(sentence.words.forms):
        for row, forms in enumerate(_CUES.values()):
            if form in forms:
                cues[row, number + 1] = 1.0
    out[at : at + len(_CUES)] = cues[:, first]
    at += len(_CUES)
    exact = np.where(first == last, sentence.value_at[first], -1)
    for name in VALUE_KINDS:
        is_kind = np.array([*(found.value["kind"] == name for found in sentence.values), False], dtype=np.float32)
        out[at] = is_kind[exact]
        at += 1
    out[at:] = asked_row(ask)[:, None]
    return out.T


def asked_row(ask: Asked) -> Floats:
    """What is asked for: float32 (len(KINDS) + len(SHAPES) + 1,)."""
    row = np.zeros(len(KINDS) + len(SHAPES) + 1, dtype=np.float32)
    row[KINDS.index(ask.kind)] = 1.0
    row[len(KINDS) + ask.shape] = 1.0
    row[-1] = float(ask.parallel)
    return row
