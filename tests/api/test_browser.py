"""The web page in a real browser, over a real server with the starter documents."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any, Protocol
from urllib.parse import urlencode

import pytest
import requests
from browser_helpers import Page, chromium, require_chromium
from selenium.webdriver.common.keys import Keys
from selenium.webdriver.support.ui import Select
from small_service import Server, start_server

from indexer.build import build
from indexer.collections import Collections
from indexer.encoder import EMBEDDED, load_encoder

pytestmark = pytest.mark.browser

ROOT = Path(__file__).parents[2]
KLING = "What is Kling's share of revenue from professional creators?"
UNKNOWN = "What is the boiling point of tungsten?"
OPEN = ".answer .citations a.open"


class Open(Protocol):
    def __call__(self, *, language: str = "en", width: int = 1280, height: int = 900) -> Page: ...


@pytest.fixture(scope="module")
def live_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """The real service over the starter documents, a collection of one note and an empty one."""
    require_chromium()
    data = tmp_path_factory.mktemp("browser")
    note = tmp_path_factory.mktemp("notes") / "note.txt"
    note.write_text("The lighthouse of Umberport is 41 metres high.", "utf-8")
    collections = Collections(data, load_encoder(EMBEDDED))
    build(collections.create("default"), [ROOT / "seeds/articles"], glossary=ROOT / "seeds/glossary.toml")
    build(collections.create("notes"), [note])
    with collections.create("bare").writer() as writer:
        writer.commit()
    running = start_server(data)
    yield running
    running.stop()


@pytest.fixture
def open_page(live_server: Server) -> Iterator[Open]:
    """Opens browsers; when the test is through, each must have kept to its host, policy and manners."""
    pages: list[Page] = []
    with ExitStack() as stack:

        def opened(**options: Any) -> Page:
            page = stack.enter_context(chromium(live_server.url, **options))
            pages.append(page)
            page.go()
            return page

        yield opened
        for page in pages:
            assert page.trespasses() == []


@pytest.fixture
def stored(live_server: Server) -> Iterator[Callable[[str, str], str]]:
    """Stores a text file through the API and gives its doc_id; deletes it afterwards."""
    stored_ids: list[str] = []

    def store(name: str, text: str) -> str:
        file = {"file": (name, text.encode())}
        response = requests.post(f"{live_server.url}/v1/documents", files=file, timeout=30)
        response.raise_for_status()
        doc_id = str(response.json()["results"][0]["doc_id"])
        stored_ids.append(doc_id)
        return doc_id

    yield store
    for doc_id in stored_ids:
        requests.delete(f"{live_server.url}/v1/documents/{doc_id}", timeout=30)


def asked(base: str, question: str) -> dict[str, Any]:
    response = requests.post(f"{base}/v1/ask", json={"question": question}, timeout=30)
    response.raise_for_status()
    result: dict[str, Any] = response.json()
    return result


def marks(page: Page, css: str) -> list[str]:
    return [page.text(mark) for mark in page.all(f"{css} mark")]


def highlighted(passage: dict[str, Any]) -> list[str]:
    return [passage["text"][start:end] for start, end in passage["highlights"]]


def test_an_english_question_is_answered_from_chinese_documents(open_page: Open) -> None:
    page = open_page()
    page.screenshot("home")
    page.wait("#question").send_keys(KLING, Keys.ENTER)
    assert page.text("#answer-text") == "近七成"
    assert page.text(".answer .sentence mark") == "近七成"
    assert re.search(r"about \d\d?%", page.text(".answer .confidence"))
    assert "65% – 70%" in page.text(".answer .value") or "70%" in page.text(".answer .value")
    page.wait_text(".answer .publisher", "Citespan")
    page.wait_text("#live", "近七成")
    page.screenshot("answer")


def test_passages_show_what_the_service_highlights(open_page: Open) -> None:
    page = open_page()
    page.ask(KLING)
    result = asked(page.base, KLING)
    shown = [(page.text(text), marks_of(page, text)) for text in page.all(".own .text, .passage .text")]
    assert sorted(shown) == sorted((found["text"], highlighted(found)) for found in result["passages"])
    assert "近七成" in "".join(marks(page, ".own"))


def marks_of(page: Page, element: object) -> list[str]:
    source = "return Array.from(arguments[0].querySelectorAll('mark'), (mark) => mark.textContent)"
    found = page.script(source, element)
    assert isinstance(found, list)
    return found


def test_the_source_opens_at_the_cited_place(open_page: Open) -> None:
    page = open_page()
    page.ask(KLING)
    citation = asked(page.base, KLING)["answer"]["citations"][0]
    page.wait(OPEN).click()
    page.wait(".verdict[data-verdict=good]")
    mark = page.wait(".window mark")
    assert page.text(mark) == citation["quote"]
    assert page.in_view(mark)
    assert page.focused == mark
    assert "Exact" in page.text(".verdict")
    details = page.text(".record")
    assert citation["source"] in details
    assert citation["revision"][:12] in details
    assert f"{citation['start']:,} to {citation['end']:,}" in details
    page.screenshot("source")


def test_offsets_are_code_points(open_page: Open, stored: Callable[[str, str], str]) -> None:
    before, quote = "🧪🧬 𠮷野家 👩‍🔬 lab notes.\n" * 400, "The Zorblatt reactor runs at 4,711 degrees."
    doc_id = stored("zorblatt.txt", before + quote + "\nEnd. 🧪")
    start = len(before)
    page = open_page()
    page.go(f"#/doc/default/{doc_id}?start={start}&end={start + len(quote)}")
    page.wait(".verdict[data-verdict=good]")
    assert page.text(".window mark") == quote
    assert "place" in page.text(".verdict"), "a link without a quotation vouches for the place only"
    assert len(page.text(".window")) < 5000 < start, "a long text is read in windows"
    page.script("arguments[0].focus({ preventScroll: true })", page.wait(".more button"))
    page.type(Keys.ENTER)
    page.until(lambda: len(page.text(".window")) > 5000, "no more text")
    assert page.text(".window mark") == quote
    assert page.in_view(page.wait(".window mark")), "what was in view stays there"


def test_text_is_cut_by_code_points(open_page: Open) -> None:
    page = open_page()
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


def test_values_are_written_in_the_readers_language(open_page: Open) -> None:
    values = [
        {"kind": "ratio", "min": 0.65, "max": 0.7},
        {"kind": "money", "min": 1.4e8, "max": 1.4e8, "unit": "USD"},
        {"kind": "count", "min": 10000, "max": None, "unit": None}, {"kind": "date", "date": "2025-06-03"},
        {"kind": "money", "min": 5, "max": 5, "unit": "元"}, {"kind": "entity"}, None,
    ]  # fmt: skip
    expression = f"""(async () => {{
      const {{ formatValue }} = await import("/static/format.js");
      return {json.dumps(values)}.map(formatValue);
    }})()"""
    assert open_page(language="en").evaluate(expression) == [
        "65% – 70%", "140 million US dollars", "at least 10 thousand", "3 June 2025", "5 元", None, None
    ]  # fmt: skip
    assert open_page(language="zh-CN").evaluate(expression) == [
        "65% – 70%", "1.4亿美元", "至少 1万", "2025年6月3日", "5 元", None, None
    ]  # fmt: skip


def test_both_languages_say_everything(open_page: Open) -> None:
    keys = open_page().evaluate(
        """(async () => {
          const { en } = await import("/static/words-en.js");
          const { zh } = await import("/static/words-zh.js");
          return [Object.keys(en), Object.keys(zh)];
        })()"""
    )
    assert isinstance(keys, list)
    english, chinese = keys
    assert english == chinese


def test_every_problem_of_the_service_has_words(open_page: Open) -> None:
    codes = set(re.findall(r"problem-(\w+)", requests.get(f"{open_page().base}/docs", timeout=30).text))
    words = (ROOT / "api/web/static/words-en.js").read_text("utf-8")
    never_seen = {
        "request_malformed", "route_not_found", "method_not_allowed", "media_type_unsupported",
        "json_invalid", "request_invalid", "filter_invalid", "doc_id_invalid", "collection_name_invalid",
        "file_outside", "upload_failed", "config_invalid",
    }  # fmt: skip
    assert {code for code in codes - never_seen if f"problem_{code}:" not in words} == set()


CONFLICT = """(async () => {
  const { answerCard } = await import("/static/answer.js");
  const place = { doc_id: "none", revision: "0", title: "Report", publisher: "Daily", quote: "abc", page: 2 };
  const answer = (text, date, start) => ({
    text, confidence: 0.62, value: null, as_of: date, context: `It came to ${text}.`,
    citations: [{ ...place, start, end: start + 3, published: date }],
  });
  const card = answerCard({
    answer: answer("140 million", "2025-11-20", 5), alternatives: [answer("60 million", "2025-01-01", 90)],
    agreement: "conflict", index: { collection: "default" },
  }, null);
  const parts = card.querySelectorAll(".conflict, .alternatives, .citations, .confidence");
  return Array.from(parts, (part) => part.textContent);
})()"""


def test_sources_that_disagree_are_shown_with_their_dates(open_page: Open) -> None:
    parts = open_page().evaluate(CONFLICT)
    assert isinstance(parts, list)
    confidence, conflict, citations, alternatives = parts
    assert "More likely right than wrong, about 62%" in confidence
    assert "do not agree" in conflict
    assert "published 20 November 2025" in citations
    assert "page 2" in citations
    for part in ("60 million", "as of 1 January 2025", "Daily"):
        assert part in alternatives


def test_the_interface_speaks_chinese_and_remembers_the_choice(open_page: Open) -> None:
    page = open_page(language="zh-CN")
    assert page.script("return document.documentElement.lang") == "zh-CN"
    page.wait("#question").send_keys("可灵AI的收入有多少来自专业创作者?", Keys.ENTER)
    assert page.text("#answer-text") == "近七成"
    assert "约" in page.text(".answer .confidence")
    assert page.text(OPEN).startswith("在原文中查看")
    page.wait("#language").click()
    page.wait_text("nav", "Documents")
    assert page.text("#answer-text") == "近七成", "the answer stays while the language changes"
    page.go()
    assert page.script("return document.documentElement.lang") == "en"


def test_the_keyboard_is_enough(open_page: Open) -> None:
    page = open_page()
    page.go("#/documents")
    page.wait(".documents li")
    page.type("/")
    page.until(lambda: page.focused.get_attribute("id") == "question", "no focus")
    page.type(KLING, Keys.ENTER)
    page.wait("#answer-text")
    link = page.tab_to(OPEN)
    outline = page.script("return getComputedStyle(arguments[0]).outlineStyle", link)
    assert outline == "solid", "the focus is visible"
    page.type(Keys.ENTER)
    page.wait(".verdict[data-verdict=good]")
    page.type(Keys.ESCAPE)
    page.wait("#answer-text")
    page.until(lambda: page.focused == page.wait(OPEN), "the focus is lost")
    page.type("/")
    assert page.focused.get_attribute("id") == "question"
    page.type("/")
    assert page.focused.get_attribute("value") == "/", "in the box it is a character like any other"


def test_the_collection_can_be_switched(open_page: Open) -> None:
    page = open_page()
    choose(page, "notes")
    page.wait("nav [data-view=documents]").click()
    page.wait_text(".documents", "note")
    assert len(page.all(".documents li")) == 1
    page.ask("How high is the lighthouse of Umberport?")
    assert "41 metres" in page.text(".card"), "the choice is remembered"
    page.go(f"#/ask?{urlencode({'q': KLING, 'collection': 'default'})}")
    page.wait_text("#answer-text", "近七成")
    assert page.script("return document.getElementById('collection').value") == "default"


def test_an_empty_collection_says_how_to_fill_it(open_page: Open) -> None:
    page = open_page()
    page.expected = ["503"]
    choose(page, "bare")
    assert "citespan index" in page.text(".empty")
    page.screenshot("empty")
    page.wait("#question").send_keys(KLING, Keys.ENTER)
    page.wait_text(".results", "citespan index")
    page.wait(".empty a").click()
    page.wait_text(".more", "no documents yet")


def choose(page: Page, collection: str) -> None:
    Select(page.wait("#collection")).select_by_value(collection)


def test_light_and_dark(open_page: Open) -> None:
    page = open_page()
    assert page.script("return matchMedia('(prefers-color-scheme: light)').matches")
    light = background(page)
    page.emulate(prefers_color_scheme="dark")
    dark = background(page)
    assert light > 200
    assert dark < 60
    page.wait("#theme").click()
    assert background(page) == light, "the switch overrides the system"
    page.go()
    assert background(page) == light, "and is remembered"
    page.wait("#theme").click()
    page.emulate(prefers_color_scheme="light")
    assert background(page) == dark
    page.ask(KLING)
    page.screenshot("dark")


def background(page: Page) -> float:
    colour = str(page.script("return getComputedStyle(document.documentElement).backgroundColor"))
    channels = [float(number) for number in re.findall(r"\d+(?:\.\d+)?", colour)[:3]]
    return sum(channels) / 3


def test_an_unanswerable_question_is_told_so(open_page: Open) -> None:
    page = open_page()
    page.ask(UNKNOWN)
    assert "Not in these documents" in page.text(".abstention")
    assert not page.all(".answer")
    page.wait_text("#live", "Not in these documents")
    page.screenshot("abstention")


def test_a_file_is_uploaded_asked_about_and_deleted(open_page: Open, tmp_path: Path) -> None:
    good, empty = tmp_path / "quibblefish.txt", tmp_path / "empty.txt"
    good.write_text("The harbour of Quibblefish was opened in 1931. It has 17 cranes.", "utf-8")
    empty.write_bytes(b"")
    page = open_page()
    page.expected = ["422"]
    page.go("#/documents")
    page.wait(".documents li")
    page.wait("#files").send_keys(f"{good}\n{empty}")
    page.wait_text(".queue [data-verdict=good]", "quibblefish.txt")
    failure = page.wait_text(".queue [data-verdict=bad]", "file_empty")
    assert "The file is empty." in failure
    page.wait_text(".documents", "quibblefish")
    page.screenshot("upload")
    page.ask("How many cranes does the harbour of Quibblefish have?")
    assert "17" in page.text(".answer #answer-text")
    page.go("#/documents")
    page.wait_text(".documents", "quibblefish")
    delete = page.wait(".documents button[aria-label*=quibblefish]")
    delete.click()
    page.wait("dialog[open]")
    page.type(Keys.ESCAPE)
    page.wait_gone("dialog")
    assert page.focused == delete, "nothing is deleted unless confirmed"
    delete.click()
    page.wait("dialog[open] button:not(.danger)").click()
    page.wait_gone("dialog")
    delete.click()
    page.wait("dialog[open] button.danger").click()
    page.wait_text(".gone", "is deleted")
    page.go("#/documents")
    page.wait_text(".more", "all of them")
    assert "quibblefish" not in page.text(".documents")


def test_a_hostile_document_is_only_text(open_page: Open, stored: Callable[[str, str], str]) -> None:
    attack = "<script>alert(1)</script><img src=x onerror=alert(2)>"
    text = f"The password of Grumbleton castle {attack} is swordfish-77. <b>Grumbleton</b>"
    doc_id = stored("<img src=x onerror=alert(4)>.txt", text)
    page = open_page()
    page.ask("What is the password of Grumbleton castle?")
    page.wait_text(".text", "Grumbleton")
    page.go(f"#/doc/default/{doc_id}?start=0&end={len(text)}")
    page.wait(".verdict[data-verdict=good]")
    assert page.text(".window mark") == text
    page.go("#/documents")
    page.wait_text(".documents", "onerror")
    assert not page.all("main img, main script, main b")


def test_a_phone_is_wide_enough(open_page: Open) -> None:
    for language in ("en", "zh-CN"):
        page = open_page(language=language, width=360, height=740)
        assert not page.overflows()
        page.ask(KLING)
        assert not page.overflows()
        page.screenshot(f"phone-{language}")
        page.wait(OPEN).click()
        page.wait(".verdict[data-verdict=good]")
        assert not page.overflows()
        assert page.in_view(page.wait(".window mark"))
        page.go("#/documents")
        page.wait(".documents li")
        assert not page.overflows()


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
    page.wait("#question").send_keys(KLING, Keys.ENTER)
    assert "无法连接服务" in page.text(".problem")
    page.offline(False)
    page.wait(".problem button").click()
    assert page.text("#answer-text") == "近七成"


def test_a_place_that_is_not_there_is_not_vouched_for(open_page: Open) -> None:
    page = open_page()
    citation = asked(page.base, KLING)["answer"]["citations"][0]
    page.go(f"#/doc/default/{citation['doc_id']}?start=99999990&end=99999999")
    page.wait(".verdict[data-verdict=bad]")
    assert not page.all(".window mark")
