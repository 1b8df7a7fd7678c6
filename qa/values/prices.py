"""What a price is for one of: 每千次5元, 0.2元/秒, 3元每公斤, $10 per month, 3块钱一斤."""

from __future__ import annotations

import re

from qa.values.units import MEASURES, TIMES, alternation

_NAMES = {"月": "个月", "日": "天", "季": "季度", "annum": "年"}
"""Names of times that stand in prices only, with the unit of a duration that they mean."""
_THINGS = (*MEASURES, *TIMES, *_NAMES, "晚", "平米", "盎司", "张图片", "token")
_MULTIPLE = (
    r"(?:(?:[十百千万亿]+(?![瓦克米])|\d[\d,]*(?:[km](?=\s))?|(?:hundred|thousand|million|billion)(?![a-z]))\s?)?"
)
_LATIN = alternation(name for name in _THINGS if name.isascii())
_HAN = alternation(name for name in _THINGS if not name.isascii())
_THING = rf"{_MULTIPLE}(?:(?:{_HAN})|(?:{_LATIN})(?![a-z]))"
_EACH = re.compile(rf"每(?P<per>{_THING})$")
_AFTER = re.compile(
    rf"\s?/\s?(?P<slash>{_THING}|(?:(?:square|cubic)\s)?[a-z]{{2,20}})"
    rf"|每(?P<each>{_THING})(?![\u4e00-\u9fff])|一(?P<one>{_HAN})(?![\u4e00-\u9fff])"
    rf"|\s?per\s(?P<per>{_MULTIPLE}(?:(?:square|cubic)\s)?[a-z]{{2,20}})(?<!per cent)"
    r"|\s(?:an?|each|every)\s(?P<a>year|month|week|day|hour|minute|second|share|barrel|person|piece|night|seat|ton|head|ounce)(?![a-z])"
)
_LONGEST = 12


def per_before(folded: str, at: int, floor: int) -> tuple[str, int] | None:
    """The unit of a price named before it (每条, 每千次), and where its 每 begins."""
    each = folded.rfind("每", max(floor, at - _LONGEST), at)
    found = _EACH.match(folded, each, at) if each >= 0 else None
    return (unit_name(found["per"]), each) if found else None


def per_after(folded: str, at: int) -> tuple[str, int] | None:
    """The unit of a price named right after it (/月, per month), and where its name ends."""
    found = _AFTER.match(folded, at)
    return (unit_name(str(next(filter(None, found.groups())))), found.end()) if found else None


def unit_name(written: str) -> str:
    """A time by the name of its unit as a duration (月 and month are 个月), anything else as written."""
    name = written.strip()
    return TIMES.get(name) or _NAMES.get(name, name)
