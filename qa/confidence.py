"""How sure an answer is: a logistic regression over a dozen measures of a reading.

Fitted by training/reader/confidence.py on questions of which half had lost their paragraph; what it estimates is
the probability that the answer is right (F1 of at least a half against the marked one). Stored as JSON: ``names``,
``mean``, ``scale``, ``weights``, ``bias`` and ``threshold``.
"""

from __future__ import annotations

import json
import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np

from indexer.errors import ConfigError
from qa.matching import Floats, Term, presence, question_terms
from qa.periods import best_agreement
from qa.results import Passage, Query, Reading
from qa.sentence import analyse_sentence

FILE = Path(__file__).parent / "data" / "confidence.json"
NAMES = (
    "belief", "margin", "raw", "cover_sentence", "cover_literal", "cover_passage", "cover_around", "cosine",
    "passage_score", "order", "cross", "suits", "period", "other_period", "name_missing", "number_missing", "least_cover",
    "length", "supported", "reason_kind",
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
        for value, mean, scale, weight in zip(measures, self.mean, self.scale, self.weights, strict=True):
            total += weight * (value - mean) / scale
        return 1.0 / (1.0 + math.exp(-max(-30.0, min(30.0, total))))


@cache
def load_calibration(path: Path = FILE) -> Calibration:
    """The fitted calibration. ConfigError if it was fitted on other measures than those computed here."""
    stored = json.loads(path.read_text(encoding="utf-8"))
    if tuple(stored["names"]) != NAMES:
        raise ConfigError(f"{path} was fitted on other measures; run training/reader/confidence.py again")
    return Calibration(
        tuple(stored["mean"]), tuple(stored["scale"]), tuple(stored["weights"]), stored["bias"], stored["threshold"]
    )


def measures(query: Query, passages: Sequence[Passage], readings: Sequence[Reading], at: int = 0) -> tuple[float, ...]:
    """The measures of ``readings[at]`` in the order of NAMES."""
    reading = readings[at]
    features = reading.features
    rivals = [other.score for number, other in enumerate(readings) if number != at]
    names, numbers, least = _missing(query, passages, reading)
    period = period_agreement(query, passages, reading)
    named = {
        **{name: features.get(name, 0.0) for name in NAMES},
        "belief": reading.score,
        "margin": reading.score - max(rivals, default=0.0),
        "suits": _suits(query, reading),
        "period": float(period > 0),
        "other_period": float(period < 0),
        "name_missing": names,
        "number_missing": numbers,
        "least_cover": least,
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


def _missing(query: Query, passages: Sequence[Passage], reading: Reading) -> tuple[float, float, float]:
    """Names of the question absent from the answer's passage (1 if from all passages), numbers likewise, and
    the weight of the most telling term that the answer's passage lacks."""
    terms = question_terms(query)
    if not terms:
        return 0.0, 0.0, 0.0
    held = [_held(passage, terms) for passage in passages]
    here, anywhere = held[reading.passage], np.max(held, axis=0)
    names = numbers = least = 0.0
    for number, term in enumerate(terms):
        lost = 1.0 if anywhere[number] < 0.5 else 0.5 if here[number] < 0.5 else 0.0
        latin_name = not term.han and query.text[term.start : term.start + 1].isupper()
        if term.forms[0][:1].isdigit() or any(ch.isdigit() for ch in term.forms[0]):
            numbers = max(numbers, lost)
        elif term.name or latin_name:
            names = max(names, lost)
        least = max(least, lost * term.weight)
    return names, numbers, least


def _held(passage: Passage, terms: Sequence[Term]) -> Floats:
    """How far the passage holds each term, by its characters."""
    sentences = [analyse_sentence(passage.text[a:b], passage.published) for a, b in passage.sentences if a < b]
    stems = frozenset().union(*(sentence.stems for sentence in sentences)) if sentences else frozenset[str]()
    folded = "\n".join(sentence.folded for sentence in sentences)
    return presence(terms, folded, stems)


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
