"""Fitting a collection's own confidence (``qa/refit.py``) on questions with known answers.

Logistic regression of "was the answer right?" on the log-odds of the shipped confidence, by Newton's method (Lin, Lin
and Weng, "A Note on Platt's Probabilistic Outputs for Support Vector Machines", 2007). Normal priors draw slope and
offset to 1 and 0, so that a few questions move the confidence a little and many move it as far as they say. What is
told of the result is measured on questions that the fit has not seen (cross-validation, five parts).
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

import numpy as np
import numpy.typing as npt

from indexer.errors import ConfigError
from qa.confidence import load_calibration
from qa.evaluation.calibration import calibration_error, reliability
from qa.evaluation.evaluate import Outcome
from qa.refit import Refit, logit

Floats = npt.NDArray[np.float64]
Bools = npt.NDArray[np.bool_]

LEAST = 30
LEAST_OF_EACH = 5
"""Fewer answered questions, or fewer right or wrong answers, say nothing of a confidence."""
_PARTS = 5
_SLOPE_SPREAD, _OFFSET_SPREAD = 0.5, 1.5
"""Standard deviations of the priors. Set by hand: a factor of two in the slope and of four in the odds are likely."""
_STEPS = 50
_FLATTEST = 0.1


@dataclass(frozen=True, slots=True)
class Figures:
    """``error``: expected calibration error; ``loss``: mean negative log-likelihood; ``f_half``: F0.5 of the answers
    given from ``threshold`` up."""

    error: float
    loss: float
    threshold: float
    f_half: float


@dataclass(frozen=True, slots=True)
class Refitting:
    """``questions`` that an answer was found for, how many of those ``right``; figures ``before`` and, by
    cross-validation, ``after``. ``better`` says whether ``refit`` is worth using."""

    questions: int
    right: int
    before: Figures
    after: Figures
    refit: Refit
    better: bool


def refitting(outcomes: Sequence[Outcome], basis: Mapping[str, str]) -> Refitting:
    """Fits on ``outcomes``, whose confidences must be the shipped ones. Raises ConfigError for too few."""
    found = [each for each in outcomes if each.best is not None]
    p = np.array([each.confidence for each in found], np.float64)
    right = np.array([each.best_right for each in found], np.bool_)
    _check_enough(len(found), int(right.sum()))
    shipped = load_calibration().threshold
    x = _log_odds(p)
    after, chosen, silent_as_before = _cross_validated(p, right, _parts(found), shipped)
    slope, offset = fit(x, right)
    carried = float(_sigmoid(slope * logit(shipped) + offset))
    helps = _f_half(chosen, right) > _f_half(silent_as_before, right)
    threshold = best_threshold(_sigmoid(slope * x + offset), right, near=carried) if helps else carried
    said_after = chosen if helps else silent_as_before
    before_figures = _figures(p, right, shipped, p >= shipped)
    after_figures = _figures(after, right, threshold, said_after)
    now = datetime.now(UTC).isoformat(timespec="seconds")
    return Refitting(
        questions=len(found),
        right=int(right.sum()),
        before=before_figures,
        after=after_figures,
        refit=Refit(slope, offset, threshold, len(found), now, dict(basis)),
        better=slope > _FLATTEST
        and after_figures.loss < before_figures.loss
        and after_figures.error <= before_figures.error,
    )


def _parts(found: Sequence[Outcome]) -> npt.NDArray[np.int64]:
    """The part of each; the same file gives the same parts, in whatever order it is."""
    order = np.argsort([hashlib.sha256(each.question.id.encode()).hexdigest() for each in found])
    parts = np.empty(len(found), np.int64)
    parts[order] = np.arange(len(found)) % _PARTS
    return parts


def _cross_validated(
    p: Floats, right: Bools, parts: npt.NDArray[np.int64], shipped: float
) -> tuple[Floats, Bools, Bools]:
    """By fits on the other parts: the confidences, the answers given with thresholds chosen there, and those given with
    the ``shipped`` one."""
    after, chosen, silent_as_before = np.empty_like(p), np.empty(len(p), np.bool_), np.empty(len(p), np.bool_)
    x = _log_odds(p)
    for part in range(_PARTS):
        held = parts == part
        slope, offset = fit(x[~held], right[~held])
        after[held] = _sigmoid(slope * x[held] + offset)
        seen = _sigmoid(slope * x[~held] + offset)
        carried = float(_sigmoid(slope * logit(shipped) + offset))
        chosen[held] = after[held] >= best_threshold(seen, right[~held], near=carried)
        silent_as_before[held] = p[held] >= shipped
    return after, chosen, silent_as_before


def fit(x: Floats, right: Bools) -> tuple[float, float]:
    """Slope and offset of the likeliest logistic curve of ``right`` over the log-odds ``x``, under the priors."""
    design = np.stack([x, np.ones_like(x)], axis=1)
    prior = np.array([_SLOPE_SPREAD**-2, _OFFSET_SPREAD**-2])
    middle = np.array([1.0, 0.0])
    at = middle.copy()
    for _ in range(_STEPS):
        p = _sigmoid(design @ at)
        gradient = design.T @ (p - right) + prior * (at - middle)
        curvature = (design * (p * (1.0 - p))[:, None]).T @ design + np.diag(prior)
        step = np.linalg.solve(curvature, gradient)
        size, here = 1.0, _objective(design, right, at, prior, middle)
        while size > 1e-6 and _objective(design, right, at - size * step, prior, middle) > here:
            size /= 2.0
        at = at - size * step
        if float(np.abs(size * step).max()) < 1e-9:
            break
    return float(at[0]), float(at[1])


def best_threshold(p: Floats, right: Bools, counts: Floats | None = None, *, near: float | None = None) -> float:
    """The threshold with the best F0.5 of answers that are right: precision counts twice as much as recall (van
    Rijsbergen 1979). Of equally good ones the lowest, or that nearest to ``near``. ``counts`` weights the answers."""
    weights = np.ones_like(p) if counts is None else counts
    grid = np.linspace(0.02, 0.9, 89)
    scores = np.array([_f_half(p >= threshold, right, weights) for threshold in grid])
    best = grid[scores >= scores.max() - 1e-12]
    return float(best[0] if near is None else best[np.argmin(np.abs(best - near))])


def _check_enough(questions: int, right: int) -> None:
    if questions < LEAST:
        raise ConfigError(
            f"too few questions: {questions} of them led to any answer, {LEAST} are needed; gather more feedback"
        )
    if min(right, questions - right) < LEAST_OF_EACH:
        raise ConfigError(
            f"too one-sided: {right} of {questions} answers are right; of right and of wrong ones {LEAST_OF_EACH} each"
            " are needed, for example questions that the documents do not answer"
        )


def _figures(p: Floats, right: Bools, threshold: float, said: Bools) -> Figures:
    return Figures(
        error=calibration_error(reliability(p.tolist(), right.tolist())),
        loss=float(np.mean(-np.log(np.clip(np.where(right, p, 1.0 - p), 1e-6, 1.0)))),
        threshold=threshold,
        f_half=_f_half(said, right),
    )


def _f_half(said: Bools, right: Bools, weights: Floats | None = None) -> float:
    w = np.ones(len(said)) if weights is None else weights
    hits = float(w[said & right].sum())
    precision, recall = hits / max(float(w[said].sum()), 1e-9), hits / max(float(w[right].sum()), 1e-9)
    return 1.25 * precision * recall / max(0.25 * precision + recall, 1e-9)


def _log_odds(p: Floats) -> Floats:
    return np.array([logit(each) for each in p.tolist()], np.float64)


def _sigmoid(x: Floats | float) -> Floats:
    return 1.0 / (1.0 + np.exp(-np.asarray(x, np.float64)))


def _objective(design: Floats, right: Bools, at: Floats, prior: Floats, middle: Floats) -> float:
    z = design @ at
    return float(np.sum(np.logaddexp(0.0, z) - right * z) + 0.5 * np.sum(prior * (at - middle) ** 2))
