"""Retrieval with an encoder alone: ``python -m training.encoder.evaluate --data DIR SET...``.

A set is ``NAME:QUESTION_LANG:PARAGRAPH_LANG``, such as ``xquad-dev:en:zh``; the collection is all paragraphs
of that language, and every one of them is scored. Three scores, in percent of questions whose paragraph is
first, or among the first ten, with the weights of `qa.rerank`:

    dense     cosine of question and paragraph
    sentence  cosine with the paragraph's best sentence, and dense
    full      sentence, soft token match with the paragraph and with its best sentence
"""

from __future__ import annotations

import argparse
import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from indexer.encoder import EMBEDDED_FOLDER, TokenEncoder, token_cosines
from indexer.static_encoder import StaticEncoder
from qa.rerank import BEST, DENSE, FLOOR, SOFT, SOFT_SENTENCE
from training.encoder.tasks import Task, load_task, recall

_SENTENCE_END = re.compile(r"(?<=[。！？!?；])|(?<=[.!?;])\s+")
_TASKS = ["xquad-dev:en:zh", "xquad-dev:zh:zh", "xquad-dev:en:en", "xquad-dev:zh:en"]


@dataclass(frozen=True)
class Looks:
    """Score matrices, float32 (questions, paragraphs), as `qa.rerank` names them."""

    dense: np.ndarray
    best: np.ndarray
    soft: np.ndarray
    soft_sentence: np.ndarray

    def combined(
        self, best: float = BEST, dense: float = DENSE, soft: float = SOFT, soft_sentence: float = SOFT_SENTENCE
    ) -> np.ndarray:
        """The weighted sum of the looks, shaped as they are."""
        return np.asarray(best * self.best + dense * self.dense + soft * self.soft + soft_sentence * self.soft_sentence)

    def ways(self) -> dict[str, np.ndarray]:
        """The three scores of a set."""
        return {"dense": self.dense, "sentence": self.combined(soft=0.0, soft_sentence=0.0), "full": self.combined()}


def looks(encoder: TokenEncoder, task: Task, floors: Sequence[float] = (FLOOR,)) -> list[Looks]:
    """Of every question at every paragraph, once for each floor of the soft match."""
    asked = encoder.encode_query(task.questions)
    texts = [paragraph.text for paragraph in task.paragraphs]
    sentences = [[part for part in _SENTENCE_END.split(text) if part.strip()] or [text] for text in texts]
    every_sentence = [part for parts in sentences for part in parts]
    starts = np.cumsum([0, *map(len, sentences)])[:-1]
    dense = asked @ encoder.encode(texts).T
    best = np.maximum.reduceat(asked @ encoder.encode(every_sentence).T, starts, axis=1)
    tokens = [np.unique(ids) for ids in encoder.token_ids(task.questions)]
    distinct = np.unique(np.concatenate(tokens))
    nearest = _nearest(encoder, distinct, every_sentence)
    found = []
    for floor in floors:
        by_sentence = np.maximum(nearest - np.float32(floor), 0)
        by_paragraph = np.maximum.reduceat(by_sentence, starts, axis=1)
        weights = _weights(encoder, tokens, distinct, by_paragraph)
        soft_sentence = np.maximum.reduceat(weights @ by_sentence, starts, axis=1)
        found.append(Looks(dense, best, weights @ by_paragraph, soft_sentence))
    return found


def _nearest(encoder: TokenEncoder, distinct: np.ndarray, sentences: list[str]) -> np.ndarray:
    """(tokens, sentences): the best cosine of each of `distinct` among the tokens of each sentence."""
    nearest = np.zeros((len(distinct), len(sentences)), np.float32)
    for column, ids in enumerate(encoder.token_ids(sentences)):
        if len(ids):
            nearest[:, column] = token_cosines(encoder, distinct, np.unique(ids)).max(1)
    return nearest


def _weights(encoder: TokenEncoder, tokens: list[np.ndarray], distinct: np.ndarray, matched: np.ndarray) -> np.ndarray:
    """(questions, distinct tokens), rows of sum one: learned weight times a soft inverse document frequency."""
    count = matched.shape[1]
    spread = matched.sum(1) / (matched.max(1) + 1e-9)  # the soft number of paragraphs that a token stands in
    weight = encoder.token_weights(distinct) * np.log1p(count / (spread + 1e-9))
    rows = np.zeros((len(tokens), len(distinct)), np.float32)
    for row, ids in enumerate(tokens):
        columns = np.searchsorted(distinct, ids)
        rows[row, columns] = weight[columns] / (weight[columns].sum() + 1e-9)
    return rows


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--model", type=Path, default=EMBEDDED_FOLDER)
    parser.add_argument("tasks", nargs="*", metavar="SET", default=_TASKS)
    args = parser.parse_args()
    encoder = StaticEncoder(args.model)
    for spec in args.tasks:
        task = load_task(args.data, spec)
        cells = [
            f"{way} {recall(score, task.gold, 1):.1%} / {recall(score, task.gold, 10):.1%}"
            for way, score in looks(encoder, task)[0].ways().items()
        ]
        sizes = f"{len(task.questions)} questions, {len(task.paragraphs)} paragraphs"
        print(f"{spec} ({sizes}): {', '.join(cells)}", flush=True)


if __name__ == "__main__":
    main()
