"""Typed values: what they are worth and exactly which characters they take."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qa.values.find import find_values, parse_value

YI, WAN = 100_000_000, 10_000
# Each row: what is written, then kind, min, max and unit of the value.
NUMBERS = [
    ("70%", "ratio", 0.7, 0.7, None),
    ("60.9%", "ratio", 0.609, 0.609, None),
    ("３．５％", "ratio", 0.035, 0.035, None),
    ("2,156%", "ratio", 21.56, 21.56, None),
    ("超80%", "ratio", 0.8, None, None),
    ("不到5%", "ratio", None, 0.05, None),
    ("近七成", "ratio", 0.65, 0.7, None),
    ("近70%", "ratio", 0.65, 0.7, None),
    ("nearly 70%", "ratio", 0.65, 0.7, None),
    ("almost 70%", "ratio", 0.65, 0.7, None),
    ("逾六成", "ratio", 0.6, None, None),
    ("超過九成", "ratio", 0.9, None, None),
    ("五成", "ratio", 0.5, 0.5, None),
    ("一半", "ratio", 0.5, 0.5, None),
    ("一半以上", "ratio", 0.5, None, None),
    ("百分之六十", "ratio", 0.6, 0.6, None),
    ("百分之3.5", "ratio", 0.035, 0.035, None),
    ("约百分之二十", "ratio", 0.15, 0.25, None),
    ("1/4", "ratio", 0.25, 0.25, None),
    ("四分之三", "ratio", 0.75, 0.75, None),
    ("15%-20%", "ratio", 0.15, 0.2, None),
    ("约40%至50%", "ratio", 0.4, 0.5, None),
    ("20 to 30 percent", "ratio", 0.2, 0.3, None),
    ("25倍", "ratio", 25, 25, "倍"),
    ("25-fold", "ratio", 25, 25, "倍"),
    ("3个百分点", "ratio", 0.03, 0.03, "百分点"),
    ("2.5 percentage points", "ratio", 0.025, 0.025, "百分点"),
    ("中高双位数", "ratio", 0.1, 1, None),
    ("mid-to-high double digits", "ratio", 0.1, 1, None),
    ("约1.4亿美元", "money", 1.35 * YI, 1.45 * YI, "USD"),
    ("1269亿元人民币", "money", 1269 * YI, 1269 * YI, "CNY"),
    ("人民币1亿元", "money", YI, YI, "CNY"),
    ("2216亿港元", "money", 2216 * YI, 2216 * YI, "HKD"),
    ("2216億港元", "money", 2216 * YI, 2216 * YI, "HKD"),
    ("超2000亿港元", "money", 2000 * YI, None, "HKD"),
    ("HK$221.6 billion", "money", 2216 * YI, 2216 * YI, "HKD"),
    ("US$1.5bn", "money", 15 * YI, 15 * YI, "USD"),
    ("$4-6 billion", "money", 40 * YI, 60 * YI, "USD"),
    ("€12.5 million", "money", 1250 * WAN, 1250 * WAN, "EUR"),
    ("£3,000", "money", 3000, 3000, "GBP"),
    ("more than 150 million yuan", "money", 1.5 * YI, None, "CNY"),
    ("超过1.5亿元", "money", 1.5 * YI, None, "CNY"),
    ("40~60亿美元", "money", 40 * YI, 60 * YI, "USD"),
    ("3.5亿-4亿元", "money", 3.5 * YI, 4 * YI, "CNY"),
    ("15至20亿元", "money", 15 * YI, 20 * YI, "CNY"),
    ("4300万元", "money", 4300 * WAN, 4300 * WAN, "CNY"),
    ("数十亿元", "money", 20 * YI, 90 * YI, "CNY"),
    ("0.5元", "money", 0.5, 0.5, "CNY"),
    ("5块钱", "money", 5, 5, "CNY"),
    ("300万日元", "money", 300 * WAN, 300 * WAN, "JPY"),
    ("2万欧元", "money", 2 * WAN, 2 * WAN, "EUR"),
    ("4.08亿", "count", 4.08 * YI, 4.08 * YI, None),
    ("４．０８亿", "count", 4.08 * YI, 4.08 * YI, None),
    ("2200万", "count", 2200 * WAN, 2200 * WAN, None),
    ("近200万", "count", 150 * WAN, 200 * WAN, None),
    ("22万用户", "count", 22 * WAN, 22 * WAN, "用户"),
    ("约22万用户", "count", 21.5 * WAN, 22.5 * WAN, "用户"),
    ("数千家", "count", 2000, 9000, "家"),
    ("一万家", "count", WAN, WAN, "家"),
    ("上千名", "count", 1000, None, "名"),
    ("上亿", "count", YI, None, None),
    ("20多次", "count", 20, None, "次"),
    ("十余家", "count", 10, None, "家"),
    ("500余万人", "count", 500 * WAN, None, "人"),
    ("2200个以上", "count", 2200, None, "个"),
    ("5000人左右", "count", 4500, 5500, "人"),
    ("18岁以下", "count", None, 18, "岁"),
    ("三千八百", "count", 3800, 3800, None),
    ("两万五千人", "count", 25_000, 25_000, "人"),
    ("3亿5000万", "count", 3.5 * YI, 3.5 * YI, None),
    ("12,000 people", "count", 12_000, 12_000, "people"),
    ("401 million", "count", 401_000_000, 401_000_000, None),
    ("10到20个", "count", 10, 20, "个"),
    ("125.6分钟", "duration", 125.6, 125.6, "分钟"),
    ("不到一分鐘", "duration", None, 1, "分钟"),
    ("10个月", "duration", 10, 10, "个月"),
    ("未来3年", "duration", 3, 3, "年"),
    ("过去三年", "duration", 3, 3, "年"),
    ("半年", "duration", 0.5, 0.5, "年"),
    ("15 天", "duration", 15, 15, "天"),
    ("五秒钟", "duration", 5, 5, "秒"),
    ("two years", "duration", 2, 2, "年"),
    ("24 hours", "duration", 24, 24, "小时"),
    ("第二", "rank", 2, 2, None),
    ("第3名", "rank", 3, 3, "名"),
]
DATES = [
    ("2025年4月30日", "2025-04-30"),
    ("4月30日", "--04-30"),
    ("5月29號", "--05-29"),
    ("2024年6月", "2024-06"),
    ("三月", "--03"),
    ("2024年", "2024"),
    ("二〇二五年", "2025"),
    ("763年", "0763"),
    ("2025-04-30", "2025-04-30"),
    ("2025/4/30", "2025-04-30"),
    ("March 20", "--03-20"),
    ("March 20, 2025", "2025-03-20"),
    ("20 March 2025", "2025-03-20"),
    ("March 2025", "2025-03"),
    ("Q1 2025", "2025-01-01/2025-03-31"),
    ("2025年第一季度", "2025-01-01/2025-03-31"),
    ("1990年代", "1990-01-01/1999-12-31"),
    ("去年6月", None),
]
NOTHING = [
    "百度",
    "万科",
    "程一笑",
    "千问",
    "一些人",
    "720p",
    "5G网络",
    "90后",
    "日活",
    "一度",
    "每秒几毛钱",
    "三星电子",
    "it may be",
    "",
]
# (text, the values in it as written): nothing more and nothing less of the text.
INSIDE = [
    ("从149.6亿元降至122亿元", ["149.6亿元", "122亿元"]),
    ("442億減到了411億", ["442億", "411億"]),
    ("98億元，同比增長14.4%。", ["98億元", "14.4%"]),
    ("小米上涨66%，阿里上73%", ["66%", "73%"]),
    ("生成5秒720p视频", ["5秒"]),
    ("1080p五秒钟视频", ["五秒钟"]),
    ("今年3月更是在一个月内放出4次更新信息", ["今年3月", "一个月", "4次"]),
    ("moreover 5 people came", ["5 people"]),
    ("120 million monthly active users", ["120 million"]),
    ("2，200", ["2", "200"]),
    ("谷歌veo2和GPT-4", ["veo2", "GPT-4"]),
    ("1.5模型", ["1.5"]),
]


@pytest.mark.parametrize(("written", "kind", "low", "high", "unit"), NUMBERS, ids=[row[0] for row in NUMBERS])
def test_number_is_worth_what_is_written(
    written: str, kind: str, low: float | None, high: float | None, unit: str | None
) -> None:
    value = parse_value(written)
    assert value is not None
    assert value["kind"] == kind
    assert value["min"] == pytest.approx(low)
    assert value["max"] == pytest.approx(high)
    assert value["unit"] == unit


@pytest.mark.parametrize(("written", "date"), DATES, ids=[row[0] for row in DATES])
def test_date_is_as_precise_as_written(written: str, date: str | None) -> None:
    assert parse_value(written) == {"kind": "date", "date": date}


@pytest.mark.parametrize("text", NOTHING)
def test_names_and_idioms_hold_no_value(text: str) -> None:
    assert find_values(text) == []


@pytest.mark.parametrize(("text", "written"), INSIDE, ids=[row[0] for row in INSIDE])
def test_spans_take_the_whole_value_and_no_more(text: str, written: list[str]) -> None:
    assert [text[found.start : found.end] for found in find_values(text)] == written


@given(st.text(alphabet="近约超0123456789.,，万亿元%个年月日第一二三十百千成倍美$ -~至到上半多余abkmQ/", max_size=40))
def test_spans_lie_in_order_inside_the_text_and_parse_back(text: str) -> None:
    at = 0
    for found in find_values(text):
        assert at <= found.start < found.end <= len(text)
        assert not text[found.start].isspace()
        assert not text[found.end - 1].isspace()
        at = found.end


@pytest.mark.parametrize("written", [row[0] for row in NUMBERS] + [row[0] for row in DATES])
def test_value_is_found_as_a_whole_inside_a_sentence(written: str) -> None:
    text = f"据悉，{written}。"
    assert [text[found.start : found.end] for found in find_values(text)] == [written]


@given(st.text(max_size=200))
def test_any_text_can_be_searched(text: str) -> None:
    for found in find_values(text):
        assert 0 <= found.start < found.end <= len(text)


@pytest.mark.timeout(60)
def test_a_long_hostile_text_does_not_hang() -> None:
    """Linear work takes a second or two here; work that grows with the square would take minutes."""
    assert find_values("1" * 200_000 + "万三百,一" * 40_000)
