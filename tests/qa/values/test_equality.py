"""When two values say the same."""

from __future__ import annotations

import pytest

from qa.values.equality import same_value
from qa.values.find import parse_value

SAME = [
    ("近七成", "nearly 70%"),
    ("70%", "百分之七十"),
    ("4.08亿", "408 million"),
    ("1269亿元", "1,268.98亿元"),
    ("超1.5亿元", "1.5亿元"),
    ("2分钟", "120秒"),
    ("4月30日", "2025年4月30日"),
    ("三分之一", "1/3"),
]
DIFFERENT = [
    ("4.08亿", "4.01亿"),
    ("数千家", "一万家"),
    ("1亿元", "1亿美元"),
    ("超1.5亿元", "3亿元"),
    ("3个月", "3天"),
    ("4月30日", "2025年4月29日"),
    ("2024年", "2025年"),
    ("70%", "70个"),
    ("Gen-3", "Gen-2"),
]


def same(one: str, other: str) -> bool:
    a, b = parse_value(one), parse_value(other)
    assert a is not None
    assert b is not None
    return same_value(a, b)


@pytest.mark.parametrize(("one", "other"), SAME)
def test_same(one: str, other: str) -> None:
    assert same(one, other)
    assert same(other, one)


@pytest.mark.parametrize(("one", "other"), DIFFERENT)
def test_different(one: str, other: str) -> None:
    assert not same(one, other)
    assert not same(other, one)
