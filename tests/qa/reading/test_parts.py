"""Items of an answer that lists several."""

from __future__ import annotations

import pytest

from qa.reading.parts import split_parts


@pytest.mark.parametrize(
    ("answer", "parts"),
    [
        ("小米、亚马逊云科技、Freepik", ["小米", "亚马逊云科技", "Freepik"]),
        ("主业优先、模式优先和“小而美”优先", ["主业优先", "模式优先", "“小而美”优先"]),
        ("98亿元，同比增长14.4%", ["98亿元", "同比增长14.4%"]),
        ("price, quality, and speed", ["price", "quality", "speed"]),
        ("研发和营销", []),
        ("1,269亿元", []),
        ("近七成", []),
    ],
)
def test_split_parts(answer: str, parts: list[str]) -> None:
    text = f"有{answer}。"
    assert [text[a:b] for a, b in split_parts(text, 1, 1 + len(answer))] == parts
