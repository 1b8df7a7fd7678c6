"""Places in an order: 第一, 第3名, 前十, 前三名, No. 1, #2, 3rd, Top 10, the third-largest."""

from __future__ import annotations

import re
from collections.abc import Iterator

from qa.results import Value
from qa.values.numerals import HAN, parse_number

_NTH = re.compile(
    rf"第\s?(?P<n>(?>\d{{1,4}}|{HAN}))(?:[-~—至到]第?(?P<last>(?>\d{{1,4}}|{HAN})))?(?P<unit>[名位大次个款届代家批轮期])?"
    r"(?![季章节条步页\d方手者眼感]|(?<=第二)天|时间|财经|人称|产业|夫人|桶金|反应|性原理|象限|资本)"
)
_FIRST = re.compile(rf"前\s?(?P<n>(?>\d{{1,3}}|{HAN}))(?P<unit>[名位强甲大])?(?![年月日天季个周\d])")
_RANKED = ("排名", "排", "跻身", "进入", "位居", "位列", "名列", "排在", "居", "列", "世界", "全球", "全国", "行业")
_OTHER_BEFORE = tuple("午目之以此先空")
_ORDINALS = {word: number for number, word in enumerate("first second third fourth fifth sixth seventh".split(), 1)}
_ORDINALS |= {"eighth": 8, "ninth": 9, "tenth": 10}
_LATIN = re.compile(
    r"(?<![\w.])(?:no\.\s?(?P<no>\d{1,3})|№\s?(?P<sign>\d{1,3})|#(?P<hash>[1-9]\d{0,2}))(?![\w%#]|[.,]\d)"
    r"|\btop[\s-](?P<top>\d{1,4}|three|five|ten|twenty)\b(?!\s?%|[.,]\d|\spercent)"
    r"|\bnumber\s(?P<number>one|two|three)\b"
    rf"|\b(?:(?P<digits>\d{{1,3}})(?:st|nd|rd|th)|(?P<word>{'|'.join(_ORDINALS)}))(?:[\s-](?P<unit>place|largest|biggest|"
    r"highest|fastest|most|best|busiest|longest|richest|smallest)\b)?"
)
_NO_RANK = re.compile(r"[\s-](?:century|centuries|anniversary|floor|street|st\b|avenue|birthday|grade|quarter)")
_PLACED = tuple(f"{verb} " for verb in "ranked ranks rank came comes finished placed sits stands is was".split())


def find_ranks(folded: str) -> Iterator[tuple[int, int, Value]]:
    """``(start, end, value)`` for every rank of ``folded``; a range where the first ones are meant."""
    if "第" in folded:
        for match in _NTH.finditer(folded):
            if (number := parse_number(match["n"])) is not None:
                last = parse_number(match["last"]) if match["last"] else None
                yield _rank(match, number, max(number, last or number), match["unit"])
    if "前" in folded:
        for match in _FIRST.finditer(folded):
            number = parse_number(match["n"])
            if folded[match.start() - 1 : match.start()] in _OTHER_BEFORE:
                continue
            if number and number > 1 and (match["unit"] or folded.endswith(_RANKED, 0, match.start())):
                yield _rank(match, 1.0, number, match["unit"])
    if re.search(r"[a-z#№]", folded):
        yield from _latin(folded)


def _latin(folded: str) -> Iterator[tuple[int, int, Value]]:
    for match in _LATIN.finditer(folded):
        written = match["no"] or match["sign"] or match["hash"] or match["top"] or match["number"] or match["digits"]
        number = float(_ORDINALS[match["word"]]) if match["word"] else parse_number(written)
        if (
            not number
            or (match["word"] and not match["unit"])
            or (
                match["digits"]
                and not match["unit"]
                and (not folded.endswith(_PLACED, 0, match.start()) or _NO_RANK.match(folded, match.end()))
            )
        ):
            continue
        yield _rank(match, 1.0 if match["top"] else number, number, match["unit"])


def _rank(match: re.Match[str], low: float, high: float, unit: str | None) -> tuple[int, int, Value]:
    return *match.span(), {"kind": "rank", "min": low, "max": high, "unit": unit}
