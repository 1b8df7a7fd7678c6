"""What speaks against an answer beside the measures of the confidence: it is about somebody or something else.

Each doubt is a factor on the odds that the answer is right, set by hand; the measures of
``qa/confidence.py`` weigh likeness, and a figure of another firm, or the daily one for the monthly, is most alike.
"""

from __future__ import annotations

import math

from qa.results import Reading

ODDS = {"other_subject": 0.05, "other_qualifier": 0.15}
"""By the feature of a reading that tells it (0 to 1): it is about another than the question (``qa.reading.subject``);
its sentence qualifies what is told otherwise than the question does (``qa.reading.qualifiers``)."""


def doubts(reading: Reading) -> dict[str, float]:
    """What each doubt adds to the logarithm of the odds; only those that there are."""
    found = {name: reading.features.get(name, 0.0) * math.log(factor) for name, factor in ODDS.items()}
    return {name: share for name, share in found.items() if share}


def doubted(probability: float, reading: Reading) -> float:
    """``probability`` (0 < p < 1) of being right after all doubts."""
    found = doubts(reading)
    if not found:
        return probability
    odds = probability / (1.0 - probability) * math.exp(sum(found.values()))
    return odds / (1.0 + odds)
