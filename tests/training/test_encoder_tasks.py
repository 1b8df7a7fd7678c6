"""Retrieval tasks and scores: which paragraph is gold, which half a question is in, and that the scores that
constants are chosen by are those of the service."""

from __future__ import annotations

import gzip
import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from fakes import HashEncoder

from indexer.encoder import EMBEDDED_FOLDER
from indexer.static_encoder import StaticEncoder
from qa.evaluation.gold import Context
from qa.evaluation.temporary import indexed
from qa.rerank import rerank
from qa.retrieve import LexicalQuery, SearchQuery
from training.encoder.evaluate import looks
from training.encoder.tasks import Task, among_all, load_task, recall

PARAGRAPHS: list[dict[str, Any]] = [
    {"id": "zh-0", "lang": "zh", "title": "", "text": "北京是首都。", "pair_id": "0"},
    {"id": "en-0", "lang": "en", "title": "", "text": "Beijing is the capital.", "pair_id": "0"},
    {"id": "zh-1", "lang": "zh", "title": "", "text": "上海很大。"},
    {"id": "en-2", "lang": "en", "title": "", "text": "Only in English."},
]


def asked(name: str, lang: str, paragraph: str, *, answerable: bool = True) -> dict[str, Any]:
    return {"id": name, "lang": lang, "question": name, "paragraph_id": paragraph, "answerable": answerable}


QUESTIONS = [
    asked("same", "zh", "zh-0"),
    asked("translated", "en", "en-0"),
    asked("set across languages", "en", "zh-1"),
    asked("no translation", "en", "en-2"),
    asked("unanswerable", "zh", "zh-1", answerable=False),
]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for name, rows in (("s.paragraphs", PARAGRAPHS), ("s.questions", QUESTIONS)):
        lines = "\n".join(json.dumps(row) for row in rows)
        (tmp_path / f"{name}.jsonl.gz").write_bytes(gzip.compress(lines.encode()))
    return tmp_path


@pytest.mark.parametrize(
    ("spec", "expected"),
    [
        ("s:zh:zh", [("same", "zh-0")]),
        ("s:en:zh", [("translated", "zh-0"), ("set across languages", "zh-1")]),
        ("s:en:en", [("translated", "en-0"), ("no translation", "en-2")]),
        ("s:zh:en", [("same", "en-0")]),
    ],
)
def test_gold_is_the_paragraph_in_the_language_that_is_searched(
    folder: Path, spec: str, expected: list[tuple[str, str]]
) -> None:
    task = load_task(folder, spec)
    gold = [task.paragraphs[at].source for at in task.gold]
    assert list(zip(task.questions, gold, strict=True)) == expected


def test_a_set_without_such_questions_is_an_error(folder: Path) -> None:
    with pytest.raises(ValueError, match="no questions in fr"):
        load_task(folder, "s:fr:zh")


def test_other_sets_join_the_collection_behind_its_own_paragraphs(folder: Path) -> None:
    other = json.dumps({"id": "other", "lang": "zh-Hant", "title": "", "text": "臺北。"})
    (folder / "t.paragraphs.jsonl.gz").write_bytes(gzip.compress(other.encode()))
    task = among_all(load_task(folder, "s:en:zh"), folder, ("zh", "zh-Hant"))
    assert [paragraph.source for paragraph in task.paragraphs] == ["zh-0", "zh-1", "other"]
    assert task.paragraphs[task.gold[0]].source == "zh-0"


def test_the_halves_share_no_text_and_are_the_same_in_both_languages() -> None:
    keys = [f"text {number // 2}" for number in range(400)]
    paragraphs = [Context("p", "", "。")]
    asked = Task("s:zh:zh", [str(number) for number in range(400)], paragraphs, np.zeros(400, int), keys)
    one, other = asked.half(0), asked.half(1)
    assert sorted([*one.questions, *other.questions], key=int) == asked.questions
    assert not set(one.keys) & set(other.keys)
    assert 140 < len(one.questions) < 260
    assert len(one.gold) == len(one.keys) == len(one.questions)


def test_recall_counts_a_tie_by_half() -> None:
    score = np.array([[0.9, 0.1, 0.0], [0.5, 0.5, 0.5]])
    assert recall(score, np.array([0, 1]), 1) == 0.5
    assert recall(score, np.array([0, 1]), 2) == 1.0


@pytest.mark.parametrize("name", ["hash", "embedded"])
def test_the_scores_that_constants_are_chosen_by_are_those_of_the_reranker(name: str) -> None:
    encoder = HashEncoder() if name == "hash" else StaticEncoder(EMBEDDED_FOLDER)
    texts = ["北京是首都。人口很多！", "上海很大。港口也大。", "Paris is the capital of France. It is large."]
    paragraphs = [Context(str(number), "", text) for number, text in enumerate(texts)]
    questions = ["首都是哪里？", "Which city has a large port?"]
    found = looks(encoder, Task("s:zh:zh", questions, paragraphs, np.zeros(2, int), ["a", "b"]))[0].ways()
    with indexed(paragraphs, encoder) as snapshot:
        every = snapshot.candidates(range(1, 10))
        order = [int(chunk.document.source) for chunk in snapshot.chunks(every.chunk_ids)]
        for row, question in enumerate(questions):
            query = SearchQuery(
                encoder.encode_query([question])[0], encoder.token_ids([question])[0], LexicalQuery.of(question)
            )
            scores = rerank(query, every, encoder)
            np.testing.assert_allclose(scores.combined, found["full"][row, order], atol=0.05)
            np.testing.assert_allclose(scores.dense, found["dense"][row, order], atol=0.02)
