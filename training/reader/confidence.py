"""Fit the calibration of answers (qa/confidence.py) on questions that often cannot be answered.

    python -m training.reader.confidence DATA_FOLDER [--questions N]

The questions are those kept from the network. Two of six keep their paragraph. One loses it. One
keeps it without the sentences that hold the answer: then names and topic still fit, as they do when someone
asks a well-kept collection for what it does not tell. Two are asked about something else: a number or a name of
theirs is replaced by one of another question. An answer is right when its F1 is at least a half.
"""

from __future__ import annotations

import argparse
import json
import pickle
import random
import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
from scipy.optimize import minimize
from scipy.special import expit
from sklearn.metrics import roc_auc_score

from qa.confidence import FILE, NAMES, Calibration, measures
from qa.decide import decide
from qa.glossary import Glossary
from qa.query import analyse
from qa.reading.matching import question_terms
from qa.reading.read import ClauseReader
from training.reader.questions import Cosines, askable, collection, position_f1, retrieved
from training.reader.retrieval import Piece
from training.reader.sets import READER, Example, examples, held_out

KEPT = "kept"
_TREATMENTS = (KEPT, "lost", "altered", KEPT, "cut", "altered")
_NUMBER = re.compile(r"\d+")
_PENALTY = 1.5
_ANSWERABLE = 2 / 3
"""The share of questions that a collection answers, to which the observations are weighted: a confidence is a
probability for such a mix. It is an assumption about use, not a measurement."""
_FOR, _AGAINST = (0.0, None), (None, 0.0)
_BOUNDS = {
    **dict.fromkeys(("belief", "margin", "raw", "cover_sentence", "cover_literal", "cover_passage"), _FOR),
    **dict.fromkeys(("cover_around", "cosine", "passage_score", "suits", "period", "supported"), _FOR),
    **dict.fromkeys(("other_period", "name_missing", "number_missing", "word_missing", "period_missing"), _AGAINST),
}
_FLAT = Calibration((0.0,) * len(NAMES), (1.0,) * len(NAMES), (0.0,) * len(NAMES), 0.0, 0.0)
_GLOSSARY = Glossary()


def without_answer(piece: Piece, example: Example) -> Piece:
    """``piece`` without the sentences in which an answer of ``example`` stands, by place or by words."""
    texts = {example.text[a:b] for a, b in example.answers}
    kept = tuple((a, b) for a, b in piece.sentences if not any(text in piece.text[a:b] for text in texts))
    return replace(piece, sentences=kept)


def altered(question: str, others: Sequence[str], dice: random.Random) -> str | None:
    """``question`` with one of its numbers or names replaced by one of ``others``; None if it has none.

    A number keeps its number of digits, so that a year becomes another year.
    """
    numbers = list(_NUMBER.finditer(question))
    if numbers:
        found = dice.choice(numbers)
        last = found.group()[-1]
        digit = dice.choice([d for d in "0123456789" if d != last])
        return question[: found.end() - 1] + digit + question[found.end() :]
    names = _names(question)
    foreign = [name for other in dice.sample(others, min(len(others), 12)) for name in _names(other)]
    foreign = [name for name in foreign if question[name[0] : name[1]] not in name[2] and name[2] not in question]
    if not names or not foreign:
        return None
    low, high, _ = dice.choice(names)
    return question[:low] + dice.choice(foreign)[2] + question[high:]


def _names(question: str) -> list[tuple[int, int, str]]:
    terms = question_terms(analyse(question, _GLOSSARY))
    return [(t.start, t.end, question[t.start : t.end]) for t in terms if t.sort == "name"]


def observations(folder: Path, limit: int, cosines: Cosines) -> Iterator[tuple[str, str, tuple[float, ...], float]]:
    """(set, treatment, measures, F1) of each question's first answer."""
    dice = random.Random(11)
    reader = ClauseReader(cosines.encoder)
    for name, lang, paragraph_lang, _ in READER:
        found = [e for e in examples(folder, name, lang, paragraph_lang) if askable(e.question)]
        index, cut = collection(found, cosines)
        fresh = [e for e in found if held_out(e.paragraph_id)]
        dice.shuffle(fresh)
        for number, example in enumerate(fresh[:limit]):
            treatment = _TREATMENTS[number % len(_TREATMENTS)]
            asked: str | None = example.question
            pieces = retrieved(example, index, cut)
            if treatment == "lost":
                pieces = index.search(example.question, 5, example.paragraph_id)
            elif treatment == "cut":
                pieces = [(without_answer(piece, example), score) for piece, score in pieces]
            elif treatment == "altered":
                asked = altered(example.question, [e.question for e in found[:200]], dice)
                if asked is None or not askable(asked):
                    continue
                pieces = index.search(asked, 5)
            passages = [cosines.passage(asked, piece, score) for piece, score in pieces]
            query = analyse(asked, _GLOSSARY)
            readings = reader.read(query, passages)
            decision = decide(query, passages, readings, calibration=_FLAT)
            if not decision.readings:
                continue
            best = decision.readings[0]
            ordered = [
                replace(best, score=best.features["belief"]),
                *(replace(other, score=other.features["belief"]) for other in decision.readings[1:]),
            ]
            piece = pieces[best.passage][0]
            f1 = 0.0
            if treatment == KEPT and piece.paragraph_id == example.paragraph_id:
                f1 = position_f1(piece.start + best.start, piece.start + best.end, example.answers)
            yield f"{name}:{lang}:{paragraph_lang}", treatment, measures(query, passages, ordered), f1


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("data", type=Path)
    parser.add_argument("--questions", type=int, default=900, help="most questions of a set")
    parser.add_argument("--cache", type=Path, default=None, help="file that keeps the observations between fits")
    parser.add_argument("--threshold", type=float, default=None, help="confidence from which to answer")
    args = parser.parse_args()
    if args.cache and args.cache.exists():
        rows = pickle.loads(args.cache.read_bytes())  # noqa: S301 (our own file)
    else:
        rows = list(observations(args.data, args.questions, Cosines()))
        if args.cache:
            args.cache.write_bytes(pickle.dumps(rows))
    x = np.array([row[2] for row in rows])
    right = np.array([row[3] >= 0.5 for row in rows])
    answerable = np.array([row[1] == KEPT for row in rows])
    mean, scale = x.mean(axis=0), np.maximum(x.std(axis=0), 0.05)
    z = (x - mean) / scale
    counts = weights_of(answerable)
    half = np.arange(len(rows)) % 2 == 0
    for train, test in ((half, ~half), (~half, half)):
        weights, bias = fit(z[train], right[train], counts[train])
        p = expit(z[test] @ weights + bias)
        print(
            f"AUROC right {roc_auc_score(right[test], p):.3f} answerable {roc_auc_score(answerable[test], p):.3f} "
            f"calibration error {calibration_error(p, right[test], counts[test]):.3f}"
        )
    weights, bias = fit(z, right, counts)
    p = expit(z @ weights + bias)
    for name in sorted({row[0] for row in rows}):
        of = np.array([row[0] == name for row in rows])
        f1 = np.mean([row[3] for row in rows if row[0] == name and row[1] == KEPT])
        print(f"{name} {of.sum()} right {right[of].mean():.3f} confidence {p[of].mean():.3f} F1 where kept {f1:.3f}")
    threshold = args.threshold if args.threshold is not None else best_threshold(p, answerable)
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


def weights_of(answerable: np.ndarray) -> np.ndarray:
    """Weights that make ``_ANSWERABLE`` of all observations answerable, 1 in the mean."""
    share = answerable.mean()
    return np.where(answerable, _ANSWERABLE / share, (1 - _ANSWERABLE) / (1 - share))


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


def best_threshold(p: np.ndarray, answerable: np.ndarray) -> float:
    """The threshold that is most often right to answer or to keep silent, in the assumed mix of questions."""
    grid = np.linspace(0.02, 0.9, 89)
    share = _ANSWERABLE
    accuracy = [share * (p[answerable] >= t).mean() + (1 - share) * (p[~answerable] < t).mean() for t in grid]
    return float(grid[int(np.argmax(accuracy))])


def calibration_error(p: np.ndarray, right: np.ndarray, counts: np.ndarray, bins: int = 10) -> float:
    """Expected calibration error over equal bins of confidence, weighted by ``counts``."""
    at = np.minimum((p * bins).astype(int), bins - 1)
    gaps = [abs(float(((p - right) * counts)[at == b].sum())) for b in range(bins)]
    return sum(gaps) / float(counts.sum())


if __name__ == "__main__":
    main()
