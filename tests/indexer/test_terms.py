import sys
from concurrent.futures import ThreadPoolExecutor

import pytest
from hypothesis import given
from hypothesis import strategies as st

from indexer.terms import name_terms, pinyin_terms, stem, terms


def test_han_runs_give_characters_bigrams_and_long_words():
    assert terms("近七成收入") == ["近", "七", "成", "收", "入", "近七", "七成", "成收", "收入"]
    assert "人工智能" in terms("人工智能的发展")


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("可靈營收", "可灵营收"),
        ("ＫＬＩＮＧ", "kling"),
        ("revenues", "revenue"),
        ("2,200", "2200"),
        ("Kling's", "Kling"),
    ],
)
def test_script_width_case_and_number_make_no_difference(one: str, other: str):
    assert terms(one) == terms(other)


def test_numbers_keep_their_decimals():
    assert "1.5" in terms("超过1.5亿元")
    assert "15" not in terms("超过1.5亿元")


@pytest.mark.parametrize(
    ("text", "question"),
    [
        ("程一笑表示", "Cheng Yixiao"),
        ("程一笑表示", "Yixiao Cheng"),
        ("快手发布", "Kuaishou"),
        ("可灵上线", "Keling"),
        ("重庆的工厂", "Chongqing"),
    ],
)
def test_a_chinese_name_is_found_by_its_pinyin(text: str, question: str):
    assert set(name_terms(text)) & set(pinyin_terms(question))


@pytest.mark.parametrize("word", ["revenue", "Kling", "the", "a", "me"])
def test_what_cannot_be_pinyin_or_is_too_short_is_no_name(word: str):
    assert pinyin_terms(word) == []


@given(st.text(max_size=200))
def test_any_text_gives_terms_that_an_index_split_at_spaces_can_hold(text: str):
    assert all(term and not any(char.isspace() for char in term) for term in terms(text))


def test_stems_are_right_when_many_threads_ask():
    starts, ends = ("relat", "oper", "creat", "gener"), ("ion", "ional", "ing", "ed", "es")
    words = [start + end for start in starts for end in ends]
    expected = {word: stem.__wrapped__(word) for word in words}
    before = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    try:
        with ThreadPoolExecutor(8) as pool:
            for _ in range(20):
                stem.cache_clear()
                assert dict(zip(words * 10, pool.map(stem, words * 10), strict=True)) == expected
    finally:
        sys.setswitchinterval(before)
