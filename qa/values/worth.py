"""What one number with its unit is worth, with what stands behind it: 三成五, 3块5, 两年半, 1小时30分钟, 5元以上."""

from __future__ import annotations

import re
from typing import NamedTuple

from qa.values.approximation import OVER, UNDER, bounds
from qa.values.before import Before
from qa.values.durations import continued, half_more, is_recent
from qa.values.ranges import Measured
from qa.values.units import UNIT, Unit

_REST = re.compile(
    r"(?P<odd>多(?!少))?(?P<rest>左右|上下|及?以[上下内]|之内|有余|(?:不到|起)(?![\u4e00-\u9fff])|\+(?![a-z\d+])"
    r"|\sor\s(?:more|less|so)\b)?"
)
_DIGITS = "一二三四五六七八九"
_TENTH = re.compile(rf"([{_DIGITS}1-9])(?:毛|角)?(?![\d.,%{_DIGITS}十百千万亿])")
_TENTHS = ("成", "块")
"""Units that a single digit may follow for tenths of them: 三成五, 3块5."""


class Worth(NamedTuple):
    """From ``low`` to ``high`` of ``unit`` (None for an open side); ``end`` is where the expression ends."""

    low: float | None
    high: float | None
    unit: Unit
    end: int


class _Exact(NamedTuple):
    """A number before it is blurred; ``last`` is the worth of its last significant digit."""

    number: float
    last: float
    unit: Unit
    end: int


def worth(folded: str, one: Measured, before: Before, unit: Unit) -> Worth:
    """What ``one`` means, read as ``unit``, with what stands ``before`` it."""
    exact = _exact(folded, one, unit)
    rest, end = rest_after(folded, exact.end, exact.unit.kind)
    odd = one.amount.odd or one.name.startswith("个多") or bool(one.name and rest and rest["odd"])
    if rest and rest["odd"] and not one.name:
        rest, end = None, exact.end
    if one.amount.low != one.amount.high:
        low, high = one.amount.low, one.amount.high
        return Worth(None if before.blur in UNDER else low, None if before.blur in OVER else high, exact.unit, end)
    recent = exact.unit.kind == "duration" and is_recent(folded, before.start, before.blur, exact.unit.unit)
    low_high = bounds(None if recent else before.blur, odd, rest and rest["rest"], exact.number, exact.last)
    return Worth(*low_high, exact.unit, end)


def rest_after(folded: str, at: int, kind: str) -> tuple[re.Match[str] | None, int]:
    """The words behind a unit that blur it (以上, 左右), and where they end. 起 is at least for prices only."""
    rest = _REST.match(folded, at)
    if rest is None or (rest["rest"] == "起" and kind != "money"):
        return None, at
    return rest, rest.end()


def _exact(folded: str, one: Measured, unit: Unit) -> _Exact:
    number, last, end = one.amount.low, one.amount.last, one.end
    if not one.exact:
        return _Exact(number, last, unit, end)
    if unit.kind == "duration":
        more, end = half_more(folded, end, one.name)
        number, total, end = continued(folded, end, number + more, str(unit.unit))
        return _Exact(number, more or last, unit if total == unit.unit else Unit("duration", total), end)
    if one.name == "分":
        seconds, total, stop = continued(folded, end, number, "分钟")
        return (
            _Exact(number, last, unit, end) if total == "分钟" else _Exact(seconds, last, Unit("duration", total), stop)
        )
    if one.name == "折" and number >= 10:
        # 七五折: its digits are read one by one.
        return _Exact(number / 10, last / 10, unit, end)
    tenth = _TENTH.match(folded, end) if one.name in _TENTHS else None
    if tenth is not None and not UNIT.match(folded, tenth.end()):
        digit = int(tenth[1]) if tenth[1].isdigit() else _DIGITS.index(tenth[1]) + 1
        return _Exact(number + digit / 10, 0.1, unit, tenth.end())
    return _Exact(number, last, unit, end)
