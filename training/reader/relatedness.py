"""Fit whether a collection is about what was asked (qa/relatedness.py).

    python -m training.reader.relatedness DATA_FOLDER [--questions N]

Collections of five paragraph sets are asked their own questions, everyday questions that they were not made for
(MKQA, CC BY-SA 3.0) and each other's questions, in both languages, through the whole retrieval. What is fitted is
the probability that a question was the collection's own. A few everyday questions may have their answer there by
chance; the paragraphs are a few hundred, so they are rare.
"""

from __future__ import annotations

import argparse
import json
import random
import tempfile
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from scipy.optimize import minimize
from scipy.special import expit, logit
from sklearn.metrics import roc_auc_score

from indexer.collections import Collections
from indexer.encoder import load_encoder
from indexer.load import load_bytes
from indexer.snapshot import Snapshot
from qa.assemble import assemble
from qa.glossary import Glossary
from qa.pipeline import Pipeline
from qa.query import analyse
from qa.relatedness import FILE, NAMES, similarities
from qa.results import Filters
from training.jsonl import read_jsonl

SETS = (
    ("cmrc2018-trial", "zh", ("zh",)),
    ("drcd-dev", "zh-Hant", ("zh-Hant",)),
    ("tydiqa-en-train", "en", ("en",)),
    ("mlqa-dev", "zh", ("zh", "en")),
    ("mlqa-dev", "en", ("en", "zh")),
)
_PARAGRAPHS = 400
_PENALTY = 0.01
_PASSAGES = 5


def measured(pipeline: Pipeline, snapshot: Snapshot, questions: Sequence[str]) -> list[tuple[float, ...]]:
    """The similarities of each question to its best passages."""
    out = []
    for question in questions:
        if not any(char.isalnum() for char in question):
            continue
        ranked, _ = pipeline.rank(snapshot, analyse(question, Glossary()), Filters(), _PASSAGES)
        found = similarities([entry.passage for entry in ranked])
        if found is not None:
            out.append(found)
    return out


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("data", type=Path)
    parser.add_argument("--questions", type=int, default=150, help="of each kind, to each collection")
    options = parser.parse_args()
    rng = random.Random(7)
    encoder = load_encoder("embedded")
    pipeline = assemble(encoder)
    pairs = read_jsonl(options.data / "mkqa-en-zh-pairs.jsonl.gz")
    everyday = [question for pair in pairs for question in (pair["en"], pair["zh"])]
    with tempfile.TemporaryDirectory() as folder:
        collections = Collections(Path(folder), encoder)
        asked: list[tuple[Snapshot, list[str]]] = []
        for name, language, askers in SETS:
            paragraphs = [
                row for row in read_jsonl(options.data / f"{name}.paragraphs.jsonl.gz") if row["lang"] == language
            ]
            paragraphs = paragraphs[:_PARAGRAPHS]
            collection = collections.create(f"{name}-{language}".lower())
            with collection.writer() as writer:
                for row in paragraphs:
                    writer.put(load_bytes(row["text"].encode(), "text.txt", doc_id=f"p{row['id']}".replace(":", "-")))
                writer.commit()
            kept = {row["id"] for row in paragraphs}
            own = [
                row["question"]
                for row in read_jsonl(options.data / f"{name}.questions.jsonl.gz")
                if row["paragraph_id"] in kept and row["lang"] in askers
            ]
            asked.append((collection.snapshot(), rng.sample(own, min(options.questions, len(own)))))
        near, far = [], []
        for number, (snapshot, own) in enumerate(asked):
            others = [q for other, (_, theirs) in enumerate(asked) if other != number for q in theirs]
            near += measured(pipeline, snapshot, own)
            far += measured(pipeline, snapshot, rng.sample(everyday, options.questions))
            far += measured(pipeline, snapshot, rng.sample(others, options.questions // 2))
    fit(np.array(near), np.array(far))


def fit(near: np.ndarray, far: np.ndarray) -> None:
    """Writes the model; both kinds weigh the same in it."""
    values = np.concatenate([near, far])
    labels = np.concatenate([np.ones(len(near)), np.zeros(len(far))])
    weight = np.where(labels == 1, 0.5 / len(near), 0.5 / len(far))

    def loss(parameters: np.ndarray) -> float:
        p = np.clip(expit(values @ parameters[:-1] + parameters[-1]), 1e-6, 1 - 1e-6)
        fit = -(weight * (labels * np.log(p) + (1 - labels) * np.log(1 - p))).sum()
        return float(fit + _PENALTY * 1e-3 * (parameters[:-1] ** 2).sum())

    found = minimize(loss, np.zeros(len(NAMES) + 1), bounds=[(0, None)] * len(NAMES) + [(None, None)]).x
    score = values @ found[:-1] + found[-1]
    FILE.write_text(
        json.dumps(
            {"names": NAMES, "weights": [round(w, 4) for w in found[:-1]], "bias": round(float(found[-1]), 4)}, indent=1
        )
        + "\n",
        encoding="utf-8",
    )
    for share in (0.01, 0.02, 0.05):
        cut = np.quantile(score[labels == 1], share)
        print(
            f"keeping {1 - share:.0%} of the related (p >= {expit(cut):.3f}): {np.mean(score[labels == 0] < cut):.1%}"
        )
    print(f"{len(near)} related, {len(far)} not; area under ROC {roc_auc_score(labels, score):.3f}")
    print("weights", found.round(2), "even at", logit(0.5) - found[-1])


if __name__ == "__main__":
    main()
