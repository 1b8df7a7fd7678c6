"""Words in two languages, and templates filled with them: where each slot's words stand is remembered."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from random import Random
from typing import Any, Literal

Lang = Literal["zh", "en"]
_TOKEN = re.compile(r"\{(\w+)\}|\[(\w+)\||\]")


@dataclass(frozen=True, slots=True)
class Word:
    """One thing and its wordings; the first Chinese one tells things apart."""

    zh: tuple[str, ...]
    en: tuple[str, ...]

    @property
    def key(self) -> str:
        return self.zh[0]

    def say(self, lang: Lang, dice: Random) -> str:
        forms = self.zh if lang == "zh" else self.en
        return forms[0] if len(forms) == 1 else dice.choice(forms)


def word(line: str) -> Word:
    """``中文,别名|English,other name`` as a word. A comma before a space belongs to the text."""
    zh, en = line.split("|")
    return Word(tuple(re.split(r",(?! )", zh)), tuple(re.split(r",(?! )", en)))


def listed(items: list[Word], dice: Random) -> Word:
    """Several words as one list: 甲、乙和丙."""
    zh, en = [item.zh[0] for item in items], [item.en[0] for item in items]
    last = dice.choice("和和及、、")
    return Word(("、".join(zh[:-1]) + last + zh[-1],), (", ".join(en[:-1]) + " and " + en[-1],))


@dataclass(slots=True)
class Filled:
    """A filled template; ``spans[name]`` is where a slot (its first time) or a marked clause stands."""

    text: str
    spans: dict[str, tuple[int, int]] = field(default_factory=dict)


def fill(template: str, say: Callable[[str], str]) -> Filled:
    """``template`` with ``{slot}`` said by ``say`` and ``[name|...]`` marks taken out."""
    out, at = "", 0
    spans: dict[str, tuple[int, int]] = {}
    opened: list[tuple[str, int]] = []
    for token in _TOKEN.finditer(template):
        out = _joined(out, template[at : token.start()])
        at = token.end()
        if token[1]:
            said = say(token[1])
            if out.endswith((" a ", "a ")) and (len(out) == 2 or not out[-3].isalpha()) and said[:1] in "aeiou":
                out = out[:-1] + "n "
            out = out + " " if _runs_on(out, said) else out
            spans.setdefault(token[1], (len(out), len(out) + len(said)))
            out += said
        elif token[2]:
            opened.append((token[2], len(out)))
        else:
            name, start = opened.pop()
            spans[name] = (start, len(out))
    return Filled(_joined(out, template[at:]), spans)


def _joined(out: str, more: str) -> str:
    return f"{out} {more}" if _runs_on(out, more) else out + more


def _runs_on(out: str, more: str) -> bool:
    """Whether two Latin words or numbers would become one: 2018年Q3 64.7%."""
    return all(char.isascii() and char.isalnum() for char in (out[-1:], more[:1])) and bool(out and more)


def slots(template: str) -> set[str]:
    """Names of the slots of a template."""
    return {token[1] for token in _TOKEN.finditer(template) if token[1]}


def load(name: str) -> dict[str, Any]:
    """A TOML file of this folder."""
    return tomllib.loads((Path(__file__).parent / f"{name}.toml").read_text("utf-8"))
