"""An English noun phrase put in the place of its like in a question: period for period, name for name."""

from __future__ import annotations

import re
from typing import NamedTuple

from qa.common_start import common_start
from qa.followup.attributes import Sort, sort_en
from qa.followup.english_slots import (
    PERIOD_PREPOSITION,
    like,
    noun_phrase,
    object_slot,
    period_phrase,
    slot_of,
    with_prepositional,
)
from qa.followup.periods import merged, shifted
from qa.followup.turns import Known, splice

_NO_PREPOSITION = re.compile(r"(?:last|this|next) ", re.IGNORECASE)
_NTH = re.compile(r"(?:first|second|third|fourth|\d(?:st|nd|rd|th))\b", re.IGNORECASE)
_HOW_MANY = re.compile(r"\bhow (?:many|much)\s+", re.IGNORECASE)
_PAYERS = re.compile(
    r"(?:\w+ )*(?:members|customers|clients|subscribers|merchants|advertisers|creators|businesses|individuals)"
)
_OWN_VERB = re.compile(
    r"\b(?:does|do|did|is|are|was|were|has|have|can|will) (?P<what>(?:the|an?|my|our)? ?\w+(?: \w+)?)"
    r"(?= (?:cost|take|last|work|mean|have|offer|include|support|expire)\b)"
)


class Phrase(NamedTuple):
    """A noun phrase that is a turn by itself: what it tells, taken apart."""

    preposition: str
    article: str
    rest: str
    name: str
    genitive: bool
    period: str
    whole: str


def substituted(phrase: Phrase, base: str, earlier: Known, subject: str | None) -> str | None:
    """``base`` with what ``phrase`` tells in the place of its like."""
    old = earlier.text[slice(*earlier.periods[-1])] if earlier.periods else ""
    if (moved := shifted(re.sub(r"^(?:for|in)\s+", "", phrase.whole), old)) is not None:
        return base.replace(old, moved)
    result: str | None = base
    if phrase.rest:
        result = _attribute(base, phrase, earlier, subject)
    if result is not None and phrase.name:
        result = _renamed(result, phrase, earlier)
    if result is not None and phrase.period:
        result = _dated(result, phrase.period, old)
    return result if phrase.rest or phrase.name or phrase.period else None


def _dated(base: str, new: str, old: str) -> str:
    if old and old in base:
        at = base.rfind(old)
        whole = merged(new, old)
        if _NTH.match(whole) and not base[:at].lower().endswith("the "):
            whole = f"the {whole}"
        before = PERIOD_PREPOSITION.search(base[:at]) if _NO_PREPOSITION.match(whole) else None
        return splice(base, before.start() if before else at, at + len(old), whole)
    if re.search(r"[\u3400-\u9fff]", base):
        return f"{new} {base}"
    article = "the " if _NTH.match(new) else ""
    return f"{base} {new}" if _NO_PREPOSITION.match(new) else f"{base} in {article}{new}"


def _renamed(base: str, phrase: Phrase, earlier: Known) -> str | None:
    names = [earlier.text[a:b] for a, b in earlier.names if earlier.text[a:b] in base]
    if names and phrase.preposition in ("", "of", "for", "with", "by"):
        old = max(names, key=lambda name: common_start(name.lower(), phrase.name.lower()))
        return base.replace(old, phrase.name, 1)
    if phrase.preposition:
        return with_prepositional(
            base, phrase.preposition, f"{phrase.article} {phrase.name}".strip(), earlier, named=True
        )
    if found := re.search(r"\b(?:the|an?) [a-z]+(?: [a-z]+){0,2}$", base):
        return f"{base[: found.end()]} of {phrase.name}"
    return None


def _attribute(base: str, phrase: Phrase, earlier: Known, subject: str | None) -> str | None:
    """``base`` asking for the phrase: in the place of its like, else as a question of its own on the same subject."""
    new = phrase.rest
    if phrase.preposition:
        whole = f"{phrase.article} {new}".strip()
        return with_prepositional(base, phrase.preposition, whole, earlier)
    if span := like(base, new, earlier):
        return _put(base, span, new)
    sort = sort_en(new)
    payers = _PAYERS.fullmatch(new) is not None
    if payers and (span := object_slot(base, earlier)) and base[span[0] : span[1]].endswith(("s", "people")):
        return _put(base, span, new)
    if payers and re.search(r"\b(?:revenues?|sales|income|profits?)\b", base, re.IGNORECASE):
        return with_prepositional(base, "from", new, earlier)
    if sort is not None:
        if span := slot_of(base, sort, earlier):
            return _put(base, span, new)
        return asked_anew(new, sort, base, earlier, subject)
    if found := _HOW_MANY.search(base):
        span = noun_phrase(base, found.end(), earlier)
        if span and span[1] < len(base) and not object_slot(base, earlier):
            return _put(base, span, new)
    if span := object_slot(base, earlier):
        return _put(base, span, new)
    if found := _OWN_VERB.search(base):
        return splice(base, *found.span("what"), f"{phrase.article or 'the'} {new}".strip())
    return f"What about {subject}'s {new}{period_phrase(base, earlier)}" if subject else None


def _put(base: str, span: tuple[int, int], new: str) -> str:
    """``base`` with ``new`` at ``span``; how many and how much agree with it."""
    start, end = span
    before = base[:start]
    if found := re.search(r"\bhow (many|much)\s+$", before, re.IGNORECASE):
        plural = re.search(r"[^s]s$|\b(?:people|staff)$", new) is not None and sort_en(new) != "figure"
        before = splice(before, *found.span(1), "many" if plural else "much")
    return before + new + base[end:]


def asked_anew(new: str, sort: Sort, base: str, earlier: Known, subject: str | None) -> str:
    """A question of its own for an attribute that ``base`` has no place for."""
    when = period_phrase(base, earlier) if sort in ("figure", "count") else ""
    whose = f"{subject}'s {new}" if subject else f"the {new}"
    if sort == "count":
        verb = "did" if when else "does"
        return f"How many {new} {verb} {subject} have{when}" if subject else f"How many {new} are there{when}"
    word = {"person": "Who is", "place": "Where is"}.get(sort, "What was" if when else "What is")
    return f"{word} {whose}{when}"
