"""The embedded reader on passages of our own: what it finds, and what it never does."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from indexer.errors import QueryError
from indexer.sentences import sentences
from qa.glossary import Glossary
from qa.query import analyse
from qa.reading.read import ClauseReader
from qa.results import Passage, Reading
from qa.values.find import find_values

GLOSSARY = Glossary([["星河", "Xinghe"], ["云帆科技", "Yunfan Technology", "Yunfan"]])
READER = ClauseReader()


def passage(text: str, *, score: float = 1.0, published: str | None = "2025-06-01") -> Passage:
    return Passage(text, tuple(sentences(text)), score, published=published)


NEWS = (
    passage("今年一季度，云帆科技营收为45.2亿元，同比增长12.5%，平均日活跃用户为3100万。研发支出为8.6亿元。"),
    passage("去年第四季度，云帆科技营收为41.7亿元，平均日活跃用户为2900万。公司创始人是林晓舟。", score=0.8),
    passage("星河是云帆科技自研的图像模型，2024年9月12日正式发布。目前星河近六成收入来自企业客户。", score=0.7),
    passage("由于算力紧张，公司推迟了新模型的发布。企业客户包括远山银行、白鹭航空、青禾超市等。", score=0.6),
)


def read(question: str, passages: Sequence[Passage] = NEWS) -> list[Reading]:
    return READER.read(analyse(question, GLOSSARY), passages)


def text_of(reading: Reading, passages: Sequence[Passage] = NEWS) -> str:
    return passages[reading.passage].text[reading.start : reading.end]


@pytest.mark.parametrize(
    ("question", "answer"),
    [
        ("云帆科技今年一季度营收是多少？", "45.2亿元"),
        ("雲帆科技今年一季度的研發支出是多少？", "8.6亿元"),
        ("星河是什么时候发布的？", "2024年9月12日"),
        ("星河有多大比例的收入来自企业客户？", "近六成"),
        ("云帆科技的创始人是谁？", "林晓舟"),
        ("云帆科技今年一季度研发支出是多少？", "8.6亿元"),
    ],
)
def test_a_plain_question_finds_its_answer(question: str, answer: str) -> None:
    assert text_of(read(question)[0]) == answer


def test_a_list_is_given_whole_and_in_parts() -> None:
    best = read("公司的企业客户有哪些？")[0]
    text = NEWS[best.passage].text
    assert {"远山银行", "白鹭航空"} <= {text[a:b] for a, b in best.parts} | {text_of(best)}


def test_two_figures_asked_for_are_given_together() -> None:
    answer = text_of(read("云帆科技今年一季度营收多少，同比增长多少？")[0])
    assert "45.2亿元" in answer
    assert "12.5%" in answer


def test_a_value_is_typed_and_dated() -> None:
    best = read("云帆科技今年一季度营收是多少？")[0]
    assert best.value == {"kind": "money", "min": 4_520_000_000.0, "max": 4_520_000_000.0, "unit": "CNY"}
    assert (best.kind, best.as_of) == ("money", "2025-03-31")


def test_readings_are_ordered_apart_and_inside_their_sentence() -> None:
    readings = read("云帆科技营收是多少？")
    assert [r.score for r in readings] == sorted((r.score for r in readings), reverse=True)
    for reading in readings:
        assert reading.sentence_start <= reading.start < reading.end <= reading.sentence_end
        assert (reading.sentence_start, reading.sentence_end) in NEWS[reading.passage].sentences


def test_no_passages_no_readings() -> None:
    assert read("星河是什么？", []) == []
    assert read("星河是什么？", [Passage("", (), 1.0)]) == []
    assert read("星河是什么？", [passage("。。。")]) == []


def test_the_other_language_is_read_alike_each_time() -> None:
    readings = read("What was the revenue of Yunfan?")
    assert readings
    assert readings == read("What was the revenue of Yunfan?")


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    st.text(alphabet="云帆科技营收多少吗谁为什么when how much 2025年?？", min_size=1, max_size=30),
    st.text(alphabet="云帆科技营收增长45.2亿元。，、“”《》(）the rose to $3 million in Q1\n", min_size=1, max_size=120),
)
def test_no_reading_cuts_a_value_or_leaves_the_text(question: str, text: str) -> None:
    try:
        query = analyse(question, GLOSSARY)
    except QueryError:
        return
    found = passage(text)
    for reading in READER.read(query, [found]):
        assert 0 <= reading.start < reading.end <= len(text)
        low, high = reading.start - reading.sentence_start, reading.end - reading.sentence_start
        for value in find_values(text[reading.sentence_start : reading.sentence_end]):
            assert not value.start < low < value.end
            assert not value.start < high < value.end


@pytest.mark.timeout(60)
def test_many_passages_do_not_hang() -> None:
    """Linear work takes a second or two here; work that grows with the square would take minutes."""
    many = [passage(f"第{n}家公司去年营收为{n}.5亿元，同比增长{n}%，员工有{n}万人。" * 3) for n in range(1000)]
    assert READER.read(analyse("公司营收是多少？", GLOSSARY), many)
