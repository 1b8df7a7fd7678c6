"""Where a key is wanted: the page asks for it, keeps it as told, sends it, and forgets it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from browser_helpers import Open, Page
from selenium.webdriver.common.keys import Keys
from small_service import Server, start_server
from web_questions import KLING, UNKNOWN

pytestmark = pytest.mark.browser

WRITER, READER = "wrk_9f2c7d1ea4b85630c1f7ae2288d03b5c", "rdr_51b0e6c8d3947fa2806be91d7c6f40a3"
REFUSED = ["401", "403", "429"]


@pytest.fixture(scope="module")
def guarded(web_server: Server) -> Iterator[str]:
    """Another service on the same documents, which wants a key."""
    with start_server(web_server.data_dir, CITESPAN_API_KEYS=f"write:{WRITER},read:{READER}") as running:
        yield running.url


@pytest.fixture(scope="module")
def hurried(web_server: Server) -> Iterator[str]:
    """One that lets a key have a single request an hour."""
    with start_server(web_server.data_dir, CITESPAN_API_KEYS=f"read:{READER}", CITESPAN_RATE_LIMIT="1/hour") as running:
        yield running.url


def enter(page: Page, key: str, *, lasting: bool = False) -> None:
    page.wait("#key-input").send_keys(key)
    if lasting:
        page.wait("#key-lasting").click()
    page.type(Keys.ENTER)


def test_a_key_is_asked_for_and_lasts_as_long_as_the_tab(open_page: Open, guarded: str) -> None:
    page = open_page(base=guarded)
    page.expected = REFUSED
    page.wait("#key-input")
    assert page.focused.get_attribute("id") == "key-input"
    assert page.focused.get_attribute("type") == "password"
    page.screenshot("sign-in")
    assert page.axe() == []
    enter(page, "wrong-key")
    assert "not valid" in page.wait_text("dialog .failure", "key")
    enter(page, WRITER)
    page.wait_gone("dialog")
    page.wait("#collection option[value=town]")
    page.wait("#question").send_keys(KLING, Keys.ENTER)
    page.wait_text("#answer-text", "近七成")
    assert WRITER not in page.driver.current_url
    page.go(f"#/ask?q={KLING}")
    page.wait_text("#answer-text", "近七成")
    assert page.script("return Object.values(localStorage).join()").find(WRITER) < 0
    page.script("sessionStorage.clear()")  # as closing the tab does
    page.go()
    page.wait("#key-input")
    page.wait("dialog button:not(.main)").click()
    page.wait("#question").send_keys(KLING, Keys.ENTER)
    page.wait("dialog[open]")
    page.type(Keys.ESCAPE)
    assert "asks for an API key" in page.wait_text(".problem", "key")


def test_a_remembered_key_is_forgotten_by_signing_out(open_page: Open, guarded: str) -> None:
    page = open_page(base=guarded)
    page.expected = REFUSED
    enter(page, WRITER, lasting=True)
    page.wait_gone("dialog")
    page.script("sessionStorage.clear()")
    page.ask(KLING)
    page.wait_text("#answer-text", "近七成")
    page.wait("#key").click()
    page.wait("dialog .main").click()
    page.wait("#key-input")
    assert page.script("return localStorage.getItem('citespan.key')") is None
    page.type(Keys.ESCAPE)
    page.go("#/history")
    page.wait("#key-input")
    page.type(Keys.ESCAPE)
    page.wait_text(".history", "Nothing asked yet")


def test_a_key_that_may_not_write_is_told_so(open_page: Open, guarded: str, tmp_path: Path) -> None:
    file = tmp_path / "secret.txt"
    file.write_text("The vault of Mossholm has 3 doors.", "utf-8")
    page = open_page(base=guarded)
    page.expected = REFUSED
    enter(page, READER)
    page.wait_gone("dialog")
    page.go("#/documents?collection=town")
    page.wait(".documents > li")
    page.wait("#files").send_keys(str(file))
    page.wait_text(".queue [data-verdict=bad]", "may read, but not change")
    page.wait(".documents .danger").click()
    page.wait("dialog .danger").click()
    page.wait_text("dialog .failure", "may read, but not change")


def test_too_many_requests_are_told_with_the_time_to_wait(open_page: Open, hurried: str) -> None:
    page = open_page(base=hurried)
    page.expected = REFUSED
    enter(page, READER)
    page.wait_gone("dialog")
    page.wait("#collection option[value=town]")
    page.wait("#question").send_keys(UNKNOWN, Keys.ENTER)
    assert re.search(r"Too many requests in a short time. Try again in (59|60) minutes.", page.text(".problem"))
