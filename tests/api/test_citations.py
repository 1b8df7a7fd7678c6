from __future__ import annotations

import pytest
from small_service import KLING


def cited(client, doc_id="kling", **changes):
    revision = client.get(f"/v1/documents/{doc_id}").get_json()["revision"]
    return {"doc_id": doc_id, "revision": revision, "start": 6, "end": 9, "quote": KLING[6:9]} | changes


def verify(client, citation):
    return client.post("/v1/citations/verify", json=citation).get_json()


def test_an_exact_citation_of_the_current_text_holds(client):
    citation = cited(client)
    body = verify(client, citation)
    assert (body["exact"], body["current"], body["status"]) == (True, True, "current")
    assert body["current_revision"] == citation["revision"]


def test_a_citation_outlives_its_revision(client):
    citation = cited(client)
    client.put("/v1/documents/kling", json={"text": "新的内容。"})
    body = verify(client, citation)
    assert (body["exact"], body["current"], body["status"]) == (True, False, "superseded")
    assert body["current_revision"] != citation["revision"]


@pytest.mark.parametrize(
    ("changes", "status", "found"),
    [
        ({"quote": "近八成"}, "mismatch", KLING[6:9]),
        ({"start": 5}, "mismatch", KLING[5:9]),
        ({"end": 1000}, "out_of_range", None),
        ({"start": 10}, "out_of_range", None),
        ({"revision": "0000"}, "unknown_revision", None),
        ({"doc_id": "none"}, "unknown_document", None),
    ],
)
def test_a_citation_that_does_not_hold_says_why(client, changes, status, found):
    body = verify(client, cited(client) | changes)
    assert (body["exact"], body["current"], body["status"]) == (False, False, status)
    assert body["found"] == found


def test_nothing_of_a_deleted_document_verifies(client):
    citation = cited(client)
    client.delete("/v1/documents/kling")
    assert verify(client, citation)["status"] == "unknown_document"


def test_every_citation_of_an_answer_verifies(client):
    body = client.post("/v1/ask", json={"question": "可灵"}).get_json()
    citations = [*body["answer"]["citations"], body["answer"]["span"]]
    for passage in body["passages"]:
        citations += [passage, *passage["copies"]]
    assert len(citations) == 8
    for citation in citations:
        wanted = {name: citation[name] for name in ("doc_id", "revision", "start", "end", "quote")}
        assert verify(client, wanted)["status"] == "current"
