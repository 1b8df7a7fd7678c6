"""For everyone: axe-core in every state, the keyboard alone, a phone, light, dark, forced colours, little to load."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
import requests
from browser_helpers import Open, Page
from selenium.webdriver.common.keys import Keys
from web_questions import CONFLICT, DECIDED, HTML, KLING, LISTED, OPEN, PAGED, UNKNOWN

pytestmark = pytest.mark.browser


def question(text: str, collection: str | None = None) -> Callable[[Page], object]:
    return lambda page: page.ask(text, collection)


def opened(text: str, collection: str | None = None) -> Callable[[Page], object]:
    def show(page: Page) -> None:
        page.ask(text, collection)
        page.wait(OPEN).click()
        page.wait(".verdict[data-verdict=good]")

    return show


def with_everything_unfolded(page: Page) -> None:
    page.ask(CONFLICT, "town")
    page.wait(".question-foot .quiet").click()
    page.all(".feedback button")[1].click()
    page.script("for (const fold of document.querySelectorAll('details')) fold.open = true")


def filtered(page: Page) -> None:
    page.go("#/ask?q=Where&from=2025-01-01&tag=nothing")
    page.wait(".abstention")


def history(page: Page) -> None:
    page.ask(KLING)
    page.go("#/history")
    page.wait(".history li")


def deleting(page: Page) -> None:
    page.go("#/documents?collection=town")
    page.wait(".documents .danger").click()
    page.wait("dialog[open]")


def shortcuts(page: Page) -> None:
    page.wait("#shortcuts").click()
    page.wait("dialog[open]")


def failing(page: Page) -> None:
    page.expected = ["404"]
    page.go("#/doc/default/none")
    page.wait(".problem")


STATES: dict[str, Callable[[Page], object]] = {
    "empty": lambda page: page.wait(".examples"),
    "answer": question(KLING),
    "list": question(LISTED),
    "verdict": question(DECIDED),
    "conflict": question(CONFLICT, "town"),
    "unfolded": with_everything_unfolded,
    "abstention": question(UNKNOWN),
    "filtered": filtered,
    "text": opened(KLING),
    "html": opened(HTML),
    "pdf": opened(PAGED, "town"),
    "documents": lambda page: (page.go("#/documents"), page.wait(".documents > li")),
    "deleting": deleting,
    "history": history,
    "shortcuts": shortcuts,
    "problem": failing,
    "nowhere": lambda page: page.go("#/nowhere"),
}

# Between them these have every colour of the page.
COLOURFUL = ("verdict", "unfolded", "filtered", "pdf", "deleting", "shortcuts", "problem")


def test_axe_finds_nothing_in_any_state(page: Page) -> None:
    found = {}
    for name, show in STATES.items():
        page.reset()
        page.emulate(prefers_reduced_motion="reduce")  # or colours would be looked at while they change
        page.go()
        show(page)
        found[name] = page.axe()
        if name in COLOURFUL:
            page.emulate(prefers_color_scheme="dark", prefers_reduced_motion="reduce")
            found[f"{name}, dark"] = page.axe("color-contrast")
    page.expected = ["404"]
    assert {name: faults for name, faults in found.items() if faults} == {}


def test_axe_would_find_something(page: Page) -> None:
    page.script("document.querySelector('main').append(document.createElement('img'))")
    assert any(line.startswith("image-alt") for line in page.axe())


def test_the_keyboard_is_enough(page: Page) -> None:
    page.go("#/documents")
    page.wait(".documents > li")
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
    page.type("j")
    links = page.all("main a.open")
    assert page.focused == links[1]
    page.type("jk", "k")
    assert page.focused == links[0]
    page.type("/")
    assert page.focused.get_attribute("id") == "question"
    page.type("/")
    assert page.focused.get_attribute("value") == "/", "in the box it is a character like any other"


def test_single_keys_can_be_switched_off(page: Page) -> None:
    page.ask(KLING)
    page.type("?")
    assert "Go to the question" in page.text("dialog[open]")
    page.screenshot("shortcuts")
    page.wait("#single-keys").click()
    page.type(Keys.ESCAPE)
    page.wait_gone("dialog")
    page.type("/")
    assert page.focused.get_attribute("id") != "question"
    page.go()
    page.type(Keys.TAB)
    assert page.script("return localStorage.getItem('citespan.keys')") == "off"


def test_every_page_has_its_landmarks_and_title(page: Page) -> None:
    for route, title in (
        ("", "Citespan"),
        ("#/documents", "Documents – Citespan"),
        ("#/history", "History – Citespan"),
    ):
        page.go(route)
        page.until(lambda title=title: page.driver.title == title, f"no page {title}")  # type: ignore[misc]
        assert [len(page.all(css)) for css in ("header nav", "main", "footer", "main h1")] == [1, 1, 1, 1]


def test_light_and_dark(page: Page) -> None:
    page.emulate(prefers_color_scheme="light")
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
    page.ask(CONFLICT, "town")
    page.screenshot("dark")


def background(page: Page) -> float:
    colour = str(page.script("return getComputedStyle(document.documentElement).backgroundColor"))
    channels = [float(number) for number in re.findall(r"\d+(?:\.\d+)?", colour)[:3]]
    return sum(channels) / 3


def test_forced_colours_and_reduced_motion_are_kept_to(page: Page) -> None:
    page.emulate(forced_colors="active", prefers_reduced_motion="reduce")
    page.ask(KLING)
    mark, text = (
        page.script("return getComputedStyle(document.querySelector(arguments[0])).backgroundColor", css)
        for css in (".sentence mark", ".sentence")
    )
    assert mark != text, "what is marked is still to be seen"
    moving = page.script(
        "const moves = (e) => getComputedStyle(e).transitionDuration !== '0s';"
        "return [...document.querySelectorAll('*')].filter(moves).length"
    )
    assert moving == 0


@pytest.mark.parametrize("language", ["en", "zh-CN"])
def test_a_phone_is_wide_enough(open_page: Open, language: str) -> None:
    page = open_page(language=language, width=360, height=740)
    for name in ("empty", "unfolded", "filtered", "pdf", "documents"):
        page.go()
        STATES[name](page)
        assert not page.overflows(), name
    page.ask(KLING, "default")
    assert not page.overflows()
    page.screenshot(f"phone-{language}")
    page.wait(OPEN).click()
    page.wait(".verdict[data-verdict=good]")
    assert page.in_view(page.wait(".window mark"))
    page.screenshot(f"phone-source-{language}")


def test_little_is_loaded(page: Page) -> None:
    page.driver.execute_cdp_cmd("Network.clearBrowserCache", {})
    page.go()
    page.wait(".examples")
    sizes = page.script(
        "return performance.getEntriesByType('resource').concat(performance.getEntriesByType('navigation'))"
        ".filter((e) => !e.name.includes('/v1/')).map((e) => [e.name, e.encodedBodySize])"
    )
    assert isinstance(sizes, list)
    names = [name.partition("#")[0] for name, _ in sizes]
    assert len(names) == len(set(names)) <= 40
    assert sum(size for _, size in sizes) < 64_000
    assert requests.get(f"{page.base}/static/words-zh.js", timeout=30).ok
    assert not any("words-zh" in name for name in names), "only the words in use"
