"""Candidate spans: whole words and values, balanced quotes."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qa.reading.candidates import candidate_spans
from qa.reading.sentence import analyse_sentence
from qa.values.find import find_values


def spans(text: str) -> set[str]:
    sentence = analyse_sentence(text)
    first, last = candidate_spans(sentence)
    words = sentence.words
    return {text[words.starts[a] : words.ends[b]] for a, b in zip(first, last, strict=True)}


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("全年营收同比增长11.8%至1269亿元人民币。", "1269亿元人民币"),
        ("目前近七成收入由专业创作者贡献。", "近七成"),
        ("公司推出短剧《远山的灯》，反响不错。", "《远山的灯》"),
        ("客户包括小米、蓝色光标、Freepik等企业。", "小米、蓝色光标、Freepik"),
        ("因为需求旺盛，公司扩大了产能，并且招聘了人手。", "因为需求旺盛，公司扩大了产能，并且招聘了人手"),
        ("The company was founded by Ada Li in March 2021.", "Ada Li"),
        ("The company was founded by Ada Li in March 2021.", "March 2021"),
    ],
)
def test_the_answer_is_among_the_candidates(text: str, wanted: str) -> None:
    assert wanted in spans(text)


@given(
    st.text(alphabet="公司营收约增长1.4亿美元，。“”《》()、the rose to $3 million 2025年3月", min_size=1, max_size=60)
)
def test_no_candidate_cuts_a_value_or_leaves_a_quote_open(text: str) -> None:
    sentence = analyse_sentence(text)
    first, last = candidate_spans(sentence)
    values = find_values(text)
    for a, b in zip(first, last, strict=True):
        low, high = int(sentence.words.starts[a]), int(sentence.words.ends[b])
        assert 0 <= low < high <= len(text)
        assert not any(value.start < low < value.end or value.start < high < value.end for value in values)


def test_an_empty_sentence_has_no_candidates() -> None:
    assert spans("。。。") == set()
