"""Sentences on what happened, who said it and what things are, with what may be asked of them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from typing import Any

from training.reader.business.asks import Ask, Topic, both
from training.reader.business.words import Filled, Word, fill, load, slots
from training.reader.business.world import World, names

_OTHER = {"A": "B", "B": "A", "S": "R"}
# Of these, what nothing tells could be taken to be told by another sentence.
_VAGUE = frozenset(
    ("customers", "markets", "versus", "overtake", "quote", "byline", "disclaimer", "event", "define", "role")
)


@dataclass(frozen=True, slots=True)
class Event:
    """A sentence and the words it was made of."""

    name: str
    pattern: str
    filled: Filled
    words: dict[str, Word]

    def told(self) -> set[Topic]:
        """The topics of all that it tells."""
        return {_topic(self.name, key, row, self.words) for key, row in _asks(self.name) if _answer(key, row, self)}


@cache
def families() -> dict[str, dict[str, Any]]:
    """The kinds of happening by name."""
    return {key: row for key, row in load("events").items() if key != "slots"}


def _asks(name: str) -> list[tuple[str, dict[str, Any]]]:
    return [(key, row) for key, row in families()[name]["ask"].items() if not row.get("never")]


def _keys(row: dict[str, Any]) -> list[str]:
    return list(row.get("keys") or ([row["swap"]] if "swap" in row else []))


def _topic(name: str, key: str, row: dict[str, Any], words: dict[str, Word]) -> Topic:
    return (row.get("topic", f"{name}.{key}"), *(words[slot].key for slot in _keys(row) if slot in words))


def _answer(key: str, row: dict[str, Any], event: Event) -> tuple[int, int] | None:
    span = event.filled.spans.get(row.get("answer", key))
    if span is None:
        return None
    said = event.filled.text[slice(*span)]
    return span[0], span[0] + len(said.rstrip("。."))


def event(world: World, name: str, subject: Callable[[str], str]) -> Event:
    """A sentence of family ``name``; ``subject`` says how the text calls S or R here."""
    row, lang, dice = families()[name], world.lang, world.dice
    number = dice.randrange(len(row[lang]))
    drawn: dict[str, Word] = dict(_from_table(world, row.get("table")))

    def say(slot: str) -> str:
        told = world.slot(slot, drawn, row.get("future", False))
        return subject(slot) if slot in ("S", "R") else told.say(lang, dice)

    filled = fill(row[lang][number], say)
    return Event(name, f"{lang}.{name}.{number}", filled, drawn | world.cast)


def _from_table(world: World, table: str | None) -> dict[str, Word]:
    """A row of a table of four columns: what it is about, and what is said of it, in both languages."""
    if table is None:
        return {}
    zh, en, said_zh, said_en = world.take(table)
    about, said = ("term", "meaning") if table == "terms" else ("topic", "said")
    return {about: Word((zh,), (en,)), said: Word((said_zh,), (said_en,))}


def event_asks(found: Event) -> list[Ask]:
    """Questions that the sentence answers, spans relative to it."""
    asks = []
    # Beside another company the own one must be named.
    may_drop = frozenset(() if "R" in found.filled.spans else "S")
    for key, row in _asks(found.name):
        if span := _answer(key, row, found):
            topic = _topic(found.name, key, row, found.words)
            # A slot of another pattern of the family is told nowhere and cannot be asked with.
            known = {slot: said for slot, said in found.words.items() if slot in found.filled.spans or slot in "SRAB"}
            known |= {slot: found.words[slot] for slot in ("topic", "meaning") if slot in found.words}
            asks.append(Ask(topic, row["kind"], both(row), known, span, may_drop, row.get("name", False)))
    return asks


def event_miss(events: list[Event], told: set[Topic], text: str, world: World) -> Ask | None:
    """A question about another product, company, role or plan than the one told of, or about what is never told; mostly
    about things that the paragraph's ``text`` names."""
    dice = world.dice
    if events and dice.random() < 0.75:
        found = dice.choice(events)
        name, words = found.name, dict(found.words)
        known = {slot for slot in words if slot in found.filled.spans or slot in "SRAB"}
    else:
        name = dice.choice(sorted(set(families()) - _VAGUE - {found.name for found in events}))
        words, known = dict(world.cast), set("SRAB")
    key, row = dice.choice(list(families()[name]["ask"].items()))
    swap = row.get("swap")
    if not row.get("never"):
        if swap is None or (swap not in known and swap not in _OTHER):
            return None
        words[swap] = world.cast[_OTHER[swap]] if swap in _OTHER else _another(world, swap, words)
        known.add(swap)
        if words[swap].say(world.lang, dice) not in text and swap in _OTHER and dice.random() < 0.7:
            return None
    needed = set(_keys(row)) | ({swap} if swap else set())
    topic = _topic(name, key, row, words)
    if topic in told:
        return None
    # Of the thing told, only what is asked may be known: the rest is true of the other one.
    usable = (
        known
        if row.get("never")
        else (needed | ({"S", "A"} - set(_OTHER[swap]) if swap in _OTHER else set("SA"))) & known
    )
    if swap == "S":
        usable = {"S"} | needed
    templates = {
        lang: tuple(t for t in wordings if slots(t) <= usable and (not swap or swap in slots(t)))
        for lang, wordings in both(row).items()
    }
    return Ask(topic, row["kind"], templates, {slot: words[slot] for slot in usable}, None, frozenset("S"), swap == "S")


def _another(world: World, swap: str, words: dict[str, Word]) -> Word:
    """Another word for a slot than any that is in use."""
    if swap in ("term", "topic"):
        return _from_table(world, "terms" if swap == "term" else "quotes")[swap]
    if swap in ("plan1", "plan2"):
        taken = {words[slot].key for slot in ("plan1", "plan2") if slot in words}
        plan: Word = world.dice.choice([plan for plan in names()["plans"] if plan.key not in taken])
        return plan
    return world.slot(swap, {})
