"""The cast of one paragraph: its company, a rival, products, people, and whatever else its sentences name."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date, timedelta
from functools import cache
from random import Random
from typing import Any

from training.reader.business import amounts, times
from training.reader.business.words import Lang, Word, fill, listed, load, word


@cache
def names() -> dict[str, Any]:
    found = load("names") | load("events")["slots"]
    sectors = {key: word(line) for key, line in found.pop("sectors").items()}
    companies = [(word(line.rsplit("|", 1)[0]), sectors[line.rsplit("|", 1)[1]]) for line in found.pop("companies")]
    plain = {key: [word(line) for line in lines] for key, lines in found.items() if lines[0].count("|") == 1}
    tables = {key: [tuple(line.split("|")) for line in lines] for key, lines in found.items() if key not in plain}
    return plain | tables | {"companies": companies, "causes": load("figures")["causes"]}


# Slots that are drawn from the list of the same name.
_POOLS = {
    "city": "cities", "country": "countries", "fund": "funds", "watcher": "watchers", "exchange": "exchanges",
    "paper": "papers", "group": "groups", "plan": "plans", "feature": "features", "business": "businesses",
    "round": "rounds", "unit": "units", "kind": "kinds", "fault": "faults", "place": "places", "aspect": "aspects",
    "role": "roles", "product": "products", "seg": "groups",
}  # fmt: skip
_LISTS = {
    "features": "features", "markets": "countries", "departments": "departments", "businesses": "businesses",
    "investors": "funds", "customers": "companies", "models": "models",
}  # fmt: skip


class World:
    """Draws things, none twice in a paragraph."""

    def __init__(self, dice: Random, lang: Lang) -> None:
        self.dice, self.lang = dice, lang
        self.today = date(2018, 1, 10) + timedelta(days=dice.randrange(365 * 8))
        self.anchor = self.today if dice.random() < 0.75 else None
        self.calendar = times.calendar_of(self.today, self.anchor, dice)
        self.currency = dice.choice(("CNY",) * 7 + ("USD", "USD", "HKD"))
        self._left: dict[str, list[Any]] = {}
        company, self.sector = dice.choice(names()["companies"])
        self._company = company
        self.cast: dict[str, Word] = {
            "S": company,
            "R": self.take("companies"),
            "A": self.take("products"),
            "B": self.take("products"),
        }
        self.scale = dice.uniform(0.25, 0.85)

    def take(self, pool: str) -> Any:
        """One of a pool; a pool that is used up starts again."""
        left = self._left.get(pool)
        if not left:
            left = self._left[pool] = self._pool(pool)
            self.dice.shuffle(left)
        return left.pop()

    def _pool(self, pool: str) -> list[Any]:
        if pool == "companies":
            return [company for company, _ in names()["companies"] if company != self._company]
        return list(names()[pool])

    def person(self) -> Word:
        family, own = self.take("surnames"), self.take("given")
        return Word((family.zh[0] + own.zh[0],), (f"{family.en[0]} {own.en[0]}",))

    def spread(self, low: float, high: float) -> float:
        """A value of the range that suits the company's size."""
        at = min(max(self.scale + self.dice.uniform(-0.2, 0.2), 0.0), 1.0)
        return float(low * (high / low) ** at)

    def slot(self, name: str, drawn: dict[str, Word], future: bool = False) -> Word:
        """The word for a slot of a happening, drawn once; ``drawn`` holds those of the same happening."""
        if name in self.cast:
            return self.cast[name]
        if name not in drawn:
            drawn[name] = self._both(self._draw(name, re.sub(r"\d$", "", name), drawn, future), drawn)
        return drawn[name]

    def _both(self, found: Word, drawn: dict[str, Word]) -> Word:
        """`found` with the slots inside it filled in both languages."""
        if "{" not in found.zh[0] + found.en[0]:
            return found
        zh = fill(found.zh[0], lambda slot: self.slot(slot, drawn).zh[0]).text
        return Word((zh,), (fill(found.en[0], lambda slot: self.slot(slot, drawn).en[0]).text,))

    def _draw(self, name: str, base: str, drawn: dict[str, Word], future: bool) -> Word:
        dice = self.dice
        if base in _LISTS:
            return listed([self._item(_LISTS[base]) for _ in range(dice.choice((2, 3, 3, 4)))], dice)
        if base in _POOLS:
            return self.take(_POOLS[base])  # type: ignore[no-any-return]
        if name == "credits2":
            return _numbered(100 * dice.randrange(2, 40), "点", "credits")
        makers: dict[str, Callable[[], Word]] = {
            "who": self.person,
            "partner": lambda: self.take("companies"),
            "target": lambda: self.take("companies"),
            "desc": lambda: self.sector,
            "day": lambda: times.day(self.today, self.anchor, dice, future),
            "month": lambda: times.month(self.today, dice, future),
            "year": lambda: _year(self.today.year - dice.randrange(3, 25)),
            "money": lambda: amounts.money(self.spread(2e6, 8e9), self.currency, dice),
            "worth": lambda: amounts.money(self.spread(2e8, 6e10), self.currency, dice),
            "price": lambda: _price(dice.choice((1, 5, 10)) * dice.randrange(3, 60), self.currency),
            "credits": lambda: _numbered(5 * dice.randrange(1, 21), "点", "credits"),
            "seconds": lambda: _numbered(dice.choice((5, 8, 10, 15, 20)), "秒", "seconds"),
            "span": lambda: _numbered(dice.choice((3, 7, 14, 15, 30)), "天", "days"),
            "span_short": lambda: _numbered(dice.randrange(3, 50), "秒", "seconds"),
            "span_long": lambda: _numbered(dice.randrange(2, 20), "分钟", "minutes"),
            "years": lambda: dice.choice(
                (Word(("三年",), ("three years",)), _numbered(dice.randrange(2, 9), "年", "years"))
            ),
            "staff": lambda: amounts.count(self.spread(30, 4000), "人", dice),
            "crowd": lambda: amounts.count(self.spread(300, 30000), "人", dice),
            "percent": lambda: amounts.ratio(dice.uniform(3, 40), dice),
            "stake": lambda: amounts.ratio(dice.uniform(5, 95), dice),
            "capacity": lambda: amounts.count(self.spread(10_000, 5e6), "台", dice),
            "ver": lambda: self._version(name, drawn),
        }
        return makers[base]()

    def _item(self, pool: str) -> Word:
        if pool == "models":
            return _same(
                f"{_letters(self.dice)}-{self.dice.randrange(1, 9)}{self.dice.choice(('', ' Pro', ' Lite', ' Max'))}"
            )
        return self.take(pool)  # type: ignore[no-any-return]

    def _version(self, name: str, drawn: dict[str, Word]) -> Word:
        if name == "ver2" and "ver1" in drawn:
            return _same(f"{int(drawn['ver1'].zh[0].split('.')[0]) + 1}.0")
        if name == "ver1" and "ver2" in drawn:
            return _same(f"{int(drawn['ver2'].zh[0].split('.')[0]) - 1}.{self.dice.randrange(10)}")
        return _same(f"{self.dice.randrange(2, 8)}.{self.dice.choice('0055123')}")


def _letters(dice: Random) -> str:
    return "".join(dice.choice("BCDGKLMPRTVXZ") for _ in range(2))


def _same(text: str) -> Word:
    return Word((text,), (text,))


def _year(year: int) -> Word:
    return Word((f"{year}年",), (f"{year}",))


def _numbered(number: int, zh: str, en: str) -> Word:
    return Word((f"{number}{zh}",), (f"{number:,} {en}",))


def _price(number: int, currency: str) -> Word:
    en = {"CNY": f"{number} yuan", "USD": f"${number}", "HKD": f"HK${number}"}[currency]
    return Word((f"{number}{amounts.CURRENCIES[currency][0]}",), (en,))
