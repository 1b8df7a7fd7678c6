"""The audit log: a line for each change, who made it, and nothing that is not for a log."""

from __future__ import annotations

import json
import logging
import os
import threading
from io import BytesIO

import pytest
from command_line import citespan
from key_helpers import add_key, bearer

from api.access.audit import KEPT, AuditLog
from api.app import create_app
from api.settings import Settings


def lines(settings) -> list[dict]:
    file = settings.data_dir / "audit.jsonl"
    return [json.loads(line) for line in file.read_text().splitlines()] if file.exists() else []


def test_a_change_tells_who_what_and_how_it_ended(client, settings):
    token = add_key(settings.data_dir, "write", name="导入")
    client.put("/v1/documents/note", json={"text": "机密内容。"}, headers={**bearer(token), "X-Request-ID": "r-1"})
    client.delete("/v1/documents/note", headers=bearer(token))
    stored, deleted = lines(settings)
    assert stored["event"] == "put_document"
    assert (stored["request_id"], stored["status"], stored["method"]) == ("r-1", 201, "PUT")
    assert (stored["doc_id"], stored["collection"], stored["created"]) == ("note", "default", True)
    assert stored["key"]["name"] == "导入"
    assert stored["address"] == "127.0.0.1"
    assert deleted["deleted"] is True
    assert deleted["commit"] == stored["commit"] + 1
    assert deleted["revision"] == stored["revision"]


def test_an_upload_names_its_documents_and_their_failures(client, settings):
    files = [(BytesIO("收入为1.5亿元。".encode()), "one.txt"), (BytesIO(b""), "two.txt")]
    client.post("/v1/documents", data={"file": files}, content_type="multipart/form-data")
    (line,) = lines(settings)
    assert (line["event"], line["key"], line["stored"], line["failed"]) == ("upload", None, 1, 1)
    assert [each["status"] for each in line["documents"]] == [201, 422]
    assert line["documents"][1]["code"] == "file_empty"
    assert "1.5" not in json.dumps(line)


def test_refusals_of_the_known_are_noted_and_strangers_cannot_fill_the_disk(client, settings):
    reader = add_key(settings.data_dir, "read")
    for headers in ({}, bearer("guess")):
        assert client.delete("/v1/documents/kling", headers=headers).status_code == 401
    assert client.delete("/v1/documents/kling?collection=x", headers=bearer(reader)).status_code == 403
    writer = add_key(settings.data_dir, "write")
    assert client.delete("/v1/documents/none", headers=bearer(writer)).status_code == 404
    assert [(line["status"], line["code"]) for line in lines(settings)] == [
        (403, "scope_missing"),
        (404, "document_not_found"),
    ]


def test_the_one_before_is_not_blamed_for_what_another_site_sent(client, settings):
    token = add_key(settings.data_dir, "write")
    client.put("/v1/documents/a", json={"text": "内容。"}, headers=bearer(token))
    client.delete("/v1/documents/a", headers={"Sec-Fetch-Site": "cross-site"})
    assert [line["key"] is None for line in lines(settings)] == [False, True]


def test_reading_is_not_noted(client, settings):
    client.get("/v1/documents")
    client.post("/v1/ask", json={"question": "可灵收入"})
    client.post("/v1/search", json={"question": "可灵收入"})
    assert lines(settings) == []


def test_keys_that_are_made_and_revoked_are_noted_without_them(tmp_path):
    made = json.loads(citespan("keys", "create", "web", "--json", data=tmp_path).stdout)
    citespan("keys", "revoke", made["id"], data=tmp_path)
    text = (tmp_path / "audit.jsonl").read_text()
    assert [json.loads(line)["event"] for line in text.splitlines()] == ["key_created", "key_revoked"]
    assert made["key"].split("_")[2] not in text


def test_the_file_is_set_aside_when_it_has_grown_and_no_line_is_lost(tmp_path):
    settings = Settings(data_dir=tmp_path, audit_max_bytes=10_000)
    threads = [
        threading.Thread(target=lambda: [AuditLog(settings).write({"filler": "x" * 80}) for _ in range(60)])
        for _ in range(4)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    files = sorted(tmp_path.glob("audit.jsonl*"))
    assert 1 < len(files) <= KEPT + 1
    assert sum(len(file.read_text().splitlines()) for file in files) == 240
    assert all(file.stat().st_size <= 10_000 for file in files)
    for _ in range(800):
        AuditLog(settings).write({"filler": "x" * 80})
    assert len(list(tmp_path.glob("audit.jsonl*"))) == KEPT + 1


def test_the_file_may_be_moved_away_at_any_time(tmp_path):
    log = AuditLog(Settings(data_dir=tmp_path))
    log.write({"event": "a"})
    (tmp_path / "audit.jsonl").rename(tmp_path / "rotated")
    log.write({"event": "b"})
    assert '"b"' in (tmp_path / "audit.jsonl").read_text()
    assert (tmp_path / "audit.jsonl").stat().st_mode & 0o777 == 0o600


def test_a_log_that_cannot_be_written_fails_no_change_and_says_so(settings, pipeline, collections, caplog):
    (settings.data_dir / "folder").mkdir()
    broken = Settings(data_dir=settings.data_dir, audit_log="folder")
    client = create_app(broken, pipeline, collections).test_client()
    with caplog.at_level(logging.ERROR, "citespan"):
        assert client.put("/v1/documents/a", json={"text": "内容。"}).status_code == 201
    assert "put_document" in caplog.text
    assert "内容" not in caplog.text


@pytest.mark.parametrize(("word", "noted"), [("-", True), ("off", False)])
def test_it_may_go_to_standard_output_or_nowhere(settings, pipeline, collections, capfdbinary, word, noted):
    client = create_app(Settings(data_dir=settings.data_dir, audit_log=word), pipeline, collections).test_client()
    client.put("/v1/documents/a", json={"text": "内容。"})
    assert (b'"put_document"' in capfdbinary.readouterr().out) is noted
    assert lines(settings) == []


def test_another_place_may_be_named(tmp_path):
    place = tmp_path / "log" / "citespan.jsonl"
    AuditLog(Settings(data_dir=tmp_path / "data", audit_log=os.fspath(place))).write({"event": "a"})
    assert json.loads(place.read_text())["event"] == "a"
