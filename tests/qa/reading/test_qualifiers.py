"""Qualifiers of which only one can hold."""

from __future__ import annotations

import pytest

from qa.glossary import Glossary
from qa.query import analyse
from qa.reading.matching import question_terms
from qa.reading.qualifiers import asked_names, asked_scales, contrary, numbers_of_names
from qa.reading.sentence import analyse_sentence

GLOSSARY = Glossary([["星河", "Xinghe"]])


def under_another(question: str, text: str) -> list[str]:
    query = analyse(question, GLOSSARY)
    sentence = analyse_sentence(text)
    flags = contrary(sentence, asked_scales(query, question_terms(query)))
    return [found.value["kind"] and text[found.start : found.end] for found, flag in _values(sentence, flags) if flag]


def _values(sentence, flags):  # type: ignore[no-untyped-def]
    return [(found, flags[sentence.value_at == number].any()) for number, found in enumerate(sentence.values)]


@pytest.mark.parametrize(
    ("question", "text", "others"),
    [
        ("月活是多少", "日活为4亿，月活为7亿", ["4亿"]),
        ("日活是多少", "日活和月活分别为4亿和7亿", ["7亿"]),
        ("日活和月活是多少", "日活和月活分别为4亿和7亿", []),
        ("用户有多少", "日活为4亿，月活为7亿", []),
        ("What was the gross profit?", "The net profit was 3 million yuan", ["3 million yuan"]),
        ("海外收入是多少", "国内收入为3亿元，海外收入为2亿元", ["3亿元"]),
        ("4月15日活动有几人", "月活为7亿", []),  # 15日 and 活动
        ("星河2.1多少钱", "星河2.0要100元，星河2.1要20元", ["100元"]),
        ("星河2多少钱", "星河2.1要20元", []),  # who asks for 2 may mean 2.1
        ("星河2.0多少钱", "星河2要20元", []),
        ("星河2.0和星河2.1多少钱", "星河2.0要100元", []),
        ("星河2.5亿用户在哪", "星河2.1要20元", []),  # an amount, no version
        ("How many units did the iPhone 15 sell?", "The iPhone 14 sold 300 units", ["300 units"]),
        ("What happened in May 15 years ago?", "In May 20 there were 300 people", []),
    ],
)
def test_figures_under_another_qualifier(question: str, text: str, others: list[str]) -> None:
    assert [each for each in under_another(question, text) if not each.replace(".", "").isdigit()] == others


def test_the_number_of_a_name_is_no_figure() -> None:
    query = analyse("星河生成了多少视频", GLOSSARY)
    names = asked_names(query, question_terms(query))
    sentence = analyse_sentence("星河2.1生成了300个视频，星河2.5亿用户")
    flagged = numbers_of_names(sentence, names)
    assert [w for w, f in zip(sentence.words.forms, flagged, strict=True) if f] == ["2.1"]
