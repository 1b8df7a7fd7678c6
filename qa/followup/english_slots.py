"""Places in an English question: the noun phrase with a given head, of a given sort, behind a preposition."""

from __future__ import annotations

import re

from qa.followup.attributes import Sort, sort_en
from qa.followup.turns import Known

PREPOSITION = (
    r"(?:in|for|during|of|at|by|from|with|on|to|since|as of|through|outside|inside|"
    r"within|among|before|after|under|over|per)"
)
PERIOD_PREPOSITION = re.compile(
    r"(?:\b(?:in|for|during|of|at|by|from|since|as of|on|over)\s+)?(?:(?:the|all of|full year|whole of)\s+)?$",
    re.IGNORECASE,
)
_PLACES = "in|outside|inside|within"
_WORD = re.compile(r"[A-Za-z0-9$%&'’.-]*[A-Za-z0-9%]")
_BOUNDARY = frozenset(
    "in for during of at by from with on to since as through outside inside within among before after under over per "
    "and or but the a an is are was were be been do does did has have had can could will would should may might must "
    "what which who whom whose when where why how many much its their his her it they he she that this these those "
    "there not than if because s's".split()
)


def period_phrase(base: str, earlier: Known) -> str:
    """The period of ``base`` with its preposition and a space before it, or nothing."""
    period = earlier.text[slice(*earlier.periods[-1])] if earlier.periods else ""
    told = base.rfind(period) if period else -1
    if told < 0:
        return ""
    before = PERIOD_PREPOSITION.search(base[:told])
    return f" {base[before.start() if before else told : told + len(period)].strip()}"


def with_prepositional(base: str, preposition: str, new: str, earlier: Known, *, named: bool = False) -> str:
    """``base`` with "for members" in the place of its "for …", or at its end, before the period.

    A name gives way to a name only (``named``).
    """
    alike = _PLACES if preposition in _PLACES.split("|") else preposition
    for found in reversed(list(re.finditer(rf"\b(?:{alike})\s+(?:(?:the|an?|its|their)\s+)?", base, re.IGNORECASE))):
        if earlier.inside(found.end(), earlier.periods):
            continue
        name = earlier.inside(found.end(), earlier.names)
        span = name or noun_phrase(base, found.end(), earlier)
        if span and (named or not name):
            return f"{base[: found.start()]}{preposition} {new}{base[span[1] :]}"
    for start, _ in reversed(earlier.periods):
        before = PERIOD_PREPOSITION.search(base[:start])
        if before and before.start() > 0 and before.group().strip():
            return f"{base[: before.start()].rstrip()} {preposition} {new} {base[before.start() :]}"
    return f"{base} {preposition} {new}"


def _words(base: str) -> list[tuple[int, int]]:
    return [found.span() for found in _WORD.finditer(base)]


def like(base: str, new: str, earlier: Known) -> tuple[int, int] | None:
    """The noun phrase of ``base`` with the head word of ``new``, or its number of the same form (720p, 1080p)."""
    head = new.split()[-1].lower()
    form = re.sub(r"\d+(?:[.,]\d+)*", "0", head)
    for start, end in reversed(_words(base)):
        word = base[start:end].lower()
        if earlier.inside(start, earlier.periods):
            continue
        same = _singular(word) == _singular(head)
        if same or (form != head and form == re.sub(r"\d+(?:[.,]\d+)*", "0", word)):
            return (_leftmost(base, start, earlier), end) if same else (start, end)
    return None


def _singular(word: str) -> str:
    return word[:-1] if len(word) > 3 and word.endswith("s") and not word.endswith("ss") else word


def _leftmost(base: str, start: int, earlier: Known) -> int:
    """Where the noun phrase begins whose last word stands at ``start``."""
    at = start
    for a, b in reversed(_words(base[:start])):
        word = base[a:b].lower()
        if word in _BOUNDARY or word.endswith(("'s", "’s")) or base[b:at].strip():
            break
        if earlier.inside(a, earlier.names) or earlier.inside(a, earlier.periods):
            break
        at = a
    return at


def noun_phrase(base: str, start: int, earlier: Known) -> tuple[int, int] | None:
    """The words from ``start`` on up to the next that begins something else."""
    end = start
    for a, b in _words(base):
        if a < start:
            continue
        if base[a:b].lower() in _BOUNDARY or base[end:a].strip() or earlier.inside(a, earlier.periods):
            break
        end = b
    return (start, end) if end > start else None


def slot_of(base: str, sort: Sort, earlier: Known) -> tuple[int, int] | None:
    """The noun phrase of ``base`` that is of the same sort."""
    words = _words(base)
    for number in range(len(words) - 1, -1, -1):
        start, end = words[number]
        if earlier.inside(start, earlier.periods) or earlier.inside(start, earlier.names):
            continue
        first = _leftmost(base, start, earlier)
        if sort_en(base[first:end]) == sort:
            return first, end
    return None


def object_slot(base: str, earlier: Known) -> tuple[int, int] | None:
    """The noun phrase behind the last preposition that has neither a name nor a period behind it."""
    for found in reversed(list(re.finditer(rf"\b{PREPOSITION}\s+(?:(?:the|an?)\s+)?", base, re.IGNORECASE))):
        at = found.end()
        if earlier.inside(at, earlier.periods) or earlier.inside(at, earlier.names):
            continue
        span = noun_phrase(base, at, earlier)
        if (
            span
            and (more := re.compile(r"\s+and\s+").match(base, span[1]))
            and (second := noun_phrase(base, more.end(), earlier))
        ):
            span = (span[0], second[1])
        if span and sort_en(base[slice(*span)]) is None:
            return span
    return None


def measured(base: str, earlier: Known) -> str | None:
    """The figure that ``base`` asks for, with the name before it: Kling's revenue."""
    span = slot_of(base, "figure", earlier)
    if span is None:
        return None
    owner = re.search(r"(\S+(?: \d[\d.]*)?['’]s)\s+$", base[: span[0]])
    if owner:
        return base[owner.start() : span[1]]
    of = re.match(r"\s+of\s+", base[span[1] :])
    name = earlier.inside(span[1] + of.end(), earlier.names) if of else None
    return f"the {base[span[0] : name[1]]}" if name else None
