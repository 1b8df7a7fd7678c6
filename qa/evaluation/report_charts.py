"""The charts of a report: what an evaluation has to show, drawn with ``qa/evaluation/plots.py``."""

from __future__ import annotations

from collections.abc import Sequence

from qa.evaluation.calibration import reliability, risk_coverage
from qa.evaluation.evaluate import Evaluation, Outcome
from qa.evaluation.plots import SERIES, bar_chart, histogram, line_chart, step_chart
from qa.evaluation.summary import KS, Figures

_BINS = 10


def charts(evaluation: Evaluation, figures: Figures) -> str:
    """All charts, one figure each; a chart without data is left out."""
    drawn = [
        _recall(figures),
        _answers("Answers by language", figures["by_lang"]),
        _answers("Answers by type", figures["by_type"]),
    ]
    if evaluation.outcomes:
        drawn += [
            _risk(evaluation.outcomes),
            _reliability(evaluation.outcomes),
            _confidences(evaluation.outcomes),
        ]
    return "\n".join(drawn)


def _recall(figures: Figures) -> str:
    # The line of one language alone is that of all.
    languages = figures["by_lang"] if len(figures["by_lang"]) > 1 else {}
    largest = sorted(languages, key=lambda name: -languages[name]["questions"])[: SERIES - 1]
    shown = {"all": figures["all"], **{name: languages[name] for name in sorted(largest)}}
    series = {name: [found[f"hit@{k}"] for k in KS] for name, found in shown.items() if found["answerable"] > 0}
    return step_chart("Evidence among the first k passages", [str(k) for k in KS], series, "k")


def _answers(title: str, slices: dict[str, Figures]) -> str:
    found = {name: figures for name, figures in slices.items() if figures["answerable"]}
    measures = {"F1": "f1", "exact match": "em", "cover": "cover"}
    series = {label: [each[key] for each in found.values()] for label, key in measures.items()}
    return bar_chart(title, list(found), series)


def _risk(outcomes: Sequence[Outcome]) -> str:
    points = risk_coverage(*_confidence_and_loss(outcomes))
    curve = [(point.coverage, point.risk) for point in points]
    everything = points[-1].risk
    return line_chart(
        "Risk against coverage: wrong answers when only the surest are given",
        {"share of wrong answers": curve},
        "share of questions answered",
        "share of wrong answers",
        guide=[(0.0, everything), (1.0, everything)],
    )


def _reliability(outcomes: Sequence[Outcome]) -> str:
    confidences, losses = _confidence_and_loss(outcomes)
    bins = reliability(confidences, [loss == 0.0 for loss in losses], _BINS)
    points = [(each.confidence, each.accuracy) for each in bins if each.count]
    return line_chart(
        "Reliability: what a confidence is worth",
        {"share of right answers": points},
        "confidence",
        "share of right answers",
        guide=[(0.0, 0.0), (1.0, 1.0)],
    )


def _confidences(outcomes: Sequence[Outcome]) -> str:
    counts = {name: [0] * _BINS for name in ("right", "wrong", "nothing to find")}
    for outcome in outcomes:
        name = "right" if outcome.best_right else "wrong" if outcome.question.answerable else "nothing to find"
        counts[name][min(_BINS - 1, int(outcome.confidence * _BINS))] += 1
    return histogram("Confidence of the best answers", counts, "confidence")


def _confidence_and_loss(outcomes: Sequence[Outcome]) -> tuple[list[float], list[float]]:
    """Of the best answers, held back or not; the loss is 1 for a wrong one."""
    confidences = [outcome.confidence for outcome in outcomes]
    return confidences, [float(not outcome.best_right) for outcome in outcomes]
