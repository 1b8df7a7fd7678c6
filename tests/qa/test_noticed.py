"""Answers whose mistakes a reader notices at once: half a name, the daily figure for the monthly, another version, a
figure of somebody else. The cases are data: ``noticed.tsv``."""

from __future__ import annotations

from pathlib import Path

import pytest

from indexer.sentences import sentences
from qa.decide import decide
from qa.doubt import ODDS, doubted, doubts
from qa.glossary import Glossary
from qa.query import analyse
from qa.reading.read import ClauseReader
from qa.results import Decision, Passage, Reading

GLOSSARY = Glossary([["星河", "Xinghe"], ["云海", "Yunhai"], ["毛利", "gross profit"], ["北京", "Beijing"]])
READER = ClauseReader()
CASES = [
    line.split("\t")
    for line in (Path(__file__).parent / "noticed.tsv").read_text(encoding="utf-8").splitlines()
    if line and not line.startswith("#")
]


def decided(question: str, *texts: str, title: str = "") -> tuple[Decision, str]:
    passages = [Passage(text, tuple(sentences(text)), 1.0, title=title, published="2025-06-01") for text in texts]
    query = analyse(question, GLOSSARY)
    decision = decide(query, passages, READER.read(query, passages), min_confidence=0.0)
    best = decision.readings[0]
    return decision, passages[best.passage].text[best.start : best.end]


@pytest.mark.parametrize(("question", "passages", "answer"), CASES, ids=[case[0] for case in CASES])
def test_the_answer_is_of_what_was_asked(question: str, passages: str, answer: str) -> None:
    assert decided(question, *passages.split("|"))[1] == answer


FIGURE = "2025年第一季度，星河的收入为33亿元，同比增长15%。"


def test_a_figure_of_another_firm_is_doubted() -> None:
    own, _ = decided("星河2025年第一季度的收入是多少？", FIGURE)
    other, text = decided("云海2025年第一季度的收入是多少？", FIGURE)
    assert text == "33亿元"
    assert other.confidence < 0.3 * own.confidence


def test_it_is_doubted_too_where_the_passage_speaks_of_both() -> None:
    both = FIGURE + "云海是它的对手。"
    own, _ = decided("星河2025年第一季度的收入是多少？", both)
    other, _ = decided("云海2025年第一季度的收入是多少？", both)
    assert other.confidence < 0.3 * own.confidence


@pytest.mark.parametrize(
    ("text", "title", "doubt"),
    [
        ("收入为33亿元，同比增长15%。", "云海一季报", None),  # the title tells whom it is about
        ("云海发布了一季报。收入为33亿元，同比增长15%。", "", None),  # the passage does
        ("在北京，云海的收入为33亿元。", "", None),
        ("收入为33亿元，同比增长15%。", "", 0.5),  # nothing does
        ("星河的收入为33亿元，同比增长15%。", "", 1.0),  # it is another's
        ("星河的收入为33亿元，同比增长15%。", "云海一季报", None),
    ],
)
def test_whom_a_sentence_is_about(text: str, title: str, doubt: float | None) -> None:
    decision, _ = decided("云海的收入是多少？", text, title=title)
    assert decision.readings[0].features["other_subject"] == (doubt or 0.0)


@pytest.mark.parametrize("question", ["收入是多少？", "毛利是多少？", "西山的收入是多少？"])
def test_only_names_of_the_glossary_are_looked_for(question: str) -> None:
    assert decided(question, FIGURE)[0].readings[0].features["other_subject"] == 0.0


def test_a_version_that_is_not_told_of_is_doubted() -> None:
    told = "星河2.0发布于2025年4月15日。"
    assert (
        decided("星河3.0什么时候发布？", told)[0].confidence
        < 0.5 * decided("星河2.0什么时候发布？", told)[0].confidence
    )


def test_what_one_sentence_tells_side_by_side_is_no_conflict() -> None:
    text = "星河的用户已超过2200万个，生成了1.68亿个视频。"
    assert decided("星河有多少用户？", text, text + "星河在北京。")[0].agreement != "conflict"


def test_doubts_are_factors_on_the_odds() -> None:
    reading = Reading(0, 0, 1, 0, 1, 1.0, "text", features={"other_subject": 1.0})
    assert doubts(Reading(0, 0, 1, 0, 1, 1.0, "text")) == {}
    assert doubted(0.5, reading) == pytest.approx(ODDS["other_subject"] / (1 + ODDS["other_subject"]))
    assert 0.0 < doubted(1e-13, reading) < doubted(1 - 1e-13, reading) < 1.0
