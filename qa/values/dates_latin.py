"""Calendar expressions in English and in figures: March 20, Q1 2025, FY24, 1H25, January to March 2025, 04/30/2025."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace

from qa.values.calendar_date import WHOLE_YEAR, CalendarDate, Day, dated, half_days, month_days, quarter_days
from qa.values.units import UNITS, alternation

_RELATIVE = {"last year": -1, "this year": 0, "next year": 1}
_MONTHS = {
    name: month
    for month, names in enumerate(
        "january jan|february feb|march mar|april apr|may|june jun|july jul|august aug|september sept sep|october oct|"
        "november nov|december dec".split("|"),
        1,
    )
    for name in names.split()
}
_ORDINALS = {"first": 1, "second": 2, "third": 3, "fourth": 4, "1st": 1, "2nd": 2, "3rd": 3, "4th": 4}
_MONTH_NAME = "|".join(sorted(_MONTHS, key=len, reverse=True))
_MONTH = rf"(?P<month>{_MONTH_NAME})\b(?:\.(?=,?\s\d))?"
_LAST_MONTH = rf"(?P<last_month>{_MONTH_NAME})\b(?:\.(?=,?\s\d))?"
_YEAR = r"(?P<year>(?<!\d)[12]\d{3}(?!\d)|last year|this year|next year)"
_DAY = r"(?P<day>3[01]|[12]\d|0?[1-9])(?:st|nd|rd|th)?"
_LAST_DAY = r"(?P<last_day>3[01]|[12]\d|0?[1-9])(?:st|nd|rd|th)?"
_TO = r"\s?(?:[-–—]|to|through)\s?"
_IN_MONTHS = (
    re.compile(rf"\b{_MONTH}{_TO}{_LAST_MONTH}(?:,?\s(?:of\s)?{_YEAR})?"),
    re.compile(
        rf"\b{_MONTH}\s{_DAY}\b(?!%|\.\d)(?:{_TO}(?:{_LAST_MONTH}\s)?{_LAST_DAY}\b(?!%|[.,]?\d))?(?:,?\s{_YEAR})?"
    ),
    re.compile(rf"(?<![\d.])(?:{_DAY}{_TO}(?=\d))?{_LAST_DAY}(?:\sof)?\s{_MONTH}(?:,?\s{_YEAR})?"),
    re.compile(rf"\b{_MONTH},?(?:\sof)?\s{_YEAR}"),
    re.compile(
        rf"(?P<in>\b(?:in|since|until|till|during|early|late|mid)[\s-])(?P<month>{_MONTH_NAME})\b"
        r"|(?P<by>\b(?:by|from|through|of|end|last|this|next)\s)"
        rf"(?P<full>{'|'.join(name for name in _MONTHS if len(name) > 3 and name != 'march')})\b"
    ),
)
_IN_PARTS = (
    re.compile(
        rf"(?<![a-z0-9])q(?P<quarter>[1-4])(?!\d)(?:[\s,]*(?:of\s|in\s)?(?:fy|fiscal\s)?{_YEAR}|\s?'(?P<short>\d\d)(?!\d))?(?![a-z])"
    ),
    re.compile(
        rf"(?<![a-z0-9-])h(?P<half>[12])(?!\d)(?:[\s,]*(?:of\s|in\s)?(?:fy|fiscal\s)?{_YEAR}|\s?'(?P<short>\d\d)(?!\d))?(?![a-z0-9.])"
    ),
    re.compile(
        r"(?<![a-z0-9.])(?:fy\s?)?(?:(?P<year>[12]\d{3})年?\s?-?|(?P<short>\d\d)年?\s?)(?:q(?P<quarter>[1-4])|h(?P<half>[12]))(?![a-z0-9])"
    ),
    re.compile(
        r"(?<![a-z0-9.])(?:(?P<quarter>[1-4])q|(?P<half>[12])h)\s?(?:'?(?P<short>\d{2})|(?P<year>[12]\d{3}))(?!\d)"
    ),
    re.compile(
        rf"\b(?P<nth>first|second|third|fourth|1st|2nd|3rd|4th)[\s-](?P<nth_unit>quarter|half)"
        rf"(?:,?\s(?:of\s)?(?:the\s)?(?:fiscal\s)?(?:year\s)?{_YEAR})?"
    ),
    re.compile(r"(?P<year>last year|this year|next year)"),
    re.compile(r"(?:\bfy\s?|\bfiscal\s(?:year\s)?)(?:(?P<year>[12]\d{3})|'?(?P<short>\d\d))(?!\d)"),
    re.compile(r"\b(?:the\s|'|\d0s\s(?:and|or)\s|early\s|late\s|mid-)(?P<decade>[2-9]0)s\b"),
)
_UNIT = alternation(
    name
    for name in UNITS
    if name not in ("年", "s", "x", "second", "minute", "hour", "day", "week", "month", "quarter", "year")
)
"""A time in the singular (our 2017 year end) does not make a count of the year before it."""
_YEARS = re.compile(
    r"(?<![\w.,/$€£¥#-])(?P<mid>mid-)?(?P<year>1[5-9]\d\d|20\d\d)"
    r"(?:(?:[-–—])(?P<last_year>1[5-9]\d\d|20\d\d)(?![\w%-])|(?=$|[^\w.,%$/-]|[.,](?!\d)|-(?!\d)))"
    rf"(?!\s?(?:年|[亿万千]|(?:million|billion)\b))(?P<unit>(?=[\s-]?(?:{_UNIT})(?![a-z])))?"
)
_BEFORE_YEAR: tuple[str, ...] = (
    "in ",
    "since ",
    "by ",
    "of ",
    "from ",
    "until ",
    "during ",
    "to ",
    "and ",
    "for ",
    "the ",
)
_BEFORE_COUNT: tuple[str, ...] = (
    "over ",
    "more than ",
    "less than ",
    "fewer than ",
    "at least ",
    "at most ",
    "exceeding ",
    "some ",
)
_BEFORE_COUNT += ("nearly ", "almost ", "up to ", "upwards of ", "above ", "below ", "under ")
_NUMERIC = re.compile(
    r"(?<![\d.])(?P<year>[12]\d{3})(?P<sep>[-/.])(?P<month>1[0-2]|0?[1-9])(?:(?P=sep)(?P<day>3[01]|"
    r"[12]\d|0?[1-9]))(?![\d.])"
    r"|(?<![\d.])(?P<year2>[12]\d{3})-(?P<month2>1[0-2]|0[1-9])(?![\d.-])"
    r"|(?<![\d./-])(?P<one>\d{1,2})/(?P<two>\d{1,2})/(?P<year3>(?:19|20)\d\d)(?![\d/])"
)
_WORDS = re.compile(r"[a-z]+")
_MONTH_WORDS, _PART_WORDS = frozenset(_MONTHS), frozenset("q h fy fiscal quarter half year s the".split())


def find_latin_dates(folded: str) -> Iterator[CalendarDate]:
    """The calendar expressions of ``folded`` in English or in figures alone; they may overlap."""
    words = frozenset(_WORDS.findall(folded))
    if not words.isdisjoint(_MONTH_WORDS):
        for pattern in _IN_MONTHS:
            for match in pattern.finditer(folded):
                yield _in_months(match)
    if not words.isdisjoint(_PART_WORDS):
        for pattern in _IN_PARTS:
            for match in pattern.finditer(folded):
                yield _in_parts(match)
    for match in _YEARS.finditer(folded):
        yield from _years(folded, match)
    for match in _NUMERIC.finditer(folded):
        yield _numeric(match)


def _year(groups: dict[str, str | None]) -> tuple[int | None, int | None]:
    """The year and the relative year."""
    written = groups.get("year")
    if short := groups.get("short"):
        return 2000 + int(short), None
    return (int(written) if written and written.isdigit() else None), _RELATIVE.get(written or "")


def _in_months(match: re.Match[str]) -> CalendarDate:
    groups = match.groupdict()
    year, relative = _year(groups)
    month = _MONTHS[groups.get("month") or groups["full"]]
    day, last_day = groups.get("day"), groups.get("last_day")
    only = int(day or last_day or 0) or None
    first, last = month_days(year, month, only)
    if last_month := groups.get("last_month"):
        last = month_days(year, _MONTHS[last_month], int(last_day) if last_day else None)[1]
        last = max(first, last) if _MONTHS[last_month] == month else last
    elif day and last_day and int(day) < int(last_day):
        last = month_days(year, month, int(last_day))[1]
    found = dated(match, year, relative, first, last)
    return replace(found, start=found.start + len(groups.get("in") or groups.get("by") or ""))


def _in_parts(match: re.Match[str]) -> CalendarDate:
    groups = match.groupdict()
    year, relative = _year(groups)
    if decade := groups.get("decade"):
        found = dated(match, 1900 + int(decade), None, *WHOLE_YEAR, 10)
        return replace(found, start=match.start("decade"))
    number = groups.get("quarter") or groups.get("half") or _ORDINALS.get(groups.get("nth") or "")
    days: tuple[Day, Day] = WHOLE_YEAR
    if groups.get("half") or groups.get("nth_unit") == "half":
        days = half_days(int(number or 1))
    elif number:
        days = quarter_days(int(number))
    return dated(match, year, relative, *days)


def _years(folded: str, match: re.Match[str]) -> Iterator[CalendarDate]:
    """A number of four digits is a year unless it counts something (2000 users) or is blurred (over 2000)."""
    at = match.start("year")
    if folded.endswith(_BEFORE_COUNT, 0, at) or (
        match["unit"] is not None and not folded.endswith(_BEFORE_YEAR, 0, at)
    ):
        return
    first, last = int(match["year"]), int(match["last_year"] or match["year"])
    if first <= last:
        yield CalendarDate(at, match.end(), first, None, *WHOLE_YEAR, last - first + 1)


def _numeric(match: re.Match[str]) -> CalendarDate:
    if match["year3"]:
        one, two, year = int(match["one"]), int(match["two"]), int(match["year3"])
        month, day = (one, two) if one <= 12 < two else (two, one)
        if not 1 <= month <= 12 < day <= 31:
            # 04/05/2025 may be April or May: the writer's country decides.
            return dated(match, None, None, None, None)
        return dated(match, year, None, *month_days(year, month, day))
    year, month = int(match["year"] or match["year2"]), int(match["month"] or match["month2"])
    return dated(match, year, None, *month_days(year, month, int(match["day"]) if match["day"] else None))
