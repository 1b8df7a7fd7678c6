"""Calendar expressions in Chinese and English text: 2025年4月30日, 去年第四季度, Q1 2025, March 20, 1990年代.

Works on folded text (``indexer.normalize.fold``), whose offsets are those of the text itself. An expression may
leave the year open (4月30日) or tell it relative to the moment of writing (去年6月): ``qa.values.periods`` resolves
both.
"""

from __future__ import annotations

import re

from qa.values.calendar_date import CalendarDate
from qa.values.dates_han import find_han_dates
from qa.values.dates_latin import find_latin_dates

__all__ = ["CalendarDate", "find_dates"]

_ANY = re.compile(r"[\d年月日季]|世纪|year|quarter|half|\b(?:in|since|by|of|from)\s")


def find_dates(folded: str) -> list[CalendarDate]:
    """All calendar expressions of ``folded``, in order, without overlap: the earlier, then the longer wins."""
    if not _ANY.search(folded):
        return []
    found = sorted((*find_han_dates(folded), *find_latin_dates(folded)), key=lambda date: (date.start, -date.end))
    kept: list[CalendarDate] = []
    for date in found:
        if not kept or date.start >= kept[-1].end:
            kept.append(date)
    return kept
