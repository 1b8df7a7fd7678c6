from __future__ import annotations

import gc
import weakref
from pathlib import Path

import pytest
from small_service import DOCUMENTS, HTML, KLING, KUAISHOU

from api import layers

SEEDS = Path(__file__).parents[2] / "seeds"


def test_documents_are_listed_in_pages(client):
    first = client.get("/v1/documents?limit=2").get_json()
    second = client.get(f"/v1/documents?limit=2&after={first['next']}").get_json()
    assert [entry["doc_id"] for entry in first["documents"] + second["documents"]] == sorted(DOCUMENTS)
    assert second["next"] is None


def test_a_full_last_page_has_no_next(client):
    assert client.get("/v1/documents?limit=3").get_json()["next"] is None


def test_a_new_service_lists_nothing(empty):
    body = empty.get("/v1/documents").get_json()
    assert body == {"documents": [], "next": None, "index": {"collection": "default", "commit": 0}}


def test_a_document_is_described(client):
    body = client.get("/v1/documents/kling").get_json()
    assert body["title"] == "可灵收入"
    assert body["published"] == "2025-06-01"
    assert body["metadata"]["tags"] == "ai, 财报"
    assert body["characters"] == len(KLING)
    assert body["current"] is True


@pytest.mark.parametrize(("span", "text"), [("", KLING), ("?start=2&end=4", "可灵"), (f"?start={len(KLING)}", "")])
def test_text_is_the_source_text_of_the_range(client, span, text):
    body = client.get(f"/v1/documents/kling/text{span}").get_json()
    assert body["text"] == text
    assert body["characters"] == len(KLING)
    assert body["end"] - body["start"] == len(text)


@pytest.mark.parametrize("span", ["start=3&end=2", "end=1000000", "start=1000000"])
def test_a_range_outside_the_text_is_refused(client, span):
    response = client.get(f"/v1/documents/kling/text?{span}")
    assert (response.status_code, response.get_json()["code"]) == (422, "range_invalid")


def test_html_is_kept_as_source_text(client):
    assert client.get("/v1/documents/report/text").get_json()["text"] == HTML
    assert client.get("/v1/documents/report").get_json()["media_type"] == "text/html"


def test_an_old_revision_stays_readable(client):
    old = client.get("/v1/documents/kuaishou").get_json()["revision"]
    client.put("/v1/documents/kuaishou", json={"text": "New text of the document."})
    body = client.get(f"/v1/documents/kuaishou/text?revision={old}").get_json()
    assert (body["text"], body["current"]) == (KUAISHOU, False)


@pytest.mark.parametrize("path", ["", "/text"])
def test_unknown_documents_and_revisions_are_named(client, path):
    missing = client.get(f"/v1/documents/none{path}")
    unknown = client.get(f"/v1/documents/kling{path}?revision=0000")
    assert (missing.status_code, missing.get_json()["code"]) == (404, "document_not_found")
    assert (unknown.status_code, unknown.get_json()["code"]) == (404, "revision_not_found")


def test_a_collection_that_was_named_wrongly_is_not_started(client):
    for response in (
        client.get("/v1/documents?collection=nome"),
        client.put("/v1/documents/a?collection=nome", json={"text": "text"}),
    ):
        assert (response.status_code, response.get_json()["code"]) == (404, "collection_not_found")


@pytest.mark.parametrize(
    ("named", "found"),
    [
        ("可灵", ["kling"]),  # title
        ("EN/kuai", ["kuaishou"]),  # source, ASCII in either case
        ("rep", ["report"]),  # id
        ("财", ["kling", "report"]),  # a tag, a title
        ("", ["kling", "kuaishou", "report"]),
        ("%", []),
        ("_", []),
        ("\\", []),
        ("nothing of the sort", []),
    ],
)
def test_documents_are_found_by_their_names(client, named, found):
    body = client.get("/v1/documents", query_string={"named": named}).get_json()
    assert [entry["doc_id"] for entry in body["documents"]] == found


def test_named_documents_are_paged(client):
    first = client.get("/v1/documents?named=k&limit=1").get_json()
    second = client.get(f"/v1/documents?named=k&limit=1&after={first['next']}").get_json()
    assert [entry["doc_id"] for entry in first["documents"] + second["documents"]] == ["kling", "kuaishou"]
    assert second["next"] is None


def test_the_readable_layer_has_no_markup(client):
    whole = client.get("/v1/documents/report/text?layer=readable").get_json()
    assert whole["text"].strip().startswith("2025年第一季度")
    assert "<" not in whole["text"]
    assert (whole["layer"], whole["end"], whole["characters"]) == ("readable", len(HTML), len(HTML))


def test_ranges_of_the_readable_layer_follow_each_other(client):
    def read(start: int, end: int) -> str:
        path = f"/v1/documents/report/text?layer=readable&start={start}&end={end}"
        return str(client.get(path).get_json()["text"])

    whole = read(0, len(HTML))
    assert all(read(0, cut) + read(cut, len(HTML)) == whole for cut in range(len(HTML) + 1))
    start = HTML.index("可灵AI")
    assert read(start, start + 4) == "可灵AI"


def test_the_readable_layer_of_a_deleted_document_is_forgotten(client):
    before = weakref.WeakSet(layers._KEPT)
    assert client.get("/v1/documents/report/text?layer=readable").status_code == 200
    (own,) = set(layers._KEPT) - set(before)
    gone = weakref.ref(own)
    del own
    assert client.delete("/v1/documents/report").status_code == 200
    assert client.get("/v1/documents").status_code == 200
    gc.collect()
    assert gone() is None


def test_the_readable_layer_of_a_huge_document_is_refused(client, monkeypatch):
    monkeypatch.setattr(layers, "READABLE_MAX", len(HTML) - 1)
    response = client.get("/v1/documents/report/text?layer=readable")
    assert (response.status_code, response.get_json()["code"]) == (422, "layer_unavailable")
    assert client.get("/v1/documents/report/text").status_code == 200


def test_pages_of_a_document_begin_at_offsets(client):
    file = (SEEDS / "articles/2025-11-20-outlook.pdf").open("rb")
    upload = client.post("/v1/documents", data={"file": (file, "outlook.pdf")}, content_type="multipart/form-data")
    doc_id = upload.get_json()["results"][0]["doc_id"]
    body = client.get(f"/v1/documents/{doc_id}").get_json()
    assert body["pages"] == len(body["page_starts"])
    assert body["page_starts"][0] == 0
    assert body["page_starts"] == sorted(body["page_starts"])
    assert client.get("/v1/documents/kling").get_json()["page_starts"] is None
