"""Made-up amounts in the notations of business news: 近七成, 约1.4亿美元, 8,450万元, $1.2bn, nearly 70%."""

from __future__ import annotations

import math
from dataclasses import dataclass
from random import Random

from training.reader.business.words import Word

_BLUR = {
    "near": (("近", "接近", "将近"), ("nearly", "almost")),
    "about": (("约", "约", "大约"), ("about", "around", "roughly")),
    "over": (("超过", "超", "逾"), ("more than", "over")),
    "under": (("不到", "不足"), ("less than", "under")),
}
_AFTER = {"about": ("左右",), "over": ("以上",)}
_HAN = "零一二三四五六七八九"
_FRACTIONS = (
    ("三分之二", "two thirds", 66.7),
    ("三分之一", "one third", 33.3),
    ("五分之二", "two fifths", 40),
    ("一半", "half", 50),
)
CURRENCIES = {
    "CNY": ("元", "元", "元", "元人民币"),
    "USD": ("美元",),
    "HKD": ("港元",),
    "EUR": ("欧元",),
}


@dataclass(frozen=True, slots=True)
class _Blur:
    """How exactly a number is told, in both languages."""

    name: str
    zh: str
    zh_after: str
    en: str


def _blur(dice: Random, exact: float = 0.6) -> _Blur:
    if dice.random() < exact:
        return _Blur("", "", "", "")
    name = dice.choice(("near", "about", "about", "over", "over", "under"))
    zh, en = _BLUR[name]
    if name in _AFTER and dice.random() < 0.2:
        return _Blur(name, "", dice.choice(_AFTER[name]), dice.choice(en) + " ")
    return _Blur(name, dice.choice(zh), "", dice.choice(en) + " ")


def draw(low: float, high: float, dice: Random) -> float:
    """A number, its logarithm evenly spread."""
    return math.exp(dice.uniform(math.log(low), math.log(high)))


def _digits(value: float, digits: int) -> float:
    return round(value, digits - 1 - math.floor(math.log10(value)))


def _plain(value: float) -> str:
    return f"{value:.2f}".rstrip("0").rstrip(".") if value < 1000 else f"{value:,.0f}"


def _zh_number(value: float, dice: Random) -> str:
    for scale, name in ((1e8, "亿"), (1e4, "万")):
        if value >= scale:
            text = _plain(value / scale)
            return (text if dice.random() < 0.5 else text.replace(",", "")) + name
    return _plain(value) if dice.random() < 0.5 else _plain(value).replace(",", "")


def _en_number(value: float, short: bool) -> str:
    for scale, name, letters in ((1e9, " billion", "bn"), (1e6, " million", "m")):
        if value >= scale:
            return _plain(value / scale) + (letters if short else name)
    return _plain(value)


def _sharp(value: float, blur: _Blur, dice: Random) -> float:
    """``value`` with as many digits as its blur allows; whole below ten thousand."""
    kept = _digits(value, 2 if blur.name else dice.choice((3, 3, 4)))
    return kept if kept >= 10_000 or kept < 10 else round(kept)


def money(value: float, currency: str, dice: Random) -> Word:
    blur = _blur(dice)
    value = _sharp(value, blur, dice)
    number = _en_number(value, dice.random() < 0.35)
    if currency == "CNY":
        spaced = number if number[-1].isdigit() or number.endswith("lion") else number[:-2].rstrip("b") + number[-2:]
        en = dice.choice((f"{_en_number(value, False)} yuan", f"RMB {spaced}", f"RMB{number}"))
    else:
        en = {"USD": "$", "HKD": "HK$", "EUR": "€"}[currency] + number
    zh = f"{blur.zh}{_zh_number(value, dice)}{dice.choice(CURRENCIES[currency])}{blur.zh_after}"
    return Word((zh,), (blur.en + en,))


def count(value: float, unit: str, dice: Random) -> Word:
    blur = _blur(dice)
    value = _sharp(value, blur, dice)
    if 2000 <= value < 1e4 and unit == "家" and dice.random() < 0.05:
        return Word(("数千家",), ("several thousand",))
    return Word((f"{blur.zh}{_zh_number(value, dice)}{unit}{blur.zh_after}",), (blur.en + _en_number(value, False),))


def ratio(percent: float, dice: Random) -> Word:
    """A share of ``percent`` hundredths, as far as it may be rounded."""
    blur = _blur(dice, 0.55)
    tens = round(percent / 10)
    for zh, en, worth in _FRACTIONS:
        if abs(percent - worth) < 4 and dice.random() < 0.3:
            return Word((f"{blur.zh}{zh}",), (f"{blur.en}{en}",))
    if dice.random() < (0.6 if blur.name else 0.12) and 1 <= tens <= 9:
        return Word((f"{blur.zh}{_HAN[tens]}成{blur.zh_after}",), (f"{blur.en}{10 * tens}%",))
    if blur.name and percent > 10 and dice.random() < 0.6:
        percent = 5 * round(percent / 5)
    number = _plain(round(percent) if blur.name else round(percent, dice.choice((0, 1, 1, 2))) or 1)
    return Word(
        (f"{blur.zh}{number}%{blur.zh_after}",), (f"{blur.en}{number}{dice.choice(('%', '%', '%', ' percent'))}",)
    )


def growth(change: float, points: bool, dice: Random) -> Word:
    """A change of so many percent or percentage points, up or down."""
    blur = _blur(dice, 0.75)
    if points:
        number = _plain(round(change, 1))
        return Word((f"{blur.zh}{number}个百分点",), (f"{blur.en}{number} percentage points",))
    if change > 110 and dice.random() < 0.6:
        return Word((f"{blur.zh}{_plain(round(change / 100, 1))}倍",), (f"{blur.en}{change:.0f}%",))
    tens = round(change / 10)
    if blur.name and 1 <= tens <= 9 and dice.random() < 0.5:
        return Word((f"{blur.zh}{_HAN[tens]}成{blur.zh_after}",), (f"{blur.en}{10 * tens}%",))
    number = _plain(round(change) if blur.name else round(change, 1))
    return Word((f"{blur.zh}{number}%{blur.zh_after}",), (f"{blur.en}{number}%",))


def duration(value: float, zh: str, en: str, dice: Random) -> Word:
    blur = _blur(dice, 0.7)
    number = _plain(round(value, 1) if not blur.name and dice.random() < 0.5 else max(round(value), 2))
    return Word((f"{blur.zh}{number}{zh}{blur.zh_after}",), (f"{blur.en}{number} {en}",))
