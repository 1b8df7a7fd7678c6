"""A number with its unit, and two of them that make a range: 40~60亿, 10亿元至12亿元, between 10 and 20, -5%至-3%."""

from __future__ import annotations

import re
from typing import NamedTuple

from qa.values.amounts import Amount, read_amount
from qa.values.approximation import CHANGE, Endings
from qa.values.units import UNIT, UNITS, Unit

_HALF = re.compile(r"半(?=年(?!级)|个?月|个?小时|天|个?世纪|个?钟头)")
_TO = re.compile(r"\s?(?:[~–—至到]{1,2}|-{1,2}|to(?![a-z]))\s?")
_AND = re.compile(r"\s?(?:and(?![a-z])|[和与至到~\-–—])\s?")
_CHANGE = Endings(CHANGE)
_MINUS = "-−"
_BARE = Unit("count", None)


class Measured(NamedTuple):
    """A number with the name of its unit ("" for none); ``end`` is where both end."""

    amount: Amount
    name: str
    end: int

    @property
    def unit(self) -> Unit:
        return UNITS.get(self.name, _BARE)

    @property
    def exact(self) -> bool:
        return self.amount.low == self.amount.high and not self.amount.odd


class UpperEnd(NamedTuple):
    """The second number of a range; ``low`` and ``high`` are the worth of both ends without their signs."""

    measured: Measured
    low: float
    high: float
    negative: bool

    def signed(self, negative: bool) -> tuple[float, float] | None:
        """Both ends in order, where the first is ``negative``, or None: from more to less is a change, not a range."""
        if self.negative and not negative:
            return None
        low, high = (-self.low if negative else self.low), (-self.high if self.negative else self.high)
        if low < high:
            return low, high
        return (high, low) if self.negative and high < low else None


def measure(folded: str, at: int) -> Measured | None:
    """The number that starts at ``at`` with its unit, or None."""
    half = _HALF.match(folded, at)
    amount = Amount(half.end(), 0.5, 0.5, 0.5, alone=False) if half else read_amount(folded, at)
    if amount is None:
        return None
    unit = UNIT.match(folded, amount.end)
    return Measured(amount, str(unit[str(unit.lastgroup)]), unit.end()) if unit else Measured(amount, "", amount.end)


def upper_end(folded: str, at: int, one: Measured, currency: str | None, between: bool) -> UpperEnd | None:
    """What makes a range of ``one``, which begins at ``at`` with its currency: a number behind it of the same unit
    (11.8%至1269亿元 is no range), unless the words before tell a change (从20%到30%)."""
    joint = (_AND if between else _TO).match(folded, one.end) if one.exact else None
    if joint is None or joint.end() >= len(folded):
        return None
    if one.name and _CHANGE.before(folded, at - 1 if at and folded[at - 1].isspace() else at):
        return None
    start = joint.end()
    negative = folded[start] in _MINUS and joint.group().strip() not in _MINUS
    start = _past_currency(folded, start + negative, currency)
    if start >= len(folded) or not folded[start].isalnum():
        return None
    two = measure(folded, start)
    if two is None or not two.exact or not two.amount.counts or (one.name and one.unit != two.unit):
        return None
    low, high, scale = one.amount.low, two.amount.high, two.amount.scale
    if one.amount.scale == 1.0 and not one.name and low < high / scale:
        # 40~60亿: the scale at the end is meant for both.
        low *= scale
    if low >= high and not (at and folded[at - 1] in _MINUS):
        return None
    return UpperEnd(two, low, high, negative)


def _past_currency(folded: str, start: int, currency: str | None) -> int:
    """Behind the currency where it is named again: $4 billion to $6 billion."""
    for name in (currency, currency and currency.removeprefix("us")):
        if name and folded.startswith(name, start):
            start += len(name)
            return start + (folded[start : start + 1] == " ")
    return start
