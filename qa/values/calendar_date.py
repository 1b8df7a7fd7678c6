"""A calendar expression as found: which days of which year it speaks of, as far as it tells."""

from __future__ import annotations

import re
from calendar import monthrange
from dataclasses import dataclass

Day = tuple[int, int]
"""Month and day of the month."""


@dataclass(frozen=True, slots=True)
class CalendarDate:
    """A calendar expression at ``[start, end)``.

    ``first`` and ``last`` are (month, day), both included, or None where only a day of an unknown month is
    told. ``year`` is None where it is open; ``relative`` counts years from the year of writing (去年 is -1).
    ``years`` is how many calendar years it touches: 10 for a decade, 2 where ``last`` is before ``first`` (11月至2月).
    """

    start: int
    end: int
    year: int | None
    relative: int | None
    first: Day | None
    last: Day | None
    years: int = 1

    def iso(self) -> str | None:
        """As precise as told: 2025, 2025-04, 2025-04-30, an interval a/b, or --04-30 without a year (XSD gMonthDay)."""
        if self.first is None or self.last is None or (self.year is None and self.relative is not None):
            return None
        prefix = "-" if self.year is None else f"{self.year:04d}"
        if (self.first, self.last) == ((1, 1), (12, 31)):
            if self.year is None:
                return None
            return prefix if self.years == 1 else f"{prefix}-01-01/{self.year + self.years - 1:04d}-12-31"
        (month, day), (last_month, last_day) = self.first, self.last
        if self.first == self.last:
            return f"{prefix}-{month:02d}-{day:02d}"
        if month == last_month and day == 1 and last_day >= 28 and self.years == 1:
            return f"{prefix}-{month:02d}"
        until = prefix if self.year is None else f"{self.year + self.years - 1:04d}"
        return f"{prefix}-{month:02d}-{day:02d}/{until}-{last_month:02d}-{last_day:02d}"


def dated(
    match: re.Match[str],
    year: int | None,
    relative: int | None,
    first: Day | None,
    last: Day | None,
    years: int = 1,
) -> CalendarDate:
    """The date that ``match`` writes, without the particle or space it may begin with."""
    start, end = match.span()
    start += len(match.group()) - len(match.group().lstrip("的 "))
    if years == 1 and first is not None and last is not None and last < first:
        years = 2
    return CalendarDate(start, end, year, relative, first, last, years)


def month_days(year: int | None, month: int, day: int | None) -> tuple[Day, Day]:
    """First and last day; an open year counts as a leap year, so that 2月29日 stays possible."""
    length = monthrange(year or 2000, month)[1]
    if day is None:
        return (month, 1), (month, length)
    return (month, min(day, length)), (month, min(day, length))


def months(first: int, last: int) -> tuple[Day, Day]:
    """From the first day of a month to the last of another, of a year that has no 29 February unless they are one."""
    return (first, 1), (last, monthrange(2001, last)[1])


def quarter_days(quarter: int, last: int | None = None) -> tuple[Day, Day]:
    return months(3 * quarter - 2, 3 * (last or quarter))


def half_days(half: int) -> tuple[Day, Day]:
    return months(1, 6) if half == 1 else months(7, 12)


WHOLE_YEAR = months(1, 12)
