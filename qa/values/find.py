"""Typed values in running text: 近七成, 约1.4亿美元, 4.08亿, 125.6分钟, 2025年4月30日, 三分之一, 第二, Gen-3.

A value's span holds everything that changes its meaning: the words that blur it (近, 超过, 以上), the sign, the
currency, the scale, the unit, and what a price is for one of (每条, /月). Numbers are given in units of one: 70 % is
0.7, 4.08亿 is 408,000,000; durations stay in the unit written. ``min`` and ``max`` are equal for an exact number; 近
reaches half a unit of the last digit given below it (近七成 is 0.65 to 0.7), 约 half a unit to both sides; 超 and 不到
are open on one side (None).
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import NamedTuple

from indexer.normalize import fold
from qa.results import Value
from qa.values.dates import find_dates
from qa.values.fractions import find_fractions
from qa.values.identifiers import hide, hide_addresses, hide_names
from qa.values.numerals import plain_numerals
from qa.values.quantities import find_quantities
from qa.values.ranks import find_ranks
from qa.values.versions import find_versions

_WIDE_COMMA = re.compile(r"(?<=[０-９])，(?=[０-９]{3}(?![０-９]))")


class Found(NamedTuple):
    """A value and where it stands, ``[start, end)`` of the text searched."""

    start: int
    end: int
    value: Value


def find_values(text: str) -> list[Found]:
    """All values of ``text``, in order, without overlap. Dates go before fractions, ranks and versions, and these
    before other numbers; of two of a kind the earlier."""
    folded = hide_addresses(plain_numerals(fold(_part_clauses(text))))
    found = [Found(date.start, date.end, {"kind": "date", "date": date.iso()}) for date in find_dates(folded)]
    folded = hide_names(text, hide(folded, found))
    for finder in (find_fractions, find_ranks, lambda rest: find_versions(text, rest), find_quantities):
        new = _apart(Found(*value) for value in finder(folded))
        folded = hide(folded, new)
        found += new
    return sorted(found)


def parse_value(text: str) -> Value | None:
    """The value that ``text`` as a whole is (spaces and punctuation around it aside), or None."""
    stripped = text.strip(" \t\n，。,.;；、:：！!?？()（）")
    found = find_values(stripped)
    return found[0].value if len(found) == 1 and (found[0].start, found[0].end) == (0, len(stripped)) else None


def _part_clauses(text: str) -> str:
    """The full-width comma separates clauses; folded, it would look like the comma of 1,269, which it is only among
    full-width digits."""
    if "，" not in text:
        return text
    return _WIDE_COMMA.sub(",", text).replace("，", "、")


def _apart(found: Iterable[Found]) -> list[Found]:
    """``found`` without those that overlap an earlier one."""
    kept: list[Found] = []
    for value in sorted(found, key=lambda value: (value.start, -value.end)):
        if not kept or value.start >= kept[-1].end:
            kept.append(value)
    return kept
