"""Ratios that are told without a percent sign: 三分之一, 过半, 翻两番, one in five, two thirds, doubled, 双位数."""

from __future__ import annotations

import re
from collections.abc import Iterator

from qa.results import Value
from qa.values.approximation import bounds, rounded
from qa.values.before import blur_before
from qa.values.numerals import ARABIC, HAN, WORD, WORDS, last_place, parse_number

_AFTER = r"(?P<rest>以上|以下|左右|多|有余)?"
_PART = re.compile(
    rf"(?P<base>[百千万]|{HAN}|(?<!\d)\d+)分之(?P<top>{ARABIC}|{HAN})(?:[~至到-](?:(?P=base)分之)?(?P<top2>{ARABIC}|{HAN}))?{_AFTER}"
)
_SLASH = re.compile(r"(?<![\d/.])(?P<top>\d{1,2})/(?P<base>\d{1,3})(?![\d/])")
_HAN_HALF = re.compile(rf"(?P<half>一[多大]?半(?!年|天|个|小时)|过半数?(?!年|天|个|小时|百|夜|场)|半数){_AFTER}")
_DOUBLE = re.compile(r"翻了?(?P<times>[一两二三四])?番|翻倍|翻一倍")
_LATIN_HALF = re.compile(r"(?<!and a )\bhalf\b(?![年-]|\s(?:an?|years?|hours?|days?|times?|dozen)\b)")
_NTHS = {
    "half": 2,
    "third": 3,
    "quarter": 4,
    "fifth": 5,
    "sixth": 6,
    "seventh": 7,
    "eighth": 8,
    "ninth": 9,
    "tenth": 10,
}
_NTH = re.compile(
    rf"\b(?P<top>an?|one|two|three|four|five|six|seven|eight|nine)(?P<join>[\s-])(?P<nth>{'|'.join(_NTHS)})(?P<many>s)?\b"
    r"(?P<of>(?=\sof(?!\s(?:\d{4}|fiscal|last|this|next)\b)))?(?P<ends>(?=\s*(?:[.,;:!?)]|$)|\s(?:more|less|lower|higher|fewer)\b))?"
)
_OUT_OF = re.compile(
    rf"(?<![\w.,$])(?P<top>\d{{1,3}}|{WORD})\s(?P<link>in|out\sof)\s(?:every\s)?(?P<base>\d{{1,4}}|{WORD})\b(?![.,]?\d|%|\s(?:minute|hour|day|week|month|year|million|billion|thousand))"
)
_MULTIPLE = re.compile(
    r"\b(?:(?P<verb>doubled|tripled|quadrupled)|(?P<twice>twice)(?=\s(?:as|the|that)\b)|(?P<fold>two|three|four|five|six|ten)fold)\b"
)
_VERBS = {"doubled": 2.0, "tripled": 3.0, "quadrupled": 4.0}
_DIGITS = re.compile(
    r"(?:中低|中高|[低中高])?(?P<places>个|单|双|两|三)位数(?:百分比)?"
    r"|(?:(?:low|mid|high)(?:-to-(?:mid|high))?[ -])?(?P<size>single|double|triple)[ -]digits?"
)
_TENTHS = 0.1


def find_fractions(folded: str) -> Iterator[tuple[int, int, Value]]:
    """``(start, end, value)`` for every such ratio of ``folded``; they may overlap."""
    if "百分百" in folded:
        for match in re.finditer("百分百", folded):
            yield _fraction(folded, match.start(), match.end(), 100.0, 100.0, "百")
    if "分之" in folded:
        yield from _parts(folded)
    if "/" in folded:
        yield from _slashes(folded)
    if "半" in folded:
        for match in _HAN_HALF.finditer(folded):
            over = match["half"][0] == "过" or len(match["half"]) > 2
            yield _fraction(folded, match.start(), match.end(), 1.0, 2.0, rest="以上" if over else match["rest"])
    if "番" in folded or "翻" in folded:
        for match in _DOUBLE.finditer(folded):
            times = parse_number(match["times"]) if match["times"] else 1.0
            yield _times(folded, match, 2.0 ** (times or 1.0))
    if "位数" in folded or "digit" in folded:
        yield from _vague_digits(folded)
    yield from _english(folded)


def _parts(folded: str) -> Iterator[tuple[int, int, Value]]:
    for match in _PART.finditer(folded):
        top = parse_number(match["top"])
        base = {"百": 100.0, "千": 1000.0, "万": 10_000.0}.get(match["base"]) or parse_number(match["base"])
        if top is None or not base:
            continue
        more = parse_number(match["top2"]) if match["top2"] else None
        if more is None or more <= top:
            end, rest = (match.end("top"), None) if match["top2"] else (match.end(), match["rest"])
            yield _fraction(folded, match.start(), end, top, base, match["top"], rest)
            continue
        start, end, value = _fraction(folded, match.start(), match.end(), top, base, match["top"])
        yield start, end, {**value, "min": rounded(top / base), "max": rounded(more / base)}


def _slashes(folded: str) -> Iterator[tuple[int, int, Value]]:
    for match in _SLASH.finditer(folded):
        top, base = float(match["top"]), float(match["base"])
        if 0 < top < base:
            yield _fraction(folded, match.start(), match.end(), top, base)


def _english(folded: str) -> Iterator[tuple[int, int, Value]]:
    if "half" in folded:
        for match in _LATIN_HALF.finditer(folded):
            yield _fraction(folded, match.start(), match.end(), 1.0, 2.0)
    for match in _NTH.finditer(folded):
        article, plural = match["top"] in ("a", "an"), bool(match["many"])
        of = match["of"] is not None
        if match["nth"] == "quarter" and not (of or (match["join"] == "-" and plural)):
            continue
        if plural is (article or match["top"] == "one") or (article and not (of or match["ends"] is not None)):
            continue
        yield _fraction(
            folded, match.start(), match.end(), 1.0 if article else WORDS[match["top"]], _NTHS[match["nth"]]
        )
    if " in " in folded or " out of " in folded:
        for match in _OUT_OF.finditer(folded):
            top, base = parse_number(match["top"]), parse_number(match["base"])
            if top and base and top < base and (match["link"] != "in" or (top < 10 and base <= 100)):
                yield _fraction(folded, match.start(), match.end(), top, base)
    for match in _MULTIPLE.finditer(folded):
        yield _times(
            folded, match, _VERBS.get(match["verb"] or "") or (2.0 if match["twice"] else float(WORDS[match["fold"]]))
        )


def _fraction(
    folded: str, start: int, end: int, top: float, base: float, written: str = "", rest: str | None = None
) -> tuple[int, int, Value]:
    """A part of a whole. The last digit of 百分之二十 is worth ten of a hundred, that of 三分之一 a tenth."""
    blur, start = _blur_before(folded, start)
    last = last_place(written) / base if base in (100.0, 1000.0, 10_000.0) and written else min(1.0 / base, _TENTHS)
    low, high = bounds(blur, rest in ("多", "有余"), rest, top / base, last)
    return start, end, {"kind": "ratio", "min": rounded(low), "max": rounded(high), "unit": None}


def _times(folded: str, match: re.Match[str], times: float) -> tuple[int, int, Value]:
    blur, start = _blur_before(folded, match.start())
    low, high = bounds(blur, None, None, times, 1.0)
    return start, match.end(), {"kind": "ratio", "min": low, "max": high, "unit": "倍"}


def _blur_before(folded: str, start: int) -> tuple[str | None, int]:
    """The word that blurs what begins at ``start``, and where both begin."""
    at = start - 1 if start and folded[start - 1] == " " else start
    blur = blur_before(folded, at, 0, folded[start])
    return blur, (at - len(blur) if blur else start)


def _vague_digits(folded: str) -> Iterator[tuple[int, int, Value]]:
    """中高双位数: a growth told by its number of digits, in percent."""
    for match in _DIGITS.finditer(folded):
        places = {"个": 1, "单": 1, "single": 1, "三": 3, "triple": 3}.get(match["places"] or match["size"], 2)
        low, high = rounded(10.0 ** (places - 3)), rounded(10.0 ** (places - 2))
        yield *match.span(), {"kind": "ratio", "min": low, "max": high, "unit": None}
