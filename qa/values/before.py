"""What stands before a number and belongs to it: 约, 超过, 未来, 每条, HK$, the sign."""

from __future__ import annotations

from typing import NamedTuple

from qa.values.approximation import ABOUT, BETWEEN, MANY, OVER, STRETCH, UNDER, Endings
from qa.values.prices import per_before
from qa.values.units import CODES_BEFORE

_CODES, _BLURS, _STRETCHES = Endings(CODES_BEFORE), Endings((*ABOUT, *OVER, *UNDER, *MANY)), Endings(STRETCH)
_BETWEEN = Endings(BETWEEN)
_SIGNS = Endings(("-", "−", "负", "零下"))
_PARTS_OF_WORDS = {
    "近": "附靠邻临贴走",
    "约": "签合条节预违续履毁解公契邀",
    "破": "打攻跌",
    "超": "赶反",
    "过": "通经度路越错渡",
    "上": "以早晚身之线马网",
}
"""Characters that make another word with a blur behind them: 签约, 附近, 打破, 晚上."""
_SYMBOLS = frozenset("~≈><≥≤") | {">=", "<="}
_FEW = {"上": "十百千万亿", "过": "百千万亿"}


class Before(NamedTuple):
    """What belongs to a number, from ``start`` on; ``blur`` and ``per`` are the names as written."""

    start: int
    blur: str | None = None
    negative: bool = False
    stretch: bool = False
    per: str | None = None


def currency_before(folded: str, start: int, floor: int) -> tuple[str | None, int]:
    """The currency named right before ``start`` (but not before ``floor``), and where its name begins."""
    at = _skip_space(folded, start, floor)
    name = _CODES.before(folded, at, floor)
    return (name, at - len(name)) if name else (None, start)


def look_back(folded: str, start: int, floor: int, kind: str, unit: str | None, first: str) -> Before:
    """What stands before ``start`` (but not before ``floor``, the end of the value before) and belongs to a value of
    that kind and unit; ``first`` is the first character of the number."""
    blur = per = None
    negative = stretch = False
    sign = _SIGNS.before(folded, start, floor)
    if sign and _is_sign(folded, start - len(sign), floor, sign, kind, unit):
        start, negative = start - len(sign), True
    for _ in range(3):
        at = _skip_space(folded, start, floor)
        if stretch_word := (_STRETCHES.before(folded, at, floor) if kind == "duration" and not stretch else None):
            start, stretch = at - len(stretch_word), True
        elif kind == "money" and per is None and (found := per_before(folded, at, floor)):
            per, start = found
        elif blur is None and (word := blur_before(folded, at, floor, first)):
            start, blur = at - len(word), word
        else:
            break
    return Before(start, blur, negative, stretch, per)


def blur_before(folded: str, at: int, floor: int, first: str) -> str | None:
    """The word that blurs a number and ends at ``at``, if it is one there: not the 近 of 附近, the < of a tag."""
    word = _BLURS.before(folded, at, floor)
    if word is None or (word in _FEW and first not in _FEW[word]):
        return None
    start = at - len(word)
    before = folded[start - 1] if start else " "
    if before in _PARTS_OF_WORDS.get(word, ""):
        return None
    if word in _SYMBOLS and (
        (start == floor and floor) or before in "/-=\"'" or (before.isascii() and before.isalpha())
    ):
        return None
    return word


def between_before(folded: str, start: int, floor: int) -> int | None:
    """Where the between of "between 10 and 20" begins, if it stands before ``start``."""
    at = _skip_space(folded, start, floor)
    name = _BETWEEN.before(folded, at, floor)
    return at - len(name) if name else None


def _skip_space(folded: str, at: int, floor: int) -> int:
    return at - 1 if at > floor and folded[at - 1].isspace() else at


def _is_sign(folded: str, at: int, floor: int, sign: str, kind: str, unit: str | None) -> bool:
    if unit in ("℃", "度"):
        return True
    if sign == "零下" or kind not in ("ratio", "money") or (at == floor and floor):
        return False
    before = folded[at - 1] if at else " "
    return sign == "负" or (not (before.isascii() and before.isalnum()) and before not in ")%-")
