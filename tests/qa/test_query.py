"""A question, analysed: what is refused, its language, its names and periods."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from indexer.errors import QueryError
from indexer.normalize import fold
from qa.glossary import Glossary
from qa.query import MAX_QUESTION, analyse, language

GLOSSARY = Glossary([["可灵", "Kling"], ["快手", "Kuaishou"]])


@pytest.mark.parametrize(
    ("question", "code"),
    [
        ("", "question_empty"),
        (" \n\t", "question_empty"),
        ("？！。", "question_empty"),
        ("a" * (MAX_QUESTION + 1), "question_too_long"),
        ("可灵\0", "text_invalid"),
        ("可灵\ud83d", "text_invalid"),
    ],
)
def test_a_question_that_cannot_be_asked_is_refused(question: str, code: str) -> None:
    with pytest.raises(QueryError) as caught:
        analyse(question, GLOSSARY)
    assert caught.value.error_code == code


def test_the_longest_question_is_accepted() -> None:
    assert analyse("问" * MAX_QUESTION, GLOSSARY).lang == "zh"


@pytest.mark.parametrize(
    ("text", "lang"),
    [
        ("可灵是什么时候上线的？", "zh"),
        ("快手的AI和iPhone有什么关系？", "zh"),
        ("What is Kling?", "en"),
        ("What is Ketu (可图) in the line-up?", "en"),
        ("kling api 每秒几毛钱?", "mixed"),
        ("占比 how much?", "mixed"),
        ("2024", "zh"),
    ],
)
def test_language(text: str, lang: str) -> None:
    assert language(text) == lang


def test_names_are_followed_by_their_names_in_the_other_language() -> None:
    assert analyse("Kling and Kuaishou?", GLOSSARY).expanded == "Kling 可灵  and Kuaishou 快手 ?"
    assert analyse("可靈多少錢", GLOSSARY).expanded == "可靈 Kling 多少錢"


def test_offsets_of_names_are_those_of_the_question() -> None:
    query = analyse("那么可靈呢？", GLOSSARY)
    (alias,) = query.aliases
    assert query.text[alias.start : alias.end] == "可靈"
    assert len(query.folded) == len(query.text)


def test_periods_stay_open_without_today() -> None:
    (period,) = analyse("今年一季度营收多少？", GLOSSARY).periods
    assert (period.start, period.end, period.text) == ("--01-01", "--03-31", "今年一季度")


def test_periods_are_resolved_from_today() -> None:
    (period,) = analyse("去年营收多少？", GLOSSARY, today=date(2025, 6, 1)).periods
    assert (period.start, period.end) == ("2024-01-01", "2024-12-31")


def test_same_question_in_both_scripts_is_the_same_query() -> None:
    one, other = analyse("可靈的營收佔比是多少？", GLOSSARY), analyse("可灵的营收占比是多少？", GLOSSARY)
    assert (one.folded, one.kind, one.lang) == (other.folded, other.kind, other.lang)


@given(st.text(max_size=300))
def test_any_text_is_analysed_or_refused(text: str) -> None:
    try:
        query = analyse(text, GLOSSARY)
    except QueryError:
        return
    assert query.text == text
    assert query.folded == fold(text)
    for alias in query.aliases:
        assert 0 <= alias.start < alias.end <= len(text)
