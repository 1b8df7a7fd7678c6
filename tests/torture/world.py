"""What a store must hold: documents whose texts say who wrote them and when, and every state that was committed.

A writer's documents carry its name in their ids, and each of its commits also puts a marker document with the number of
the commit. So whoever sees a store can tell which commit it shows, and compare it with all that this commit must hold.
"""

from __future__ import annotations

import hashlib
import random
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache

from indexer.chunk import chunk
from indexer.clean import clean
from indexer.documents import Document
from indexer.load import load_bytes

COMMON = "共同"  # stands in every passage
_LETTERS = "bcdfghjkmnpqrtvwxz"  # of which no word is stemmed or read as pinyin
_MARKER = re.compile(r"已到第(\d+)步")
State = Mapping[str, str]
"""Texts by document."""


def word(number: int) -> str:
    """A word that only stands where ``number`` was written, in letters alone."""
    out = ""
    while number:
        number, at = divmod(number, len(_LETTERS))
        out += _LETTERS[at]
    return "zq" + out.ljust(6, "z") + "k"


def text_of(number: int, sentences: int) -> str:
    """A text with a rare word in every sentence, and things that cleaning repairs."""
    lines = [
        f"{word(number * 64 + at)}{COMMON}的第{at}句，可靈(kě líng)講述第{number}件事，"
        f"專業創(chuàng)作者貢獻了{number}.{at}億元。"
        for at in range(sentences)
    ]
    return "<br />".join(lines[:3]) + "\n\n".join(["", *lines[3:]])


def rare_word(text: str) -> str:
    """A word of ``text`` that no other one holds."""
    return text[: text.index(COMMON)]


def document(doc_id: str, text: str) -> Document:
    return load_bytes(text.encode(), f"{doc_id}.txt", doc_id=doc_id)


@lru_cache(maxsize=4096)
def passages(text: str) -> tuple[tuple[int, int, str], ...]:
    """``(start, end, readable text)`` of the passages that ``text`` must become, by its places in the source."""
    readable = clean(document("any", text))
    return tuple(
        (*readable.map.to_lower(span.text_start, span.text_end), readable.text[span.text_start : span.text_end])
        for span in chunk(readable)
    )


@dataclass(frozen=True, slots=True)
class Step:
    """One commit: ``puts`` are pairs of id and text."""

    number: int
    puts: tuple[tuple[str, str], ...]
    removes: tuple[str, ...]


def marker_of(state: State, writer: str) -> int:
    """The number of the last commit of ``writer`` that ``state`` shows; 0 for none."""
    found = _MARKER.search(state.get(f"{writer}-marker", ""))
    return int(found[1]) if found else 0


def own(state: State, writer: str) -> dict[str, str]:
    """The documents of ``writer``."""
    return {doc_id: text for doc_id, text in state.items() if doc_id.startswith(writer + "-")}


def digest(state: State) -> str:
    return hashlib.sha256(repr(sorted(state.items())).encode()).hexdigest()[:16]


@dataclass
class History:
    """The commits of one writer. ``states[n]``: what its commit ``n`` left; those behind the last one that is known to
    have happened are plans. ``superseded``: texts that were replaced, by document and revision."""

    writer: str
    rng: random.Random
    states: list[dict[str, str]] = field(default_factory=lambda: [{}])
    seen: dict[tuple[int, str], None] = field(default_factory=dict)
    superseded: dict[tuple[str, str], str] = field(default_factory=dict)
    settled: int = 0
    _texts: int = 0

    def plan(self, *, new: int, replace: int = 0, remove: int = 0) -> Step:
        """The next commit, with so many documents of each kind as far as there are any."""
        before = self.states[-1]
        number = len(self.states)
        there = sorted(set(before) - {f"{self.writer}-marker"})
        self.rng.shuffle(there)
        removes, replaced = there[:remove], there[remove : remove + replace]
        puts = {f"{self.writer}-{number}-{at}": self._text() for at in range(new)}
        puts |= {doc_id: self._text() for doc_id in replaced}
        puts[f"{self.writer}-marker"] = f"{word(self._next() * 64)}{COMMON}的進度：已到第{number}步。"
        after = {doc_id: text for doc_id, text in (before | puts).items() if doc_id not in removes}
        self.states.append(after)
        return Step(number, tuple(puts.items()), tuple(removes))

    def settle(self, number: int) -> None:
        """Commit ``number`` was the last to happen; what was planned behind it never did."""
        for at in range(self.settled + 1, number + 1):
            self._supersede(self.states[at - 1], self.states[at])
            self.seen[at, digest(self.states[at])] = None
        del self.states[number + 1 :]
        self.settled = number

    def _supersede(self, before: State, after: State) -> None:
        for doc_id, text in before.items():
            if doc_id not in after:
                for key in [key for key in self.superseded if key[0] == doc_id]:
                    del self.superseded[key]
            elif after[doc_id] != text:
                self.superseded[doc_id, document(doc_id, text).revision] = text

    def _text(self) -> str:
        return text_of(self._next(), self.rng.choice((1, 1, 2, 3, 12)))

    def _next(self) -> int:
        self._texts += 1
        return int(hashlib.sha256(self.writer.encode()).hexdigest()[:5], 16) * 100_000 + self._texts
