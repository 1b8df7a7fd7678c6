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
from qa.reading.span_base import MARK_NAMES, SpanBase
from qa.reading.surroundings import Facts, echoes, places

KINDS = ("number", "ratio", "money", "duration", "date", "entity", "list", "reason", "yes-no", "comparison", "other")
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
    *MARK_NAMES,
    *(f"asks_{name}" for name in KINDS),
    *(f"shape_{name}" for name in SHAPES),
    "parallel",
)
_ROWS = {name: row for row, name in enumerate(NAMES)}


def span_features(sentence: Sentence, facts: Facts, ask: Asked, base: SpanBase) -> npt.NDArray[np.float32]:
    """(spans, len(NAMES)) float32."""
    # Filled row by row, which is faster than column by column, and handed out turned.
    out = np.empty((len(NAMES), len(base.first)), dtype=np.float32)
    out[: len(SENTENCE_NAMES)] = facts.row[:, None]
    if len(base.first):
        out[[_ROWS[name] for name in base.names]] = base.numbers
        asked = (
            *places(sentence, facts, base.first, base.last),
            *contents(sentence, facts, ask, base.first, base.last),
            *echoes(sentence, ask, base.first, base.last),
        )
        for name, column in asked:
            out[_ROWS[name]] = column
    at = len(SENTENCE_NAMES) + len(SPAN_NAMES)
    base.write_marks(out[at : at + len(MARK_NAMES)])
    out[at + len(MARK_NAMES) :] = asked_row(ask)[:, None]
    return out.T


def asked_row(ask: Asked) -> Floats:
    """What is asked for: float32 (len(KINDS) + len(SHAPES) + 1,)."""
    row = np.zeros(len(KINDS) + len(SHAPES) + 1, dtype=np.float32)
    row[KINDS.index(ask.kind)] = 1.0
    row[len(KINDS) + ask.shape] = 1.0
    row[-1] = float(ask.parallel)
    return row
