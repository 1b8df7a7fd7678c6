"""Periods of sentences and questions, resolved against the date of the document."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qa.results import Period
from qa.values.periods import agreement, best_agreement, find_periods, is_forecast, parse_anchor

ANCHOR = date(2025, 6, 1)
# (text, [(written, start, end)]) for a document of 1 June 2025.
TOLD = [
    ("2024年营收", [("2024年", "2024-01-01", "2024-12-31")]),
    ("2024年度", [("2024年度", "2024-01-01", "2024-12-31")]),
    ("2024年全年", [("2024年全年", "2024-01-01", "2024-12-31")]),
    ("今年", [("今年", "2025-01-01", "2025-12-31")]),
    ("去年", [("去年", "2024-01-01", "2024-12-31")]),
    ("前年", [("前年", "2023-01-01", "2023-12-31")]),
    ("明年", [("明年", "2026-01-01", "2026-12-31")]),
    ("上一财年", [("上一财年", "2024-01-01", "2024-12-31")]),
    ("今年一季度", [("今年一季度", "2025-01-01", "2025-03-31")]),
    ("今年第一季度", [("今年第一季度", "2025-01-01", "2025-03-31")]),
    ("去年第四季度", [("去年第四季度", "2024-10-01", "2024-12-31")]),
    ("去年四季度", [("去年四季度", "2024-10-01", "2024-12-31")]),
    ("2025年第二季度", [("2025年第二季度", "2025-04-01", "2025-06-30")]),
    ("2025年Q1", [("2025年Q1", "2025-01-01", "2025-03-31")]),
    ("2024Q4", [("2024Q4", "2024-10-01", "2024-12-31")]),
    ("1Q25", [("1Q25", "2025-01-01", "2025-03-31")]),
    ("第四季度", [("第四季度", "2024-10-01", "2024-12-31")]),
    ("一季度", [("一季度", "2025-01-01", "2025-03-31")]),
    ("前三季度", [("前三季度", "2024-01-01", "2024-09-30")]),
    ("2025年前三个月", [("2025年前三个月", "2025-01-01", "2025-03-31")]),
    ("2024年上半年", [("2024年上半年", "2024-01-01", "2024-06-30")]),
    ("去年下半年", [("去年下半年", "2024-07-01", "2024-12-31")]),
    ("2024H2", [("2024H2", "2024-07-01", "2024-12-31")]),
    ("截至2025年2月", [("2025年2月", "2025-02-01", "2025-02-28")]),
    ("2024年2月", [("2024年2月", "2024-02-01", "2024-02-29")]),
    ("去年6月", [("去年6月", "2024-06-01", "2024-06-30")]),
    ("今年1月初", [("今年1月初", "2025-01-01", "2025-01-31")]),
    ("12月", [("12月", "2024-12-01", "2024-12-31")]),
    ("5月", [("5月", "2025-05-01", "2025-05-31")]),
    ("4月30日", [("4月30日", "2025-04-30", "2025-04-30")]),
    ("2025年4月30日", [("2025年4月30日", "2025-04-30", "2025-04-30")]),
    ("2025-04-30", [("2025-04-30", "2025-04-30", "2025-04-30")]),
    ("到2030年", [("2030年", "2030-01-01", "2030-12-31")]),
    ("从2021年到2024年", [("2021年", "2021-01-01", "2021-12-31"), ("2024年", "2024-01-01", "2024-12-31")]),
    ("20世纪80年代", [("20世纪80年代", "1980-01-01", "1989-12-31")]),
    ("in Q1 2025", [("Q1 2025", "2025-01-01", "2025-03-31")]),
    ("first quarter of 2025", [("first quarter of 2025", "2025-01-01", "2025-03-31")]),
    ("the fourth quarter", [("fourth quarter", "2024-10-01", "2024-12-31")]),
    ("second half of 2024", [("second half of 2024", "2024-07-01", "2024-12-31")]),
    ("in fiscal 2024", [("fiscal 2024", "2024-01-01", "2024-12-31")]),
    ("last year", [("last year", "2024-01-01", "2024-12-31")]),
    ("by March 20, 2025", [("March 20, 2025", "2025-03-20", "2025-03-20")]),
    ("in February 2025", [("February 2025", "2025-02-01", "2025-02-28")]),
    ("in 2024.", [("2024", "2024-01-01", "2024-12-31")]),
    ("the 1980s", [("1980s", "1980-01-01", "1989-12-31")]),
    ("1-3月", [("1-3月", "2025-01-01", "2025-03-31")]),
    ("去年1至3月", [("去年1至3月", "2024-01-01", "2024-03-31")]),
    ("2023-2025年", [("2023-2025年", "2023-01-01", "2025-12-31")]),
    ("4月1日至5日", [("4月1日至5日", "2025-04-01", "2025-04-05")]),
    ("2023年11月至2月", [("2023年11月至2月", "2023-11-01", "2024-02-28")]),
    ("11月至2月", [("11月至2月", "2024-11-01", "2025-02-28")]),
    ("December 30 to January 2", [("December 30 to January 2", "2024-12-30", "2025-01-02")]),
    ("上世纪90年代", [("上世纪90年代", "1990-01-01", "1999-12-31")]),
    ("日活、未来3年、10个月", []),
    ("2024 people", []),
    ("公元前221年", []),
]


@pytest.mark.parametrize(("text", "told"), TOLD, ids=[row[0] for row in TOLD])
def test_period_is_resolved_against_the_date_of_the_document(text: str, told: list[tuple[str, str, str]]) -> None:
    found = find_periods(text, ANCHOR)
    assert [(text[a:b], period.start, period.end) for a, b, period in found] == told


@pytest.mark.parametrize(
    ("text", "start", "end"),
    [
        ("去年第四季度", "--10-01", "--12-31"),
        ("4月30日", "--04-30", "--04-30"),
        ("今年", "", ""),
        ("2024年", "2024-01-01", "2024-12-31"),
    ],
)
def test_year_stays_open_without_a_date(text: str, start: str, end: str) -> None:
    assert [(p.start, p.end) for _, _, p in find_periods(text)] == [(start, end)]


def period(text: str, anchor: date | None = None) -> Period:
    return find_periods(text, anchor)[0][2]


@pytest.mark.parametrize(
    ("asked", "told", "expected"),
    [
        ("2025年一季度", "Q1 2025", 1.0),
        ("一季度", "2025年第一季度", 1.0),
        ("2024年", "2024年第四季度", 0.5),
        ("2025年第二季度", "2025年第一季度", -1.0),
        ("第二季度", "2025年第一季度", -1.0),
        ("今年", "今年", 1.0),
        ("今年", "2024年", 0.0),
    ],
)
def test_agreement_of_periods(asked: str, told: str, expected: float) -> None:
    assert agreement(period(asked), period(told)) == expected


def test_every_asked_period_counts() -> None:
    asked = [period("2024年"), period("2025年")]
    assert best_agreement(asked, [period("2024年"), period("2025年")]) == 1.0
    assert best_agreement(asked, [period("2024年")]) == 0.0
    assert best_agreement(asked, []) == 0.0


@pytest.mark.parametrize(
    ("text", "expected"),
    [("预计明年增长", True), ("有望达40亿美元", True), ("Kling expects growth", True), ("去年增长11.8%", False)],
)
def test_forecasts_are_told_apart(text: str, expected: bool) -> None:
    assert is_forecast(text) is expected


@pytest.mark.parametrize(
    ("published", "expected"), [("2025-06-01", ANCHOR), ("2025-06-01T08:00:00Z", ANCHOR), (None, None), ("soon", None)]
)
def test_anchor_is_the_date_of_publication(published: str | None, expected: date | None) -> None:
    assert parse_anchor(published) == expected


@given(
    st.text(alphabet="0123456789年月日第一二三四十季度上下半Q去今全初-/. of", max_size=30),
    st.dates(date(1990, 1, 1), date(2100, 1, 1)),
)
def test_resolved_periods_are_real_dates_in_order(text: str, anchor: date) -> None:
    for start, end, found in find_periods(text, anchor):
        assert 0 <= start < end <= len(text)
        assert date.fromisoformat(found.start) <= date.fromisoformat(found.end)
