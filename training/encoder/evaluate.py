"""Retrieval with an encoder alone: ``python -m training.encoder.evaluate --data DIR SET...``.

A set is ``NAME:QUESTION_LANG:PARAGRAPH_LANG``, such as ``xquad-dev:en:zh``; the collection is all paragraphs
of that language. Three scores, in percent of questions whose paragraph is first, or among the first ten:

    dense     cosine of question and paragraph
    sentence  cosine with the paragraph's best sentence + 0.5 dense
    full      sentence + 2 x soft match: every question token's best cosine among the paragraph's tokens above
              a floor of 0.3, weighted by the token's learned weight and a soft inverse document frequency
"""

from __future__ import annotations

import argparse
import re
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from indexer.static_encoder import StaticEncoder
from training.encoder.data import read_jsonl, squad_files

_SENTENCE_END = re.compile(r"(?<=[。！？!?；])|(?<=[.!?;])\s+")
_TASKS = ["xquad-dev:en:zh", "xquad-dev:zh:zh", "xquad-dev:en:en", "xquad-dev:zh:en"]
_FLOOR, _DENSE_SHARE, _SOFT_SHARE = 0.3, 0.5, 2.0


@dataclass(frozen=True)
class Task:
    """``gold[i]`` is the index in `paragraphs` of the paragraph that answers ``questions[i]``."""

    questions: list[str]
    paragraphs: list[str]
    gold: np.ndarray


def load_task(folder: Path, name: str, asked: str, read: str) -> Task:
    """Questions in `asked` on paragraphs in `read`; across languages by the sets' ``pair_id``.

    Raises `ValueError` if the set has no such questions.
    """
    paragraph_file, question_file = squad_files(folder, name)
    rows = list(read_jsonl(paragraph_file))
    collection = [row for row in rows if row["lang"] == read]
    place = {row["id"]: i for i, row in enumerate(collection)}
    by_pair = {row["pair_id"]: place[row["id"]] for row in collection if "pair_id" in row}
    for row in rows:
        if row.get("pair_id") in by_pair:
            place.setdefault(row["id"], by_pair[row["pair_id"]])
    questions, gold = [], []
    for row in read_jsonl(question_file):
        if row["lang"] == asked and row["paragraph_id"] in place:
            questions.append(row["question"])
            gold.append(place[row["paragraph_id"]])
    if not questions:
        raise ValueError(f"{name} has no questions in {asked} on paragraphs in {read}")
    return Task(questions, [row["text"] for row in collection], np.array(gold))


def scores(encoder: StaticEncoder, task: Task) -> dict[str, np.ndarray]:
    """Score matrices (questions, paragraphs) of the three ways."""
    asked = encoder.encode_query(task.questions)
    dense = asked @ encoder.encode(task.paragraphs).T
    sentence = _best_sentence(encoder, asked, task.paragraphs) + _DENSE_SHARE * dense
    return {"dense": dense, "sentence": sentence, "full": sentence + _SOFT_SHARE * _soft(encoder, task)}


def _best_sentence(encoder: StaticEncoder, asked: np.ndarray, paragraphs: list[str]) -> np.ndarray:
    split = [[part for part in _SENTENCE_END.split(text) if part.strip()] or [text] for text in paragraphs]
    cosine = asked @ encoder.encode([part for parts in split for part in parts]).T
    starts = np.cumsum([0, *map(len, split)])[:-1]
    return np.asarray(np.maximum.reduceat(cosine, starts, axis=1))


def _soft(encoder: StaticEncoder, task: Task) -> np.ndarray:
    asked = [np.unique(encoder.token_ids(text)) for text in task.questions]
    every = np.unique(np.concatenate(asked))
    vectors = encoder.token_vectors(every)
    best = np.zeros((len(every), len(task.paragraphs)), np.float32)
    for column, text in enumerate(task.paragraphs):
        tokens = np.unique(encoder.token_ids(text))
        if len(tokens):
            best[:, column] = (vectors @ encoder.token_vectors(tokens).T).max(1)
    best = np.maximum(best - _FLOOR, 0)
    spread = best.sum(1) / (best.max(1) + 1e-9)  # the soft number of paragraphs that a token stands in
    weights = encoder.token_weights(every) * np.log(1 + len(task.paragraphs) / (spread + 1e-9))
    result = np.zeros((len(asked), len(task.paragraphs)), np.float32)
    for row, ids in enumerate(asked):
        mine = np.searchsorted(every, ids)
        result[row] = weights[mine] @ best[mine] / (weights[mine].sum() + 1e-9)
    return result


def recall(score: np.ndarray, gold: np.ndarray, k: int) -> float:
    """Share of rows whose gold column is among the k best; ties count against it by half."""
    own = score[np.arange(len(gold)), gold][:, None]
    rank = (score > own).sum(1) + ((score == own).sum(1) - 1) // 2
    return float((rank < k).mean())


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--model", type=Path, default=Path("indexer/models/encoder"))
    parser.add_argument("tasks", nargs="*", metavar="SET", default=_TASKS)
    args = parser.parse_args()
    encoder = StaticEncoder(args.model)
    for spec in args.tasks:
        name, asked, read = spec.split(":")
        task = load_task(args.data, name, asked, read)
        cells = [
            f"{way} {recall(score, task.gold, 1):.1%} / {recall(score, task.gold, 10):.1%}"
            for way, score in scores(encoder, task).items()
        ]
        sizes = f"{len(task.questions)} questions, {len(task.paragraphs)} paragraphs"
        print(f"{spec} ({sizes}): {', '.join(cells)}", flush=True)


if __name__ == "__main__":
    main()
