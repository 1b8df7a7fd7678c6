"""What is particular to durations: 两年半, 一个半小时, 1小时30分钟, and 近三年, which is the last three years."""

from __future__ import annotations

import re

from qa.values.amounts import read_amount
from qa.values.approximation import TAKEN
from qa.values.units import UNIT, UNITS

_SMALLER = {
    "年": ("个月", 12.0),
    "周": ("天", 7.0),
    "天": ("小时", 24.0),
    "小时": ("分钟", 60.0),
    "分钟": ("秒", 60.0),
    "秒": ("毫秒", 1000.0),
}
"""The next smaller unit, and how many of it make one. A month is not a number of days."""
_HALF_MORE = re.compile(r"半(?![导数成途决自])")
_JOIN = re.compile(r"[零又]|\s(?:and\s)?|,\s|")
_RECENT = frozenset(("天", "周", "个月", "季度", "年", "世纪"))


def is_recent(folded: str, start: int, blur: str | None, unit: str | None) -> bool:
    """Whether 近 before a duration means the last ones (近三年来) and not nearly (历时近三年)."""
    return blur == "近" and unit in _RECENT and not folded.endswith(TAKEN, 0, start)


def half_more(folded: str, at: int, name: str) -> tuple[float, int]:
    """What 半 adds to a duration whose unit ``name`` ends at ``at`` (两年半, 个半小时), and where it ends."""
    if name.startswith("个半"):
        return 0.5, at
    found = _HALF_MORE.match(folded, at)
    return (0.5, found.end()) if found else (0.0, at)


def continued(folded: str, at: int, number: float, unit: str) -> tuple[float, str, int]:
    """1小时30分钟 as 90 分钟: the number and unit of a duration, with the smaller ones that follow at ``at``."""
    while unit in _SMALLER:
        join = _JOIN.match(folded, at)
        start = join.end() if join else at
        if start >= len(folded) or not (folded[start].isdigit() or folded[start] in "一二三四五六七八九十两"):
            break
        amount = read_amount(folded, start)
        found = UNIT.match(folded, amount.end) if amount and amount.low == amount.high and not amount.odd else None
        if amount is None or found is None:
            break
        name = found[str(found.lastgroup)]
        smaller = "分钟" if name == "分" and unit == "小时" else UNITS[name].unit
        factor = _factor(unit, smaller)
        if factor is None or amount.low >= factor:
            break
        number, unit, at = number * factor + amount.low, smaller or unit, found.end()
    return number, unit, at


def _factor(unit: str, smaller: str | None) -> float | None:
    """How many of ``smaller`` make a ``unit``, or None."""
    factor = 1.0
    while unit in _SMALLER:
        unit, times = _SMALLER[unit]
        factor *= times
        if unit == smaller:
            return factor
    return None
