"""The terms of a question and how they are found in sentences."""

from __future__ import annotations

import numpy as np
import pytest
from fakes import HashEncoder

from indexer.normalize import fold
from qa.glossary import Glossary
from qa.query import analyse
from qa.reading.facts import pinyin_names
from qa.reading.likeness import SoftMatcher
from qa.reading.matching import Term, presence, question_terms, word_matches
from qa.reading.sentence import analyse_sentence

GLOSSARY = Glossary([["星河", "Xinghe"]])


def terms(question: str) -> dict[str, Term]:
    return {term.forms[0]: term for term in question_terms(analyse(question, GLOSSARY))}


def held(question: str, text: str) -> dict[str, float]:
    found = question_terms(analyse(question, GLOSSARY))
    sentence = analyse_sentence(text)
    values = presence(found, sentence.folded, sentence.stems)
    return {term.forms[0]: float(value) for term, value in zip(found, values, strict=True)}


def test_question_and_stop_words_are_no_terms() -> None:
    assert set(terms("星河是什么时候发布的？")) == {"星河", "发布"}
    assert set(terms("When was it released?")) == {"releas"}


def test_terms_know_what_they_are() -> None:
    found = terms("What did Ada Li say about Xinghe 2.1 in 2024?").values()
    sorts = {term.written: term.sort for term in found}
    assert sorts["ada li"] == sorts["xinghe"] == "name"
    assert sorts["2.1"] == "number"
    assert sorts["2024"] == "period"


@pytest.mark.parametrize("text", ["星河上線了", "XINGHE went online", "用Xinghe生成"])
def test_a_name_is_found_under_all_its_names(text: str) -> None:
    assert held("星河上线了吗？", text)["星河"] == 1.0


@pytest.mark.parametrize(("text", "found"), [("2.1版", 1.0), ("12.1版", 0.0), ("2.15版", 0.0), ("(2.1)", 1.0)])
def test_a_number_is_found_only_on_its_own(text: str, found: float) -> None:
    assert held("星河2.1怎么样？", text)["2.1"] == found


def test_a_latin_name_may_spell_a_han_name() -> None:
    name = terms("How old is Lin Xiaozhou?")["lin xiaozhou"]
    assert name.pinyin in pinyin_names(fold("创始人林晓舟表示"))


def test_part_of_a_word_counts_less_than_the_word() -> None:
    whole, part = held("日活跃用户", "活跃用户很多"), held("活跃度如何提升", "很活泼")
    assert whole["活跃"] == 1.0
    assert max(part.values()) < 0.5


def test_matches_mark_the_words_they_stand_in() -> None:
    query = analyse("星河的收入是多少？", GLOSSARY)
    sentence = analyse_sentence("星河收入为3亿元")
    marked = word_matches(question_terms(query), sentence.words, sentence.folded).max(axis=0)
    by_word = dict(zip(sentence.words.forms, marked, strict=True))
    assert by_word["收入"] == 1.0
    assert by_word["3亿元"] == 0.0


def test_likeness_is_full_for_the_same_word_and_none_for_another() -> None:
    soft = SoftMatcher(HashEncoder())
    like = soft.likeness(["revenue"], ["revenue", "weather"])
    assert np.allclose(like, [[1.0, 0.0]], atol=0.2)


def test_terms_come_from_folded_text() -> None:
    assert terms("發佈").keys() == {fold("發佈")}


@pytest.mark.parametrize(
    ("name", "text", "found"),
    [
        ("B站", "2024年，B站的现金流为60亿元", 1.0),
        ("B站", "Web站的现金流为60亿元", 0.0),
        ("总裁", "他是星河的总裁", 1.0),
        ("总裁", "他是星河的高级副总裁，不是总裁", 1.0),
        ("副总裁", "他是星河的高级副总裁", 1.0),
    ],
)
def test_a_name_is_found_as_it_is_written(name: str, text: str, found: float) -> None:
    term = Term((fold(name),), 1.0, 0, len(name), "name", fold(name))
    assert presence([term], fold(text), frozenset()).tolist() == [found]


def test_a_deputy_is_not_the_head() -> None:
    term = Term(("总裁",), 1.0, 0, 2)
    assert presence([term], "他是高级副总裁", frozenset())[0] < 0.5
