"""A service that is written to by others: idle workers follow, damage is mended, and what is missing is told."""

from __future__ import annotations

import os
import time
from pathlib import Path

import pytest
import requests
from small_service import KLING, Server, start_server

from indexer.build import build
from indexer.collection import Collection
from indexer.collections import Collections
from indexer.compact import compact
from indexer.encoder import EMBEDDED, load_encoder
from indexer.load import load_bytes


def collection(data: Path) -> Collection:
    return Collections(data, load_encoder(EMBEDDED)).create("default")


def put(data: Path, doc_id: str, text: str) -> int:
    with collection(data).writer() as writer:
        writer.put(load_bytes(text.encode(), f"{doc_id}.txt", doc_id=doc_id))
        return writer.commit()


def ready(server: Server) -> requests.Response:
    return requests.get(f"{server.url}/readyz", headers={"Connection": "close"}, timeout=30)


def until_ready(server: Server) -> requests.Response:
    deadline = time.monotonic() + 20
    while (answer := ready(server)).status_code != 200 and time.monotonic() < deadline:
        time.sleep(0.1)
    return answer


@pytest.fixture
def server(tmp_path: Path):
    put(tmp_path, "kling", KLING)
    with start_server(tmp_path) as running:
        assert until_ready(running).status_code == 200
        yield running


def test_workers_that_nobody_asks_let_go_of_what_was_deleted(server: Server):
    """Only then can the log be emptied, with the deleted text in it."""
    for _ in range(8):
        requests.post(f"{server.url}/v1/ask", json={"question": "可灵"}, headers={"Connection": "close"}, timeout=30)
    held = collection(server.data_dir)
    with held.writer() as writer:
        writer.remove("kling")
        writer.commit()
    assert compact(held, patience=20).log_emptied
    files = [path for path in held.path.rglob("*") if path.is_file()]
    assert not any("近七成".encode() in path.read_bytes() for path in files)


def test_a_service_without_documents_is_live_and_becomes_ready(tmp_path: Path):
    with start_server(tmp_path) as server:
        answer = ready(server)
        assert (answer.status_code, answer.json()["reason"]) == (503, "not_ready")
        assert requests.get(f"{server.url}/healthz", timeout=30).status_code == 200
        put(tmp_path, "kling", KLING)
        assert until_ready(server).json()["index"]["commit"] == 1


@pytest.mark.parametrize("file", ["segments/*/dense.faiss", "lexical/*/*.idx", "lexical/*/meta.json"])
def test_a_service_that_starts_on_a_damaged_index_mends_it(tmp_path: Path, file: str):
    put(tmp_path, "kling", KLING)
    os.truncate(next(collection(tmp_path).path.glob(file)), 3)
    with start_server(tmp_path) as server:
        assert ready(server).status_code in (200, 503)  # it may have been mended already
        assert until_ready(server).status_code == 200
        found = requests.post(f"{server.url}/v1/search", json={"question": "可灵收入"}, timeout=30).json()
        assert found["passages"][0]["doc_id"] == "kling"


def test_a_service_on_a_damaged_record_is_live_and_says_why(tmp_path: Path):
    put(tmp_path, "kling", KLING)
    folder = collection(tmp_path).path
    for name in ("record.db-wal", "record.db-shm"):
        (folder / name).unlink(missing_ok=True)
    (folder / "record.db").write_bytes(b"not a database at all" * 500)
    with start_server(tmp_path) as server:
        answer = ready(server)
        assert (answer.status_code, answer.json()["reason"]) == (503, "index_corrupt")
        assert requests.get(f"{server.url}/healthz", timeout=30).status_code == 200
        asked = requests.post(f"{server.url}/v1/ask", json={"question": "可灵"}, timeout=30)
        assert asked.json()["code"] == "index_corrupt"


def test_an_upload_does_not_wait_for_a_bulk_run_to_end(tmp_path: Path):
    folder = tmp_path / "many"
    folder.mkdir()
    for number in range(60):
        (folder / f"{number}.txt").write_text(f"第{number}个故事。" * 400, encoding="utf-8")
    put(tmp_path, "kling", KLING)
    seen: list[int] = []
    with start_server(tmp_path) as server:

        def on_file(source: str, error: object) -> None:
            if source == "30.txt":
                url = f"{server.url}/v1/documents/beside"
                seen.append(requests.put(url, json={"text": "中途上传。"}, timeout=30).status_code)

        report = build(collection(tmp_path), [folder], on_file=on_file)
        assert seen == [201]
        assert report.added == 60
        listed = requests.get(f"{server.url}/v1/documents/beside", timeout=30)
        assert listed.status_code == 200
