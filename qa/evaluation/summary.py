"""An evaluation in figures: means over the whole set and its slices, as a plain dictionary for JSON."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from statistics import fmean, quantiles
from typing import Any

from qa.evaluation.calibration import (
    abstention,
    area_under_risk,
    auroc,
    calibration_error,
    reliability,
    risk_coverage,
)
from qa.evaluation.evaluate import Evaluation, Outcome
from qa.evaluation.metrics import hit_at, reciprocal_rank

KS = (1, 3, 5, 10)
Figures = dict[str, Any]


def summarise(evaluation: Evaluation) -> Figures:
    """All figures. Those of answers and retrieval are means over the answerable questions (None: no such)."""
    outcomes = evaluation.outcomes
    return {
        "all": slice_figures(outcomes),
        "by_lang": _slices(outcomes, lambda outcome: outcome.question.lang),
        "by_type": _slices(outcomes, lambda outcome: outcome.question.type),
        "abstention": abstention_figures(outcomes),
        "confidence": confidence_figures(outcomes),
        "citations": {
            "checked": evaluation.text.citations,
            "exact": evaluation.text.exact,
            "bracketed_pinyin": evaluation.text.readings,
        },
        "cpu_ms": timing(outcomes),
        "errors": sum(outcome.error is not None for outcome in outcomes),
        "commit": evaluation.commit,
    }


def slice_figures(outcomes: Sequence[Outcome]) -> Figures:
    """Figures of some of the outcomes."""
    known = [outcome.verdict for outcome in outcomes if outcome.question.answerable]
    return {
        "questions": len(outcomes),
        "answerable": len(known),
        **{f"hit@{k}": _mean(hit_at(k, verdict.rank) for verdict in known) for k in KS},
        "all@5": _mean(verdict.all_found for verdict in known),
        "mrr": _mean(reciprocal_rank(verdict.rank) for verdict in known),
        "em": _mean(verdict.exact_match for verdict in known),
        "f1": _mean(verdict.f1 for verdict in known),
        "cover": _mean(verdict.cover for verdict in known),
        "abst_acc": _mean(outcome.verdict.silence for outcome in outcomes),
        "overall": _mean(outcome.verdict.overall for outcome in outcomes),
    }


def abstention_figures(outcomes: Sequence[Outcome]) -> Figures:
    """The positive class is "unanswerable". A question that could not be asked counts as abstained."""
    found = abstention(
        [outcome.answer is None for outcome in outcomes],
        [outcome.question.answerable for outcome in outcomes],
    )
    return {
        "abstained": found.silent,
        "unanswerable": found.due,
        "precision": found.precision,
        "recall": found.recall,
        "f1": found.f1,
        "accuracy": found.accuracy,
    }


def confidence_figures(outcomes: Sequence[Outcome]) -> Figures:
    """Of the best answers, held back or not: the confidence against whether they are right."""
    confidences = [outcome.confidence for outcome in outcomes]
    right = [outcome.best_right for outcome in outcomes]
    bins = reliability(confidences, right)
    points = risk_coverage(confidences, [float(not good) for good in right])
    return {
        "auroc_answerable": auroc(confidences, [outcome.question.answerable for outcome in outcomes]),
        "auroc_right": auroc(confidences, right),
        "ece": calibration_error(bins),
        "aurc": area_under_risk(points),
    }


def timing(outcomes: Sequence[Outcome]) -> Figures:
    """CPU milliseconds a question, of those that could be asked."""
    times = [outcome.cpu_ms for outcome in outcomes if outcome.error is None]
    if not times:
        return {"mean": None, "p50": None, "p95": None}
    cuts = quantiles(times, n=20, method="inclusive") if len(times) > 1 else times * 19
    return {"mean": fmean(times), "p50": cuts[9], "p95": cuts[18]}


def _slices(outcomes: Sequence[Outcome], key: Callable[[Outcome], str]) -> dict[str, Figures]:
    groups: dict[str, list[Outcome]] = {}
    for outcome in outcomes:
        groups.setdefault(key(outcome), []).append(outcome)
    return {name: slice_figures(groups[name]) for name in sorted(groups)}


def _mean(values: Iterable[float]) -> float | None:
    held = list(values)
    return fmean(held) if held else None
