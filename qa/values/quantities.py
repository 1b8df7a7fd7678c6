"""Numbers with their unit, currency and blur: 约1.4亿美元, 数千家, 40~60亿, 2200个以上, HK$221.6 billion, 0.2元/秒.

All text here is folded. A number is read from its first digit on; what may stand before it is looked for backwards
within a few characters, so that the time needed grows with the length of the text only.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from qa.results import Value
from qa.values.approximation import rounded
from qa.values.before import Before, between_before, currency_before, look_back
from qa.values.english import STARTS
from qa.values.identifiers import is_name
from qa.values.prices import per_after
from qa.values.ranges import Measured, UpperEnd, measure, upper_end
from qa.values.units import CODES_BEFORE, COMMON_MONEY, Unit, alternation
from qa.values.worth import Worth, rest_after, worth

_HAN_START = (
    r"\d|[零〇一二三四五六七八九十百千两半廿卅]|(?:好几|[数几])(?=[十百千万亿])|(?<=[上过近约逾超破])[万亿]"
    r"|成[百千](?=上)|数以"
)
_FIRST = re.compile(_HAN_START)
_FIRST_OR_WORD = re.compile(rf"{_HAN_START}|\b(?:{alternation(STARTS)})\b")
_RUN = re.compile(r"\d(?:[\d,.]*\d)?|[零〇一二三四五六七八九两]+")
_LATIN = re.compile(r"[a-z]+")
_PRICED = re.compile(r"\s?[\d约$¥€£]")
"""What follows 每百万tokens where it is the unit of a price."""


def find_quantities(folded: str) -> Iterator[tuple[int, int, Value]]:
    """``(start, end, value)`` for every quantity of ``folded``, in order."""
    first = _FIRST if STARTS.isdisjoint(_LATIN.findall(folded)) else _FIRST_OR_WORD
    at = floor = 0
    while match := first.search(folded, at):
        found = measure(folded, match.start())
        quantity = _quantity(folded, match.start(), floor, found) if found else None
        if quantity is not None:
            yield quantity
            at = floor = quantity[1]
        else:
            at = found.amount.end if found else _past_digits(folded, match)


def _past_digits(folded: str, match: re.Match[str]) -> int:
    """Past a run of digits that is no number, so that no part of it is read as one."""
    run = _RUN.match(folded, match.start())
    return max(match.end(), run.end() if run else 0)


def _quantity(folded: str, start: int, floor: int, one: Measured) -> tuple[int, int, Value] | None:
    """The value that ``one``, whose number begins at ``start``, is part of; ``floor`` is where the last one ended."""
    currency, at = currency_before(folded, start, floor)
    if currency and one.unit.kind != "money":
        one = one._replace(name="", end=one.amount.end)
    between = between_before(folded, at, floor)
    two = upper_end(folded, at, one, currency, between is not None)
    if two is not None and (found := _ranged(folded, start, floor, at, between, currency, one, two)):
        return found
    unit = _unit(one, currency)
    before = look_back(folded, at, floor, unit.kind, unit.unit, folded[start])
    if not _counts(folded, start, one, before, bool(one.name or currency)) or _is_part(folded, before, unit, one.end):
        return None
    if is_name(folded, start, one.end, one.amount, one.name, before.blur or currency, before.negative):
        return None
    return _value(folded, before, worth(folded, one, before, unit))


def _unit(measured: Measured, currency: str | None) -> Unit:
    """The unit, or the currency before the number where the unit tells none of its own (新台币2.5亿元)."""
    if currency and (not measured.name or measured.name in COMMON_MONEY):
        return Unit("money", CODES_BEFORE[currency])
    return measured.unit


def _ranged(
    folded: str,
    start: int,
    floor: int,
    at: int,
    between: int | None,
    currency: str | None,
    one: Measured,
    two: UpperEnd,
) -> tuple[int, int, Value] | None:
    unit, end = _unit(two.measured, currency), two.measured.end
    before = look_back(folded, at, floor, unit.kind, unit.unit, folded[start])
    before = before if between is None else Before(between)
    ends = two.signed(before.negative)
    if ends is None or (not one.amount.counts and not before.blur) or _is_part(folded, before, unit, end):
        return None
    if is_name(folded, start, end, one.amount, two.measured.name, before.blur or currency, before.negative):
        return None
    rest, stop = rest_after(folded, end, unit.kind)
    return _value(
        folded, before._replace(negative=False), Worth(*ends, unit, stop if rest and not rest["odd"] else end)
    )


def _is_part(folded: str, before: Before, unit: Unit, end: int) -> bool:
    """Whether a count is the measure of a price that follows: 每百万tokens 2元."""
    return unit.kind == "count" and folded[before.start - 1 : before.start] == "每" and bool(_PRICED.match(folded, end))


def _counts(folded: str, start: int, one: Measured, before: Before, named: bool) -> bool:
    """Whether a number counts: 三千八百 does by itself, 三 needs a unit, 百 a blur as well."""
    if not one.amount.counts:
        return bool(before.blur)
    if one.amount.alone or named:
        return True
    return bool(before.blur) and not (folded[start].isascii() and folded[start].isalpha())


def _value(folded: str, before: Before, found: Worth) -> tuple[int, int, Value]:
    low, high, unit, end = found
    if before.negative:
        low, high = None if high is None else -high, None if low is None else -low
    value: dict[str, str | float | None] = {
        "kind": unit.kind,
        "min": rounded(low, unit.factor),
        "max": rounded(high, unit.factor),
        "unit": unit.unit,
    }
    if unit.kind == "money":
        per = (before.per, end) if before.per else per_after(folded, end)
        if per:
            value["per"], end = per
    return before.start, end, value
