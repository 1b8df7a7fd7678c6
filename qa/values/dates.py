"""Calendar expressions in Chinese and English text: 2025年4月30日, 去年第四季度, Q1 2025, March 20, 1990年代.

Works on folded text (``indexer.normalize.fold``), whose offsets are those of the text itself. An expression may
leave the year open (4月30日) or tell it relative to the moment of writing (去年6月): ``qa.values.periods`` resolves
both.
"""

from __future__ import annotations

import re
from calendar import monthrange
from collections.abc import Iterator
from dataclasses import dataclass

from qa.values.numerals import parse_number

_RELATIVE = {"上一财年": -1, "上财年": -1, "本财年": 0, "本年度": 0, "前年": -2, "去年": -1, "上年": -1, "今年": 0}
_RELATIVE |= {"本年": 0, "明年": 1, "后年": 2, "last year": -1, "this year": 0, "next year": 1}
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

_YEAR = (
    r"(?:(?P<year>(?<!\d)[12]\d{3}|[一二][〇零一二三四五六七八九]{3})\s?年度?|(?P<relative>上一财年|"
    r"上财年|本财年|本年度|前年|去年|上年|今年|本年|明年|后年))"
)
_QUARTER = r"(?:第\s?)?(?P<quarter>[一二三四1-4])\s?(?:个)?(?:财季|季度|季(?![节风]))"
_HALF = r"(?P<half>[上下])半年"
_FIRST = r"前(?P<first>[一二三四五六七八九十]{1,2}|\d{1,2})(?P<first_unit>个?季度|个?月)"
_WHOLE = r"(?P<whole>全年)"
_MONTH = (
    r"(?<![\d.])(?P<month>1[0-2]|0?[1-9]|十[一二]?|[一二三四五六七八九])\s?月份?(?![活度均经])"
    r"(?:\s?(?P<day>3[01]|[12]\d|0?[1-9]|三十一?|[一二]?十[一二三四五六七八九]?|[一二三四五六七八九])\s?[日号])?"
)
_PART = r"(?P<part>年初|年底|年末|年中|[初底末]|[上中下]旬)"
_HAN = re.compile(
    rf"{_YEAR}?的?(?:{_QUARTER}|{_HALF}|{_FIRST}|{_WHOLE}|{_MONTH})(?P<month_part>[初底末]|[上中下]旬)?"
    rf"|{_YEAR.replace('<year>', '<year2>').replace('<relative>', '<relative2>')}(?P<year_part>[初底末中](?![国心等]))?"
    r"|(?<![\d.])(?P<only_day>3[01]|[12]\d|[1-9])日(?![均活常本元圆内])"
)
_ERA = re.compile(
    r"(?:公元前?|前)\s?\d{1,4}\s?年|(?<!\d)(?P<century>[1-9]\d?|"
    r"[一二]?十[一二三四五六七八九]?)\s?世纪(?:\s?(?P<of_decade>[1-9]0|"
    r"[二三四五六七八九]十)年代)?[初中末]?期?"
    r"|(?<!\d)(?P<decade>1\d|20)(?P<tens>\d0)(?:年代|s\b)[初中末]?期?|"
    r"(?<![\d.,])(?P<old_year>[2-9]\d{2})年(?!历史|来|前|后|间|的历史)"
)
_NUMERIC = re.compile(
    r"(?<![\d.])(?P<year>[12]\d{3})(?P<sep>[-/.])(?P<month>1[0-2]|0?[1-9])(?:(?P=sep)(?P<day>3[01]|"
    r"[12]\d|0?[1-9]))(?![\d.])"
    r"|(?<![\d.])(?P<year2>[12]\d{3})-(?P<month2>1[0-2]|0[1-9])(?![\d.-])"
)
_EN_YEAR = r"(?P<year>(?<!\d)[12]\d{3}(?!\d)|last year|this year|next year)"
_EN_MONTH = "(?P<month>" + "|".join(sorted(_MONTHS, key=len, reverse=True)) + r")\b\.?"
_EN = (
    re.compile(rf"\b{_EN_MONTH}\s(?P<day>3[01]|[12]\d|0?[1-9])(?:st|nd|rd|th)?\b(?!%|\.\d)(?:,?\s{_EN_YEAR})?"),
    re.compile(rf"(?<![\d.])(?P<day>3[01]|[12]\d|0?[1-9])(?:st|nd|rd|th)?(?:\sof)?\s{_EN_MONTH}(?:,?\s{_EN_YEAR})?"),
    re.compile(rf"\b{_EN_MONTH},?(?:\sof)?\s{_EN_YEAR}"),
    re.compile(rf"(?<![a-z0-9])q(?P<quarter>[1-4])(?:[\s,]*(?:of\s|in\s)?(?:fy|fiscal\s)?{_EN_YEAR})?(?![a-z])"),
    re.compile(r"(?<![a-z0-9])(?P<year>[12]\d{3})年?\s?[-]?q(?P<quarter>[1-4])(?![a-z0-9])"),
    re.compile(r"(?<![a-z0-9])(?P<quarter>[1-4])q\s?'?(?P<short>\d{2})(?!\d)"),
    re.compile(r"(?<![a-z0-9])(?P<year>[12]\d{3})年?\s?h(?P<half>[12])(?![a-z0-9])"),
    re.compile(
        rf"\b(?P<nth>first|second|third|fourth|1st|2nd|3rd|4th)[\s-](?P<nth_unit>quarter|half)"
        rf"(?:,?\s(?:of\s)?(?:the\s)?(?:fiscal\s)?(?:year\s)?{_EN_YEAR})?"
    ),
    re.compile(r"(?P<year>last year|this year|next year)"),
    re.compile(r"(?:\bfy\s?|\bfiscal\s(?:year\s)?)(?P<year>[12]\d{3})(?!\d)"),
    re.compile(
        r"(?<![\w.,/$€£¥-])(?P<year>1[5-9]\d\d|20\d\d)(?=$|[^\w.,%$/-]|[.,](?!\d)|-(?!\d))(?!\s?(?:年|"
        r"[亿万千]|million|billion|people))"
    ),
)


@dataclass(frozen=True, slots=True)
class CalendarDate:
    """A calendar expression at ``[start, end)``.

    ``first`` and ``last`` are (month, day), both included, or None where only a day of an unknown month is
    told. ``year`` is None where it is open; ``relative`` counts years from the year of writing (去年 is -1).
    ``years`` is the length: 10 for a decade.
    """

    start: int
    end: int
    year: int | None
    relative: int | None
    first: tuple[int, int] | None
    last: tuple[int, int] | None
    years: int = 1

    def iso(self) -> str | None:
        """As precise as told: 2025, 2025-04, 2025-04-30, an interval a/b, or --04-30 without a year (XSD gMonthDay)."""
        if self.first is None or self.last is None or (self.year is None and self.relative is not None):
            return None
        prefix = "-" if self.year is None else f"{self.year:04d}"
        if (self.first, self.last) == ((1, 1), (12, 31)):
            if self.year is None:
                return None
            return prefix if self.years == 1 else f"{prefix}-01-01/{self.year + self.years - 1:04d}-12-31"
        (month, day), (last_month, last_day) = self.first, self.last
        if self.first == self.last:
            return f"{prefix}-{month:02d}-{day:02d}"
        if month == last_month and day == 1 and last_day >= 28:
            return f"{prefix}-{month:02d}"
        return f"{prefix}-{month:02d}-{day:02d}/{prefix}-{last_month:02d}-{last_day:02d}"


def find_dates(folded: str) -> list[CalendarDate]:
    """All calendar expressions of ``folded``, in order, without overlap: the earlier, then the longer wins."""
    found = sorted(_all(folded), key=lambda date: (date.start, -date.end))
    kept: list[CalendarDate] = []
    for date in found:
        if not kept or date.start >= kept[-1].end:
            kept.append(date)
    return kept


def _all(folded: str) -> Iterator[CalendarDate]:
    if re.search(r"[年月日季]|世纪", folded):
        for match in _HAN.finditer(folded):
            yield _han(match)
    for match in _ERA.finditer(folded):
        yield _era(match)
    for match in _NUMERIC.finditer(folded):
        year, month = int(match["year"] or match["year2"]), int(match["month"] or match["month2"])
        yield _dated(match, year, None, *_month(year, month, int(match["day"]) if match["day"] else None))
    for pattern in _EN:
        for match in pattern.finditer(folded):
            yield _english(match)


def _dated(
    match: re.Match[str],
    year: int | None,
    relative: int | None,
    first: tuple[int, int] | None,
    last: tuple[int, int] | None,
    years: int = 1,
) -> CalendarDate:
    start, end = match.span()
    start += len(match.group()) - len(match.group().lstrip("的 "))
    return CalendarDate(start, end, year, relative, first, last, years)


def _month(year: int | None, month: int, day: int | None) -> tuple[tuple[int, int], tuple[int, int]]:
    """First and last day; an open year counts as a leap year, so that 2月29日 stays possible."""
    length = monthrange(year or 2000, month)[1]
    if day is None:
        return (month, 1), (month, length)
    return (month, min(day, length)), (month, min(day, length))


def _months(first: int, last: int) -> tuple[tuple[int, int], tuple[int, int]]:
    return (first, 1), (last, monthrange(2001, last)[1])


_WHOLE_YEAR = _months(1, 12)


def _number(text: str) -> int:
    return int(parse_number(text) or 0)


def _han(match: re.Match[str]) -> CalendarDate:
    groups = match.groupdict()
    written = groups["year"] or groups["year2"]
    year = _number(written) if written else None
    named = groups["relative"] or groups["relative2"]
    relative = _RELATIVE[named] if named else None
    if groups["quarter"]:
        quarter = _number(groups["quarter"])
        return _dated(match, year, relative, *_months(3 * quarter - 2, 3 * quarter))
    if groups["half"]:
        return _dated(match, year, relative, *(_months(1, 6) if groups["half"] == "上" else _months(7, 12)))
    if groups["first"]:
        months = _number(groups["first"]) * (3 if "季" in groups["first_unit"] else 1)
        return _dated(match, year, relative, *_months(1, min(max(months, 1), 12)))
    if groups["month"]:
        day = _number(groups["day"]) if groups["day"] else None
        return _dated(match, year, relative, *_month(year, _number(groups["month"]), day))
    if groups["only_day"]:
        return _dated(match, None, None, None, None)
    return _dated(match, year, relative, *_WHOLE_YEAR)


def _era(match: re.Match[str]) -> CalendarDate:
    if match["century"]:
        first = (_number(match["century"]) - 1) * 100
        if match["of_decade"]:
            return _dated(match, first + _number(match["of_decade"]), None, *_WHOLE_YEAR, 10)
        return _dated(match, first + 1, None, *_WHOLE_YEAR, 100)
    if match["decade"]:
        return _dated(match, int(match["decade"] + match["tens"]), None, *_WHOLE_YEAR, 10)
    if match["old_year"]:
        return _dated(match, int(match["old_year"]), None, *_WHOLE_YEAR)
    return _dated(match, None, None, None, None)


def _english(match: re.Match[str]) -> CalendarDate:
    groups = match.groupdict()
    written = groups.get("year")
    year = int(written) if written and written.isdigit() else None
    if groups.get("short"):
        year = 2000 + int(groups["short"])
    relative = _RELATIVE.get(written or "")
    if groups.get("month"):
        day = int(groups["day"]) if groups.get("day") else None
        return _dated(match, year, relative, *_month(year, _MONTHS[groups["month"]], day))
    if groups.get("quarter"):
        quarter = int(groups["quarter"])
        return _dated(match, year, relative, *_months(3 * quarter - 2, 3 * quarter))
    half = groups.get("half") or (_ORDINALS[groups["nth"]] if groups.get("nth_unit") == "half" else None)
    if half:
        return _dated(match, year, relative, *(_months(1, 6) if int(half) == 1 else _months(7, 12)))
    if groups.get("nth"):
        quarter = _ORDINALS[groups["nth"]]
        return _dated(match, year, relative, *_months(3 * quarter - 2, 3 * quarter))
    return _dated(match, year, relative, *_WHOLE_YEAR)
