"""Fit the calibration of answers (qa/confidence.py) on questions that often cannot be answered.

    python -m training.reader.confidence DATA_FOLDER [--questions N]

The questions are those of ``training/reader/observe.py``. An answer is right when its F1 is at least a half.
"""

from __future__ import annotations

import argparse
import json
import pickle
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from scipy.optimize import minimize
from scipy.special import expit
from sklearn.metrics import roc_auc_score

from qa.confidence import FILE, NAMES
from qa.evaluation.refitting import best_threshold
from training.reader.observe import KEPT, Observation, observations

_SEEDS = Path("seeds")
_PENALTY = 1.5
_ANSWERABLE = 2 / 3
"""The share of questions that a collection answers, to which the observations are weighted: a confidence is a
probability for such a mix. It is an assumption about use, not a measurement."""
_MIX = {"business": 0.1, "seeds": 0.3}
"""Shares of the whole that these sources are weighted to: the sort of text that the service is for. The question sets
share what is left."""
_OTHERS = 0.25
"""What an answer that is not the first to its question counts: it is seldom shown."""
_FOR, _AGAINST = (0.0, None), (None, 0.0)
_BOUNDS = {
    **dict.fromkeys(("belief", "margin", "raw", "cover_clause", "cover_sentence", "cover_literal"), _FOR),
    **dict.fromkeys(("cover_passage", "cover_around", "cosine", "passage_score", "suits", "period", "supported"), _FOR),
    **dict.fromkeys(("other_period", "name_missing", "number_missing", "word_missing", "period_missing"), _AGAINST),
}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("data", type=Path)
    parser.add_argument("--questions", type=int, default=700, help="most questions of a set")
    parser.add_argument("--cache", type=Path, default=None, help="file that keeps the observations between fits")
    parser.add_argument("--threshold", type=float, default=None, help="confidence from which to answer")
    args = parser.parse_args()
    if args.cache and args.cache.exists():
        rows: list[Observation] = pickle.loads(args.cache.read_bytes())  # noqa: S301 (our own file)
    else:
        rows = list(observations(args.data, _SEEDS, args.questions))
        if args.cache:
            args.cache.write_bytes(pickle.dumps(rows))
    x = np.array([row.measures for row in rows])
    related = np.array([row.related for row in rows])
    right = np.array([row.f1 >= 0.5 for row in rows])
    answerable = np.array([row.treatment == KEPT for row in rows])
    counts = weights_of(rows, answerable)
    mean, scale = x.mean(axis=0), np.maximum(x.std(axis=0), 0.05)
    z = (x - mean) / scale
    first = np.array([row.rank == 0 for row in rows])
    half = np.cumsum(first) % 2 == 0
    for train, test in ((half, ~half & first), (~half, half & first)):
        weights, bias = fit(z[train], right[train], counts[train])
        p = related[test] * expit(z[test] @ weights + bias)
        print(
            f"AUROC right {roc_auc_score(right[test], p):.3f} answerable {roc_auc_score(answerable[test], p):.3f} "
            f"calibration error {calibration_error(p, right[test], counts[test]):.3f}"
        )
    weights, bias = fit(z, right, counts)
    p = related * expit(z @ weights + bias)
    for name in sorted({row.source for row in rows}):
        of = np.array([row.source == name for row in rows]) & first
        f1 = np.mean([row.f1 for row in rows if row.source == name and row.treatment == KEPT and row.rank == 0])
        print(
            f"{name} {of.sum()} right {right[of].mean():.3f} confidence {p[of].mean():.3f} F1 where kept {f1:.3f} "
            f"AUROC right {roc_auc_score(right[of], p[of]):.3f}"
        )
    threshold = args.threshold if args.threshold is not None else best_threshold(p[first], right[first], counts[first])
    print(f"threshold {threshold:.2f}", *(f"{n} {w:+.2f}" for n, w in zip(NAMES, weights, strict=True)))
    stored = {
        "names": list(NAMES),
        "mean": [round(float(v), 5) for v in mean],
        "scale": [round(float(v), 5) for v in scale],
        "weights": [round(float(v), 5) for v in weights],
        "bias": round(bias, 5),
        "threshold": round(threshold, 3),
    }
    FILE.write_text(json.dumps(stored, indent=1) + "\n", encoding="utf-8")


def weights_of(rows: Sequence[Observation], answerable: np.ndarray) -> np.ndarray:
    """Weights that give each source its share (`_MIX`) and make ``_ANSWERABLE`` of it answerable, by its first answers;
    others count ``_OTHERS`` as much. 1 in the mean."""
    source = np.array([row.source if row.source in _MIX else "sets" for row in rows])
    shares = {**_MIX, "sets": 1 - sum(_MIX.values())}
    first = np.array([row.rank == 0 for row in rows])
    out = np.zeros(len(rows))
    for name, share in shares.items():
        for here, part in ((answerable, _ANSWERABLE), (~answerable, 1 - _ANSWERABLE)):
            of = (source == name) & here
            out[of] = share * part / max((of & first).sum(), 1)
    out[~first] *= _OTHERS
    return out / out.mean()


def fit(z: np.ndarray, right: np.ndarray, counts: np.ndarray) -> tuple[np.ndarray, float]:
    """Weights and bias of a logistic regression (L2) in which no measure may count against its meaning: a
    missing name never speaks for an answer, a match never against it. ``counts`` weights the observations."""
    target = right.astype(float)

    def loss(parameters: np.ndarray) -> tuple[float, np.ndarray]:
        weights, bias = parameters[:-1], parameters[-1]
        logits = z @ weights + bias
        error = counts * (expit(logits) - target)
        value = float(np.sum(counts * (np.logaddexp(0.0, logits) - target * logits)) + _PENALTY * weights @ weights)
        return value, np.append(z.T @ error + 2 * _PENALTY * weights, error.sum())

    bounds = [_BOUNDS.get(name, (None, None)) for name in NAMES] + [(None, None)]
    found = minimize(loss, np.zeros(len(NAMES) + 1), jac=True, method="L-BFGS-B", bounds=bounds).x
    return found[:-1], float(found[-1])


def calibration_error(p: np.ndarray, right: np.ndarray, counts: np.ndarray, bins: int = 10) -> float:
    """Expected calibration error over equal bins of confidence, weighted by ``counts``."""
    at = np.minimum((p * bins).astype(int), bins - 1)
    gaps = [abs(float(((p - right) * counts)[at == b].sum())) for b in range(bins)]
    return sum(gaps) / float(counts.sum())


if __name__ == "__main__":
    main()
