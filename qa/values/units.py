"""What stands beside a number: currencies, times, parts, measure words.

All names are in folded form (simplified, half width, lower case). The codes are those of ISO 4217.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import NamedTuple


def alternation(names: Iterable[str]) -> str:
    """A regular expression of ``names``, longest first, so that 人民币 is not read as 人."""
    return "|".join(re.escape(name) for name in sorted(set(names), key=len, reverse=True))


CURRENCY_AFTER = {
    "CNY": ("元人民币", "人民币", "元", "圆", "块钱", "块", "毛钱", "分钱", "yuan", "rmb", "renminbi", "cny"),
    "USD": ("美元", "美金", "u.s. dollars", "us dollars", "dollars", "dollar", "usd"),
    "HKD": ("港元", "元港币", "港币", "hong kong dollars", "hkd"),
    "EUR": ("欧元", "euros", "euro", "eur"),
    "GBP": ("英镑", "pounds sterling", "gbp"),
    "JPY": ("日元", "日圆", "yen", "jpy"),
    "KRW": ("韩元", "韩圆", "won", "krw"),
    "TWD": ("新台币元", "元新台币", "新台币", "台币", "taiwan dollars", "twd"),
    "SGD": ("新加坡元", "新元", "singapore dollars", "sgd"),
    "AUD": ("澳元", "澳大利亚元", "australian dollars", "aud"),
    "CAD": ("加元", "加拿大元", "canadian dollars", "cad"),
    "CHF": ("瑞士法郎", "瑞郎", "swiss francs", "francs", "chf"),
    "RUB": ("卢布", "rubles", "roubles", "rub"),
    "INR": ("卢比", "rupees", "inr"),
    "THB": ("泰铢", "baht", "thb"),
}
CURRENCY_BEFORE = {
    "CNY": ("人民币", "rmb", "cny", "cn¥", "¥", "yuan"),
    "USD": ("us$", "usd", "$"),
    "HKD": ("hk$", "hkd", "港币"),
    "EUR": ("€", "eur"),
    "GBP": ("£", "gbp"),
    "JPY": ("jp¥", "jpy"),
    "KRW": ("₩", "krw"),
    "TWD": ("nt$", "twd", "新台币"),
    "SGD": ("s$", "sgd"),
    "AUD": ("a$", "au$", "aud"),
    "CAD": ("c$", "ca$", "cad"),
    "CHF": ("chf",),
    "RUB": ("₽", "rub"),
    "INR": ("₹", "inr"),
}
CODES_AFTER = {name: code for code, names in CURRENCY_AFTER.items() for name in names}
CODES_BEFORE = {name: code for code, names in CURRENCY_BEFORE.items() for name in names}
COMMON_MONEY = frozenset(("元", "圆", "块", "块钱", "dollars", "dollar"))
"""Names that many currencies share: what stands before the number (新台币, HK$) tells which."""
HUNDREDTHS = {"毛钱": 0.1, "分钱": 0.01}

DURATIONS = {
    "毫秒": ("毫秒", "milliseconds", "millisecond", "ms"),
    "秒": ("秒钟", "秒", "seconds", "second", "secs", "sec", "s"),
    "分钟": ("分钟", "minutes", "minute", "mins", "min"),
    "小时": ("个半小时", "个多小时", "个小时", "小时", "个半钟头", "个钟头", "钟头", "hours", "hour", "hrs", "hr"),
    "天": ("天", "days", "day"),
    "周": ("个半星期", "个多星期", "个星期", "星期", "周", "weeks", "week"),
    "个月": ("个多月", "个半月", "个月", "months", "month"),
    "季度": ("个季度", "quarters", "quarter"),
    "年": ("周年", "年", "years", "year"),
    "世纪": ("个多世纪", "个半世纪", "个世纪", "世纪", "centuries"),
    "工作日": ("个工作日", "工作日", "business days", "working days"),
    "交易日": ("个交易日", "交易日", "trading days"),
}
TIMES = {name: unit for unit, names in DURATIONS.items() for name in names}
SECONDS = {"毫秒": 0.001, "秒": 1.0, "分钟": 60.0, "小时": 3600.0, "天": 86_400.0, "周": 604_800.0}
MONTHS = {"个月": 1.0, "季度": 3.0, "年": 12.0, "世纪": 1200.0}

PARTS = {"%": 0.01, "percent": 0.01, "per cent": 0.01, "pct": 0.01, "‰": 0.001, "成": 0.1}
FOLDS = ("倍", "times", "fold", "x")
POINTS = dict.fromkeys(("个百分点", "百分点", "percentage points", "percentage point", "个点", "pp", "ppt"), 0.01)
POINTS |= dict.fromkeys(("个基点", "基点", "basis points", "basis point", "bps", "bp"), 0.0001)

_LATIN_SHORT = tuple("gb tb mb ft cm mm ha lb lbs oz mph kwh mw gw m² m³ km³ °c °f".split())
MEASURES = tuple(
    "个 家 名 人 人次 人民 位 次 条 款 项 部 台 只 件 张 份 种 类 篇 集 期 场 座 所 间 辆 艘 架 枚 颗 块 套 "
    "本 册 卷 首 "
    "支 层 届 轮 代 版 点 页 字 股 票 分 岁 度 倍速 用户 户 人口 米 厘米 毫米 公里 千米 里 平方米 平方公里 "
    "平方千米 公顷 亩 "
    "吨 公斤 千克 克 斤 升 毫升 瓦 千瓦 兆瓦 度电 帧 像素 积分 席 成员 学生 门 头 匹 棵 株 尊 处 章 节 句 笔 单 "
    "起 粒 双 批 宗 盒 瓶 袋 幅 封 杯 桶 箱 千瓦时 ℃ 公尺 公分 英尺 英里 英寸 海里 "
    "people users employees companies customers km meters metres miles feet inches pounds tons tonnes "
    "kg hectares acres members students seats points games goals players workers viewers subscribers "
    "stores units tokens km² km2 m2 km3 m3 m".split()
)
ARTICLES = frozenset("度种部版轮代分块股套点单头门面期层句笔号起双批粒幅封杯桶袋箱盒瓶")
"""Measures that 一 before makes an article or an idiom of (一种, 一度, 一起): they count nothing then."""


class Unit(NamedTuple):
    """What a name beside a number makes of it: the kind of value, its unit, and the factor to units of one."""

    kind: str
    unit: str | None
    factor: float = 1.0


def _areas() -> list[str]:
    lengths = "kilometers kilometres miles meters metres feet inches yards".split()
    return [f"{power} {length}" for power in ("square", "cubic") for length in lengths]


def _units() -> dict[str, Unit]:
    units = {name: Unit("count", name) for name in (*MEASURES, *_LATIN_SHORT, *_areas())}
    units |= {name: Unit("duration", unit) for name, unit in TIMES.items()}
    units |= dict.fromkeys(("decades", "decade"), Unit("duration", "年", 10.0))
    units |= {name: Unit("money", code, HUNDREDTHS.get(name, 1.0)) for name, code in CODES_AFTER.items()}
    units |= {name: Unit("ratio", None, factor) for name, factor in PARTS.items()}
    units |= {name: Unit("ratio", "倍") for name in FOLDS}
    units |= {name: Unit("ratio", "百分点", factor) for name, factor in POINTS.items()}
    # 八折: eight tenths of the price are to be paid.
    units["折"] = Unit("ratio", "折", 0.1)
    latin = [name for name in (*TIMES, *CODES_AFTER) if name.isascii()]
    units |= {f"of {name}": units[name] for name in latin if name in CODES_AFTER}
    for word in ("consecutive", "straight", "full"):
        units |= {f"{word} {name}": units[name] for name in latin if name in TIMES}
    return units


UNITS = _units()
ATTACHED = ("s", "x", "bp")
SHORT = ("ms", "pp", "ppt", "bps", *_LATIN_SHORT)
"""Abbreviations that are units only behind digits, the first three only right behind them; m is a metre
only behind a space (120m users are millions)."""


def _pattern() -> str:
    """Names of units; a Latin one ends with its word: month is not in monthly."""
    latin = [name for name in UNITS if name[0].isascii() and name[0].isalpha()]
    han = alternation(name for name in UNITS if name not in latin and name not in ("成", "折", "年", "起"))
    return (
        rf"\s?(?P<han>{han}|成(?!不变|[立为长功果员交份分熟型品就绩都])|起(?![义诉点草伏码因源])|年(?![级龄轻纪薪])|折(?![叠页射线中旧返扣]))(?![数量级])"
        rf"|[\s-]?(?P<latin>{alternation(name for name in latin if name not in (*ATTACHED, *SHORT, 'm'))})(?![a-z\d])"
        rf"|(?<=\d)(?P<attached>{alternation(ATTACHED)})(?![a-z\d])|(?<=\d)\s(?P<metre>m)(?![a-z\d])|(?<=\d)\s?(?P<short>{alternation(SHORT)})(?![a-z\d])"
    )


UNIT = re.compile(_pattern())
"""A name of ``UNITS`` behind a number, in one of the groups; the space or hyphen before it belongs to the match."""
