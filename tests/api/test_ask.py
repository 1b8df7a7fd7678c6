from __future__ import annotations

import pytest
from small_service import EXPLAIN, KLING, UNANSWERABLE

from api.app import create_app
from api.settings import Settings
from indexer.errors import QueryError
from qa.results import Filters


def test_an_answer_comes_with_its_citation_and_passages(client):
    body = client.post("/v1/ask", json={"question": "可灵收入？"}).get_json()
    assert body["answerable"] is True
    assert body["answer"]["text"] == KLING[:5]
    assert body["answer"]["citations"][0]["quote"] == KLING
    assert [passage["doc_id"] for passage in body["passages"]] == ["kling", "kuaishou", "report"]
    assert body["index"] == {"collection": "default", "commit": 3}
    assert body["took_ms"] > 0


def test_no_answer_is_an_answer_with_passages(client):
    response = client.post("/v1/ask", json={"question": UNANSWERABLE})
    body = response.get_json()
    assert response.status_code == 200
    assert body["answerable"] is False
    assert body["answer"] is None
    assert body["reason"] == "low_confidence"
    assert len(body["passages"]) == 3


def test_search_gives_passages_alone(client):
    body = client.post("/v1/search", json={"question": "可灵", "k": 2}).get_json()
    assert [passage["rank"] for passage in body["passages"]] == [1, 2]
    assert body.keys() == {"question", "passages", "index", "took_ms"}


def test_everything_asked_for_reaches_the_pipeline(client, pipeline):
    filters = {
        "doc_id": ["kling"],
        "source": ["a.txt"],
        "tag": ["ai"],
        "published_from": "2025-01-01",
        "published_to": "2025-12-31",
    }
    body = {"question": "可灵", "k": 7, "filters": filters, "min_confidence": 0.25, "explain": True}
    answer = client.post("/v1/ask", json=body).get_json()
    (request,) = pipeline.requests
    assert request.k == 7
    assert request.filters == Filters(("kling",), ("a.txt",), ("ai",), "2025-01-01", "2025-12-31")
    assert request.min_confidence == 0.25
    assert answer["explain"] == EXPLAIN


def test_defaults_and_null_mean_the_same(client, pipeline):
    client.post("/v1/ask", json={"question": "可灵"})
    client.post("/v1/ask", json={"question": "可灵", "filters": None, "collection": None, "min_confidence": None})
    assert pipeline.requests[0] == pipeline.requests[1]
    assert pipeline.requests[0].k == 5


def test_the_setting_for_confidence_holds_where_a_request_says_nothing(settings, pipeline, collections):
    strict = Settings(data_dir=settings.data_dir, min_confidence=0.9)
    client = create_app(strict, pipeline, collections).test_client()
    client.put("/v1/documents/kling", json={"text": KLING})
    client.post("/v1/ask", json={"question": "可灵"})
    client.post("/v1/ask", json={"question": "可灵", "min_confidence": 0.0})
    assert [request.min_confidence for request in pipeline.requests] == [0.9, 0.0]


@pytest.mark.parametrize(
    ("body", "code", "loc"),
    [
        ({"question": "字" * 11}, "question_too_long", None),
        ({"question": "可灵", "k": 9}, "request_invalid", ["k"]),
    ],
)
def test_limits_are_settings(settings, pipeline, collections, body, code, loc):
    small = Settings(data_dir=settings.data_dir, max_question_chars=10, k_max=8)
    client = create_app(small, pipeline, collections).test_client()
    response = client.post("/v1/ask", json=body)
    problem = response.get_json()
    assert (response.status_code, problem["code"]) == (422, code)
    assert problem.get("errors", [{"loc": None}])[0]["loc"] == loc


def test_what_the_pipeline_refuses_is_the_callers_problem(client, pipeline):
    pipeline.failure = QueryError("nothing to search for", code="question_empty")
    response = client.post("/v1/ask", json={"question": "可灵"})
    assert (response.status_code, response.get_json()["code"]) == (422, "question_empty")


def test_chinese_is_written_as_it_is(client):
    assert "可灵".encode() in client.post("/v1/ask", json={"question": "可灵"}).data


def test_nothing_indexed_yet_is_said(empty):
    response = empty.post("/v1/ask", json={"question": "可灵"})
    assert (response.status_code, response.get_json()["code"]) == (503, "not_ready")
