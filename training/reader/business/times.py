"""Reporting periods and days in both languages, told from a day of publication or without one."""

from __future__ import annotations

import calendar
from dataclasses import dataclass
from datetime import date, timedelta
from random import Random

from training.reader.business.words import Word

_HAN = "零一二三四"
_NTH = ("", "first", "second", "third", "fourth")
_LAST = ("", "March", "June", "September", "December")


@dataclass(frozen=True, slots=True)
class Period:
    """``word`` as a text tells it (English with its preposition), ``ask`` as a question does."""

    key: str
    word: Word
    ask: Word


def quarter(year: int, number: int, anchor: date | None) -> Period:
    han, nth = _HAN[number], _NTH[number]
    zh = [f"{year}年第{han}季度", f"{year}年{han}季度", f"{year}年Q{number}"]
    en = [f"in the {nth} quarter of {year}", f"in Q{number} {year}"]
    ask = Word(tuple(zh), (*en, f"for Q{number} of {year}", f"in the three months to {_LAST[number]} {year}"))
    if anchor and year == anchor.year:
        zh = [f"今年{han}季度", f"今年第{han}季度", f"{han}季度", *zh[:1]]
        en = [f"in the {nth} quarter", f"in the {nth} quarter of this year", en[0]]
    elif anchor and year == anchor.year - 1:
        zh = [f"去年{han}季度", f"去年第{han}季度", *zh[:1]]
        en = [f"in the {nth} quarter of last year", en[0]]
    return Period(f"{year}Q{number}", Word(tuple(zh), tuple(en)), ask)


def half(year: int, number: int, anchor: date | None) -> Period:
    name = "上" if number == 1 else "下"
    zh, en = [f"{year}年{name}半年"], [f"in the {_NTH[number]} half of {year}", f"in H{number} {year}"]
    ask = Word((*zh, f"{year}年H{number}"), (*en, f"for the {_NTH[number]} half of {year}"))
    if anchor and year == anchor.year:
        zh, en = [f"今年{name}半年", f"{name}半年"], [f"in the {_NTH[number]} half of the year", en[0]]
    return Period(f"{year}H{number}", Word(tuple(zh), tuple(en)), ask)


def whole(year: int, anchor: date | None) -> Period:
    zh, en = [f"{year}年", f"{year}年全年", f"{year}财年"], [f"in {year}", f"for {year}", f"in fiscal {year}"]
    ask = Word(tuple(zh), (*en, f"for the whole of {year}"))
    relative = {0: ("今年", "this year"), -1: ("去年", "last year"), 1: ("明年", "next year")}
    if anchor and year - anchor.year in relative:
        told, said = relative[year - anchor.year]
        zh, en = [told, f"{told}全年", *zh[:2]], [said, f"for all of {said}", en[0]]
    return Period(f"{year}", Word(tuple(zh), tuple(en)), ask)


def by_end_of(year: int, month: int, anchor: date | None) -> Period:
    """Up to the end of a month."""
    last, name = calendar.monthrange(year, month)[1], calendar.month_name[month]
    zh = [f"截至{year}年{month}月底", f"截至{year}年{month}月末", f"截至{year}年{month}月{last}日"]
    en = [f"as of the end of {name} {year}", f"by the end of {name} {year}", f"as of {name} {last}, {year}"]
    ask = Word((*zh[:2], f"到{year}年{month}月底"), (*en[:2], f"at the end of {name} {year}"))
    if anchor and year == anchor.year:
        zh, en = [f"截至{month}月底", f"截至今年{month}月底", *zh[:1]], [f"by the end of {name}", *en[:1]]
    return Period(f"-{year}-{month:02d}", Word(tuple(zh), tuple(en)), ask)


@dataclass(frozen=True, slots=True)
class Calendar:
    """``told``: ``P`` is reported, ``Y`` a year before, ``Q`` the one before, ``C`` up to a day, ``F`` to come.
    ``others`` are told of nowhere."""

    told: dict[str, Period]
    others: tuple[Period, ...]


def calendar_of(today: date, anchor: date | None, dice: Random) -> Calendar:
    """A plausible set at ``today``; relative words only with an ``anchor``."""
    quarters = today.year * 4 + (today.month - 1) // 3
    month = today.year * 12 + today.month - 2 - dice.randrange(3)
    upto = by_end_of(month // 12, month % 12 + 1, anchor)
    sort = dice.random()
    rest: tuple[Period, ...]
    if sort < 0.6:
        last = [quarter((quarters - back) // 4, (quarters - back) % 4 + 1, anchor) for back in range(1, 8)]
        coming = dice.choice((whole(today.year, anchor), quarter(quarters // 4, quarters % 4 + 1, anchor)))
        told, rest = (last[0], last[4], last[1]), (last[2], last[3], last[5], whole(today.year - 1, anchor))
    elif sort < 0.75:
        halves = today.year * 2 + (today.month - 1) // 6
        first = [half((halves - back) // 2, (halves - back) % 2 + 1, anchor) for back in range(1, 5)]
        coming = dice.choice((whole(today.year, anchor), whole(today.year + 1, anchor)))
        told, rest = (first[0], first[2], first[1]), (first[3], quarter(today.year, 1, anchor))
    else:
        years = [whole(today.year - back, anchor) for back in range(1, 5)]
        coming = dice.choice((whole(today.year, anchor), whole(today.year + 1, anchor)))
        # A year before and the one before are the same year.
        told, rest = (years[0], years[1], years[1]), (years[2], years[3], quarter(today.year - 1, 4, anchor))
    return Calendar(dict(zip("PYQCF", (*told, upto, coming), strict=True)), rest)


def day(today: date, anchor: date | None, dice: Random, future: bool = False) -> Word:
    at = today + timedelta(days=dice.randrange(20, 200) * (1 if future else -1))
    name = calendar.month_name[at.month]
    if anchor and at.year == anchor.year and dice.random() < 0.6:
        return Word((f"{at.month}月{at.day}日",), (f"{name} {at.day}",))
    return Word(
        (f"{at.year}年{at.month}月{at.day}日",),
        (dice.choice((f"{name} {at.day}, {at.year}", f"{at.day} {name} {at.year}")),),
    )


def month(today: date, dice: Random, future: bool = False) -> Word:
    at = today + timedelta(days=dice.randrange(40, 500) * (1 if future else -1))
    return Word((f"{at.year}年{at.month}月",), (f"{calendar.month_name[at.month]} {at.year}",))
