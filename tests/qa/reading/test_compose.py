"""Answers of several pieces."""

from __future__ import annotations

import pytest

from qa.glossary import Glossary
from qa.query import analyse
from qa.reading.asked import asked
from qa.reading.compose import composed
from qa.reading.sentence import analyse_sentence


def widened(question: str, text: str, chosen: str, *others: str) -> str:
    sentence = analyse_sentence(text)

    def span(part: str) -> tuple[int, int]:
        return text.index(part), text.index(part) + len(part)

    found = [(span(other), 0.4) for other in others]
    low, high = composed(sentence, asked(analyse(question, Glossary())), span(chosen), found, 0.5)
    return text[low:high]


@pytest.mark.parametrize(
    ("question", "text", "chosen", "others", "answer"),
    [
        ("营收多少，同比增长多少？", "营收98亿元，同比增长14.4%。", "14.4%", ["98亿元"], "98亿元，同比增长14.4%"),
        ("营收多少？", "营收98亿元，同比增长14.4%。", "98亿元", ["14.4%"], "98亿元"),
        ("有哪些标签？", "标签是“便宜”“好用”“耐看”等。", "“好用”", [], "“便宜”“好用”“耐看”"),
        ("客户有哪些？", "客户包括远山、白鹭、青禾等公司。", "客户包括远山、白鹭、青禾等公司", [], "远山、白鹭、青禾"),
        ("禁言多久？", "违者禁言1天、7天、15天。", "7天", [], "1天、7天、15天"),
        ("要多少积木？", "每套要20积木块。", "20", [], "20积木"),
        ("要多少钱？", "每套要20元。", "20元", [], "20元"),
        ("收入占比是多少？", "收入有近七成来自P端。", "近七成来自P端", [], "近七成"),
        ("花了多少钱？", "花了约1.4亿美元买芯片。", "花了约1.4亿美元买芯片", [], "约1.4亿美元"),
    ],
)
def test_the_answer_takes_in_what_was_asked_for(
    question: str, text: str, chosen: str, others: list[str], answer: str
) -> None:
    assert widened(question, text, chosen, *others) == answer


def test_pieces_far_apart_stay_apart() -> None:
    text = "营收98亿元，这一数字好于此前多数分析师给出的普遍预期和公司自己年初给出的指引，同比增长14.4%。"
    assert widened("营收多少，同比增长多少？", text, "98亿元", "14.4%") == "98亿元"
