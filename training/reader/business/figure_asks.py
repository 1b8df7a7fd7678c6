"""What may be asked of figures, and what may be asked in vain."""

from __future__ import annotations

import re
from functools import cache
from typing import Any

from training.reader.business.asks import Ask, Templates, Topic, both
from training.reader.business.figures import AMOUNTS, Fact, Figures, matching
from training.reader.business.measures import KINDS, Measure, draw_measure
from training.reader.business.times import Period
from training.reader.business.words import Word, load
from training.reader.business.world import World

_DIRECTIONS = {
    1: (Word(("增长", "提高", "上升"), ("rise",)), Word((), ("rose",))),
    -1: (Word(("下降", "减少", "下滑"), ("fall",)), Word((), ("fell",))),
    0: (Word(("变化", "变动"), ("change",)), Word((), ("changed",))),
}
_SILENT = Word(("",), ("",))
_PREPOSITION = re.compile(r"^(?:in|for|as of|by) (?:all of )?")


@cache
def _questions() -> dict[str, Any]:
    return load("questions")


def _templates(measure: Measure, aspect: str) -> Templates:
    rows = _questions()
    if aspect != "value":
        return both(rows[aspect])
    if measure.sort == "share":
        return both(rows["share"])
    special = {"zh": measure.asks.zh, "en": measure.asks.en}
    singular = () if measure.sort == "count" else (rows["singular"],)
    return both(rows["value"], *singular, rows[measure.sort], special, special, special)


def _words(
    world: World, topic: Topic, measure: Measure, whole: Word | None, period: Period, way: int
) -> dict[str, Word]:
    direction, past = _DIRECTIONS[way if world.dice.random() < 0.6 else 0]
    words = {"S": world.cast[topic[0]], "M": measure.word, "P": period.ask if topic[2] else _SILENT}
    words |= {"dir": direction, "pdir": past}
    return words if whole is None else words | {"seg": measure.word, "whole": whole}


def _droppable(topic: Topic, told: set[Topic]) -> frozenset[str]:
    """What a question may leave out and still have one answer; both only if neither has another meaning."""
    dropped = set()
    if not topic[2] or len(matching(topic, told, period=False)) == 1:
        dropped.add("P")
    if len(matching(topic, told, subject=False, period="P" not in dropped)) == 1:
        dropped.add("S")
    return frozenset(dropped)


def figure_asks(found: Figures, told: set[Topic], world: World) -> list[Ask]:
    """Questions that the sentence answers, spans relative to it; ``told`` is all that the paragraph tells."""
    spans, asks = found.filled.spans, []
    for fact in found.facts:
        several = fact.topic[3] != "value" or len(matching(fact.topic, told, period=False)) > 1
        kind = KINDS[fact.measure.sort] if fact.topic[3] in AMOUNTS else "ratio"
        if fact.topic[3] in AMOUNTS and several:
            kind = "time-scoped"
        words = _words(world, fact.topic, fact.measure, fact.whole, fact.period, fact.up)
        templates = _templates(fact.measure, fact.topic[3])
        asks.append(Ask(fact.topic, kind, templates, words, spans[fact.slot], _droppable(fact.topic, told)))
        if fact.topic[3] == "value" and fact.measure.sort != "share":
            asks += _turned(found, fact, told, words, world)
    return asks + _clauses(found, world)


def _turned(found: Figures, fact: Fact, told: set[Topic], words: dict[str, Word], world: World) -> list[Ask]:
    """The figure is given, its company or its period asked for."""
    spans, rows, asks = found.filled.spans, _questions(), []
    given = words | {"V": fact.value}
    named = spans.get(fact.topic[0])
    name = world.cast[fact.topic[0]]
    if named and world.dice.random() < 0.3 and found.filled.text[slice(*named)] in (name.zh[0], name.en[0]):
        topic = (*fact.topic[:3], "company")
        asked = {key: value for key, value in given.items() if key != "S"}
        asks.append(Ask(topic, "entity", both(rows["which_company"]), asked, named, _droppable(fact.topic, told)))
    if world.dice.random() < 0.5 and fact.when in spans and fact.when != "C":
        start, end = spans[fact.when]
        start += len(match.group()) if (match := _PREPOSITION.match(found.filled.text[start:end].lower())) else 0
        asked = {key: value for key, value in given.items() if key != "P"}
        asks.append(Ask((*fact.topic[:3], "when"), "date", both(rows["when"]), asked, (start, end)))
    return asks


def _clauses(found: Figures, world: World) -> list[Ask]:
    """Reasons, comparisons, changes, and two figures at once."""
    spans, rows, first = found.filled.spans, _questions(), found.facts[0]
    words = _words(world, first.topic, first.measure, first.whole, first.period, first.up)
    words["R"] = world.cast["R"]
    asks = []
    if "cause1" in spans:
        topic = (*first.topic[:3], "reason")
        asks.append(Ask(topic, "reason", both(rows["reason"]), words, spans["y"], frozenset("P")))
    elif "y" in spans:
        aspect = "higher" if found.facts[-1].topic[0] == "R" else "moved"
        topic = (*first.topic[:3], aspect)
        asks.append(Ask(topic, "comparison", both(rows[aspect]), words, spans["y"], frozenset("P"), aspect == "higher"))
    if "both" in spans:
        words["N"] = found.facts[1].measure.word
        asks.append(Ask((*first.topic[:3], "both"), "list", both(rows["both"]), words, spans["both"], frozenset("P")))
    return asks


def figure_miss(facts: list[Fact], told: set[Topic], text: str, world: World) -> Ask | None:
    """A question like those on ``facts`` of which one thing is changed, so that nothing answers it; None if the change
    did not do that."""
    dice = world.dice
    fact = dice.choice(facts)
    subject, measure, period, aspect = fact.topic[0], fact.measure, fact.period, fact.topic[3]
    whole = fact.whole
    change = dice.choice(("period", "period", "measure", "subject", "aspect"))
    if change == "period":
        period = dice.choice((*world.calendar.others, world.calendar.told["P"], world.calendar.told["Q"]))
        if aspect in ("forecast", "target", "cumulative"):
            aspect = "value"
    elif change == "measure":
        measure = draw_measure("X" if whole else "M", {measure.key}, dice)
        whole = dice.choice(measure.wholes) if measure.wholes else None
    elif change == "subject":
        subject = "R" if subject == "S" else "S"
        if world.cast[subject].say(world.lang, dice) not in text and dice.random() < 0.7:
            return None
    elif whole is None:
        aspect = dice.choice(("growth", "reason", "forecast", "cumulative" if measure.flow else "growth"))
        period = {"forecast": world.calendar.told["F"], "cumulative": world.calendar.told["C"]}.get(aspect, period)
    topic = (subject, measure.key, period.key, aspect)
    derivable = aspect == "growth" and matching((*topic[:3], "value"), told)
    if matching(topic, told) or (derivable and len(matching((*topic[:3], "value"), told, period=False)) > 1):
        return None
    if aspect == "growth" and measure.sort == "share":
        return None
    kind = "reason" if aspect == "reason" else "ratio" if aspect == "growth" else KINDS[measure.sort]
    words = _words(world, topic, measure, whole, period, fact.up)
    return Ask(topic, kind, _templates(measure, aspect), words, None)
