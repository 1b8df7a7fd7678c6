"""Retrieval tasks made of question-answering sets: questions, a collection, the paragraph that answers each."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np

from qa.evaluation.gold import Context
from training.encoder.data import squad_files
from training.jsonl import read_jsonl


@dataclass(frozen=True)
class Task:
    """``gold[i]`` is the index in `paragraphs` of the paragraph that answers ``questions[i]``; ``keys[i]`` names
    the text that paragraph comes from, whatever its language."""

    name: str
    questions: list[str]
    paragraphs: list[Context]
    gold: np.ndarray
    keys: list[str]

    def half(self, side: int) -> Task:
        """The questions on one half of the texts, 0 or 1, against all paragraphs.

        A hash decides, so that the halves are the same for every pair of languages.
        """
        kept = [i for i, key in enumerate(self.keys) if hashlib.sha256(key.encode()).digest()[0] % 2 == side]
        return replace(
            self,
            name=f"{self.name} (half)",
            questions=[self.questions[i] for i in kept],
            gold=self.gold[kept],
            keys=[self.keys[i] for i in kept],
        )


def load_task(folder: Path, spec: str) -> Task:
    """The task ``NAME:QUESTION_LANG:PARAGRAPH_LANG``, such as ``xquad-dev:en:zh``; the collection is all
    paragraphs of that language, across languages joined by the set's ``pair_id``. Questions without an answer
    are left out.

    Raises `ValueError` if the set has no such questions.
    """
    name, asked, read = spec.split(":")
    paragraph_file, question_file = squad_files(folder, name)
    rows = {row["id"]: row for row in read_jsonl(paragraph_file)}
    collection = [row for row in rows.values() if row["lang"] == read]
    place = {row["id"]: i for i, row in enumerate(collection)}
    by_pair = {row["pair_id"]: place[row["id"]] for row in collection if "pair_id" in row}
    for row in rows.values():
        if row.get("pair_id") in by_pair:
            place.setdefault(row["id"], by_pair[row["pair_id"]])
    questions, gold, keys = [], [], []
    for row in read_jsonl(question_file):
        paragraph = row["paragraph_id"]
        if row["lang"] == asked and row["answerable"] and paragraph in place:
            questions.append(row["question"])
            gold.append(place[paragraph])
            keys.append(str(rows[paragraph].get("pair_id", paragraph)))
    if not questions:
        raise ValueError(f"{name} has no questions in {asked} on paragraphs in {read}")
    return Task(spec, questions, [_context(row) for row in collection], np.array(gold), keys)


def among_all(task: Task, folder: Path, languages: Collection[str]) -> Task:
    """`task` with every other paragraph in one of `languages` of every set in `folder` added to the collection."""
    own = {paragraph.source for paragraph in task.paragraphs}
    others = [
        _context(row)
        for path in sorted(folder.glob("*.paragraphs.jsonl.gz"))
        for row in read_jsonl(path)
        if row["lang"] in languages and row["id"] not in own
    ]
    return replace(task, name=f"{task.name} among all", paragraphs=[*task.paragraphs, *others])


def _context(row: Mapping[str, Any]) -> Context:
    return Context(row["id"], row.get("title", ""), row["text"])


def recall(score: np.ndarray, gold: np.ndarray, k: int) -> float:
    """Share of rows whose gold column is among the k best; ties count against it by half."""
    own = score[np.arange(len(gold)), gold][:, None]
    rank = (score > own).sum(1) + ((score == own).sum(1) - 1) // 2
    return float((rank < k).mean())
