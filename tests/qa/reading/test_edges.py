"""Where answers begin and end: whole words and values, no stray marks."""

from __future__ import annotations

import pytest

from indexer.sentences import sentences
from qa.reading.edges import whole_words
from qa.reading.place import Place
from qa.reading.sentence import analyse_sentence


def widened(text: str, part: str) -> str | None:
    places = [
        Place(0, number, start, end, analyse_sentence(text[start:end]))
        for number, (start, end) in enumerate(sentences(text))
    ]
    at = text.index(part)
    found = whole_words(places, at, at + len(part))
    return text[found[0] : found[1]] if found else None


@pytest.mark.parametrize(
    ("text", "part", "whole"),
    [
        ("营收为约1.4亿美元，同比增长。", "1.4", "约1.4亿美元"),
        ("营收为约1.4亿美元，同比增长。", "4亿", "约1.4亿美元"),
        ("目前近七成收入来自企业。", "七", "近七成"),
        ("It rose by 12.5% to $3 million.", "12", "12.5%"),
        ("It rose by 12.5% to $3 million.", "3", "$3 million"),
        ("The founder is Lin Xiaozhou.", "in Xiao", "Lin Xiaozhou"),
        ("The founder is Lin Xiaozhou.", " Lin Xiaozhou.", "Lin Xiaozhou"),
        ("创始人是林晓舟。", "，林晓舟。"[1:], "林晓舟"),
        ("模型包括“星河”、“远山”等。", "、“远山", "远山"),
        ("模型包括《星河》和《远山》。", "《星河》和《远山》。", "《星河》和《远山》"),
        ("模型来自云帆（Yunfan）。", "云帆（Yunfan）", "云帆（Yunfan）"),
        ("模型来自云帆（Yunfan）。", "（Yunfan", "Yunfan"),
        ('He said "yes" and left.', ' "yes" ', '"yes"'),
        ('He said "yes" and left.', '" and', "and"),
        ("C++ is fast.", "C++", "C++"),
        ("It is in Beijing. It is big.", "Beijing. It", "Beijing. It"),
    ],
)
def test_an_answer_is_made_of_whole_words(text: str, part: str, whole: str) -> None:
    assert widened(text, part) == whole


@pytest.mark.parametrize("part", ["。", "（", "（）", " ", "\n"])
def test_marks_alone_are_no_answer(part: str) -> None:
    assert widened("甲（） 。\n乙", part) is None


def test_an_empty_span_touches_nothing() -> None:
    assert widened("云帆科技", "") is None
