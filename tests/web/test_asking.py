"""How questions are put: typing, filters, links, history, languages, collections, problems."""

from __future__ import annotations

import re
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest
import requests
from browser_helpers import Open, Page, chromium
from selenium.webdriver.common.keys import Keys
from selenium.webdriver.support.ui import Select
from web_questions import CONFLICT, KLING, asked

pytestmark = pytest.mark.browser

REVENUE = "How many vehicles a day did the Vexmoor bridge carry?"


def params(page: Page) -> dict[str, list[str]]:
    return parse_qs(urlsplit(page.driver.current_url).fragment.partition("?")[2])


def open_filters(page: Page) -> None:
    page.wait(".question-foot .quiet").click()
    page.wait("#filters")


def test_filters_restrict_and_stay_in_the_link(page: Page) -> None:
    page.ask(CONFLICT, "town")
    assert len(page.all(".claim")) == 2
    open_filters(page)
    assert page.focused.get_attribute("id") == "filter-from"
    page.script("arguments[0].value = '2024-07-01'", page.focused)
    page.wait("#filters .main").click()
    page.wait_text(".chips", "from 1 July 2024")
    assert page.focused == page.wait(".question-foot .quiet"), "the focus is not lost"
    assert page.text("#answer-text") == "95 thousand"
    assert not page.all(".conflict")
    open_filters(page)
    assert page.wait("#filter-from").get_attribute("value") == "2024-07-01"
    tag = page.wait("#filter-tag")
    tag.send_keys("traffic", Keys.ENTER)
    page.wait_text(".abstention", "Only the documents that fit the filters")
    assert params(page)["tag"] == ["traffic"]
    assert "Filters (2)" in page.text(".question-foot")
    link = page.driver.current_url
    page.wait(".chips button[aria-label*='1 July 2024']").click()
    page.wait_text("#answer-text", "120 thousand")
    page.driver.get("about:blank")
    page.driver.get(link)
    page.wait_text(".chips", "tag: traffic")
    page.wait(".abstention p a").click()
    page.wait(".conflict")
    assert not page.all(".chips")


def test_filters_suggest_what_there_is(page: Page) -> None:
    page.go("#/ask?collection=town")
    open_filters(page)
    page.wait("#filter-source").send_keys("herald")
    page.until(lambda: suggestions(page, "filter-source") == ["herald.md"], "no suggestion")
    page.wait("#filter-tag").send_keys("pr")
    page.until(lambda: suggestions(page, "filter-tag") == ["press"], "no suggestion")
    page.wait("#filter-source").send_keys(Keys.BACKSPACE * 6, "gazette.md")
    page.wait("#filter-tag").clear()
    page.wait("#filters .main").click()
    page.wait_text(".chips", "file: gazette.md")
    page.wait("#question").send_keys(CONFLICT, Keys.ENTER)
    page.wait_text("#answer-text", "120 thousand")
    assert page.text(".sources h3") == "One source says this"


def suggestions(page: Page, name: str) -> object:
    return page.script(
        "return Array.from(document.getElementById(arguments[0] + '-list').options, (o) => o.value)", name
    )


def test_dates_the_wrong_way_round_are_told(page: Page) -> None:
    open_filters(page)
    for name, value in (("from", "2025-02-01"), ("to", "2025-01-01")):
        page.script("document.getElementById(arguments[0]).value = arguments[1]", f"filter-{name}", value)
    page.wait("#filters .main").click()
    assert "later than the second" in page.text("#filters .failure")


def test_a_shared_link_shows_the_same_elsewhere(page: Page) -> None:
    page.driver.execute_cdp_cmd(
        "Browser.grantPermissions",
        {"permissions": ["clipboardReadWrite", "clipboardSanitizedWrite"], "origin": page.base},
    )
    page.ask(CONFLICT, "town")
    page.wait(".card-foot > .actions button:last-child").click()
    page.wait_text(".card-foot > .actions", "Copied")
    answer_link = str(page.evaluate("navigator.clipboard.readText()"))
    page.wait(".claim a.open").click()
    page.wait(".verdict[data-verdict=good]")
    page.all(".source-actions button")[1].click()
    page.wait_text(".source-actions", "Copied")
    place_link = str(page.evaluate("navigator.clipboard.readText()"))
    page.all(".source-actions button")[0].click()
    page.until(lambda: "120 thousand" in str(page.evaluate("navigator.clipboard.readText()")), "no quotation")
    page.script("Object.defineProperty(navigator, 'clipboard', { value: undefined })")  # as over http elsewhere
    page.all(".source-actions button")[1].click()
    page.wait_text("#live", "Copied")
    page.until(lambda: "Copied" in page.text(page.all(".source-actions button")[1]), "not copied the old way")
    with chromium(page.base) as other:  # a profile of its own, which knows nothing
        other.driver.get(answer_link)
        other.wait(".conflict")
        assert other.wait("#question").get_attribute("value") == CONFLICT
        assert other.script("return document.getElementById('collection').value") == "town"
        other.driver.get("about:blank")
        other.driver.get(place_link)
        other.wait(".verdict[data-verdict=good]")
        assert "120 thousand" in other.text(".window mark")
        assert other.in_view(other.wait(".window mark"))
        assert other.trespasses() == []


def test_the_history_is_kept_on_this_device(page: Page) -> None:
    for question in (KLING, "快手2024年的研发投入有多少?"):
        page.ask(question)
    page.wait("nav [data-view=history]").click()
    assert [page.text(link) for link in page.all(".history li a")] == ["快手2024年的研发投入有多少?", KLING]
    assert "近七成" in page.text(".history li:last-child")
    page.screenshot("history")
    page.wait(".history li:first-child button").click()
    page.until(lambda: len(page.all(".history li")) == 1, "still there")
    page.wait(".history li a").click()
    page.wait_text("#answer-text", "近七成")
    page.go("#/history")
    page.wait(".heading .danger").click()
    page.wait("dialog .danger").click()
    page.wait_text(".history", "Nothing asked yet")
    page.wait("#history-keep").click()
    page.ask(KLING)
    page.go("#/history")
    page.wait_text(".history", "Nothing asked yet")
    assert not page.wait("#history-keep").is_selected(), "off stays off"


def test_a_broken_history_does_no_harm(page: Page) -> None:
    page.script("localStorage.setItem('citespan.history', '[{\"link\": \"javascript:alert(1)\"}, 7, null]')")
    page.go("#/history")
    page.wait_text(".history", "Nothing asked yet")


def test_the_interface_speaks_chinese_and_remembers_the_choice(open_page: Open) -> None:
    page = open_page(language="zh-CN")
    assert page.script("return document.documentElement.lang") == "zh-CN"
    page.wait("#question").send_keys("可灵AI的收入有多少来自专业创作者?", Keys.ENTER)
    assert page.text("#answer-text") == "近七成"
    assert "约" in page.text(".answer .confidence")
    assert "在原文中查看" in page.text(".answer a.open")
    page.screenshot("answer-zh")
    page.wait("#language").click()
    page.wait_text("nav", "Documents")
    assert page.text("#answer-text") == "近七成", "the answer stays while the language changes"
    page.go()
    assert page.script("return document.documentElement.lang") == "en"


def test_both_languages_say_everything(page: Page) -> None:
    keys = page.evaluate(
        """(async () => {
          const { en } = await import("/static/words-en.js");
          const { zh } = await import("/static/words-zh.js");
          return [Object.keys(en), Object.keys(zh)];
        })()"""
    )
    assert isinstance(keys, list)
    english, chinese = keys
    assert sorted(english) == sorted(chinese)


def test_every_problem_of_the_service_has_words(page: Page) -> None:
    codes = set(re.findall(r"problem-(\w+)", requests.get(f"{page.base}/docs", timeout=30).text))
    words = (Path(__file__).parents[2] / "api/web/static/words-en.js").read_text("utf-8")
    never_seen = {
        "request_malformed", "route_not_found", "method_not_allowed", "media_type_unsupported",
        "json_invalid", "request_invalid", "filter_invalid", "doc_id_invalid", "collection_name_invalid",
        "file_outside", "upload_failed", "config_invalid", "model_not_found", "parameter_unsupported",
        "content_unsupported",
        # of the bots
        "bot_not_configured", "bot_busy", "signature_invalid", "request_stale", "xml_invalid",
    }  # fmt: skip
    assert {code for code in codes - never_seen if f"problem_{code}:" not in words} == set()


def test_the_collection_can_be_switched(page: Page) -> None:
    Select(page.wait("#collection")).select_by_value("notes")
    page.wait("nav [data-view=documents]").click()
    page.wait_text(".documents", "note")
    assert len(page.all(".documents > li")) == 2
    page.ask("How high is the lighthouse of Umberport?")
    assert "41 metres" in page.text(".card"), "the choice is remembered"
    page.go("#/ask?q=How+high+is+the+lighthouse+of+Umberport%3F&collection=bare")
    assert page.script("return document.getElementById('collection').value") == "bare", "a link goes before it"
    page.expected = ["503"]


def test_problems_are_told_in_the_readers_language(open_page: Open) -> None:
    page = open_page(language="zh-CN")
    page.expected = ["404", "ERR_INTERNET_DISCONNECTED"]
    page.go("#/doc/default/no-such-document")
    assert "没有这篇文档" in page.text(".problem")
    assert "document_not_found" in page.text(".problem .detail")
    page.go("#/nowhere/%E0%A4%A")
    page.wait("main h1")
    page.go()
    page.offline(True)
    assert "网络已断开" in page.wait_text("#offline", "网络")
    page.wait("#question").send_keys(KLING, Keys.ENTER)
    assert "无法连接服务" in page.text(".problem")
    page.offline(False)
    page.until(lambda: not page.wait("#offline").is_displayed(), "still offline")
    page.wait(".problem button").click()
    assert page.text("#answer-text") == "近七成"


def test_what_a_gateway_says_is_told_too(page: Page) -> None:
    page.script(
        """const real = fetch; let calls = 0;
        window.fetch = (url, ...more) => calls++ ? real(url, ...more) : Promise.resolve(
          new Response("<h1>slow down</h1>", { status: 429, headers: { "Retry-After": "17" } }));"""
    )
    page.wait("#question").send_keys(KLING, Keys.ENTER)
    assert "Try again in 17 seconds." in page.text(".problem")
    page.wait(".problem button").click()
    assert page.text("#answer-text") == asked(page.base, KLING)["answer"]["text"]
