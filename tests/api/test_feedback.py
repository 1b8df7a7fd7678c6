"""POST /v1/feedback, by itself and on the real server: several workers, and kill -9 after the 201."""

from __future__ import annotations

import os
import signal
import threading
from pathlib import Path

import pytest
import requests
from small_service import DOCUMENTS, KLING, start_server

from indexer.feedback import FeedbackStore

QUESTION = "可灵AI的收入有多少来自P端？"
QUOTE = "近七成"


@pytest.fixture
def citation(client):
    revision = client.get("/v1/documents/kling").get_json()["revision"]
    start = KLING.index(QUOTE)
    return {"doc_id": "kling", "revision": revision, "start": start, "end": start + len(QUOTE), "quote": QUOTE}


@pytest.fixture
def body(citation):
    return {"question": QUESTION, "verdict": "right", "answer": QUOTE, "citation": citation}


def give(client, body):
    return client.post("/v1/feedback", json=body)


def store(settings) -> FeedbackStore:
    return FeedbackStore(settings.data_dir / "collections" / "default")


def test_a_verdict_is_stored(client, body, settings):
    more = {"commit": 3, "confidence": 0.75, "comment": "好", "expected": {"answerable": True, "answers": ["七成"]}}
    told = give(client, body | more)
    assert told.status_code == 201
    answer = told.get_json()
    (row,) = store(settings).rows()
    assert (row.feedback_id, row.at) == (answer["feedback_id"], answer["stored_at"])
    assert (row.question, row.verdict, row.answer, row.answers, row.comment) == (
        QUESTION,
        "right",
        QUOTE,
        ("七成",),
        "好",
    )
    assert (row.commit, row.confidence) == (3, 0.75)
    assert answer["created"] is True
    assert answer["index"]["collection"] == "default"


def test_a_silence_is_judged_too(client, settings):
    assert give(client, {"question": QUESTION, "verdict": "right"}).status_code == 201
    wrong = {"question": QUESTION, "verdict": "wrong", "expected": {"answerable": True, "answers": ["近七成"]}}
    assert give(client, wrong).status_code == 201
    assert [row.answer for row in store(settings).rows()] == [None, None]


def test_the_same_again_is_stored_once(client, body, settings):
    named = body | {"feedback_id": "client-0001"}
    first, second = give(client, named), give(client, named)
    assert (first.status_code, second.status_code) == (201, 200)
    assert second.get_json() == {**first.get_json(), "created": False}
    other = give(client, named | {"verdict": "wrong"})
    assert (other.status_code, other.get_json()["code"]) == (409, "feedback_conflict")
    assert len(store(settings).rows()) == 1
    assert give(client, body).get_json()["feedback_id"] != give(client, body).get_json()["feedback_id"]


@pytest.mark.parametrize(
    ("change", "status", "code"),
    [
        ({"verdict": "maybe"}, 422, "request_invalid"),
        ({"verdict": None}, 422, "request_invalid"),
        ({"question": "？"}, 422, "question_empty"),
        ({"question": "x" * 2001}, 422, "question_too_long"),
        ({"comment": "x" * 2001}, 422, "request_invalid"),
        ({"comment": "a\0"}, 422, "text_invalid"),
        ({"answer": ""}, 422, "request_invalid"),
        ({"confidence": 1.5}, 422, "request_invalid"),
        ({"commit": -1}, 422, "request_invalid"),
        ({"feedback_id": "short"}, 422, "request_invalid"),
        ({"feedback_id": "../../../etc"}, 422, "request_invalid"),
        ({"unknown": 1}, 422, "request_invalid"),
        ({"collection": "nowhere"}, 404, "collection_not_found"),
        ({"citation": None}, 422, "feedback_contradictory"),
        ({"answer": None}, 422, "feedback_contradictory"),
        ({"expected": {"answerable": False}}, 422, "feedback_contradictory"),
        ({"expected": {"answerable": False, "answers": ["a"]}}, 422, "feedback_contradictory"),
        ({"expected": {"answerable": True, "answers": [""]}}, 422, "request_invalid"),
        ({"expected": {"answerable": True, "answers": ["a"] * 21}}, 422, "request_invalid"),
        ({"expected": {"answerable": True, "answers": "a"}}, 422, "request_invalid"),
    ],
)
def test_what_does_not_fit_is_refused(client, body, settings, change, status, code):
    told = give(client, body | change)
    assert (told.status_code, told.get_json()["code"]) == (status, code)
    assert store(settings).rows() == []


@pytest.mark.parametrize(
    ("change", "status", "code"),
    [
        ({"doc_id": "nowhere"}, 404, "document_not_found"),
        ({"doc_id": "../kling"}, 400, "doc_id_invalid"),
        ({"revision": "0"}, 404, "revision_not_found"),
        ({"end": 10**9}, 422, "range_invalid"),
        ({"start": 8, "end": 2}, 422, "range_invalid"),
        ({"start": 6, "end": 6, "quote": ""}, 422, "range_invalid"),
        ({"quote": "近八成"}, 422, "citation_mismatch"),
    ],
)
def test_a_citation_that_does_not_hold_is_refused(client, body, citation, settings, change, status, code):
    told = give(client, body | {"citation": citation | change})
    assert (told.status_code, told.get_json()["code"]) == (status, code)
    assert store(settings).rows() == []


def test_a_citation_of_an_older_revision_holds(client, body):
    client.put("/v1/documents/kling", json={"text": "另一个文本。"})
    assert give(client, body).status_code == 201
    client.delete("/v1/documents/kling")
    assert give(client, body).get_json()["code"] == "document_not_found"


def test_an_empty_service_takes_no_feedback(empty):
    told = give(empty, {"question": QUESTION, "verdict": "right"})
    assert (told.status_code, told.get_json()["code"]) == (503, "not_ready")


def test_a_broken_store_is_told(client, body, settings):
    (settings.data_dir / "collections" / "default" / "feedback.db").write_bytes(b"none" * 5000)
    told = give(client, body)
    assert (told.status_code, told.get_json()["code"]) == (500, "index_corrupt")


def processes_of(master: int) -> list[int]:
    """The workers and the master, workers first."""
    children = Path(f"/proc/{master}/task/{master}/children").read_text().split()
    return [*map(int, children), master]


def test_nothing_that_was_answered_is_lost_when_all_processes_are_killed(tmp_path):
    """Clients on several connections give feedback to both workers, which are killed in the midst of it."""
    acknowledged: set[str] = set()
    enough = threading.Event()

    def keep_giving(url: str, name: str) -> None:
        for number in range(1000):
            sent = {"question": QUESTION, "verdict": "right", "feedback_id": f"client-{name}-{number}"}
            try:
                told = requests.post(f"{url}/v1/feedback", json=sent, timeout=10)
            except requests.RequestException:
                return
            assert told.status_code == 201, told.text
            acknowledged.add(sent["feedback_id"])
            if len(acknowledged) >= 40:
                enough.set()

    with start_server(tmp_path) as server:
        requests.put(f"{server.url}/v1/documents/kling", json=DOCUMENTS["kling"], timeout=30).raise_for_status()
        threads = [threading.Thread(target=keep_giving, args=(server.url, str(name))) for name in range(6)]
        for thread in threads:
            thread.start()
        assert enough.wait(60)
        for process in processes_of(server.process.pid):
            os.kill(process, signal.SIGKILL)
        server.process.wait(20)
        for thread in threads:
            thread.join()
    kept = {row.feedback_id for row in FeedbackStore(tmp_path / "collections" / "default").rows()}
    assert len(acknowledged) >= 40
    assert acknowledged <= kept
