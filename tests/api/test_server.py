"""The service as it runs: several processes, one answer."""

from __future__ import annotations

import http.client
import json
import re
import socket

import pytest
import requests
from small_service import DOCUMENTS, KLING, start_server

from api.responses import AskResponse, SearchResponse
from api.serving.server import check_address
from api.settings import Settings
from indexer.errors import ConfigError

QUESTIONS = ["可灵收入有多少来自P端？", "When was Kuaishou founded?", "2025年第一季度可灵AI的营业收入是多少？"]


def fresh(server, path: str) -> requests.Response:
    """A request on a connection of its own, which may reach any worker."""
    return requests.get(server.url + path, headers={"Connection": "close"}, timeout=30)


@pytest.mark.parametrize("question", QUESTIONS)
@pytest.mark.parametrize("route", ["ask", "search"])
def test_every_citation_verifies_and_is_the_text_at_its_place(server, route, question):
    body = requests.post(f"{server.url}/v1/{route}", json={"question": question}, timeout=30).json()
    answers = [answer for answer in (body.get("answer"), *body.get("alternatives", [])) if answer]
    citations = [citation for answer in answers for citation in [*answer["citations"], answer["span"]]]
    for passage in body["passages"]:
        citations += [passage, *passage["copies"]]
    assert len(body["passages"]) == len(DOCUMENTS)
    for citation in citations:
        wanted = {name: citation[name] for name in ("doc_id", "revision", "start", "end", "quote")}
        verdict = requests.post(f"{server.url}/v1/citations/verify", json=wanted, timeout=30).json()
        assert verdict["status"] == "current"
        span = {name: citation[name] for name in ("start", "end", "revision")}
        text = requests.get(f"{server.url}/v1/documents/{citation['doc_id']}/text", params=span, timeout=30)
        assert text.json()["text"] == citation["quote"]


def test_the_model_question_is_answered(server):
    # How sure the reader must be is its own business; here any answer will do.
    question = {"question": "可灵AI的收入有多少由P端贡献？", "min_confidence": 0.0}
    body = requests.post(f"{server.url}/v1/ask", json=question, timeout=30).json()
    assert body["passages"][0]["quote"] == KLING
    assert body["answerable"] is True
    assert "近七成" in body["answer"]["span"]["quote"]
    assert body["answer"]["citations"][0]["doc_id"] == "kling"


def test_an_explanation_fits_its_model_and_comes_only_when_asked_for(server):
    for route, model in (("ask", AskResponse), ("search", SearchResponse)):
        body = {"question": "When was Kuaishou founded?", "explain": True}
        told = model.model_validate_json(requests.post(f"{server.url}/v1/{route}", json=body, timeout=30).content)
        assert len(told.explain.passages) == len(told.passages)
        assert bool(told.explain.readings) == (route == "ask")
        body["explain"] = False
        assert "explain" not in requests.post(f"{server.url}/v1/{route}", json=body, timeout=30).json()


def test_a_connection_is_kept_alive_also_after_errors(server):
    connection = http.client.HTTPConnection(server.host, server.port, timeout=30)
    try:
        for path, status in [("/healthz", 200), ("/nothing", 404), ("/v1/documents/..%2F", 400), ("/healthz", 200)]:
            connection.request("GET", path)
            response = connection.getresponse()
            response.read()
            assert response.status == status
            assert not response.will_close
    finally:
        connection.close()


@pytest.fixture(scope="module")
def own(tmp_path_factory):
    """A server of this module's own, with an access log, that may be changed and stopped."""
    folder = tmp_path_factory.mktemp("own")
    (folder / "tmp").mkdir()
    with start_server(
        folder, CITESPAN_ACCESS_LOG="1", CITESPAN_LOG_FORMAT="json", TMPDIR=str(folder / "tmp")
    ) as server:
        yield server


def test_every_worker_sees_a_commit_and_a_deletion_at_once(own):
    url = f"{own.url}/v1/documents/kling"
    for number in range(5):
        text = f"第{number}版。"
        receipt = requests.put(url, json={"text": text}, timeout=30).json()
        for _ in range(6):
            body = fresh(own, "/v1/documents/kling/text").json()
            assert (body["text"], body["revision"]) == (text, receipt["revision"])
    requests.delete(url, timeout=30).raise_for_status()
    assert {fresh(own, "/v1/documents/kling").status_code for _ in range(6)} == {404}


def test_metrics_add_up_over_the_workers(own):
    def count() -> float:
        text = fresh(own, "/metrics").text
        found = re.search(r'citespan_requests_total\{[^}]*route="/healthz"[^}]*\} ([0-9.]+)', text)
        return float(found[1])

    fresh(own, "/healthz")
    before = count()
    for _ in range(20):
        fresh(own, "/healthz")
    assert {count() - before for _ in range(4)} == {20.0}


def test_the_access_log_is_one_json_line_for_each_request(own):
    headers = {"X-Request-ID": "look-for-me", "Connection": "close"}
    requests.get(f"{own.url}/v1/documents/a%0A%22b?limit=secret", headers=headers, timeout=30)
    (line,) = [line for line in own.log.read_text().splitlines() if "look-for-me" in line]
    entry = json.loads(line)
    assert (entry["method"], entry["status"], entry["path"]) == ("GET", 400, '/v1/documents/a\n"b')
    assert "secret" not in line


def test_it_stops_when_asked_and_leaves_nothing_behind(own):
    assert list((own.data_dir / "tmp").glob("citespan-metrics-*"))
    assert own.stop() == 0
    assert list((own.data_dir / "tmp").iterdir()) == []


def test_settings_that_no_worker_can_use_are_named_without_a_traceback(tmp_path):
    glossary = tmp_path / "names.toml"
    glossary.write_text("no glossary")
    with pytest.raises(AssertionError) as caught:
        start_server(tmp_path, CITESPAN_GLOSSARY=str(glossary))
    assert "names.toml" in str(caught.value)
    assert "Traceback" not in str(caught.value)


def test_an_address_that_is_taken_is_refused_and_named():
    with socket.socket() as taken:
        taken.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        with pytest.raises(ConfigError, match=str(port)):
            check_address(Settings(port=port))
    check_address(Settings(port=port))


def test_a_host_that_is_none_is_refused_and_named():
    with pytest.raises(ConfigError, match=r"no\.such\.host\.invalid"):
        check_address(Settings(host="no.such.host.invalid"))
