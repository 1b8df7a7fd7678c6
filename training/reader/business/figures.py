"""Sentences with figures: one to four of them side by side, of several measures, periods and companies."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import cache
from typing import Any

from training.reader.business import amounts
from training.reader.business.asks import Topic
from training.reader.business.measures import Measure, draw_measure
from training.reader.business.times import Period
from training.reader.business.words import Filled, Word, fill, load
from training.reader.business.world import World, names

AMOUNTS = frozenset(("value", "forecast", "target", "cumulative"))
_PROFITS = frozenset(("net_profit", "adjusted_profit", "operating_profit", "net_margin", "operating_margin"))
_VERBS = {
    ("zh", 1): (("同比增长", "增长"), ("同比上升", "上升"), ("同比提高", "提高"), ("同比增加", "增加")),
    ("zh", -1): (("同比下降", "下降"), ("同比减少", "减少"), ("同比下滑", "下滑"), ("同比回落", "回落")),
    ("en", 1): (("rose", "up"), ("grew", "up"), ("increased", "up"), ("climbed", "up")),
    ("en", -1): (("fell", "down"), ("dropped", "down"), ("declined", "down"), ("shrank", "down")),
}


@dataclass(frozen=True, slots=True)
class Fact:
    """A figure told. ``topic`` is (S or R, measure, period or "" where none is told, aspect), ``slot`` the figure's
    slot, ``when`` that of its period; ``up`` is 1 or -1, the way a growth goes."""

    topic: Topic
    slot: str
    measure: Measure
    whole: Word | None
    period: Period
    when: str
    value: Word
    up: int


@dataclass(frozen=True, slots=True)
class Figures:
    """A sentence with figures."""

    pattern: str
    filled: Filled
    facts: tuple[Fact, ...]

    def told(self) -> set[Topic]:
        """The topics of its facts and, where one is given, of the reason."""
        reason = {(*self.facts[0].topic[:3], "reason")} if "cause1" in self.filled.spans else set()
        return {fact.topic for fact in self.facts} | reason


@dataclass(frozen=True, slots=True)
class _Structure:
    facts: tuple[tuple[str, str, str, str, str], ...]
    templates: dict[str, list[str]]


@cache
def _structures() -> tuple[list[str], list[int], dict[str, _Structure]]:
    rows: dict[str, dict[str, Any]] = {key: row for key, row in load("figures").items() if key != "causes"}
    read = {}
    for key, row in rows.items():
        specs = tuple((spec[:2], *spec[3:].split()) for spec in row["facts"])
        read[key] = _Structure(specs, {"zh": row["zh"], "en": row["en"]})
    return list(rows), [row["weight"] for row in rows.values()], read


def figures(world: World, told: set[Topic], subject: Callable[[str], str]) -> Figures | None:
    """A sentence whose facts none of ``told`` can be mixed up with, or None if the draw was not so.

    ``subject`` says how the text calls S or R here.
    """
    dice, lang = world.dice, world.lang
    keys, weights, structures = _structures()
    name = dice.choices(keys, weights)[0]
    structure = structures[name]
    number = dice.randrange(len(structure.templates[lang]))
    template = structure.templates[lang][number]
    template = template.replace("{both}", f"[both|{{V1}}{dice.choice('和和、与') if lang == 'zh' else ' and '}{{V2}}]")
    known = {topic[1] for topic in told if len(topic) == 4}
    fresh = known if dice.random() < 0.6 else set()
    measures: dict[str, Measure] = {}
    for _, _, which, _, _ in structure.facts:
        if which not in measures:
            measures[which] = draw_measure(which, fresh | {m.key for m in measures.values()}, dice)
    wholes = {which: dice.choice(m.wholes) for which, m in measures.items() if m.wholes}
    keys_here = {m.key for m in measures.values()}
    if "net_loss" in known | keys_here and _PROFITS & (known | keys_here):
        return None
    welcome = "得益于" in template or "thanks to" in template
    ways = {str(n): 1 if welcome else dice.choice((1, 1, 1, -1)) for n in range(1, 4)}
    facts = []
    sizes: dict[str, float] = {}
    changes: dict[str, float] = {}
    for slot, owner, which, when, aspect in structure.facts:
        measure, period = measures[which], world.calendar.told[when]
        way = ways[slot[1]]
        change = changes.setdefault(slot[1], measure.change(way > 0, world))
        size = sizes.setdefault(which if owner == "S" else owner, measure.size(world))
        if slot[0] == "W":
            size = measure.before(size, way * change)
        value = amounts.growth(change, measure.points, dice) if aspect == "growth" else measure.value(size, world)
        shown = when == "Y" or f"{{{when}}}" in template
        topic = (owner, measure.key, period.key if shown else "", aspect)
        facts.append(Fact(topic, slot, measure, wholes.get(which), period, when if shown else "", value, way))
    if any(_mixed_up(fact.topic, other) for fact in facts for other in told):
        return None
    words = {fact.slot: fact.value for fact in facts} | {which: m.word for which, m in measures.items()}
    for which, whole in wholes.items():
        words |= {f"seg{which[1]}": measures[which].word, f"whole{which[1]}": whole}
    words |= {when: period.word for when, period in world.calendar.told.items() if when not in words}
    filled = fill(template, _speaker(world, words, ways, subject))
    return Figures(f"{lang}.{name}.{number}", filled, tuple(facts))


def _speaker(
    world: World, words: dict[str, Word], ways: dict[str, int], subject: Callable[[str], str]
) -> Callable[[str], str]:
    dice, lang = world.dice, world.lang
    verbs = {way: dice.choice(_VERBS[lang, way]) for way in (1, -1)}
    drawn: dict[str, Word] = {}

    def say(slot: str) -> str:
        if slot in ("S", "R"):
            return subject(slot)
        if slot in words:
            return words[slot].say(lang, dice)
        base, way = slot[:-1], ways[slot[-1]]
        if base == "cause":
            line = dice.choice(names()["causes"][f"{'up' if way > 0 else 'down'}_{lang}"])
            return fill(line, lambda inner: world.slot(inner, drawn).say(lang, dice)).text
        return verbs[way][0 if base == "up" else 1]

    return say


def _mixed_up(topic: Topic, other: Topic) -> bool:
    """Whether a question about one could as well mean the other."""
    if len(other) != 4 or topic[:2] != other[:2]:
        return False
    return topic[2] == other[2] or "" in (topic[2], other[2]) or bool({topic[3], other[3]} & {"target", "forecast"})


def matching(topic: Topic, told: Iterable[Topic], subject: bool = True, period: bool = True) -> list[Topic]:
    """Those of ``told`` that answer a question about ``topic`` which names its subject or its period, or does not."""
    aspects = AMOUNTS if topic[3] in AMOUNTS else {topic[3]}
    return [
        other
        for other in told
        if len(other) == 4
        and other[1] == topic[1]
        and other[3] in aspects
        and (not subject or other[0] == topic[0])
        and (not period or other[2] == topic[2] or "" in (topic[2], other[2]))
    ]
