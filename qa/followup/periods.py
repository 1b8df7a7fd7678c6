"""A period put in the place of another, as far as it tells: Q1 after "Q2 2025" is Q1 2025."""

from __future__ import annotations

import re

from indexer.normalize import fold
from qa.values.dates import find_dates

_YEAR = re.compile(r"(?<!\d)[12]\d{3}(?!\d)|last year|this year|next year|去年|今年|前年|明年|上年|本年|后年")
_HAN = re.compile(r"[\u3400-\u9fff]")
_NTH = re.compile(r"(?:first|second|third|fourth|\dst|\dnd|\drd|\dth) (?:quarter|half)", re.IGNORECASE)
_EARLIER = re.compile(
    r"(?:(?:in )?the |an? )?(?:year|one year) (?:before|earlier)|(?:the )?(?:previous|prior|preceding) year|"
    r"(?:the )?same (?:period|quarter|month|time)(?: of)? last year|(?:去年|上年)同期|"
    r"(?:那)?(?:前一年|上一年|上年|再前一年|一年前)(?:同期)?"
)
_LATER = re.compile(r"(?:in )?the (?:year after|(?:following|next) year)|(?:那)?(?:后一年|下一年|次年|第二年)")


def merged(new: str, old: str) -> str:
    """``new`` as it is meant after ``old``: with the year of ``old`` where it tells none itself."""
    told = find_dates(fold(new)) or find_dates(f"in {fold(new)}")
    year = _YEAR.search(fold(old))
    if not told or told[0].year is not None or told[0].relative is not None or year is None:
        return new
    written = old[year.start() : year.end()]
    if _HAN.search(new) or (_HAN.search(written) and not written.isascii()):
        return f"{written}{'年' if written.isdigit() else ''}{new}"
    if _HAN.search(old):
        return f"{written}年{new}"
    return f"{new} of {written}" if _NTH.search(new) else f"{new} {written}"


def shifted(words: str, old: str) -> str | None:
    """The period that "the year before" means after ``old``; None for other words, or an ``old`` without a year."""
    step = -1 if _EARLIER.fullmatch(fold(words)) else 1 if _LATER.fullmatch(fold(words)) else 0
    year = re.search(r"(?<!\d)[12]\d{3}(?!\d)", old)
    if not step or not year:
        return None
    return f"{old[: year.start()]}{int(year.group()) + step}{old[year.end() :]}"
