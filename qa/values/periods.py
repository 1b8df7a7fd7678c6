"""Periods that a sentence or a question speaks of, as ISO dates.

A document's date of publication is the anchor that 今年 and 去年 count from; an open year (第四季度, 4月30日) is the
latest one that was over by then, give or take a month. Without an anchor the year stays open and is written as
``-``: ``--10-01`` (XSD gMonthDay), or the whole period is unknown (今年) and has empty dates.
"""

from __future__ import annotations

import re
from calendar import monthrange
from collections.abc import Sequence
from datetime import date, timedelta

from indexer.normalize import fold
from qa.results import Period
from qa.values.dates import CalendarDate, find_dates

_FORECAST = re.compile(
    r"预计|预期|力争|有望|将(?:会|达|增|于|在)|计划|目标|展望|预测|expect|forecast|will\b|plan(?:s|"
    r"ned)?\b|target|aims?\b|by 20[3-9]\d"
)
_SLACK = timedelta(days=31)
"""A bare period may end this far ahead of the anchor (an announcement) before it is read as last year's."""


def find_periods(text: str, anchor: date | None = None) -> tuple[tuple[int, int, Period], ...]:
    """``(start, end, period)`` for every calendar expression of ``text`` that tells more than a bare day."""
    found = []
    for told in find_dates(fold(text)):
        if told.first is None and told.relative is None:
            continue
        found.append((told.start, told.end, resolve(told, text[told.start : told.end], anchor)))
    return tuple(found)


def resolve(told: CalendarDate, text: str, anchor: date | None) -> Period:
    """The period that ``told`` (written as ``text``) means for a reader at ``anchor``."""
    first, last = told.first or (1, 1), told.last or (12, 31)
    year = told.year
    if year is None and anchor is not None:
        year = anchor.year + told.relative if told.relative is not None else _latest(last, anchor) - told.years + 1
    if year is None:
        if (first, last) == ((1, 1), (12, 31)):
            return Period("", "", text)
        return Period(_yearless(first), _yearless(last), text)
    return Period(_day(year, first), _day(year + told.years - 1, last), text)


def _latest(last: tuple[int, int], anchor: date) -> int:
    """The year in which a stretch that ends on ``last`` (month, day) was over, or nearly, at ``anchor``."""
    month, day = last
    ends = date(anchor.year, month, min(day, 28))
    return anchor.year if ends <= anchor + _SLACK else anchor.year - 1


def _yearless(day: tuple[int, int]) -> str:
    return f"--{day[0]:02d}-{day[1]:02d}"


def _day(year: int, day: tuple[int, int]) -> str:
    """The day in that year; 29 February is the 28th where there is none."""
    month, number = day
    length = monthrange(year, month)[1]
    return f"{year:04d}-{month:02d}-{min(number, length):02d}"


def parse_anchor(published: str | None) -> date | None:
    """The date of an ISO date or timestamp, None for anything else."""
    try:
        return date.fromisoformat(published[:10]) if published else None
    except ValueError:
        return None


def agreement(asked: Period, told: Period) -> float:
    """How well ``told`` serves a question about ``asked``: 1 the same, 0.5 one holds the other, 0 unknown, -1 apart."""
    if not asked.start or not told.start:
        return 1.0 if asked.text == told.text else 0.0
    a, b = (asked.start, asked.end), (told.start, told.end)
    if a[0].startswith("--") or b[0].startswith("--"):
        # One of the years is open: compare the days of the year only.
        a, b = (a[0][-5:], a[1][-5:]), (b[0][-5:], b[1][-5:])
    if a == b:
        return 1.0
    if a[1] < b[0] or b[1] < a[0]:
        return -1.0
    return 0.5


def best_agreement(asked: Sequence[Period], told: Sequence[Period]) -> float:
    """The mean over ``asked`` of the best of ``told``; 0 where either is silent."""
    if not asked or not told:
        return 0.0
    return sum(max(agreement(period, other) for other in told) for period in asked) / len(asked)


def is_forecast(sentence: str) -> bool:
    """Whether the sentence speaks of what is planned or expected."""
    return _FORECAST.search(fold(sentence)) is not None
