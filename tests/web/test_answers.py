"""What is shown of an answer: quotation, value, date, confidence, agreement, passages, and the lack of one."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from typing import Any

import pytest
from browser_helpers import Page
from selenium.webdriver.common.keys import Keys
from web_questions import CONFLICT, DECIDED, KLING, LISTED, TARGET, UNKNOWN, asked, marks

pytestmark = pytest.mark.browser


def test_an_english_question_is_answered_from_chinese_documents(page: Page) -> None:
    page.screenshot("empty")
    page.wait("#question").send_keys(KLING, Keys.ENTER)
    assert page.text("#answer-text") == "近七成"
    assert page.text(".answer .sentence mark") == "近七成"
    result = asked(page.base, KLING)
    percent = round(100 * result["answer"]["confidence"])
    assert f"about {percent}%" in page.text(".answer .confidence strong")
    assert page.wait(".answer [role=meter]").get_attribute("aria-valuenow") == str(percent)
    assert page.text(".answer .value") == "Read as 65% – 70%"
    assert bool(page.all(".answer .as-of")) == (result["answer"]["as_of"] is not None)
    assert page.text(".sources h3") == "2 sources say the same"
    assert len(page.all(".sources .citations > li")) == len(result["answer"]["citations"]) == 2
    page.wait_text(".answer .publisher", "Citespan")
    page.wait_text("#live", "近七成")
    page.screenshot("answer")


def test_passages_show_what_the_service_found(page: Page) -> None:
    page.ask(KLING)
    found = asked(page.base, KLING)["passages"]
    shown = page.all(".passage")
    assert [page.text(each.find_element("css selector", ".rank")) for each in shown] == ["1", "2", "3", "4", "5"]
    texts = page.all(".passage .text")
    assert [(page.text(text), marks(page, text)) for text in texts] == [
        (passage["text"], highlighted(passage)) for passage in found
    ]
    assert page.text(".passage:has(.tag.own) mark") == "近七成"


def highlighted(passage: dict[str, Any]) -> list[str]:
    return [passage["text"][start:end] for start, end in passage["highlights"]]


def test_a_passage_tells_why_it_is_there(page: Page) -> None:
    page.ask(KLING)
    fold = page.wait(".passage .why")
    assert not fold.find_element("css selector", ".scores").is_displayed()
    assert sent(page) == 1
    fold.find_element("css selector", "summary").click()
    page.wait(".why[open] .readings")
    rows = dict(line.split("\n") for line in re.findall(r"[^\n]+\n[\d.,]+", fold.text))
    scores = asked(page.base, KLING)["passages"][0]["scores"]
    assert float(rows["The same words (BM25)"]) == round(scores["lexical"], 2)
    assert float(rows["Meaning of the passage"]) == round(scores["dense"], 2)
    assert "Kling → 可灵AI" in fold.text
    page.wait(".understood summary").click()
    assert "revenue" in page.wait(".understood ul").text, "the glossary's names are told"
    assert sent(page) == 2, "one explanation, asked for once, serves every fold"


def test_an_explanation_that_cannot_be_had_is_asked_for_again(page: Page) -> None:
    page.expected = ["ERR_INTERNET_DISCONNECTED"]
    page.ask(KLING)
    fold = page.wait(".passage .why")
    page.offline(True)
    summary = fold.find_element("css selector", "summary")
    summary.click()
    page.wait(".why[open] .failure")
    page.offline(False)
    summary.click()
    summary.click()
    page.wait(".why[open] .readings")


def test_another_answers_explanation_is_not_shown(page: Page, stored: Callable[..., str]) -> None:
    page.ask(KLING)
    fold = page.wait(".passage .why")
    stored("meanwhile.txt", "A note that came after the answer.")
    fold.find_element("css selector", "summary").click()
    page.wait_text(".why[open] .explained .note", "has changed")


def sent(page: Page) -> object:
    """How many questions the page has sent since it was opened."""
    requests = "performance.getEntriesByType('resource').filter(({name}) => name.endsWith('/v1/ask'))"
    return page.script(f"return {requests}.length")


def test_sources_that_disagree_stand_side_by_side(page: Page) -> None:
    page.ask(CONFLICT, "town")
    assert page.text(".conflict h3") == "The documents do not agree"
    claims = page.all(".claim")
    for claim, figure, date, publisher in zip(
        claims, ("120 thousand", "95 thousand"), ("1 June 2024", "15 July 2024"), ("Gazette", "Herald"), strict=True
    ):
        page.until(lambda claim=claim, publisher=publisher: publisher in claim.text, "no publisher")  # type: ignore[misc]
        assert figure in claim.text
        assert f"published {date}" in claim.text
        assert marks(page, claim) == [figure]
        assert claim.find_elements("css selector", "a.open")
    assert claims[0].rect["y"] == claims[1].rect["y"], "side by side"
    page.screenshot("conflict")


def test_a_yes_no_question_gets_its_verdict(page: Page) -> None:
    page.ask(DECIDED)
    assert page.text(".decision") == "Yes, says this sentence"
    assert "转正" in page.text("#answer-text")


def test_a_list_is_shown_as_one(page: Page) -> None:
    page.ask(LISTED)
    parts = asked(page.base, LISTED)["answer"]["parts"]
    assert [page.text(item) for item in page.all("#answer-text li")] == parts
    assert len(parts) == 4


def test_a_forecast_is_told_and_other_readings_wait(page: Page) -> None:
    page.ask(TARGET)
    result = asked(page.base, TARGET)
    assert page.text("#answer-text") == "6000万美元"
    assert page.text(".answer > .facts .tag") == "a forecast"
    assert page.text(".answer > .facts .value") == "Read as 60 million US dollars"
    fold = page.wait(".alternatives")
    others = [page.text(figure) for figure in fold.find_elements("css selector", ".figure")]
    assert others == [other["text"] for other in result["alternatives"]] == ["约1.4亿美元"]
    assert not fold.find_element("css selector", ".figure").is_displayed()
    fold.find_element("css selector", "summary").click()
    assert fold.find_element("css selector", ".figure").is_displayed()
    assert fold.find_elements("css selector", "a.open")


def test_copies_are_named_with_the_passage(page: Page) -> None:
    page.ask("How high is the lighthouse of Umberport?", "notes")
    assert "The same text also stands in" in page.text(".copies")
    page.wait(".copies a").click()
    page.wait(".verdict[data-verdict=good]")
    assert page.text(".window mark") == "The lighthouse of Umberport is 41 metres high."


def test_an_unanswerable_question_is_told_so(page: Page) -> None:
    page.ask(UNKNOWN)
    assert page.text(".abstention h2") == "Not in these documents"
    assert "none says it clearly enough" in page.text(".abstention")
    assert page.text(".passages h2") == "Nearest passages"
    assert page.all(".passage")
    assert not page.all(".answer")
    page.wait_text("#live", "Not in these documents")
    page.screenshot("abstention")


def test_an_empty_collection_says_how_to_fill_it(page: Page) -> None:
    page.expected = ["503"]
    page.go("#/ask?collection=bare")
    assert "citespan index" in page.text(".empty")
    page.wait("#question").send_keys(KLING, Keys.ENTER)
    page.wait_text(".results", "citespan index")
    page.wait(".empty a").click()
    page.wait_text(".more", "no documents yet")


VALUES = [
    ({"kind": "ratio", "min": 0.65, "max": 0.7}, "65% – 70%", "65% – 70%"),
    ({"kind": "ratio", "min": 2, "max": 2, "unit": "倍"}, "2 times", "2 倍"),
    ({"kind": "ratio", "min": 0.035, "max": 0.035, "unit": "百分点"}, "3.5 percentage points", "3.5 个百分点"),
    ({"kind": "money", "min": 1.4e8, "max": 1.4e8, "unit": "USD"}, "140 million US dollars", "1.4亿美元"),
    ({"kind": "money", "min": 9, "max": 9, "unit": "CNY", "per": "个月"}, "9 Chinese yuan / month", "9人民币 / 个月"),
    ({"kind": "money", "min": 5, "max": 5, "unit": "元"}, "5 元", "5 元"),
    ({"kind": "count", "min": 10000, "max": None, "unit": "家"}, "at least 10,000", "至少 10,000 家"),
    ({"kind": "count", "min": None, "max": 2.2e7, "unit": None}, "at most 22 million", "至多 2200万"),
    ({"kind": "duration", "min": 1, "max": 1, "unit": "小时"}, "1 hour", "1 小时"),
    ({"kind": "date", "date": "2025-06-03"}, "3 June 2025", "2025年6月3日"),
    ({"kind": "date", "date": "2025-01-01/2025-05-31"}, "1 January 2025 – 31 May 2025", "2025年1月1日 – 2025年5月31日"),
    ({"kind": "date", "date": "2025"}, "2025", "2025"),
    ({"kind": "version", "min": None, "max": None, "unit": "2.1"}, None, None),
    (None, None, None),
]  # fmt: skip


@pytest.mark.parametrize(("language", "column"), [("en", 1), ("zh-CN", 2)])
def test_values_are_written_in_the_readers_language(open_page: Any, language: str, column: int) -> None:
    expression = """(async () => {
      const { formatValue } = await import("/static/format.js");
      return VALUES.map(formatValue);
    })()""".replace("VALUES", json.dumps([row[0] for row in VALUES]))
    written = open_page(language=language).evaluate(expression)
    plain = [text and text.replace("\u00a0", " ") for text in written]
    assert plain == [row[column] for row in VALUES]
