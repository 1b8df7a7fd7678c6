"""What the rest of a damaged document says about how its damaged places should read."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from functools import cached_property
from itertools import pairwise

from indexer.fixers.pinyin import ANNOTATED

_DOMINANT = 4  # an accepted reading is at least so many times as frequent as the next
_ENOUGH = 1_000_000  # characters; more of them would cost memory and tell no more
_MOST_READINGS = 64  # characters of one reading; no syllable has so many that are in use


class Witness:
    """Counts over one text; built lazily, because most texts are sound and never ask."""

    def __init__(self, text: str) -> None:
        self._text = text[:_ENOUGH]
        self._linked: dict[tuple[tuple[str, ...], tuple[str, ...]], list[str]] = {}

    @cached_property
    def _plain(self) -> str:
        return ANNOTATED.sub(r"\1", self._text)

    @cached_property
    def _pairs(self) -> Counter[tuple[str, ...]]:
        return Counter(pairwise(self._plain))

    @cached_property
    def _triples(self) -> Counter[tuple[str, ...]]:
        return Counter(zip(self._plain, self._plain[1:], self._plain[2:], strict=False))

    @cached_property
    def _followers(self) -> dict[str, set[str]]:
        followers: dict[str, set[str]] = {}
        for first, second in self._pairs:
            followers.setdefault(first, set()).add(second)
        return followers

    @cached_property
    def _singles(self) -> Counter[str]:
        return Counter(self._plain)

    @cached_property
    def _readings(self) -> dict[str, set[str]]:
        readings: dict[str, set[str]] = {}
        for found in ANNOTATED.finditer(self._text):
            known = readings.setdefault(found[3], set())
            if len(known) < _MOST_READINGS:
                known.add(found[1])
        return readings

    def singles(self, char: str) -> int:
        return self._singles.get(char, 0)

    def pairs(self, first: str, second: str) -> int:
        return self._pairs.get((first, second), 0)

    def readings(self, syllable: str) -> set[str]:
        """The characters that this text itself annotates with ``syllable``."""
        return self._readings.get(syllable, set())

    def choose(self, candidates: Iterable[str], before: str, after: str) -> str | None:
        """The one candidate (of one or two characters) that the text has elsewhere in front of ``after``,
        or None: no evidence, or evidence for several.

        A letter must also be known behind ``before``, the character on its other side; punctuation stands
        behind anything. Neither is asked of a side that is empty.
        """
        scored = []
        for c in candidates:
            if self._follows(before, c):
                alone = len(c + after) == 1
                scored.append((self._support(before + c if alone else c + after), c))
        scored.sort(reverse=True)
        scored = [entry for entry in scored if entry[0]]
        if not scored or (len(scored) > 1 and scored[0][0] < _DOMINANT * scored[1][0]):
            return None
        return scored[0][1]

    def linked(self, first: tuple[str, ...], last: tuple[str, ...]) -> list[str]:
        """The pairs, one character from each, that the text has side by side."""
        key = (first, last)
        if key not in self._linked:
            wanted = set(last)
            self._linked[key] = [a + b for a in first for b in self._followers.get(a, set()) & wanted]
        return self._linked[key]

    def _follows(self, before: str, candidate: str) -> bool:
        return not before or not candidate[0].isalpha() or self.pairs(before, candidate[0]) > 0

    def _support(self, chars: str) -> int:
        return (self._triples if len(chars) == 3 else self._pairs).get(tuple(chars), 0)
