"""How far a confidence can be trusted: as a probability, as an order, and as a reason to stay silent.

* calibration error, reliability diagram: Guo et al., "On Calibration of Modern Neural Networks" (2017);
* risk against coverage: El-Yaniv and Wiener, "On the Foundations of Noise-free Selective Classification"
  (2010);
* AUROC as the Mann-Whitney statistic: Hanley and McNeil, "The Meaning and Use of the Area under a Receiver
  Operating Characteristic Curve" (1982).

Confidences are probabilities from 0 to 1.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import TypeVar

Value = TypeVar("Value")


@dataclass(frozen=True, slots=True)
class Abstention:
    """Silence as a classifier of unanswerable questions: ``right`` of the ``silent`` were ``due``."""

    silent: int
    due: int
    right: int
    total: int

    @property
    def precision(self) -> float:
        return self.right / self.silent if self.silent else 0.0

    @property
    def recall(self) -> float:
        return self.right / self.due if self.due else 0.0

    @property
    def f1(self) -> float:
        both = self.precision + self.recall
        return 2 * self.precision * self.recall / both if both else 0.0

    @property
    def accuracy(self) -> float:
        """The share of all questions where silence, or speech, was right."""
        wrong = self.silent + self.due - 2 * self.right
        return (self.total - wrong) / self.total if self.total else 0.0


@dataclass(frozen=True, slots=True)
class Bin:
    """The ``count`` answers whose confidence is in ``(low, high]`` (the first bin holds 0 too)."""

    low: float
    high: float
    count: int
    confidence: float
    accuracy: float


@dataclass(frozen=True, slots=True)
class RiskPoint:
    """Speaking only from ``threshold`` up answers the share ``coverage``, with the mean loss ``risk``."""

    threshold: float
    coverage: float
    risk: float


def abstention(silent: Sequence[bool], answerable: Sequence[bool]) -> Abstention:
    """Both sequences hold one entry a question."""
    pairs = list(zip(silent, answerable, strict=True))
    return Abstention(
        silent=sum(quiet for quiet, _ in pairs),
        due=sum(not known for _, known in pairs),
        right=sum(quiet and not known for quiet, known in pairs),
        total=len(pairs),
    )


def auroc(scores: Sequence[float], positive: Sequence[bool]) -> float | None:
    """The chance that a positive scores above a negative, ties counting half; None without both classes."""
    positives = sum(positive)
    negatives = len(positive) - positives
    if not positives or not negatives:
        return None
    below, wins = 0, 0.0
    for _, tied in _by_score(scores, positive):
        up = sum(tied)
        wins += up * (below + (len(tied) - up) / 2)
        below += len(tied) - up
    return wins / (positives * negatives)


def reliability(confidences: Sequence[float], right: Sequence[bool], bins: int = 10) -> list[Bin]:
    """``bins`` bins of equal width, the empty ones too."""
    held: list[list[tuple[float, bool]]] = [[] for _ in range(bins)]
    for confidence, good in zip(confidences, right, strict=True):
        # The upper edge belongs to the bin, as in the paper: 0.5 is in (0.4, 0.5].
        held[max(0, -int(-confidence * bins // 1) - 1)].append((confidence, good))
    return [
        Bin(
            low=number / bins,
            high=(number + 1) / bins,
            count=len(found),
            confidence=sum(c for c, _ in found) / len(found) if found else 0.0,
            accuracy=sum(g for _, g in found) / len(found) if found else 0.0,
        )
        for number, found in enumerate(held)
    ]


def calibration_error(found: Sequence[Bin]) -> float:
    """Expected calibration error: the mean gap of confidence and accuracy, weighted by count."""
    total = sum(b.count for b in found)
    return sum(b.count * abs(b.confidence - b.accuracy) for b in found) / total if total else 0.0


def risk_coverage(confidences: Sequence[float], losses: Sequence[float]) -> list[RiskPoint]:
    """One point for every distinct confidence, from the most confident answers to all of them."""
    points, count, lost = [], 0, 0.0
    for threshold, tied in reversed(list(_by_score(confidences, losses))):
        count += len(tied)
        lost += sum(tied)
        points.append(RiskPoint(threshold, count / len(losses), lost / count))
    return points


def area_under_risk(points: Sequence[RiskPoint]) -> float:
    """AURC: the mean risk over all coverages; a tie is taken or left as a whole. Less is better."""
    area, before = 0.0, 0.0
    for point in points:
        area += (point.coverage - before) * point.risk
        before = point.coverage
    return area


def _by_score(scores: Sequence[float], values: Sequence[Value]) -> Iterator[tuple[float, list[Value]]]:
    """``values`` in the order of their ``scores``, those of equal scores together."""
    pairs = sorted(zip(scores, values, strict=True), key=lambda pair: pair[0])
    for score, tied in groupby(pairs, key=lambda pair: pair[0]):
        yield score, [value for _, value in tied]
