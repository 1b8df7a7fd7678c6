"""What can be measured, and made-up values of it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from random import Random
from typing import Any, Literal

from training.reader.business import amounts
from training.reader.business.words import Word, load, word
from training.reader.business.world import World

Sort = Literal["money", "count", "ratio", "duration", "share"]
KINDS = {"money": "money", "count": "number", "ratio": "ratio", "share": "ratio", "duration": "duration"}


@dataclass(frozen=True, slots=True)
class Measure:
    """``word`` is its name; a share has the segment as its name and a ``whole`` that it is a share of."""

    key: str
    sort: Sort
    word: Word
    asks: Word
    low: float
    high: float
    flow: bool
    units: tuple[str, ...]
    wholes: tuple[Word, ...]

    def size(self, world: World) -> float:
        """A plausible value."""
        if self.sort in ("money", "count"):
            return world.spread(self.low, self.high)
        return world.dice.uniform(self.low, self.high)

    def value(self, size: float, world: World) -> Word:
        """``size`` in words."""
        dice = world.dice
        if self.sort == "money":
            return amounts.money(size, world.currency, dice)
        if self.sort == "count":
            return amounts.count(size, self.units[world.today.day % len(self.units)], dice)
        if self.sort == "duration":
            return amounts.duration(size, self.units[0], self.units[1], dice)
        return amounts.ratio(min(size, 99), dice)

    def change(self, up: bool, world: World) -> float:
        """By how much it may change: percent, or percentage points of a ratio. What falls, falls by less than all."""
        if self.points:
            return world.dice.uniform(0.2, 0.3 * self.low + 2)
        return amounts.draw(1.2, 160 if up else 70, world.dice)

    def before(self, size: float, change: float) -> float:
        """The value that changed by the signed ``change`` to ``size``."""
        return max(size - change, 1.0) if self.points else size / (1 + change / 100)

    @property
    def points(self) -> bool:
        return self.sort in ("ratio", "share")


@cache
def measures() -> dict[str, Measure]:
    """All measures by key."""
    return {key: _measure(key, row) for key, row in load("measures").items()}


def _measure(key: str, row: dict[str, Any]) -> Measure:
    return Measure(
        key=key,
        sort=row["type"],
        word=Word(tuple(row["zh"]), tuple(row["en"])),
        asks=Word(tuple(row.get("ask_zh", ())), tuple(row.get("ask_en", ()))),
        low=row["range"][0],
        high=row["range"][1],
        flow=row.get("flow", False),
        units=tuple(row.get("unit", ())),
        wholes=tuple(word(line) for line in row.get("whole", ())),
    )


_FITS: dict[str, Callable[[Measure], bool]] = {
    "X": lambda m: m.sort == "share",
    "F": lambda m: m.flow and m.key != "net_loss",
    "K": lambda m: (m.sort == "count" and not m.flow) or m.key in ("cash", "backlog"),
    "M": lambda m: m.sort != "share",
}


def draw_measure(slot: str, taken: set[str], dice: Random) -> Measure:
    """A measure for a slot: X a share, F what adds up, K what stands at a day, M anything but a share."""
    fits = _FITS[slot[0]]
    return dice.choice([m for m in measures().values() if m.key not in taken and fits(m)])
