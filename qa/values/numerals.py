"""Numbers as people write them: 1,269 and 12.5, 三千八百, 二〇二五, 两, three.

All functions take folded text (``indexer.normalize.fold``) and look at the whole of it. Numbers inside running text,
with 万 and 亿, are read by ``qa.values.amounts``.
"""

from __future__ import annotations

import re

DIGITS = {char: value for value, char in enumerate("零一二三四五六七八九")} | {"〇": 0, "两": 2, "幺": 1}
PLACES = {"十": 10, "百": 100, "千": 1_000}
TENS = {"廿": 20, "卅": 30}
WORDS = {
    word: value
    for value, word in enumerate(
        "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen "
        "seventeen eighteen nineteen".split()
    )
} | {word: 10 * value for value, word in enumerate("twenty thirty forty fifty sixty seventy eighty ninety".split(), 2)}

ARABIC = r"\d{1,3}(?:,\d{3})+(?:\.\d+)?(?!\d)|\d+(?:\.\d+)?"
HAN = r"[零〇一二三四五六七八九十百千两廿卅]{1,20}(?:点[零〇一二三四五六七八九]{1,20})?"
WORD = "|".join(sorted(WORDS, key=len, reverse=True))

_ARABIC_ONLY = re.compile(ARABIC)
_HAN_ONLY = re.compile(HAN)
_FORMAL = re.compile(r"[壹贰叁参肆伍陆柒捌玖拾佰仟零万亿]+")
_FORMAL_CHARS = re.compile(r"[壹贰叁参肆伍陆柒捌玖拾佰仟]")
_NO_PLAIN = dict.fromkeys(map(ord, "零万亿"))
_PLAIN = str.maketrans("壹贰叁参肆伍陆柒捌玖拾佰仟", "一二三三四五六七八九十百千")


def plain_numerals(folded: str) -> str:
    """``folded`` with the numerals of bank notes (壹佰贰拾叁万元) in plain ones; same length."""
    if not _FORMAL_CHARS.search(folded):
        return folded

    def plain(match: re.Match[str]) -> str:
        run = match.group()
        several = len(run.translate(_NO_PLAIN)) > 1 and ("万" in run or "亿" in run)
        counts = several or folded[match.end() : match.end() + 1] in ("元", "圆")
        return run.translate(_PLAIN) if counts else run

    return _FORMAL.sub(plain, folded)


def parse_number(text: str) -> float | None:
    """The number that all of ``text`` spells, or None. Scales (万, million) are not part of it."""
    if _ARABIC_ONLY.fullmatch(text):
        return float(text.replace(",", ""))
    if text in WORDS:
        return float(WORDS[text])
    if text == "半":
        return 0.5
    if _HAN_ONLY.fullmatch(text):
        whole, _, decimals = text.partition("点")
        value = _parse_han(whole)
        if value is None or not decimals:
            return value
        return value + float("0." + "".join(str(DIGITS[char]) for char in decimals))
    return None


def _parse_han(text: str) -> float | None:
    """二〇二五 digit by digit, 三千八百 by place. A place that grows (十百) is no number."""
    if not any(char in PLACES or char in TENS for char in text):
        return float("".join(str(DIGITS[char]) for char in text)) if text else None
    total, digit, last_place = 0, None, 10_000
    for char in text:
        if char in DIGITS:
            if digit:
                return None
            digit = DIGITS[char]
            continue
        place = 10 if char in TENS else PLACES[char]
        if place >= last_place or (char in TENS and digit):
            return None
        total += TENS[char] if char in TENS else (1 if digit is None else digit) * place
        digit, last_place = None, place
    if digit:
        # 三百五 is 350: a last digit right after a place counts for the place below it.
        total += digit * (last_place // 10 if text[-2] in PLACES and last_place > 10 else 1)
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
    return float(PLACES.get(text[-1:], 1)) if "点" not in text else 0.1
