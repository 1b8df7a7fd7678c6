"""What stands beside a number: currencies, times, measure words, and the words that blur it.

All names are in folded form (simplified, half width, lower case). The codes are those of ISO 4217.
"""

from __future__ import annotations

import re
from collections.abc import Iterable


def alternation(names: Iterable[str]) -> str:
    """A regular expression of ``names``, longest first, so that 人民币 is not read as 人."""
    return "|".join(re.escape(name) for name in sorted(set(names), key=len, reverse=True))


CURRENCY_AFTER = {
    "CNY": ("元人民币", "人民币", "元", "块钱", "块", "yuan", "rmb", "renminbi", "cny"),
    "USD": ("美元", "美金", "u.s. dollars", "us dollars", "dollars", "dollar", "usd"),
    "HKD": ("港元", "港币", "hong kong dollars", "hkd"),
    "EUR": ("欧元", "euros", "euro", "eur"),
    "GBP": ("英镑", "pounds sterling", "gbp"),
    "JPY": ("日元", "日圆", "yen", "jpy"),
    "KRW": ("韩元", "won", "krw"),
    "TWD": ("新台币", "台币", "新台币元", "twd"),
    "SGD": ("新加坡元", "新元", "sgd"),
}
CURRENCY_BEFORE = {
    "CNY": ("人民币", "rmb", "cny", "¥", "yuan"),
    "USD": ("us$", "usd", "$"),
    "HKD": ("hk$", "hkd", "港币"),
    "EUR": ("€", "eur"),
    "GBP": ("£", "gbp"),
    "TWD": ("nt$", "新台币"),
}
DURATIONS = {
    "秒": ("秒钟", "秒", "seconds", "second", "sec"),
    "分钟": ("分钟", "minutes", "minute", "min"),
    "小时": ("个小时", "小时", "钟头", "hours", "hour"),
    "天": ("天", "days", "day"),
    "周": ("个星期", "星期", "周", "weeks", "week"),
    "个月": ("个多月", "个月", "months", "month"),
    "季度": ("个季度", "quarters", "quarter"),
    "年": ("周年", "年", "years", "year"),
    "世纪": ("个世纪", "世纪", "centuries"),
}
SECONDS = {"秒": 1.0, "分钟": 60.0, "小时": 3600.0, "天": 86_400.0, "周": 604_800.0}
MEASURES = tuple(
    "个 家 名 人 人次 人民 位 次 条 款 项 部 台 只 件 张 份 种 类 篇 集 期 场 座 所 间 辆 艘 架 枚 颗 块 套 "
    "本 册 卷 首 "
    "支 层 届 轮 代 版 点 页 字 股 票 分 岁 度 倍速 用户 户 人口 米 厘米 毫米 公里 千米 里 平方米 平方公里 "
    "平方千米 公顷 亩 "
    "吨 公斤 千克 克 斤 升 毫升 瓦 千瓦 兆瓦 度电 帧 像素 积分 席 成员 学生 门 头 匹 棵 株 尊 处 章 节 句 笔 单 "
    "people users employees companies customers times percent km meters metres miles feet inches pounds tons tonnes "
    "kg hectares acres km² members students seats points games goals".split()
)

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
)
ABOUT += ("approximately", "some", "nearly", "almost", "close to")
NEAR = frozenset({"接近", "将近", "近", "几乎", "nearly", "almost", "close to"})
OVER: tuple[str, ...] = (
    "超过",
    "超出",
    "超",
    "逾",
    "突破",
    "不少于",
    "不低于",
    "至少",
    "高于",
    "大于",
    "over",
    "more than",
)
OVER += ("at least", "exceeding", "above", "upwards of")
UNDER: tuple[str, ...] = (
    "不到",
    "不足",
    "不超过",
    "少于",
    "低于",
    "小于",
    "最多",
    "至多",
    "未满",
    "less than",
    "under",
    "below",
    "up to",
)
UNDER += ("fewer than", "at most")
OVER_AFTER = ("以上", "及以上", "有余", "or more")
UNDER_AFTER = ("以下", "以内", "之内", "or less")
ABOUT_AFTER = ("左右", "上下", "or so")
STRETCH = ("未来", "过去", "今后", "最近", "此后")
"""Words before a duration that belong to it: 未来3年."""
