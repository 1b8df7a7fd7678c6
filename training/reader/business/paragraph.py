"""Paragraphs of business news with marked questions."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from random import Random
from typing import Literal

from opencc import OpenCC

from training.reader.business.asks import Ask, Topic, question
from training.reader.business.events import Event, event, event_asks, event_miss, families
from training.reader.business.figure_asks import figure_asks, figure_miss
from training.reader.business.figures import Figures, figures
from training.reader.business.words import Lang
from training.reader.business.world import World

_WANTED = {
    "number": 20, "ratio": 13, "money": 16, "entity": 20, "date": 7, "duration": 8, "list": 18, "reason": 30,
    "yes-no": 6, "comparison": 24, "definition": 18, "time-scoped": 10, "other": 4,
}  # fmt: skip
"""Weights of the kinds. Those that few paragraphs have weigh more, so that all come out as often as meant."""
_QUESTIONS = 6
_VAIN = 0.2
_ENGLISH_TEXT, _TRADITIONAL = 0.2, 0.09
_OTHER_LANGUAGE = {"zh": 0.31, "en": 0.25}
"""Share of the questions that are not in the language of the text."""


@dataclass(frozen=True, slots=True)
class Asked:
    """A question; ``answer`` is the ``[start, end)`` of the paragraph's text, None if it does not say."""

    question: str
    lang: Literal["zh", "en"]
    answer: tuple[int, int] | None
    kind: str


@dataclass(frozen=True, slots=True)
class Paragraph:
    """``published`` is an ISO date, which 今年 and 去年 count from, or None (then the text has no such words)."""

    paragraph_id: str
    text: str
    published: str | None
    questions: tuple[Asked, ...]


@dataclass(frozen=True, slots=True)
class Draft:
    """A paragraph before its questions are worded. ``told`` holds the topics of all it says; ``patterns`` are the names
    of the sentence patterns used."""

    text: str
    world: World
    asks: tuple[Ask, ...]
    vain: tuple[Ask, ...]
    told: frozenset[Topic]
    patterns: tuple[str, ...]


def business(count: int, seed: int) -> Iterator[Paragraph]:
    """``count`` paragraphs; the same for equal seeds, and the first ones the same for any count."""
    for number in range(count):
        paragraph_id = f"business-{seed}-{number}"
        yield worded(paragraph_id, draft(Random(paragraph_id)))


class _Names:
    """How a text calls its companies: by name at first, then also "the company" while nothing else came between."""

    def __init__(self, world: World) -> None:
        self._world, self._last, self._before = world, "", ""

    def next_sentence(self) -> None:
        self._before, self._last = self._last, ""

    def __call__(self, slot: str) -> str:
        world, dice = self._world, self._world.dice
        first = not self._before and not self._last
        again = self._before == "S" and slot == "S" and self._last in ("", "S")
        self._last = "R" if slot == "R" or self._last == "R" else "S"
        name = world.cast[slot]
        if again and dice.random() < 0.35:
            return str(dice.choice(("公司", "该公司"))) if world.lang == "zh" else "the company"
        if first and world.lang == "zh" and dice.random() < 0.1:
            return f"{name.zh[0]}（{name.en[0]}）"
        return name.say(world.lang, dice)


def draft(dice: Random) -> Draft:
    """A paragraph's text and everything that may be asked of it."""
    lang: Lang = "en" if dice.random() < _ENGLISH_TEXT else "zh"
    world = World(dice, lang)
    made = _sentences(world)
    told = frozenset(topic for sentence in made for topic in sentence.told())
    text, asks = "", []
    for sentence in made:
        asks += [_moved(ask, len(text)) for ask in _asks(sentence, set(told), world)]
        said = sentence.filled.text
        text += said if lang == "zh" else said[:1].upper() + said[1:] + " "
    facts = [fact for sentence in made if isinstance(sentence, Figures) for fact in sentence.facts]
    events = [sentence for sentence in made if isinstance(sentence, Event)]
    vain = []
    for _ in range(6 * _QUESTIONS):
        figure = bool(facts) and dice.random() < 0.55
        miss = figure_miss(facts, set(told), text, world) if figure else event_miss(events, set(told), text, world)
        if miss is not None:
            vain.append(miss)
    return Draft(text.rstrip(), world, tuple(asks), tuple(vain), told, tuple(s.pattern for s in made))


def _asks(sentence: Figures | Event, told: set[Topic], world: World) -> list[Ask]:
    return figure_asks(sentence, told, world) if isinstance(sentence, Figures) else event_asks(sentence)


def _moved(ask: Ask, by: int) -> Ask:
    assert ask.answer is not None  # noqa: S101 (only what is told is asked here)
    start, end = ask.answer
    return Ask(ask.topic, ask.kind, ask.templates, ask.words, (start + by, end + by), ask.may_drop, ask.by_name)


def _sentences(world: World) -> list[Figures | Event]:
    dice, subject = world.dice, _Names(world)
    inner = [name for name, row in families().items() if row.get("place") != "end"]
    # A weighted shuffle: Efraimidis and Spirakis, "Weighted random sampling with a reservoir" (2006).
    inner.sort(key=lambda name: dice.random() ** (1 / families()[name].get("weight", 1)))
    made: list[Figures | Event] = []
    told: set[Topic] = set()
    for _ in range(dice.choice((3, 4, 4, 5, 5, 6, 7, 8))):
        found: Figures | Event | None = None
        if dice.random() < 0.42:
            found = figures(world, told, subject)
        if found is None:
            found = event(world, inner.pop(), subject)
            if found.told() & told:
                continue
        told |= found.told()
        made.append(found)
        subject.next_sentence()
    if dice.random() < 0.15:
        made.append(event(world, dice.choice(("byline", "disclaimer")), subject))
    return made


def worded(paragraph_id: str, made: Draft) -> Paragraph:
    """The paragraph with a choice of its questions, about one in five of them in vain."""
    world, dice = made.world, made.world.dice
    left, vain = list(made.asks), list(made.vain)
    asked: dict[str, Asked] = {}
    put: set[Topic] = set()
    while len(asked) < _QUESTIONS and left:
        if vain and dice.random() < _VAIN:
            ask = vain.pop()
        else:
            weights = [_WANTED[ask.kind] / sum(other.kind == ask.kind for other in left) for ask in left]
            ask = left.pop(dice.choices(range(len(left)), weights)[0])
        lang: Lang = world.lang
        if dice.random() < _OTHER_LANGUAGE[lang]:
            lang = "en" if lang == "zh" else "zh"
        wording = question(ask, lang, world)
        if wording is not None and ask.topic not in put:
            put.add(ask.topic)
            asked.setdefault(wording, Asked(wording, lang, ask.answer, ask.kind))
    published = world.anchor.isoformat() if world.anchor else None
    return _traditional(Paragraph(paragraph_id, made.text, published, tuple(asked.values())), dice, world.lang)


@cache
def _converter(name: str) -> OpenCC:
    return OpenCC(name)


def _traditional(paragraph: Paragraph, dice: Random, lang: Lang) -> Paragraph:
    """Some Chinese paragraphs in traditional characters, with most of their Chinese questions."""
    if lang == "en" or dice.random() >= _TRADITIONAL:
        return paragraph
    convert = _converter(dice.choice(("s2tw", "s2tw", "s2hk"))).convert
    text = convert(paragraph.text)
    if len(text) != len(paragraph.text):
        return paragraph
    asked = tuple(
        Asked(
            convert(a.question) if a.lang == "zh" and dice.random() < 0.7 else a.question,
            a.lang,
            a.answer,
            a.kind,
        )
        for a in paragraph.questions
    )
    return Paragraph(paragraph.paragraph_id, text, paragraph.published, asked)
