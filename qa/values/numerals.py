"""Numbers as people write them: 1,269 and 12.5, 三千八百, 二〇二五, 两, three.

All functions take folded text (``indexer.normalize.fold``) and look at the whole of it.
"""

from __future__ import annotations

import re

_DIGITS = {char: value for value, char in enumerate("零一二三四五六七八九")} | {"〇": 0, "两": 2, "幺": 1}
_PLACES = {"十": 10, "百": 100, "千": 1_000}
_WORDS = {
    word: value
    for value, word in enumerate(
        "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen "
        "seventeen eighteen nineteen".split()
    )
} | {word: 10 * value for value, word in enumerate("twenty thirty forty fifty sixty seventy eighty ninety".split(), 2)}

# Longest first: an alternation takes the first name that fits.
SCALES: dict[str, float] = {
    "万亿": 1e12,
    "千亿": 1e11,
    "百亿": 1e10,
    "十亿": 1e9,
    "千万": 1e7,
    "百万": 1e6,
    "十万": 1e5,
    "亿": 1e8,
    "万": 1e4,
    "trillion": 1e12,
    "billion": 1e9,
    "million": 1e6,
    "thousand": 1e3,
    "bn": 1e9,
    "mn": 1e6,
    "百": 1e2,
    "千": 1e3,
    "k": 1e3,
    "m": 1e6,
    "b": 1e9,
}

ARABIC = r"\d{1,3}(?:,\d{3})+(?:\.\d+)?(?!\d)|\d+(?:\.\d+)?"
HAN = r"[零〇一二三四五六七八九十百千两]+(?:点[零〇一二三四五六七八九]+)?"
WORD = "|".join(sorted(_WORDS, key=len, reverse=True))

_ARABIC_ONLY = re.compile(ARABIC)
_HAN_ONLY = re.compile(HAN)


def parse_number(text: str) -> float | None:
    """The number that all of ``text`` spells, or None. Scales (万, million) are not part of it."""
    if _ARABIC_ONLY.fullmatch(text):
        return float(text.replace(",", ""))
    if text in _WORDS:
        return float(_WORDS[text])
    if text == "半":
        return 0.5
    if _HAN_ONLY.fullmatch(text):
        whole, _, decimals = text.partition("点")
        value = _parse_han(whole)
        if value is None or not decimals:
            return value
        return value + float("0." + "".join(str(_DIGITS[char]) for char in decimals))
    return None


def _parse_han(text: str) -> float | None:
    """二〇二五 digit by digit, 三千八百 by place. A place that grows (十百) is no number."""
    if not any(char in _PLACES for char in text):
        return float("".join(str(_DIGITS[char]) for char in text)) if text else None
    total, digit, last_place = 0, None, 10_000
    for char in text:
        if char in _DIGITS:
            if digit:
                return None
            digit = _DIGITS[char]
            continue
        place = _PLACES[char]
        if place >= last_place:
            return None
        total += (1 if digit is None else digit) * place
        digit, last_place = None, place
    if digit:
        # 三百五 is 350: a last digit right after a place counts for the place below it.
        total += digit * (last_place // 10 if text[-2] in _PLACES and last_place > 10 else 1)
    return float(total)


def last_place(text: str) -> float:
    """The worth of the last significant digit of a number as written: 0.1 for 125.6, 10 for 2210, 1000 for 三千."""
    digits = text.replace(",", "")
    if _ARABIC_ONLY.fullmatch(digits):
        whole, _, decimals = digits.partition(".")
        if decimals:
            return float(10.0 ** -len(decimals))
        zeros = len(whole) - len(whole.rstrip("0"))
        return float(10.0**zeros) if zeros < len(whole) else 1.0
    return float(_PLACES.get(text[-1:], 1)) if "点" not in text else 0.1
