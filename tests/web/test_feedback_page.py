"""What readers say of answers: from the buttons of the page into the store of the service."""

from __future__ import annotations

from pathlib import Path

import pytest
from browser_helpers import Page
from selenium.webdriver.common.keys import Keys
from small_service import Server
from web_questions import CONFLICT, KLING, TARGET, UNKNOWN, asked

from indexer.collections import Collections
from indexer.encoder import EMBEDDED, load_encoder
from indexer.feedback import Feedback

pytestmark = pytest.mark.browser


def kept(data: Path, question: str, collection: str = "default") -> list[Feedback]:
    """The feedback on ``question`` that the service has stored."""
    store = Collections(data, load_encoder(EMBEDDED)).open(collection).feedback
    return [entry for entry in store.rows() if entry.question == question]


def judge(page: Page, verdict: str) -> None:
    page.all(".feedback button")[["right", "wrong"].index(verdict)].click()


def test_right_is_one_click(page: Page, web_server: Server) -> None:
    page.ask(KLING)
    judge(page, "right")
    assert "Thank you" in page.wait_text(".feedback", "noted")
    page.wait_text("#live", "Thank you")
    (entry,) = kept(web_server.data_dir, KLING)
    answer = asked(page.base, KLING)["answer"]
    assert (entry.verdict, entry.answer, entry.confidence) == ("right", answer["text"], answer["confidence"])
    assert entry.cited
    span = (entry.cited.doc_id, entry.cited.start, entry.cited.end)
    assert span == tuple(answer["span"][name] for name in ("doc_id", "start", "end"))


def test_wrong_asks_what_was_expected(page: Page, web_server: Server) -> None:
    page.ask(CONFLICT, "town")
    judge(page, "wrong")
    assert page.focused.get_attribute("id") == "feedback-expected"
    page.type("95 thousand", Keys.TAB, Keys.TAB, "The Herald is newer.")
    page.screenshot("feedback")
    page.wait(".feedback .main").click()
    page.wait_text(".feedback", "noted")
    (entry,) = kept(web_server.data_dir, CONFLICT, "town")
    assert (entry.verdict, entry.answer, entry.comment) == ("wrong", "120 thousand", "The Herald is newer.")
    assert (entry.answerable, entry.answers) == (True, ("95 thousand",))


def test_an_answer_to_nothing_is_told(page: Page, web_server: Server) -> None:
    page.ask(TARGET)
    judge(page, "wrong")
    page.wait("#feedback-nowhere").click()
    assert not page.wait("#feedback-expected").is_enabled()
    page.wait(".feedback .main").click()
    page.wait_text(".feedback", "noted")
    (entry,) = kept(web_server.data_dir, TARGET)
    assert (entry.answerable, entry.answers) == (False, ())


def test_a_missed_answer_is_told(page: Page, web_server: Server) -> None:
    page.ask(UNKNOWN)
    assert "Is it true that the documents do not say?" in page.text(".feedback")
    judge(page, "wrong")
    assert not page.all("#feedback-nowhere")
    page.type("5,555 degrees", Keys.ENTER)
    page.wait_text(".feedback", "noted")
    (entry,) = kept(web_server.data_dir, UNKNOWN)
    assert (entry.verdict, entry.answer, entry.answers) == ("wrong", None, ("5,555 degrees",))


def test_feedback_that_does_not_arrive_can_be_sent_again(page: Page, web_server: Server) -> None:
    question = "How many enterprise customers does Kling have?"
    page.expected = ["ERR_INTERNET_DISCONNECTED"]
    page.ask(question)
    page.offline(True)
    judge(page, "right")
    page.wait_text(".feedback .failure", "cannot be reached")
    page.offline(False)
    judge(page, "right")
    page.wait_text(".feedback", "noted")
    assert len(kept(web_server.data_dir, question)) == 1
