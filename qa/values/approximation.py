"""Words that blur a number (近, 约, 超过, 不到, nearly, at least), and the range that is meant."""

from __future__ import annotations

from collections.abc import Iterable

ABOUT: tuple[str, ...] = (
    "大约",
    "约为",
    "约合",
    "约",
    "大概",
    "接近",
    "将近",
    "近",
    "几乎",
    "about",
    "around",
    "roughly",
    "approximately",
    "some",
    "nearly",
    "almost",
    "close to",
    "~",
    "≈",
)
NEAR = frozenset({"接近", "将近", "近", "几乎", "nearly", "almost", "close to"})
OVER: tuple[str, ...] = (
    "超过",
    "超出",
    "超",
    "逾",
    "突破",
    "破",
    "不少于",
    "不低于",
    "不下于",
    "不下",
    "至少",
    "高于",
    "大于",
    "over",
    "more than",
    "at least",
    "exceeding",
    "above",
    "upwards of",
    ">",
    "≥",
    ">=",
)
MANY = ("上", "过")
"""Over, but only before a bare 十 百 千 万 亿: 上千, 过亿."""
UNDER: tuple[str, ...] = (
    "不到",
    "不足",
    "不超过",
    "少于",
    "低于",
    "小于",
    *(
        most + reach
        for most in ("最多", "至多", "最高")
        for reach in ("", "可", "可达", "达")
        if most + reach != "最高"
    ),
    "未满",
    "less than",
    "under",
    "below",
    "up to",
    "fewer than",
    "at most",
    "<",
    "≤",
    "<=",
)
OVER_AFTER = ("以上", "及以上", "有余", "or more", "起", "+")
UNDER_AFTER = ("以下", "及以下", "以内", "及以内", "之内", "不到", "or less")
ABOUT_AFTER = ("左右", "上下", "or so")
STRETCH = ("未来", "过去", "今后", "最近", "此后")
"""Words before a duration that belong to it: 未来3年."""
TAKEN = ("历时", "用时", "耗时", "为期", "长达", "达", "了", "花", "满", "已", "时长", "需", "要", "工期", "有", "共")
"""Before 近 and a duration, these make it nearly (历时近三年); otherwise 近三年 is the last three years."""
BETWEEN = ("between", "介于")
CHANGE = ("从", "由", "自", "from")
"""Before two amounts these tell a change (从20%到30%), not a range."""


class Endings:
    """A set of names, to find the longest that ends at a place in a text."""

    def __init__(self, names: Iterable[str]) -> None:
        self._names = frozenset(names)
        self._lasts = frozenset(name[-1] for name in self._names)
        self._lengths = sorted({len(name) for name in self._names}, reverse=True)

    def before(self, text: str, at: int, floor: int = 0) -> str | None:
        """The longest name ``text[floor:at]`` ends with. A Latin name is a whole word: not the over of moreover."""
        if at <= floor or text[at - 1] not in self._lasts:
            return None
        for length in self._lengths:
            start = at - length
            if start < floor or text[start:at] not in self._names:
                continue
            if start and _latin(text[start]) and _latin(text[start - 1]):
                continue
            return text[start:at]
        return None


def _latin(char: str) -> bool:
    return char.isascii() and char.isalpha()


def bounds(
    blur: str | None, odd: str | bool | None, rest: str | None, exact: float, unit: float
) -> tuple[float | None, float | None]:
    """The range that is meant by ``exact``; ``unit`` is the worth of its last significant digit."""
    rest = (rest or "").strip()
    if blur in UNDER or rest in UNDER_AFTER:
        return None, exact
    if blur in OVER or blur in MANY or rest in OVER_AFTER or odd:
        return exact, None
    if blur in NEAR:
        return exact - unit / 2, exact
    if blur in ABOUT or rest in ABOUT_AFTER:
        return exact - unit / 2, exact + unit / 2
    return exact, exact


def rounded(number: float | None, factor: float = 1.0) -> float | None:
    """``number * factor`` to 12 digits: 7 * 0.01 would not be 0.07 otherwise."""
    return None if number is None else float(f"{number * factor:.12g}")
