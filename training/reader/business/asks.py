"""Questions that wait to be put: what each is about, where its answer stands, and how it is worded."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from random import Random

from training.reader.business.words import Lang, Word, fill, slots
from training.reader.business.world import World

Topic = tuple[str, ...]
"""What a question is about: (S or R, measure, period or "", aspect) of a figure, else a name and the things meant."""
Templates = Mapping[Lang, tuple[str, ...]]

_DANGLING = re.compile(r"[在对把给为比和按到]\{P\}|\{P\}[和公]")
_OPENING = re.compile(r"(?:请问|\{P\})?\{S\}(?!披露|报告|在|觉得|把|给|录得|现在|对|为|称)")
"""Templates that can do without their company."""
_COMPANY_ZH = ("公司", "公司", "该公司", "这家公司")
_FRAMES_ZH = ("文中说", "报道里", "根据报道，", "按这篇文章，")
_NAMES = frozenset(("S", "R", "A", "B", "partner", "target", "who", "who2"))


@dataclass(frozen=True, slots=True)
class Ask:
    """Wordings by language, the words for their slots, and the ``[start, end)`` of the answer, None if there is none.

    ``may_drop`` holds the slots (S, P) that the question may leave out; ``by_name`` keeps it from calling the company
    "the company".
    """

    topic: Topic
    kind: str
    templates: Templates
    words: Mapping[str, Word] = field(default_factory=dict)
    answer: tuple[int, int] | None = None
    may_drop: frozenset[str] = frozenset()
    by_name: bool = False


def both(*rows: Mapping[str, list[str] | tuple[str, ...]]) -> dict[Lang, tuple[str, ...]]:
    """The wordings of some tables together."""
    return {"zh": tuple(t for row in rows for t in row["zh"]), "en": tuple(t for row in rows for t in row["en"])}


def question(ask: Ask, lang: Lang, world: World) -> str | None:
    """The question in words, or None if none of its wordings fits."""
    dice = world.dice
    said = {"S": _subject(ask, lang, world)} if "S" in ask.words else {}
    if "P" in ask.words and (not ask.words["P"].zh[0] or ("P" in ask.may_drop and dice.random() < 0.45)):
        said["P"] = ""
    fits = [template for template in ask.templates[lang] if _fits(template, ask, said)]
    if not fits:
        return None
    # A Chinese question about English text often keeps the names as the text has them.
    foreign = lang == "zh" and dice.random() < (0.5 if world.lang == "en" else 0.03)

    def say(slot: str) -> str:
        if said.get(slot) is not None:
            return str(said[slot])
        return ask.words[slot].say("en" if foreign and slot in _NAMES else lang, dice)

    return _polished(fill(dice.choice(fits), say).text, lang, dice)


def _subject(ask: Ask, lang: Lang, world: World) -> str | None:
    """How the question calls its company; None by name, "" not at all."""
    if ask.by_name or ask.words["S"] is not world.cast["S"]:
        return None
    die = world.dice.random()
    if lang == "en":
        return None if die < 0.42 else "the company" if die < 0.8 else f"the {world.sector.en[0]}"
    if die < 0.2 and "S" in ask.may_drop:
        return ""
    return None if die < 0.78 else world.dice.choice(_COMPANY_ZH)


def _fits(template: str, ask: Ask, said: Mapping[str, str | None]) -> bool:
    has = slots(template)
    needed = {"S", "P"} & set(ask.words) - ask.may_drop
    if said.get("P") == "":
        needed.discard("P")
    if not needed <= has <= set(ask.words):
        return False
    if said.get("P") == "" and _DANGLING.search(template):
        return False
    if said.get("S") and template.startswith("{S} "):
        return False  # keywords: a name, not "the company"
    return said.get("S") != "" or "S" not in has or _OPENING.match(template) is not None


def _polished(asked: str, lang: Lang, dice: Random) -> str:
    """Spaces and endings put right, as people type: with a mark, without, in lower case."""
    asked = re.sub(r"\s+", " ", asked)
    die = dice.random()
    if lang == "en":
        asked = re.sub(r"\s+([?.,])", r"\1", asked).strip(" ,")
        asked = re.sub(r"\ba (?=[aeiou])", "an ", asked)
        asked = asked[:1].upper() + asked[1:]
        return asked.rstrip("?.").lower() if die < 0.08 else asked.rstrip("?") if die < 0.12 else asked
    asked = re.sub(r"^(请问)?[，的\s]+", r"\1", asked).strip(" ，").replace("（）", "").replace("，的", "，")
    if die < 0.07:
        asked = (dice.choice(_FRAMES_ZH) if die < 0.03 else "请问") + asked.removeprefix("请问")
    ending = dice.random()
    return asked + ("？" if ending < 0.55 else "?" if ending < 0.7 else "呢？" if ending < 0.72 else "")
