"""How sure an answer is: a logistic regression over a dozen measures of a reading.

Fitted by training/reader/confidence.py on questions of which half had lost their paragraph; what it estimates is
the probability that the answer is right (F1 of at least a half against the marked one). Stored as JSON: ``names``,
``mean``, ``scale``, ``weights``, ``bias`` and ``threshold``.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from qa.fitted import read_fitted
from qa.reading.sentence import analyse_sentence
from qa.results import Passage, Query, Reading
from qa.values.periods import best_agreement

FILE = Path(__file__).parent / "data" / "confidence.json"
NAMES = (
    "belief", "margin", "raw", "cover_clause", "cover_sentence", "cover_literal", "cover_passage",
    "cover_around", "cosine", "passage_score", "order", "cross", "suits", "period", "other_period",
    "name_missing", "number_missing", "word_missing", "period_missing", "length", "supported", "reason_kind",
)  # fmt: skip
_SUITS = {
    "number": {"count", "rank", "ratio", "money", "duration"},
    "ratio": {"ratio", "count"},
    "money": {"money", "count"},
    "duration": {"duration", "date"},
    "date": {"date", "duration"},
}


@dataclass(frozen=True, slots=True)
class Calibration:
    """``threshold`` is the confidence from which an answer is given unless the caller wants another."""

    mean: tuple[float, ...]
    scale: tuple[float, ...]
    weights: tuple[float, ...]
    bias: float
    threshold: float

    def probability(self, measures: Sequence[float]) -> float:
        """The probability that an answer with these measures (in the order of NAMES) is right."""
        total = self.bias
        for share in self.shares(measures):
            total += share
        return 1.0 / (1.0 + math.exp(-max(-30.0, min(30.0, total))))

    def shares(self, measures: Sequence[float]) -> list[float]:
        """What each measure adds to the log-odds, beside the bias."""
        return [
            weight * (value - mean) / scale
            for value, mean, scale, weight in zip(measures, self.mean, self.scale, self.weights, strict=True)
        ]


@cache
def load_calibration(path: Path = FILE) -> Calibration:
    """The fitted calibration. ConfigError if it was fitted on other measures than those computed here."""
    stored = read_fitted(path, NAMES, "measures")
    return Calibration(
        tuple(stored["mean"]), tuple(stored["scale"]), tuple(stored["weights"]), stored["bias"], stored["threshold"]
    )


def measures(query: Query, passages: Sequence[Passage], readings: Sequence[Reading], at: int = 0) -> tuple[float, ...]:
    """The measures of ``readings[at]`` in the order of NAMES."""
    reading = readings[at]
    features = reading.features
    rivals = [other.score for number, other in enumerate(readings) if number != at]
    period = period_agreement(query, passages, reading)
    named = {
        **{name: features.get(name, 0.0) for name in NAMES},
        "belief": reading.score,
        "margin": reading.score - max(rivals, default=0.0),
        "suits": _suits(query, reading),
        "period": float(period > 0),
        "other_period": float(period < 0),
        "length": math.log1p(reading.end - reading.start),
        "supported": _support(passages, reading),
        "reason_kind": float(query.kind in ("reason", "yes-no", "comparison", "list", "other")),
    }
    return tuple(float(named[name]) for name in NAMES)


def _suits(query: Query, reading: Reading) -> float:
    """1 if the answer is of the kind asked for, -1 if it is of another, 0 where kinds do not tell."""
    wanted = _SUITS.get(query.kind)
    if wanted is None:
        return -0.5 if reading.kind in ("ratio", "money", "count") and query.kind == "entity" else 0.0
    return 1.0 if reading.kind in wanted else -1.0


def period_agreement(query: Query, passages: Sequence[Passage], reading: Reading) -> float:
    """Agreement of the period asked for with those of the answer's sentence."""
    text = passages[reading.passage].text[reading.sentence_start : reading.sentence_end]
    told = analyse_sentence(text, passages[reading.passage].published).periods
    return best_agreement(query.periods, [period for _, _, period in told])


def _support(passages: Sequence[Passage], reading: Reading) -> float:
    """Share of the other passages that hold the same words."""
    text = passages[reading.passage].text[reading.start : reading.end]
    others = [passage for number, passage in enumerate(passages) if number != reading.passage]
    return sum(text in passage.text for passage in others) / len(others) if others else 0.0
