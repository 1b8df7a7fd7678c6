"""When two values say the same: 近七成 and 70 %, 4.08亿 and 408 million, 4月30日 and 2025年4月30日."""

from __future__ import annotations

from qa.results import Value
from qa.values.units import MONTHS, SECONDS

_ROUNDING = 0.005
"""Relative difference that rounding may make between two sources (1269亿 and 1,268.98亿)."""


def same_value(one: Value, other: Value) -> bool:
    """Whether the ranges of two values of one kind and unit meet, give or take rounding."""
    if one.get("kind") != other.get("kind"):
        return False
    if one.get("kind") == "date":
        return _same_date(one.get("date"), other.get("date"))
    if one.get("kind") == "version":
        return one.get("unit") == other.get("unit")
    for measure in (_unit, _per):
        if measure(one) != measure(other) and measure(one) is not None and measure(other) is not None:
            return False
    low, high = _range(one)
    other_low, other_high = _range(other)
    slack = _ROUNDING * max(abs(v) for v in (low, high, other_low, other_high) if abs(v) != float("inf"))
    return low <= other_high + slack and other_low <= high + slack


def _unit(value: Value) -> object:
    unit = value.get("unit")
    return "time" if unit in SECONDS else "months" if unit in MONTHS else unit


def _per(value: Value) -> object:
    return value.get("per")


def _range(value: Value) -> tuple[float, float]:
    """In seconds or months where it is a time. An open side ends a tenth away: 超1.5亿 is not the same as 3亿."""
    low, high = value.get("min"), value.get("max")
    factor = (SECONDS | MONTHS).get(str(value.get("unit")), 1.0) if value.get("kind") == "duration" else 1.0
    if isinstance(low, (int, float)) and isinstance(high, (int, float)):
        return low * factor, high * factor
    if isinstance(low, (int, float)):
        return low * factor, (low + abs(low) / 10) * factor
    if isinstance(high, (int, float)):
        return (high - abs(high) / 10) * factor, high * factor
    return float("-inf"), float("inf")


def _same_date(one: object, other: object) -> bool:
    """Equal as far as both are told: --04-30 and 2025-04-30 are the same, 2025-04 and 2025-04-30 are not."""
    if not isinstance(one, str) or not isinstance(other, str):
        return False
    if one.startswith("--") != other.startswith("--"):
        return one.removeprefix("--") == other[5:] or other.removeprefix("--") == one[5:]
    return one == other
