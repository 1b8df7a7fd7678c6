"""An answer that was given is given again, as long as nothing that it depends on has changed."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from pathlib import Path

import pytest
import requests
from fakes import HashEncoder
from flask.testing import FlaskClient
from small_service import DOCUMENTS, KLING, FakePipeline, Server, start_server

from api.answer_cache import MAX_BYTES, AnswerCache, size_of, size_of_filters
from api.app import create_app
from api.service import EXTENSION
from api.settings import Settings
from indexer.collections import Collections
from indexer.snapshot import Snapshot
from qa.pipeline import Request
from qa.results import AskResult, Filters


class SteadyPipeline(FakePipeline):
    """Says that it answers the same as long as ``glossary`` is."""

    glossary = "one"

    def state(self, snapshot: Snapshot) -> object:
        return self.glossary


@pytest.fixture
def pipeline() -> FakePipeline:
    return SteadyPipeline()


@pytest.fixture
def client(empty: FlaskClient) -> FlaskClient:
    for doc_id, body in DOCUMENTS.items():
        assert empty.put(f"/v1/documents/{doc_id}", json=body).status_code == 201
    return empty


def ask(client: FlaskClient, question: str = "可灵？", route: str = "ask", **more: object) -> dict[str, object]:
    response = client.post(f"/v1/{route}", json={"question": question, **more})
    assert response.status_code == 200, response.text
    body: dict[str, object] = response.get_json()
    assert isinstance(body.pop("took_ms"), float)
    return body


def test_the_same_question_is_worked_out_once(client: FlaskClient, pipeline: FakePipeline):
    assert ask(client) == ask(client)
    assert len(pipeline.requests) == 1


@pytest.mark.parametrize(
    "other",
    [
        {"question": "可灵!"},
        {"k": 1},
        {"min_confidence": 0.9},
        {"filters": {"tag": ["ai"]}},
        {"filters": {"published_from": "2025-01-01"}},
        {"route": "search"},
    ],
)
def test_another_request_is_another_answer(client: FlaskClient, pipeline: FakePipeline, other: dict[str, object]):
    ask(client)
    ask(client, **other)  # type: ignore[arg-type]
    assert len(pipeline.requests) == 2


def test_an_explanation_is_made_each_time(client: FlaskClient, pipeline: FakePipeline):
    for _ in range(2):
        assert "explain" in ask(client, explain=True)
    assert "explain" not in ask(client)
    assert len(pipeline.requests) == 3


def test_a_commit_makes_new_answers(client: FlaskClient, pipeline: FakePipeline):
    before = ask(client)
    assert client.delete("/v1/documents/kling").status_code == 200
    after = ask(client)
    assert len(pipeline.requests) == 2
    assert KLING in str(before)
    assert KLING not in str(after)


def test_another_glossary_makes_new_answers(client: FlaskClient, pipeline: SteadyPipeline):
    ask(client)
    pipeline.glossary = "two"
    ask(client)
    pipeline.glossary = "one"
    ask(client)
    assert len(pipeline.requests) == 2


def test_collections_share_no_answers(client: FlaskClient, pipeline: FakePipeline, collections: Collections):
    ask(client)
    for name in ("other", "other"):  # the second time under the same name, with the same commit number
        with collections.create(name).writer() as writer:
            writer.commit()
        assert client.put("/v1/documents/a?collection=other", json={"text": "别的文档。"}).status_code == 201
        assert "别的文档" in str(ask(client, collection="other"))
        collections.remove("other")
    assert len(pipeline.requests) == 3


def test_errors_are_not_kept(client: FlaskClient, pipeline: FakePipeline):
    pipeline.failure = RuntimeError("once")
    assert client.post("/v1/ask", json={"question": "可灵？"}).status_code == 500
    pipeline.failure = None
    ask(client)


def test_without_a_cache_every_question_is_worked_out(tmp_path: Path):
    pipeline = SteadyPipeline()
    settings = Settings(data_dir=tmp_path, answer_cache=0)
    client = create_app(settings, pipeline, Collections(tmp_path, HashEncoder())).test_client()
    assert client.put("/v1/documents/a", json={"text": KLING}).status_code == 201
    assert ask(client) == ask(client)
    assert len(pipeline.requests) == 2


def test_what_was_kept_is_counted(client: FlaskClient):
    def count(name: str) -> float:
        lines = client.get("/metrics").text.splitlines()
        return sum(float(line.split()[-1]) for line in lines if line.startswith(name))

    for _ in range(3):
        ask(client)
    assert count("citespan_repeated_total") == 2
    assert count('citespan_answers_total{outcome="answered"}') == 3


# ---------------------------------------------------------------------- the memory itself


@pytest.fixture
def snapshot(client: FlaskClient, collections: Collections) -> Snapshot:
    return collections.create("default").snapshot()


def result(text: str) -> AskResult:
    return AskResult(question=text, passages=(), commit=1)


def test_answers_go_with_their_snapshot(client: FlaskClient, collections: Collections):
    kept = AnswerCache(10)
    for text in "abc":
        kept.put(collections.create("default").snapshot(), Request(text), result(text))
    assert len(kept) == 3
    client.delete("/v1/documents/kling")
    collections.create("default").follow()
    gc.collect()
    assert len(kept) == 0


def test_the_number_of_answers_is_bounded(snapshot: Snapshot):
    kept = AnswerCache(3)
    for number in range(9):
        kept.put(snapshot, Request(f"{number}?"), result(f"{number}"))
    assert len(kept) == 3
    assert kept.get(snapshot, Request("8?")) == result("8")
    assert kept.get(snapshot, Request("0?")) is None


def test_their_bytes_are_bounded(snapshot: Snapshot):
    large = result("字" * 10_000)
    kept = AnswerCache(1000, max_bytes=5 * size_of(large))
    for number in range(9):
        kept.put(snapshot, number, large)
    assert len(kept) == 5
    kept.put(snapshot, "too large", result("字" * 100_000))
    assert kept.get(snapshot, "too large") is None
    assert len(kept) == 5


def test_a_request_that_names_a_thousand_documents_weighs_what_it_takes(client: FlaskClient, pipeline: FakePipeline):
    """Its filters are a part of the key, and no part of the answer."""
    held = client.application.extensions[EXTENSION]
    most = MAX_BYTES // size_of_filters(Filters(source=("字" * 1000,) * 100))
    for number in range(most + 20):
        source = [f"{number} {part} {'字' * 980}" for part in range(100)]
        assert client.post("/v1/ask", json={"question": "Q?", "filters": {"source": source}}).status_code == 200
    assert 1 <= len(held.answers) <= most + 1


# ---------------------------------------------------------------------- the real service


@pytest.fixture(scope="module")
def live(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    with start_server(tmp_path_factory.mktemp("live"), CITESPAN_WORKERS="1") as running:
        yield running


def test_the_real_service_repeats_itself_until_the_index_or_the_glossary_changes(live: Server):
    def asked() -> dict[str, object]:
        body = {"question": "可灵AI的收入有多少来自P端？", "min_confidence": 0}
        found: dict[str, object] = requests.post(f"{live.url}/v1/ask", json=body, timeout=30).json()
        found.pop("took_ms")
        return found

    def kept() -> float:
        lines = requests.get(f"{live.url}/metrics", timeout=30).text.splitlines()
        return sum(float(line.split()[-1]) for line in lines if line.startswith("citespan_repeated_total"))

    for doc_id, body in DOCUMENTS.items():
        requests.put(f"{live.url}/v1/documents/{doc_id}", json=body, timeout=30).raise_for_status()
    first = asked()
    assert first["answer"]
    assert asked() == first
    assert kept() == 1
    (folder,) = (live.data_dir / "collections").iterdir()
    (folder / "glossaries").mkdir(exist_ok=True)
    (folder / "glossaries" / "own.toml").write_text('[[entry]]\nterms = ["P端", "prosumers"]\n', encoding="utf-8")
    assert asked()["passages"]
    assert kept() == 1
    requests.delete(f"{live.url}/v1/documents/kling", timeout=30).raise_for_status()
    assert "近七成" not in str(asked())
    assert kept() == 1
