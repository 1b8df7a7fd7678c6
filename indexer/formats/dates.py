"""Publication dates as files write them, as ISO dates (YYYY-MM-DD)."""

from __future__ import annotations

import datetime as dt
import re

_DATE = re.compile(r"(?<!\d)((?:19|20)\d\d)[-/.年]\s?(\d{1,2})[-/.月]\s?(\d{1,2})(?!\d)")
_COMPACT = re.compile(r"(?<!\d)((?:19|20)\d\d)(\d\d)(\d\d)(?!\d)")
_ENGLISH = re.compile(r"\b([A-Z][a-z]{2})[a-z]{0,6}\.? (\d{1,2}),? ((?:19|20)\d\d)\b")
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_LABELLED = re.compile(
    r"(?im)^[ \t]{0,8}(?:发布时间|發布時間|發佈時間|发表时间|發表時間|发布日期|發布日期"
    r"|发布于|發布於|日期|时间|時間|published(?: on)?|date)[ \t]?[:\uff1a][ \t]?(.{8,40})$"
)


def iso_date(value: object) -> str | None:
    """The first full date in ``value`` (a date, a timestamp's text, 2025年6月1日), or None."""
    if isinstance(value, dt.datetime):
        return value.date().isoformat()
    if isinstance(value, dt.date):
        return value.isoformat()
    if not isinstance(value, str):
        return None
    text = value[:200]
    if found := _DATE.search(text) or _COMPACT.search(text):
        year, month, day = (int(part) for part in found.groups())
    elif (found := _ENGLISH.search(text)) and found[1].lower() in _MONTHS:
        year, month, day = int(found[3]), _MONTHS.index(found[1].lower()) + 1, int(found[2])
    else:
        return None
    try:
        return dt.date(year, month, day).isoformat()
    except ValueError:
        return None


def labelled_date(text: str) -> str | None:
    """The date after a label such as 发布时间: in the first 3,000 characters. An unlabelled date is no
    publication date: articles are full of others."""
    found = _LABELLED.search(text[:3000])
    return iso_date(found[1]) if found else None
