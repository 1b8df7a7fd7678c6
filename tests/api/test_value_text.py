from __future__ import annotations

import pytest
from opencc import OpenCC

from api.reply import value_text as module
from api.reply.traditional import traditional_units
from api.reply.value_text import value_text
from api.reply.words import CHINESE, ENGLISH


def ratio(least, most, unit=None):
    return {"kind": "ratio", "min": least, "max": most, "unit": unit}


def money(least, most, unit="CNY", **more):
    return {"kind": "money", "min": least, "max": most, "unit": unit, **more}


@pytest.mark.parametrize(
    ("value", "written", "english", "chinese"),
    [
        (ratio(0.65, 0.7), "近七成", "65% – 70%", "65% – 70%"),
        (ratio(0.725, 0.725), "72.5%", None, None),
        (ratio(2.0, 2.0, "倍"), "两倍", None, None),
        (money(1.5e8, None), "超过1.5亿元", "at least 150 million CNY", None),
        (money(None, 2e4), "不到两万元", "at most 20,000 CNY", "至多 2万元"),
        (money(1269e8, 1269e8), "1269亿元人民币", "126.9 billion CNY", None),
        (money(66.0, 66.0, per="个月"), "每月六十六元", None, None),
        ({"kind": "count", "min": 4.08e8, "max": 4.08e8, "unit": None}, "4.08亿", "408 million", None),
        ({"kind": "count", "min": 2000.0, "max": 9000.0, "unit": "家"}, "数千家", "2,000 – 9,000", "2,000家 – 9,000家"),
        ({"kind": "duration", "min": 2.0, "max": 2.0, "unit": "分钟"}, "两分钟", "2 minutes", "2分钟"),
        ({"kind": "duration", "min": 2.0, "max": 2.0, "unit": "炷香"}, "两炷香", None, "2炷香"),
        ({"kind": "date", "date": "2025-04-15"}, "2025年4月15日", "15 April 2025", None),
        (
            {"kind": "date", "date": "2025-01-01/2025-03-31"},
            "一季度",
            "1 January 2025 – 31 March 2025",
            "2025年1月1日 – 2025年3月31日",
        ),
        ({"kind": "date", "date": None}, "去年", None, None),
        ({"kind": "rank", "min": 1.0, "max": 1.0, "unit": None}, "第一", None, None),
        ({"kind": "version", "min": None, "max": None, "unit": "2.1"}, "2.1版", None, None),
        (None, "盖坤", None, None),
        (money(1.4e8, 1.4e8, "USD"), "$140 million", None, None),
    ],
)
def test_a_value_is_told_where_its_text_may_not_be_read(value, written, english, chinese):
    assert value_text(value, written, ENGLISH) == english
    assert value_text(value, written, CHINESE) == chinese


def test_every_unit_has_its_traditional_form():
    units = [*module._DURATIONS, *module._CURRENCIES.values(), *(name for _, name in module._SCALES_ZH)]
    assert [traditional_units(unit) for unit in units] == [OpenCC("s2tw").convert(unit) for unit in units]
