"""Typed values in running text: 近七成, 约1.4亿美元, 4.08亿, 125.6分钟, 2025年4月30日, 三分之一, 第二, Gen-3.

A value's span holds everything that changes its meaning: the words that blur it (近, 超过, 以上), the currency,
the scale and the unit. Numbers are given in units of one: 70 % is 0.7, 4.08亿 is 408,000,000; durations stay in the
unit written. ``min`` and ``max`` are equal for an exact number; 近 reaches half a unit of the last digit given
below it (近七成 is 0.65 to 0.7), 约 half a unit to both sides; 超 and 不到 are open on one side (None).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from indexer.normalize import fold
from qa.results import Value
from qa.values.dates import find_dates
from qa.values.numerals import ARABIC, HAN, last_place, parse_number
from qa.values.quantities import CODES_BEFORE, bounds, find_quantities, rounded
from qa.values.units import ABOUT, OVER, UNDER, alternation

_BLUR = alternation((*ABOUT, *OVER, *UNDER))
_FRACTION = re.compile(
    rf"(?P<blur>{_BLUR})?\s?(?:(?P<base>百|千|万|{HAN}|(?<!\d)\d+)分之(?P<top>{ARABIC}|{HAN})(?:[~至到-](?P<top2>{ARABIC}|{HAN}))?"
    rf"|(?<![\d/.])(?P<top3>\d{{1,3}})/(?P<base3>\d{{1,3}})(?![\d/])|(?P<half>一半|半数|\bhalf\b)(?!年)"
    rf"|(?P<double>翻[了一两]?番|翻倍|\bdoubled\b))(?P<rest>以上|以下|左右)?"
)
_DIGITS = re.compile(
    r"(?:中低|中高|[低中高])?(?P<places>个|单|双|两|三)位数(?:百分比)?"
    r"|(?:(?:low|mid|high)(?:-to-(?:mid|high))?[ -])?(?P<size>single|double|triple)[ -]digits?"
)
_VERSION = re.compile(
    r"(?<![a-z0-9.])(?P<name>[a-z]{1,12})-?\d+(?:\.\d+)*(?![\d%a-z])|(?<![\d.])\d+\.\d+(?=代|版|系列|模型|大模型)"
)
_ORDINAL = re.compile(rf"第\s?(?P<n>\d{{1,4}}|{HAN})(?P<unit>[名位大次个款届代家])?(?![季章节条步\d])")


class Found(NamedTuple):
    """A value and where it stands, ``[start, end)`` of the text searched."""

    start: int
    end: int
    value: Value


def find_values(text: str) -> list[Found]:
    """All values of ``text``, in order, without overlap."""
    # The full-width comma separates clauses; folded, it would look like the comma of 1,269.
    folded = fold(text.replace("，", "、"))
    found = [Found(date.start, date.end, {"kind": "date", "date": date.iso()}) for date in find_dates(folded)]
    taken = bytearray(len(text))
    for value in found:
        taken[value.start : value.end] = b"x" * (value.end - value.start)
    for finder in (_fractions, _vague_digits, _ordinals, _versions, _quantities):
        for value in finder(folded):
            if not any(taken[value.start : value.end]):
                taken[value.start : value.end] = b"x" * (value.end - value.start)
                found.append(value)
    return sorted(found)


def parse_value(text: str) -> Value | None:
    """The value that ``text`` as a whole is (spaces and punctuation around it aside), or None."""
    stripped = text.strip(" \t\n，。,.;；、:：！!?？()（）")
    found = find_values(stripped)
    return found[0].value if len(found) == 1 and (found[0].start, found[0].end) == (0, len(stripped)) else None


def _quantities(folded: str) -> Iterator[Found]:
    for quantity in find_quantities(folded):
        yield Found(*quantity)


def _fractions(folded: str) -> Iterator[Found]:
    for match in _FRACTION.finditer(folded):
        top, base = _fraction(match)
        if not base or top is None:
            continue
        unit = (last_place(match["top"]) if match["top"] else 1.0) / base
        low, high = bounds(match["blur"], None, match["rest"], top / base, unit)
        if match["top2"]:
            high = (parse_number(match["top2"]) or top) / base
        start = match.end() - len(match.group().lstrip())
        yield Found(start, match.end(), {"kind": "ratio", "min": rounded(low), "max": rounded(high), "unit": None})


def _fraction(match: re.Match[str]) -> tuple[float | None, float]:
    """Numerator and denominator."""
    if match["half"]:
        return 1.0, 2.0
    if match["double"]:
        return 2.0, 1.0
    if match["top3"]:
        return float(match["top3"]), float(match["base3"])
    base = {"百": 100.0, "千": 1000.0, "万": 10_000.0}.get(match["base"]) or parse_number(match["base"])
    return parse_number(match["top"]), base or 0.0


def _vague_digits(folded: str) -> Iterator[Found]:
    """中高双位数: a growth told by its number of digits, in percent."""
    for match in _DIGITS.finditer(folded):
        places = {"个": 1, "单": 1, "single": 1, "三": 3, "triple": 3}.get(match["places"] or match["size"], 2)
        low, high = rounded(10.0 ** (places - 3)), rounded(10.0 ** (places - 2))
        yield Found(*match.span(), {"kind": "ratio", "min": low, "max": high, "unit": None})


def _ordinals(folded: str) -> Iterator[Found]:
    for match in _ORDINAL.finditer(folded):
        number = parse_number(match["n"])
        if number is not None:
            yield Found(*match.span(), {"kind": "rank", "min": number, "max": number, "unit": match["unit"]})


def _versions(folded: str) -> Iterator[Found]:
    for match in _VERSION.finditer(folded):
        if match["name"] not in CODES_BEFORE:
            yield Found(*match.span(), {"kind": "version", "min": None, "max": None, "unit": match.group()})
