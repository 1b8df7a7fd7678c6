"""Confidence measures against values worked out by hand, brute force or scikit-learn's definitions."""

from __future__ import annotations

import random

import pytest

from qa.evaluation.calibration import (
    abstention,
    area_under_risk,
    auroc,
    calibration_error,
    reliability,
    risk_coverage,
)


def test_abstention_takes_unanswerable_as_the_positive_class() -> None:
    found = abstention([True, True, False, False, True], [False, True, True, False, False])
    assert (found.silent, found.due, found.right) == (3, 3, 2)
    assert found.precision == pytest.approx(2 / 3)
    assert found.recall == pytest.approx(2 / 3)
    assert found.f1 == pytest.approx(2 / 3)
    assert found.accuracy == pytest.approx(3 / 5)


def test_abstention_of_nobody_is_zero_not_an_error() -> None:
    found = abstention([False], [True])
    assert (found.precision, found.recall, found.f1, found.accuracy) == (0.0, 0.0, 0.0, 1.0)


def test_auroc_equals_counting_all_pairs() -> None:
    rng = random.Random(5)
    scores = [rng.randint(0, 9) / 10 for _ in range(200)]
    labels = [rng.random() < score for score in scores]
    pairs = [
        (up > down) + (up == down) / 2
        for up, good in zip(scores, labels, strict=True)
        if good
        for down, other in zip(scores, labels, strict=True)
        if not other
    ]
    assert auroc(scores, labels) == pytest.approx(sum(pairs) / len(pairs))


def test_auroc_needs_both_classes() -> None:
    assert auroc([0.1, 0.9], [True, True]) is None
    assert auroc([0.1, 0.9], [False, True]) == 1.0


def test_bins_hold_their_upper_edge() -> None:
    bins = reliability([0.0, 0.1, 0.11, 0.2, 1.0], [False] * 5)
    assert [found.count for found in bins] == [2, 2, 0, 0, 0, 0, 0, 0, 0, 1]


def test_every_tenth_falls_into_the_bin_that_ends_with_it() -> None:
    bins = reliability([number / 10 for number in range(1, 11)], [True] * 10)
    assert [found.count for found in bins] == [1] * 10


def test_calibration_error_is_the_weighted_gap() -> None:
    bins = reliability([0.95, 0.95, 0.95, 0.95, 0.35], [True, True, True, False, True])
    assert calibration_error(bins) == pytest.approx(0.8 * 0.2 + 0.2 * 0.65)


def test_a_calibrated_confidence_has_little_error() -> None:
    rng = random.Random(7)
    confidences = [rng.random() for _ in range(20_000)]
    honest = [rng.random() < confidence for confidence in confidences]
    assert calibration_error(reliability(confidences, honest)) < 0.02
    assert calibration_error(reliability(confidences, [not good for good in honest])) > 0.3


def test_risk_falls_with_coverage_and_ties_go_together() -> None:
    points = risk_coverage([0.9, 0.5, 0.5, 0.1], [0.0, 0.0, 1.0, 1.0])
    assert [(point.threshold, point.coverage, point.risk) for point in points] == [
        (0.9, 0.25, 0.0),
        (0.5, 0.75, pytest.approx(1 / 3)),
        (0.1, 1.0, 0.5),
    ]
    assert area_under_risk(points) == pytest.approx(0.25 * 0 + 0.5 / 3 + 0.25 * 0.5)


def test_a_better_order_has_less_area_under_risk() -> None:
    losses = [0.0, 0.0, 1.0, 1.0]
    best = area_under_risk(risk_coverage([0.9, 0.8, 0.2, 0.1], losses))
    worst = area_under_risk(risk_coverage([0.1, 0.2, 0.8, 0.9], losses))
    none = area_under_risk(risk_coverage([0.5] * 4, losses))
    assert best < none == 0.5 < worst
