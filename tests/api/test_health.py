from __future__ import annotations

import pytest
from prometheus_client.parser import text_string_to_metric_families
from small_service import UNANSWERABLE


def samples(client):
    text = client.get("/metrics").get_data(as_text=True)
    return {
        (sample.name, *sorted(sample.labels.items())): sample.value
        for family in text_string_to_metric_families(text)
        for sample in family.samples
    }


def test_a_process_that_answers_is_alive_whatever_the_index(empty):
    response = empty.get("/healthz")
    assert (response.status_code, response.get_json()) == (200, {"status": "live"})


def test_it_is_ready_once_the_default_collection_can_be_opened(client):
    response = client.get("/readyz")
    assert response.status_code == 200
    assert response.get_json() == {"status": "ready", "index": {"collection": "default", "commit": 3}}


def test_it_is_not_ready_with_nothing_indexed(empty):
    response = empty.get("/readyz")
    assert (response.status_code, response.get_json()["reason"]) == (503, "not_ready")


@pytest.fixture
def damaged(client, settings):
    """A client of a service whose record of truth was overwritten before it was opened."""
    record = settings.data_dir / "collections" / "default" / "record.db"
    record.write_bytes(b"not a database " * 1000)
    for leftover in record.parent.glob("record.db-*"):
        leftover.unlink()
    return client


def test_it_is_alive_but_not_ready_with_a_damaged_index(damaged):
    assert damaged.get("/healthz").status_code == 200
    response = damaged.get("/readyz")
    assert (response.status_code, response.get_json()["reason"]) == (503, "index_corrupt")
    assert damaged.get("/metrics").status_code == 200


def test_a_damaged_collection_is_listed_as_such(damaged):
    (listed,) = damaged.get("/v1/collections").get_json()["collections"]
    assert (listed["name"], listed["code"]) == ("default", "index_corrupt")


def test_collections_are_listed_with_their_size_and_encoder(client, encoder):
    body = client.get("/v1/collections").get_json()
    (listed,) = body["collections"]
    assert body["default"] == listed["name"] == "default"
    assert (listed["documents"], listed["commit"]) == (3, 3)
    assert listed["encoder"]["fingerprint"] == encoder.fingerprint


def test_requests_are_counted_by_route_not_by_path(client):
    client.get("/v1/documents/kling")
    client.get("/v1/documents/kuaishou")
    client.get("/v1/nothing")
    client.open("/v1/ask", method="BREW")
    counted = samples(client)
    route = "/v1/documents/<doc_id:doc_id>"
    assert counted["citespan_requests_total", ("method", "GET"), ("route", route), ("status", "200")] == 2
    assert counted["citespan_requests_total", ("method", "GET"), ("route", "none"), ("status", "404")] == 1
    assert counted["citespan_requests_total", ("method", "OTHER"), ("route", "none"), ("status", "405")] == 1
    assert counted["citespan_request_seconds_count", ("route", route)] == 2


def test_answers_and_abstentions_are_counted(client):
    client.post("/v1/ask", json={"question": "可灵"})
    client.post("/v1/ask", json={"question": UNANSWERABLE})
    client.post("/v1/ask", json={"question": UNANSWERABLE})
    counted = samples(client)
    assert counted["citespan_answers_total", ("outcome", "answered")] == 1
    assert counted["citespan_answers_total", ("outcome", "low_confidence")] == 2


def test_the_index_is_measured(client):
    client.delete("/v1/documents/kling")
    counted = samples(client)
    assert counted["citespan_index_commit", ("collection", "default")] == 4
    assert counted["citespan_documents", ("collection", "default")] == 2
