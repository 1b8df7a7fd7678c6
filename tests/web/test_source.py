"""The source view: the exact place in text, HTML and PDF, long documents, older revisions, what is not there."""

from __future__ import annotations

from collections.abc import Callable

import pytest
import requests
from browser_helpers import Page
from selenium.webdriver.common.keys import Keys
from web_questions import HTML, KLING, OPEN, PAGED, asked

pytestmark = pytest.mark.browser

GOOD = ".verdict[data-verdict=good]"


def test_the_source_opens_at_the_cited_place(page: Page) -> None:
    page.ask(KLING)
    citation = asked(page.base, KLING)["answer"]["citations"][0]
    page.wait(OPEN).click()
    assert "letter for letter" in page.text(GOOD)
    mark = page.wait(".window mark")
    assert page.text(mark) == citation["quote"]
    assert page.in_view(mark)
    assert page.focused == mark
    details = page.text(".record")
    assert citation["source"] in details
    assert citation["revision"][:12] in details
    assert f"{citation['start']:,} to {citation['end']:,}" in details
    page.screenshot("source-text")


def test_html_is_readable_and_its_source_is_text(page: Page) -> None:
    page.ask(HTML)
    citation = asked(page.base, HTML)["answer"]["citations"][0]
    page.wait(OPEN).click()
    page.wait(GOOD)
    assert page.text(".window mark") == citation["quote"]
    assert "<" not in page.text(".window")
    page.screenshot("source-html")
    page.all(".switch a")[1].click()
    page.wait(".window.markup mark")
    assert "letter for letter" in page.text(GOOD), "the same quotation in the other view"
    assert page.text(".window mark") == citation["quote"]
    assert "<title>" in page.text(".window.markup")
    assert "<p>" in page.text(".window.markup > span")
    assert page.in_view(page.wait(".window mark"))
    page.screenshot("source-html-raw")


def test_a_pdf_opens_at_its_page_and_is_turned(page: Page) -> None:
    page.ask(PAGED, "town")
    page.wait(OPEN).click()
    page.wait(GOOD)
    assert page.wait("#page-number").get_attribute("value") == "2"
    assert "of 3" in page.text(".pager")
    assert "611 thousand" in page.text(".window mark")
    assert "first page" not in page.text(".window")
    page.screenshot("source-pdf")
    page.type("]")
    page.wait_text(".window", "names the board")
    assert not page.all(".window mark"), "the marked place is on another page"
    assert "letter for letter" in page.text(GOOD)
    assert page.all(".pager [aria-disabled=true]")
    number = page.wait("#page-number")
    number.send_keys(Keys.CONTROL + "a")
    number.send_keys("1", Keys.ENTER)
    page.wait_text(".window", "first page")
    assert page.focused.get_attribute("id") == "page-number"
    page.wait_text("#live", "Page 1 of 3")
    page.tab_to("a[data-key=']']")
    page.type(Keys.ENTER)
    page.wait_text(".window mark", "611 thousand")
    page.until(lambda: page.focused.get_attribute("data-key") == "]", "the focus is lost")


def test_a_long_document_is_read_in_parts(page: Page, stored: Callable[..., str]) -> None:
    before, quote = "🧪🧬 𠮷野家 👩‍🔬 lab notes.\n" * 3_000, "The Zorblatt reactor runs at 4,711 degrees."
    doc_id = stored("zorblatt.txt", before + quote + "\nEnd. 🧪")
    start = len(before)
    page.go(f"#/doc/default/{doc_id}?start={start}&end={start + len(quote)}")
    page.wait(GOOD)
    assert page.text(".window mark") == quote
    assert "place" in page.text(".verdict"), "a link without a quotation vouches for the place only"
    assert len(page.text(".window")) < 6000 < start
    page.script("arguments[0].focus({ preventScroll: true })", page.wait(".more button"))
    page.type(Keys.ENTER)
    page.until(lambda: len(page.text(".window")) > 5000, "no more text")
    assert page.text(".window mark") == quote
    assert page.in_view(page.wait(".window mark")), "what was in view stays there"
    assert page.script("return document.body.textContent.length") < 20_000


def test_markup_that_hides_most_of_a_file_is_read_over(page: Page, stored: Callable[..., str]) -> None:
    bulk = "<script>" + "let filler = 1;\n" * 1500 + "</script>"
    html = f"<html><body><p>Above the bulk.</p>{bulk}<p>The Fimblethorpe mill has 3 wheels.</p>{bulk}<p>Below it.</p>"
    doc_id = stored("mill.html", html)
    start = html.index("The Fimblethorpe")
    page.go(f"#/doc/default/{doc_id}?start={start}&end={start + 35}")
    page.wait(GOOD)
    assert page.text(".window mark") == "The Fimblethorpe mill has 3 wheels."
    page.wait_text(".window", "Above the bulk.")
    page.wait_text(".window", "Below it.")
    assert "filler" not in page.text(".window")


def test_an_older_revision_says_so(page: Page) -> None:
    def put(text: str) -> str:
        answer = requests.put(f"{page.base}/v1/documents/tower", json={"text": text, "title": "Tower"}, timeout=30)
        return str(answer.json()["revision"])

    old = put("The tower of Brindlecombe is 70 metres high.")
    put("The tower of Brindlecombe is 72 metres high since it has a flag.")
    try:
        page.go(f"#/doc/default/tower?start=0&end=44&revision={old}")
        assert "an older revision" in page.text(GOOD)
        assert page.text(".window mark").endswith("70 metres high.")
        page.wait(".notice a").click()
        page.wait_text(".window", "72 metres")
        assert not page.all(".notice")
    finally:
        requests.delete(f"{page.base}/v1/documents/tower", timeout=30)


def test_a_hostile_document_is_only_text(page: Page, stored: Callable[..., str]) -> None:
    attack = "<script>alert(1)</script><img src=x onerror=alert(2)>"
    text = f"The password of Grumbleton castle {attack} is swordfish-77. <b>Grumbleton</b>"
    doc_id = stored("<img src=x onerror=alert(4)>.txt", text)
    page.ask("What is the password of Grumbleton castle?")
    page.wait_text(".text", "Grumbleton")
    page.go(f"#/doc/default/{doc_id}?start=0&end={len(text)}&layer=source")
    page.wait(GOOD)
    assert page.text(".window mark") == text
    page.go("#/documents")
    page.wait_text(".documents", "onerror")
    assert not page.all("main img, main script, main b")


def test_a_place_that_is_not_there_is_not_vouched_for(page: Page) -> None:
    page.expected = ["422"]
    citation = asked(page.base, KLING)["answer"]["citations"][0]
    page.go(f"#/doc/default/{citation['doc_id']}?start=99999990&end=99999999")
    page.wait(".verdict[data-verdict=bad]")
    assert not page.all(".window mark")


def test_text_is_cut_by_code_points(page: Page) -> None:
    cut = page.evaluate(
        r"""(async () => {
          const { pieces, onlyPlace, pointLength } = await import("/static/text.js");
          const bracketed = ({ text, marked }) => (marked ? `[${text}]` : text);
          const show = (text, ...ranges) => pieces(text, ranges).map(bracketed).join("");
          return [
            show("😀可灵😀近七成", [4, 7]), show("abc"), show("abc", [0, 3]), show("abcdef", [3, 5], [1, 4]),
            show("abc", [2, 99]), show("", [0, 2]), show("abcd", [1, 2], [2, 3]),
            onlyPlace("😀可灵", "可灵"), onlyPlace("可灵可灵", "可灵"), onlyPlace("可灵", ""),
            pointLength("\u{1F469}\u200D\u{1F52C}a"),
          ];
        })()"""
    )
    assert cut == [
        "😀可灵😀[近七成]", "abc", "[abc]", "a[bcd][e]f", "ab[c]", "", "a[b][c]d", [1, 3], None, None, 4
    ]  # fmt: skip
