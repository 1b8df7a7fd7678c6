"""Numbers in running text, with their scale: 3千5百, 1.4亿, 十几万, 两三千, 10余万, 120 million, $1.2bn.

A Chinese number is a row of terms: a coefficient, and the places (十 百 千) and scales (万 亿) that multiply it; a
scale multiplies every smaller term before it (一万两千亿). The longest row that makes a number is read.
"""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from typing import NamedTuple

from qa.values.english import read_spelled
from qa.values.numerals import ARABIC, DIGITS, PLACES, TENS, last_place

_HAN_DIGIT = "[零〇一二三四五六七八九两]"
_TOKEN = re.compile(
    rf"(?P<arabic>{ARABIC})|(?P<digits>{_HAN_DIGIT}+)(?:点(?P<decimals>{_HAN_DIGIT}+)(?![十分]))?"
    r"|(?P<times>十|百|千(?![米克瓦焦卡])|[廿卅万亿]|(?<=\d)\s[万亿])|(?P<vague>好几|几|数)(?=(?P<before>[十百千万亿])?)|[多余](?=[万亿])"
)
_ARABIC = re.compile(ARABIC)
_ODD = re.compile(r"\s?[多余](?!少)|(?<=[十百千万亿0])来(?=[个名家位次人岁天年万亿])|\+(?![a-z\d+])")
_IDIOM = re.compile(r"成(?P<least>[百千])上[千万]|数以(?P<counted>[十百千万亿]{1,2})计")
_DOTTED = re.compile(r"\.\d")
_GOES_ON = re.compile(r"[十百千万亿多余来+]|\s[万亿多余]")
_LATIN_SCALES = {
    "trillion": 1e12, "tn": 1e12, "billion": 1e9, "bn": 1e9, "b": 1e9, "million": 1e6, "mn": 1e6, "mln": 1e6, "m": 1e6,
    "thousand": 1e3, "k": 1e3, "hundred": 1e2, "dozen": 12.0,
}  # fmt: skip
_LATIN_SCALE = re.compile(
    r"[\s-]?(trillion|billion|million|thousand|hundred|dozen|tn|bn|mn|mln)(?![a-z])|([kmb])(?![a-z\d])"
)
_SIGNS, _SPACED = ("$", "€", "£", "¥"), re.compile(r"(\s)([kmb])(?![a-z\d])")
"""Only after the sign of a currency is the m of 12 m a million, not metres."""
_MULTIPLIERS: dict[str, float] = {**PLACES, "万": 1e4, "亿": 1e8}
_MOST_DIGITS, _MOST_TOKENS = 16, 40
"""Digits of a whole number, and tokens of one; what is longer is a name of something, not its amount."""


class Amount(NamedTuple):
    """A number that ends at ``end``, worth from ``low`` to ``high``; ``last`` is the worth of its last significant
    digit. ``scale`` is what closes it (1e8 for 40亿) and the start of a range may share (40至60亿); 1 for none.

    ``odd``: more than that is meant (十余). ``alone``: it counts without a unit (三千八百 does, 三 does not);
    ``counts``: it does with one (百 does not). ``arabic``: it begins with a digit of 0 to 9.
    """

    end: int
    low: float
    high: float
    last: float
    scale: float = 1.0
    odd: bool = False
    alone: bool = True
    counts: bool = True
    arabic: bool = False


class _Term(NamedTuple):
    low: float
    high: float
    place: float
    last: float

    def times(self, scale: float) -> _Term:
        return _Term(*(part * scale for part in self))


_ONE = _Term(1.0, 1.0, 1.0, 1.0)


def read_amount(folded: str, at: int) -> Amount | None:
    """The number that starts at ``at``, or None."""
    char = folded[at]
    if char.isascii() and char.isalpha():
        spelled = read_spelled(folded, at)
        return None if spelled is None else Amount(*spelled)
    if idiom := _IDIOM.match(folded, at):
        least = math.prod(_MULTIPLIERS[place] for place in idiom["least"] or idiom["counted"])
        return Amount(idiom.end(), least, least, least, odd=True)
    arabic = _ARABIC.match(folded, at) if char.isdigit() else None
    if arabic is not None and _DOTTED.match(folded, arabic.end()):
        return None
    if arabic is not None and not _GOES_ON.match(folded, arabic.end()):
        return _latin(folded, arabic)
    tokens, row = list[re.Match[str]](), _Row()
    while len(tokens) < _MOST_TOKENS and (token := _TOKEN.match(folded, at)) and row.take(token):
        tokens.append(token)
        at = token.end()
    while tokens:
        if (found := _sum(tokens)) is not None:
            odd = None if found.odd else _ODD.match(folded, found.end)
            return found._replace(end=odd.end(), odd=True, alone=True, counts=True) if odd else found
        tokens.pop()
    return None


def _latin(folded: str, match: re.Match[str]) -> Amount | None:
    """12.5 as it stands, or with its English scale. One digit and one letter (4K, 2B) is a name unless a currency or
    a unit stands beside it: ``alone`` is False."""
    if len(match.group().partition(".")[0]) > _MOST_DIGITS + 5:
        return None
    number, last = float(match.group().replace(",", "")), last_place(match.group())
    scaled = _LATIN_SCALE.match(folded, match.end())
    if scaled is None and folded[match.start() - 1 : match.start()] in _SIGNS:
        scaled = _SPACED.match(folded, match.end())
    if scaled is None:
        return Amount(match.end(), number, number, last, arabic=True)
    scale = _LATIN_SCALES[(scaled[1] or "").strip() or scaled[2]]
    odd = _ODD.match(folded, scaled.end())
    named = bool(scaled[2]) and len(match.group()) == 1
    end = odd.end() if odd else scaled.end()
    return Amount(end, number * scale, number * scale, last * scale, scale, bool(odd), not named, arabic=True)


def _sum(tokens: Sequence[re.Match[str]]) -> Amount | None:
    """The number that all of ``tokens`` make, or None."""
    row = _Row()
    return row.amount(tokens) if all(row.take(token) for token in tokens) else None


class _Row:
    """The terms of a number while it is read from the left; ``pending`` is a coefficient not multiplied yet."""

    def __init__(self) -> None:
        self.terms: list[_Term] = []
        self.pending: _Term | None = None
        self.zero = self.odd = False
        self._closed = self._section = float("inf")

    def take(self, token: re.Match[str]) -> bool:
        """Whether ``token`` may follow what was read."""
        if name := (token["times"] or "").strip():
            scale = _MULTIPLIERS.get(name, 10.0)
            fits = self._scale(scale) if scale >= 1e4 else self._place(scale, TENS.get(name))
            self.pending, self.zero = None, False
            return fits
        if not (token["arabic"] or token["digits"] or token["vague"]):
            self.odd = True
            return True
        if self.pending is not None:
            return False
        if self.terms and not (token["digits"] or "1").strip("零〇"):
            self.zero = True
            return True
        self.pending = _coefficient(token, self.terms)
        self.zero = bool(token["digits"]) and token["digits"][0] in "零〇"
        return self.pending is not None

    def _scale(self, scale: float) -> bool:
        """万 or 亿: multiplies all smaller terms."""
        if self.pending is not None or not self.terms:
            self.terms.append(self.pending or _ONE)
        smaller = [number for number, term in enumerate(self.terms) if term.place < scale]
        if not smaller or scale == self._closed:
            return False
        self.terms[smaller[0] :] = [term.times(scale) for term in self.terms[smaller[0] :]]
        self._closed, self._section = scale, float("inf")
        return True

    def _place(self, place: float, tens: int | None) -> bool:
        """十, 百 or 千, each smaller than the last; 廿 is ``tens`` 20."""
        pending = self.pending
        if place >= self._section or (pending is not None and (tens or pending.high >= (10 if place == 10 else 100))):
            return False
        coefficient = _Term(tens / 10, tens / 10, 1.0, 1.0) if tens else pending or _ONE
        self.terms.append(coefficient.times(place))
        self._section = place
        return True

    def amount(self, tokens: Sequence[re.Match[str]]) -> Amount | None:
        """The number that was read from ``tokens``, or None."""
        pending = self.pending
        if pending is not None and self.terms:
            place = self.terms[-1].place
            if not self.zero and place > 10 and pending.last >= 1 and pending.high < 10:
                # 一万二 is 12,000: a last digit right after a place counts for the place below it.
                pending = pending.times(place / 10)
            elif pending.high >= place:
                return None
        parts = [*self.terms, pending] if pending is not None else self.terms
        if not parts or (pending is None and self.zero):
            return None
        names = [(token["times"] or "").strip() for token in tokens]
        told = any(not name or name in ("十", *TENS) for name in names)
        large = any(_MULTIPLIERS.get(name, 0) >= 100 for name in names)
        # 百万 and 千亿 count without a coefficient, 百 and 亿 do not.
        counts = told or (large and len(tokens) > 1)
        arabic, decimal = bool(tokens[0]["arabic"]), any(token["decimals"] for token in tokens)
        return Amount(
            tokens[-1].end(),
            sum(part.low for part in parts),
            sum(part.high for part in parts),
            parts[-1].last,
            parts[0].place if len(parts) == 1 else 1.0,
            self.odd,
            arabic or decimal or (counts and large) or self.odd,
            counts or self.odd,
            arabic,
        )


def _coefficient(token: re.Match[str], terms: Sequence[_Term]) -> _Term | None:
    if token["arabic"]:
        text = token["arabic"]
        if len(text) > _MOST_DIGITS or (terms and "." in text):
            return None
        number = float(text.replace(",", ""))
        return _Term(number, number, 1.0, last_place(text))
    if token["vague"]:
        # 几十 is somewhere from two tens to nine, 十几 one to nine above ten.
        after = bool(terms) and terms[-1].place in (10.0, 100.0)
        return _Term(1.0 if after else 2.0, 9.0, 1.0, 1.0) if token["before"] or after else None
    written = token["digits"].lstrip("零〇") if terms else token["digits"]
    digits = [DIGITS[char] for char in written]
    if token["decimals"]:
        if len(written) > 1 or len(token["decimals"]) > _MOST_DIGITS:
            return None
        number = sum(digits) + float("0." + "".join(str(DIGITS[char]) for char in token["decimals"]))
        return _Term(number, number, 1.0, 10.0 ** -len(token["decimals"]))
    if len(digits) == 2 and digits[0] and (digits[1] - digits[0] == 1 or digits == [3, 5]):
        return _Term(float(digits[0]), float(digits[1]), 1.0, 1.0)
    if not digits or len(digits) > (1 if terms else _MOST_DIGITS) or digits == [0]:
        return None
    number = float("".join(map(str, digits)))
    return _Term(number, number, 1.0, 1.0)
