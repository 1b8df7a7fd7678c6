"""The retrieval measure itself: which paragraph is gold, and how ranks become figures."""

from __future__ import annotations

import gzip
import json
from pathlib import Path
from typing import Any

import pytest
from fakes import HashEncoder

from bench.retrieval import Task, bm25_ranking, gold_questions, measure, rows
from qa.evaluation.gold import Context
from qa.evaluation.temporary import indexed

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


@pytest.mark.parametrize(
    ("task", "expected"),
    [
        (Task("s", "zh", "zh"), [("same", "zh-0")]),
        (Task("s", "en", "zh"), [("translated", "zh-0"), ("set across languages", "zh-1")]),
        (Task("s", "en", "en"), [("translated", "en-0"), ("no translation", "en-2")]),
        (Task("s", "zh", "en"), [("same", "en-0")]),
    ],
)
def test_gold_is_the_paragraph_in_the_language_that_is_searched(task: Task, expected: list[tuple[str, str]]) -> None:
    assert list(gold_questions(task, PARAGRAPHS, QUESTIONS)) == expected


def test_a_paragraph_ranks_where_its_first_chunk_does() -> None:
    rankings = {"first": ["a", "b"], "second": ["b", "b", "b", "a"], "never": ["b"]}
    with indexed([Context("a", "", "甲。"), Context("b", "", "乙。")], HashEncoder()) as snapshot:
        found = measure(
            Task("s", "zh", "zh"), "test", snapshot, [(name, "a") for name in rankings], rankings.__getitem__
        )
    assert found.recall == pytest.approx((1 / 3, 2 / 3, 2 / 3))
    assert found.mrr == pytest.approx((1 + 1 / 2) / 3)
    assert (found.paragraphs, found.questions) == (2, 3)


def test_bm25_alone_finds_the_words_asked_for() -> None:
    contexts = [Context(row["id"], "", row["text"]) for row in PARAGRAPHS]
    with indexed(contexts, HashEncoder()) as snapshot:
        assert bm25_ranking(snapshot, "上海有多大？")[0] == "zh-1"


@pytest.mark.parametrize("name", ["set.jsonl", "set.jsonl.gz"])
def test_sets_are_read_plain_or_compressed(tmp_path: Path, name: str) -> None:
    text = "\n".join(json.dumps(row) for row in PARAGRAPHS).encode()
    (tmp_path / name).write_bytes(gzip.compress(text) if name.endswith(".gz") else text)
    assert rows(tmp_path, "set") == PARAGRAPHS
