"""Calendar expressions in Chinese: 2025年4月30日, 去年第四季度, 1-3月, 2023-2025年, 上世纪90年代."""

from __future__ import annotations

import re
from collections.abc import Iterator

from qa.values.calendar_date import WHOLE_YEAR, CalendarDate, Day, dated, half_days, month_days, months, quarter_days
from qa.values.numerals import parse_number

_RELATIVE = {"上一财年": -1, "上财年": -1, "本财年": 0, "本年度": 0, "前年": -2, "去年": -1, "上年": -1, "今年": 0}
_RELATIVE |= {"本年": 0, "明年": 1, "后年": 2}
_TO = r"\s?[-~–—至到]\s?"
_YEAR = (
    r"(?:(?P<year>(?<!\d)[12]\d{3}|(?<![零〇一二三四五六七八九])[一二][〇零一二三四五六七八九]{3})\s?(?:年度?|财年)|(?P<relative>上一财年|"
    r"上财年|本财年|本年度|前年|去年|上年|今年|本年|明年|后年))"
)
_QUARTER_NUMBER = "[一二三四1-4]"
_QUARTER = (
    rf"(?:第\s?)?(?<![\d.零〇一二三四五六七八九十])(?P<quarter>{_QUARTER_NUMBER})(?:{_TO}(?P<quarter_to>{_QUARTER_NUMBER}))?\s?(?:个)?"
    r"(?:财季|季度|季(?![节风]))"
)
_HALF = r"(?P<half>[上下])半年"
_FIRST = r"前(?P<first>[一二三四五六七八九十]{1,2}|\d{1,2})(?P<first_unit>个?季度|个?月)"
_MONTH_NUMBER = r"1[0-2]|0?[1-9]|十[一二]?|[一二三四五六七八九]"
_DAY_NUMBER = r"3[01]|[12]\d|0?[1-9]|三十一?|[一二]?十[一二三四五六七八九]?|[一二三四五六七八九]"
_MONTH = (
    rf"(?<![\d.])(?:(?P<from_month>{_MONTH_NUMBER})月?{_TO})?(?P<month>{_MONTH_NUMBER})\s?月份?(?![活度均经])"
    rf"(?:\s?(?P<day>{_DAY_NUMBER})\s?(?:[日号]|(?={_TO}(?:{_DAY_NUMBER})[日号]))(?:{_TO}(?:(?P<to_month>{_MONTH_NUMBER})月)?(?P<to_day>{_DAY_NUMBER})[日号])?"
    rf"|(?<=月){_TO}(?P<month_to>{_MONTH_NUMBER})月份?)?"
)
_HAN = re.compile(
    rf"{_YEAR}?的?(?:{_QUARTER}|{_HALF}|{_FIRST}|(?P<whole>全年)|{_MONTH})(?P<month_part>[初底末]|[上中下]旬)?"
    rf"|(?<!\d)(?P<from_year>[12]\d{{3}}){_TO}(?P<to_year>[12]\d{{3}})\s?(?:年|财年)"
    rf"|{_YEAR.replace('<year>', '<year2>').replace('<relative>', '<relative2>')}"
    r"(?P<year_part>年?[初底末中](?![国心等期]))?"
    r"|(?<![\d.])(?P<only_day>3[01]|[12]\d|[1-9])日(?![均活常本元圆内])"
)
_TENS = "[二三四五六七八九]十"
_ERA = re.compile(
    r"(?:公元前?|前)\s?\d{1,4}\s?年|(?:(?<!\d)(?P<century>[1-9]\d?|[一二]?十[一二三四五六七八九]?)|(?P<which>[上本])个?)\s?世纪"
    rf"(?:\s?(?P<of_decade>[1-9]0|{_TENS})年代)?[初中末]?期?"
    rf"|(?<!\d)(?P<decade>1\d|20)(?P<tens>\d0)(?:年代|s\b)[初中末]?期?|(?<![\d.,])(?:(?P<from_ten>[二三四五六七八])(?=[三四五六七八九]))?(?P<bare>[3-9]0|(?!二){_TENS})年代[初中末]?期?"
    r"|(?<![\d.,])(?P<old_year>[2-9]\d{2})年(?!历史|来|前|后|间|的历史)"
)


def find_han_dates(folded: str) -> Iterator[CalendarDate]:
    """The Chinese calendar expressions of ``folded``; they may overlap."""
    if re.search("[年月日季]", folded):
        for match in _HAN.finditer(folded):
            if (date := _date(match)) is not None:
                yield date
    if re.search("年|世纪|[02]s", folded):
        for match in _ERA.finditer(folded):
            yield _era(match)


def _number(text: str) -> int:
    return int(parse_number(text) or 0)


def _date(match: re.Match[str]) -> CalendarDate | None:
    groups = match.groupdict()
    if groups["from_year"]:
        first, last = int(groups["from_year"]), int(groups["to_year"])
        return dated(match, first, None, *WHOLE_YEAR, last - first + 1) if first < last else None
    written = groups["year"] or groups["year2"]
    year = _number(written) if written else None
    named = groups["relative"] or groups["relative2"]
    days = _days(groups, year)
    if days is None and groups["only_day"]:
        return dated(match, None, None, None, None)
    return dated(match, year, _RELATIVE[named] if named else None, *(days or WHOLE_YEAR))


def _days(groups: dict[str, str], year: int | None) -> tuple[Day, Day] | None:
    """The days of the year that are told, None where only the year is."""
    if groups["quarter"]:
        last = _number(groups["quarter_to"]) if groups["quarter_to"] else None
        quarter = _number(groups["quarter"])
        return quarter_days(quarter, last if last and last > quarter else None)
    if groups["half"]:
        return half_days(1 if groups["half"] == "上" else 2)
    if groups["first"]:
        count = _number(groups["first"]) * (3 if "季" in groups["first_unit"] else 1)
        return months(1, min(max(count, 1), 12))
    if not groups["month"]:
        return None
    month = _number(groups["month"])
    if groups["day"]:
        first = month_days(year, month, _number(groups["day"]))[0]
        if not groups["to_day"]:
            return first, first
        to_month = _number(groups["to_month"]) if groups["to_month"] else month
        until = month_days(year, to_month, _number(groups["to_day"]))[1]
        return first, (max(first, until) if to_month == month else until)
    first_month = _number(groups["from_month"]) if groups["from_month"] else month
    last_month = _number(groups["month_to"]) if groups["month_to"] else month
    return month_days(year, first_month, None)[0], month_days(year, last_month, None)[1]


def _era(match: re.Match[str]) -> CalendarDate:
    if match["century"] or match["which"]:
        first = (_number(match["century"]) - 1) * 100 if match["century"] else {"上": 1900, "本": 2000}[match["which"]]
        if match["of_decade"]:
            return dated(match, first + _number(match["of_decade"]), None, *WHOLE_YEAR, 10)
        return dated(match, first + 1, None, *WHOLE_YEAR, 100)
    if match["decade"]:
        return dated(match, int(match["decade"] + match["tens"]), None, *WHOLE_YEAR, 10)
    if match["bare"]:
        last = _number(match["bare"])
        first = 10 * _number(match["from_ten"]) if match["from_ten"] else last
        return dated(match, 1900 + first, None, *WHOLE_YEAR, last - first + 10)
    if match["old_year"]:
        return dated(match, int(match["old_year"]), None, *WHOLE_YEAR)
    return dated(match, None, None, None, None)
