from __future__ import annotations

import ast
import json
import logging
import re
from pathlib import Path

import pytest

import indexer
import qa
from api.observe.logs import JsonFormatter
from api.problems import PROBLEMS, known_code
from indexer.errors import CitespanError, StoreError

ROOT = Path(__file__).parents[2]
MEMBERS = {"type", "title", "status", "code", "detail", "request_id"}


@pytest.mark.parametrize(
    ("method", "path", "sent", "status", "code"),
    [
        ("POST", "/v1/ask", {"data": b"{", "content_type": "application/json"}, 400, "json_invalid"),
        ("GET", "/v1/documents/..%2Fx", {}, 400, "doc_id_invalid"),
        (
            "POST",
            "/v1/ask",
            {"json": {}, "headers": {"Sec-Fetch-Site": "same-site"}},
            403,
            "cross_site_refused",
        ),
        ("GET", "/nothing", {}, 404, "route_not_found"),
        ("GET", "/static/nothing.js", {}, 404, "route_not_found"),
        ("GET", "/v1/documents/none", {}, 404, "document_not_found"),
        ("GET", "/v1/ask", {}, 405, "method_not_allowed"),
        (
            "POST",
            "/v1/ask",
            {"data": b"x" * 2_000_000, "content_type": "application/json"},
            413,
            "body_too_large",
        ),
        ("POST", "/v1/ask", {"data": b"{}"}, 415, "media_type_unsupported"),
        ("POST", "/v1/ask", {"json": {}}, 422, "request_invalid"),
    ],
)
def test_every_error_has_one_shape(client, method, path, sent, status, code):
    response = client.open(path, method=method, **sent)
    body = response.get_json()
    assert (response.status_code, body["code"]) == (status, code)
    assert response.mimetype == "application/problem+json"
    assert body.keys() - {"errors"} == MEMBERS
    assert body["status"] == status == PROBLEMS[code].status
    assert body["title"] == PROBLEMS[code].title
    assert body["type"] == f"/docs#problem-{code}"
    assert body["request_id"] == response.headers["X-Request-ID"]
    assert "<" not in body["detail"]


def test_405_names_the_methods_that_are_allowed(client):
    assert set(client.get("/v1/ask").headers["Allow"].split(", ")) == {"POST", "OPTIONS"}
    assert set(client.post("/v1/documents/kling/text").headers["Allow"].split(", ")) == {
        "GET",
        "HEAD",
        "OPTIONS",
    }


def test_head_and_options_work_on_every_route(client):
    head = client.head("/v1/documents")
    assert (head.status_code, head.data) == (200, b"")
    options = client.options("/v1/documents/kling")
    assert set(options.headers["Allow"].split(", ")) == {"GET", "HEAD", "PUT", "DELETE", "OPTIONS"}


def test_a_fault_of_ours_is_logged_and_not_told(client, pipeline, caplog):
    pipeline.failure = RuntimeError("secret of the house")
    caplog.handler.setFormatter(JsonFormatter())
    with caplog.at_level(logging.ERROR, logger="citespan"):
        response = client.post("/v1/ask", json={"question": "可灵"}, headers={"X-Request-ID": "abc-1"})
    body = response.get_json()
    assert (response.status_code, body["code"], body["request_id"]) == (500, "internal_error", "abc-1")
    assert "secret" not in response.get_data(as_text=True)
    line = json.loads(caplog.text)
    assert (line["event"], line["request_id"], line["path"]) == ("request failed", "abc-1", "/v1/ask")
    assert line["exception"].endswith("raise self.failure\nbuiltins.RuntimeError")  # but not what it was told
    assert "secret" not in caplog.text


def test_a_fault_of_the_store_is_logged_with_its_code(client, pipeline, caplog):
    pipeline.failure = StoreError("segment 3 is gone", code="index_corrupt")
    with caplog.at_level(logging.ERROR, logger="citespan"):
        response = client.post("/v1/ask", json={"question": "可灵"})
    assert (response.status_code, response.get_json()["code"]) == (500, "index_corrupt")
    assert "segment 3 is gone" in caplog.text


def test_a_code_that_is_not_in_the_table_never_leaves(client, pipeline):
    pipeline.failure = CitespanError("inner words", code="brand_new")
    response = client.post("/v1/ask", json={"question": "可灵"})
    assert (response.status_code, response.get_json()["code"]) == (500, "internal_error")
    assert "inner words" not in response.get_data(as_text=True)


def test_a_request_id_is_kept_or_made(client):
    kept = client.get("/healthz", headers={"X-Request-ID": "trace-42"})
    made = client.get("/healthz", headers={"X-Request-ID": "not a token"})
    assert kept.headers["X-Request-ID"] == "trace-42"
    assert re.fullmatch(r"[0-9a-f]{32}", made.headers["X-Request-ID"])


def test_many_wrong_fields_are_named_up_to_a_limit(client):
    body = client.post("/v1/ask", json={f"field{number}": 1 for number in range(5000)}).get_json()
    assert len(body["errors"]) == 20


def codes_raised(package) -> set[str]:
    """Every code that the package's source gives to an error."""
    found = set()
    for file in Path(package.__file__).parent.rglob("*.py"):
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(node, ast.keyword) and node.arg == "code" and isinstance(node.value, ast.Constant):
                found.add(node.value.value)
    return found


def error_classes(base: type[CitespanError]) -> set[type[CitespanError]]:
    return {base}.union(*map(error_classes, base.__subclasses__()))


def test_every_code_of_the_other_rooms_has_a_status():
    # An upload has no other file to repeat, and no folder to lead out of.
    command_line_only = {"file_duplicate", "key_not_found"}
    raised = codes_raised(indexer) | codes_raised(qa) | {kind.code for kind in error_classes(CitespanError)}
    unknown = {code for code in raised if isinstance(code, str) and known_code(code) == "internal_error"}
    assert unknown - command_line_only == {"error"}


def test_every_code_is_documented():
    page = (ROOT / "docs" / "api.md").read_text(encoding="utf-8")
    for code, problem in PROBLEMS.items():
        assert f"| `{code}` | {problem.status} | {problem.title} | {problem.help} |" in page
