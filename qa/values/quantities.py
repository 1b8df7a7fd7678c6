"""Numbers with their scale, unit and blur: 约1.4亿美元, 数千家, 40~60亿, 2200个以上, HK$221.6 billion.

All text here is folded. The grammar is matched from the first digit on; what may stand before it (blur, then
currency) is looked for backwards, so that the time needed grows with the number of numbers only.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from qa.results import Value
from qa.values.numerals import ARABIC, HAN, SCALES, WORD, last_place, parse_number
from qa.values.units import (
    ABOUT,
    ABOUT_AFTER,
    CURRENCY_AFTER,
    CURRENCY_BEFORE,
    DURATIONS,
    MEASURES,
    NEAR,
    OVER,
    OVER_AFTER,
    STRETCH,
    UNDER,
    UNDER_AFTER,
    alternation,
)

CODES_AFTER = {name: code for code, names in CURRENCY_AFTER.items() for name in names}
CODES_BEFORE = {name: code for code, names in CURRENCY_BEFORE.items() for name in names}
_TIMES = {name: unit for unit, names in DURATIONS.items() for name in names}
_RATIOS = {"%": 0.01, "percent": 0.01, "per cent": 0.01, "成": 0.1, "倍": 1.0, "times": 1.0, "fold": 1.0}
_POINTS = ("个百分点", "百分点", "percentage points", "percentage point", "个点")


def _han_or_latin(names: tuple[str, ...]) -> str:
    """``names`` as a pattern in which a Latin name ends with its word (month is not in monthly)."""
    latin = alternation(name for name in names if name[-1].isascii() and name[-1].isalpha())
    return rf"{alternation(n for n in names if not (n[-1].isascii() and n[-1].isalpha()))}|(?:{latin})(?![a-z])"


_SCALE = _han_or_latin(tuple(SCALES))
_UNIT = _han_or_latin((*CODES_AFTER, *_TIMES, *_RATIOS, *_POINTS, *MEASURES))
_NUMBER = rf"{ARABIC}|半(?=年|个?月|个?小时|天|世纪)|{HAN}|(?:{WORD})(?![a-z])"
_CODE = alternation(CODES_BEFORE)
_START = (
    rf"(?:(?P<vague>好几|数|几|上)(?=[十百千万亿])(?P<n0>{HAN})?|"
    rf"(?P<n>{_NUMBER}))(?P<odd0>[多余](?=[万亿]))?\s?(?P<scale>{_SCALE})?"
    rf"(?:(?<=[万亿])(?P<tail>[\d一二三四五六七八九两][\d十百千零一二三四五六七八九两]*)(?P<tail_scale>[万])?)?(?P<odd>多|"
    rf"余|来)?"
)
_TO = rf"(?P<own>[%成])?\s?(?:[~\-–—至到]{{1,2}}|to)\s?(?:{_CODE})?(?P<n2>{ARABIC}|{HAN})\s?(?P<scale2>{_SCALE})?"
_END = (
    rf"(?P<unit>[\s-]?(?:{_UNIT})(?![数量级]))?(?P<odd2>多)?(?P<rest>左右|上下|及?以[上下内]|之内|有余|"
    rf"\sor\s(?:more|less|so)\b)?"
)
_RANGE, _SINGLE = re.compile(_START + _TO + _END), re.compile(_START + _END)
_BEFORE = re.compile(
    rf"(?P<blur>{alternation((*ABOUT, *OVER, *UNDER))})?(?P<stretch>{alternation(STRETCH)})?\s?(?P<code>{_CODE})?\s?$"
)
_LOOK_BACK = 24
"""Characters before a number in which its blur and currency may start (the longest names together)."""
_FIRST = re.compile(rf"\d|[零〇一二三四五六七八九十百千两半]|(?:好几|[数几上])(?=[十百千万亿])|\b(?:{WORD})\b")
_HAN_NOISE = re.compile(
    r"(?:一(?:度|种|部|版|轮|代|分|块|股|套|点|单|头|门|面|期|层|句|笔|号)|三分|千万|百分|十分|半天)$"
)
"""一度, 一种, 十分: Han numerals that count nothing."""


def find_quantities(folded: str) -> Iterator[tuple[int, int, Value]]:
    """``(start, end, value)`` for every quantity of ``folded``, in order."""
    at = 0
    while first := _FIRST.search(folded, at):
        match = _match(folded, first.start())
        at = first.end()
        if match is None:
            continue
        low = max(0, first.start() - _LOOK_BACK)
        before = _BEFORE.search(folded[low : first.start()])
        assert before is not None  # noqa: S101 (every part of the pattern is optional)
        code = before["code"]
        glued = _cuts_latin(folded, low + before.start())
        value = _quantity(match, None if glued else before["blur"], code)
        if value is None or _inside_word(folded, match, code, value):
            at = max(at, match.end("n") if match["n"] else at)
            continue
        start = low + before.start() if before.group().strip() else first.start()
        if before["stretch"] and value["kind"] != "duration":
            start = low + before.end("stretch")
        if glued:
            start = first.start()
        start += len(folded[start : first.start()]) - len(folded[start : first.start()].lstrip())
        at = max(at, match.end())
        yield start, start + len(folded[start : match.end()].rstrip()), value


def _match(folded: str, at: int) -> re.Match[str] | None:
    """A range if there is one, whose ends are of one unit (11.8%至1269亿元 is none) and in order, else one number."""
    found = _RANGE.match(folded, at)
    if found and not found["vague"] and (not found["own"] or found["own"] == (found["unit"] or "").strip()):
        low, high = _ends(found)
        if low is not None and high is not None and low < high:
            return found
    return _SINGLE.match(folded, at)


def _ends(match: re.Match[str]) -> tuple[float | None, float | None]:
    """Both ends of a range; 40~60亿 has its scale at the end only."""
    low, high = parse_number(match["n"]), parse_number(match["n2"])
    top = SCALES[match["scale2"] or match["scale"]] if match["scale2"] or match["scale"] else 1.0
    bottom = SCALES[match["scale"]] if match["scale"] else top
    return (None if low is None else low * bottom), (None if high is None else high * top)


def _cuts_latin(folded: str, start: int) -> bool:
    """Whether a Latin blur word begins inside a longer word (moreover 5)."""
    around = folded[max(0, start - 1) : start + 1]
    return len(around) == 2 and around.isascii() and around.isalpha()


def _quantity(match: re.Match[str], blur: str | None, code: str | None) -> Value | None:
    unit = (match["unit"] or "").strip(" -")
    scale = SCALES[match["scale"]] if match["scale"] else 1.0
    if match["vague"]:
        low = scale * ((parse_number(match["n0"]) or 1.0) if match["n0"] else 1.0)
        # 上千 is a thousand and more, 数千 somewhere from two to nine thousand: ten would be called so.
        return _typed(unit, code, low, None) if match["vague"] == "上" else _typed(unit, code, 2 * low, 9 * low)
    number: str = match["n"]
    ranged = "n2" in match.re.groupindex
    parsed = parse_number(number)
    if parsed is None:
        return None
    if not number.isascii() and not _counts(number, unit, bool(blur or match["scale"] or ranged)):
        return None
    if number[0].isascii() and number[0].isalpha() and not (unit or match["scale"] or code):
        return None
    if ranged:
        return _typed(unit, code, *_ends(match))
    exact, last = parsed * scale + _tail(match, scale), last_place(number) * scale
    low_high = bounds(blur, match["odd0"] or match["odd"] or match["odd2"], match["rest"], exact, last)
    return _typed(unit, code, *low_high)


def _counts(number: str, unit: str, helped: bool) -> bool:
    """Whether a Han numeral counts: 三千八百 does by itself, 三 needs a unit, 百 a blur or a scale as well."""
    digits = re.search(r"[一二三四五六七八九两十半]", number)
    return bool(digits and (unit or helped or (len(number) > 1 and re.search(r"[百千]", number)))) or (
        not digits and helped
    )


def _tail(match: re.Match[str], scale: float) -> float:
    """The rest of 两万五千 or 3亿5000万; a single Han digit (两万五) counts tenths of the scale."""
    tail = match["tail"]
    if not tail:
        return 0.0
    value = (parse_number(tail) or 0.0) * (SCALES[match["tail_scale"]] if match["tail_scale"] else 1.0)
    return value * scale / 10 if len(tail) == 1 and not tail.isdigit() and not match["tail_scale"] else value


def bounds(
    blur: str | None, odd: str | None, rest: str | None, exact: float, unit: float
) -> tuple[float | None, float | None]:
    """The range that is meant; ``unit`` is the worth of the last significant digit."""
    rest = (rest or "").strip()
    if blur in UNDER or rest in UNDER_AFTER:
        return None, exact
    if blur in OVER or rest in OVER_AFTER or odd:
        return exact, None
    if blur in NEAR:
        return exact - unit / 2, exact
    if blur in ABOUT or rest in ABOUT_AFTER:
        return exact - unit / 2, exact + unit / 2
    return exact, exact


def _typed(unit: str, code: str | None, low: float | None, high: float | None) -> Value:
    if code or unit in CODES_AFTER:
        return _value("money", low, high, 1.0, CODES_AFTER.get(unit) or CODES_BEFORE[code or ""])
    if unit in _POINTS:
        return _value("ratio", low, high, 0.01, "百分点")
    if unit in _RATIOS:
        return _value("ratio", low, high, _RATIOS[unit], "倍" if _RATIOS[unit] == 1.0 else None)
    if unit in _TIMES:
        return _value("duration", low, high, 1.0, _TIMES[unit])
    return _value("count", low, high, 1.0, unit or None)


def _value(kind: str, low: float | None, high: float | None, factor: float, unit: str | None) -> Value:
    return {"kind": kind, "min": rounded(low, factor), "max": rounded(high, factor), "unit": unit}


def rounded(number: float | None, factor: float = 1.0) -> float | None:
    """``number * factor`` to 12 digits: 7 * 0.01 would not be 0.07 otherwise."""
    return None if number is None else float(f"{number * factor:.12g}")


def _inside_word(folded: str, match: re.Match[str], code: str | None, value: Value) -> bool:
    """Whether the match is part of a name (720p, gpt4, 第三) or a Han numeral that counts nothing (一度)."""
    start, end = match.span()
    before, after = folded[max(0, start - 1) : start], folded[end : end + 1]
    arabic = folded[start].isdigit() and folded[start].isascii()
    if before == "第" or (arabic and before.isascii() and before.isalpha() and not code):
        return True
    if folded[end - 1].isdigit() and (after == "后" or (after.isascii() and after.isalpha())):
        return True
    if arabic and before in ("-", ".") and folded[max(0, start - 2) : start - 1].isalnum():
        return True
    return bool(value["kind"] in ("count", "duration", "money") and _HAN_NOISE.match(match.group().strip()))
