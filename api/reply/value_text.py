"""A typed value in words, for readers who do not read the language of the answer, or its 成 and 亿."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping

from api.reply.words import Words

Value = Mapping[str, str | float | None]
_HAN = re.compile(r"[\u3400-\u9fff]")
_SCALES_EN = ((1e12, " trillion"), (1e9, " billion"), (1e6, " million"))
_SCALES_ZH = ((1e12, "万亿"), (1e8, "亿"), (1e4, "万"))
_DURATIONS = {
    "毫秒": "milliseconds", "秒": "seconds", "分钟": "minutes", "小时": "hours", "天": "days", "周": "weeks",
    "个月": "months", "季度": "quarters", "年": "years", "世纪": "centuries", "工作日": "working days",
    "交易日": "trading days",
}  # fmt: skip
_CURRENCIES = {"CNY": "元", "USD": "美元", "HKD": "港元", "EUR": "欧元", "JPY": "日元", "GBP": "英镑"}


def value_text(value: Value | None, written: str, words: Words) -> str | None:
    """What ``value`` of ``/v1/ask`` is worth, in the language of ``words``; None where ``written`` says it as well.

    That is where an English reader meets no Chinese, and a Chinese one finds the digits.
    """
    if value is None or (not _HAN.search(written) if words.is_english else any(char.isdigit() for char in written)):
        return None
    if value["kind"] == "date":
        told = value.get("date")
        return " – ".join(words.date(day) for day in told.split("/")) if isinstance(told, str) else None
    write = _writer(value, words)
    return None if write is None else _range(value.get("min"), value.get("max"), write, words)


def _range(least: object, most: object, write: Callable[[float], str], words: Words) -> str | None:
    if isinstance(least, float) and isinstance(most, float):
        return write(least) if least == most else f"{write(least)} – {write(most)}"
    if isinstance(least, float):
        return words.at_least.format(value=write(least))
    return words.at_most.format(value=write(most)) if isinstance(most, float) else None


def _writer(value: Value, words: Words) -> Callable[[float], str] | None:
    """How numbers of this kind and unit are written; None for those that are better left as they are."""
    kind, unit = value["kind"], value.get("unit")
    if value.get("per"):
        return None
    if kind == "ratio":
        return (lambda number: f"{_plain(100 * number)}%") if unit is None else None
    named = str(unit or "")
    if kind == "money":
        named = named if words.is_english else _CURRENCIES.get(named, named)
    elif kind == "duration":
        named = _DURATIONS.get(named, "") if words.is_english else named
        if not named:
            return None
    elif kind == "count":
        named = "" if words.is_english and _HAN.search(named) else named
    else:
        return None
    gap = " " if named and words.is_english else ""
    return lambda number: f"{_scaled(number, words)}{gap}{named}"


def _scaled(number: float, words: Words) -> str:
    scales = _SCALES_EN if words.is_english else _SCALES_ZH
    for scale, name in scales:
        if abs(number) >= scale:
            return f"{_plain(number / scale)}{name}"
    return _plain(number)


def _plain(number: float) -> str:
    """At most four decimals, thousands parted."""
    text = f"{number:,.4f}"
    return text.rstrip("0").rstrip(".")
