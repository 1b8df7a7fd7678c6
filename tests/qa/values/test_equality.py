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
    ("18个月", "一年半"),
    ("two years", "24 months"),
    ("25个基点", "0.25个百分点"),
    ("66元/月", "每月66元"),
    ("$10 per month", "$10 a month"),
    ("66元", "66元/月"),
    ("-1.2亿元", "负1.2亿元"),
    ("一亿二千万", "120 million"),
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
    ("66元/月", "66元/年"),
    ("-3.5%", "3.5%"),
    ("过半", "30%"),
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
