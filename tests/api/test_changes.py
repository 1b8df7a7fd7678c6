from __future__ import annotations

import threading

import pytest
from small_service import KLING


def test_putting_the_same_again_changes_nothing(empty):
    body = {"text": KLING, "title": "可灵", "tags": ["ai"]}
    created = empty.put("/v1/documents/kling", json=body)
    again = empty.put("/v1/documents/kling", json=body)
    assert (created.status_code, again.status_code) == (201, 200)
    assert created.headers["Location"].endswith("/v1/documents/kling")
    assert (created.get_json()["created"], again.get_json()["unchanged"]) == (True, True)
    assert again.get_json()["index"] == created.get_json()["index"]
    assert again.get_json()["revision"] == created.get_json()["revision"]


@pytest.mark.parametrize("change", [{"text": KLING + "完。"}, {"title": "新"}, {"source": "b.txt"}, {"tags": ["b"]}])
def test_putting_something_else_replaces_it(empty, change):
    body = {"text": KLING, "title": "可灵", "source": "a.txt", "tags": ["a"]}
    before = empty.put("/v1/documents/kling", json=body).get_json()
    after = empty.put("/v1/documents/kling", json=body | change)
    assert after.status_code == 200
    assert after.get_json()["unchanged"] is False
    assert after.get_json()["index"]["commit"] == before["index"]["commit"] + 1
    assert len(empty.get("/v1/documents").get_json()["documents"]) == 1


def test_the_media_type_decides_the_format_not_the_source(empty):
    empty.put("/v1/documents/note", json={"text": KLING, "source": "scan.pdf"})
    described = empty.get("/v1/documents/note").get_json()
    assert (described["media_type"], described["source"]) == ("text/plain", "scan.pdf")


def test_the_id_is_the_source_and_the_title_where_none_is_given(empty):
    empty.put("/v1/documents/note-1", json={"text": KLING})
    described = empty.get("/v1/documents/note-1").get_json()
    assert (described["source"], described["title"]) == ("note-1", "note-1")


def test_front_matter_is_read_from_markdown(empty):
    text = "---\ntitle: 标题\npublished: 2025-06-01\n---\n\n" + KLING
    empty.put("/v1/documents/note", json={"text": text, "media_type": "text/markdown"})
    described = empty.get("/v1/documents/note").get_json()
    assert (described["title"], described["published"]) == ("标题", "2025-06-01")


def test_deleting_gives_a_receipt_and_leaves_nothing(client):
    revision = client.get("/v1/documents/kling").get_json()["revision"]
    receipt = client.delete("/v1/documents/kling").get_json()
    assert receipt == {
        "doc_id": "kling",
        "revision": revision,
        "deleted": True,
        "revisions": 1,
        "passages": 1,
        "characters": len(KLING),
        "index": {"collection": "default", "commit": 4},
    }
    assert client.get("/v1/documents/kling").status_code == 404
    assert client.get(f"/v1/documents/kling/text?revision={revision}").status_code == 404
    found = client.post("/v1/search", json={"question": "可灵"}).get_json()["passages"]
    assert "kling" not in {passage["doc_id"] for passage in found}


def test_deleting_what_is_not_there_is_a_problem_and_no_commit(client):
    response = client.delete("/v1/documents/none")
    assert (response.status_code, response.get_json()["code"]) == (404, "document_not_found")
    assert client.get("/v1/documents").get_json()["index"]["commit"] == 3


@pytest.mark.parametrize("method", ["put", "delete"])
def test_a_busy_writer_is_waited_for_and_then_named(client, collections, method):
    held, done = threading.Event(), threading.Event()

    def hold() -> None:
        with collections.open("default").writer():
            held.set()
            done.wait(20)

    other = threading.Thread(target=hold)
    other.start()
    held.wait(20)
    try:
        response = getattr(client, method)("/v1/documents/kling", json={"text": "text"} if method == "put" else None)
    finally:
        done.set()
        other.join()
    assert (response.status_code, response.get_json()["code"]) == (503, "writer_busy")
    assert response.headers["Retry-After"] == "5"
    assert client.get("/v1/documents/kling/text").get_json()["text"] == KLING


def test_a_text_without_words_is_refused_and_the_old_one_stays(client):
    response = client.put("/v1/documents/kling", json={"text": " \n "})
    assert (response.status_code, response.get_json()["code"]) == (422, "file_empty")
    assert client.get("/v1/documents/kling/text").get_json()["text"] == KLING
