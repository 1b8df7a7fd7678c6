"""The log of the real service under hostile traffic: every line is one event, none tells what was asked or stored."""

from __future__ import annotations

import json
import logging
import os
import re
import signal
import socket
import time
from pathlib import Path

import pytest
import requests
from small_service import Server, start_server

from api.observe.logs import JsonFormatter, TextFormatter, fields, told
from indexer.errors import StoreError

QUESTION, TEXT, KEY = "XYZZY机密问题", "PLUGH保密正文", "FROBOZZ-key"
_POST = b"POST /v1/ask HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\n"
RAW = [
    b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03FROBOZZ-key",
    b"GET / HTTP/1.1\r\nHost: a\r\nAuthoriz ation: Bearer FROBOZZ-key\r\n\r\n",
    b"GET / HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer FROBOZZ-key\x00\r\n\r\n",
    b"GET / HTTP/1.1\r\nHost: a\r\nX-A: b\r\n Bearer FROBOZZ-key\r\n\r\n",
    b"GET /?key=FROBOZZ-key HTTP/9.9\r\nHost: a\r\n\r\n",
    b"FROBOZZ-key\r\n\r\n",
    b"FROBOZZ-key" * 2000 + b"\r\n\r\n",
    _POST + b"Transfer-Encoding: chunked\r\n\r\nFROBOZZ-key",
    _POST + b'Content-Length: 99\r\n\r\n{"question": "XYZZY',
    b"GET /v1/documents/%ff%fe%0a%22%00%ed%a0%80 HTTP/1.1\r\nHost: a\r\n\r\n",
    b"GET /v1/documents/\xff\xfe\xed\xa0\x80 HTTP/1.1\r\nHost: a\r\n\r\n",
    b'GET /%0d%0a{"time":"never"}%0d%0a HTTP/1.1\r\nHost: a\r\nX-Request-ID: a"b\r\n\r\n',
    b"GET /" + b"%F0%9F%99%82" * 300 + b" HTTP/1.1\r\nHost: a\r\n\r\n",
    b"BREW\x7f /v1/ask HTTP/1.1\r\nHost: a\r\n\r\n",
    b"GET /healthz HTTP/1.1\r\nHost: a\r\nExpect: FROBOZZ-key\r\n\r\n",
]


def send_raw(server: Server, data: bytes) -> None:
    with socket.create_connection((server.host, server.port), timeout=10) as connection:
        connection.sendall(data)
        connection.shutdown(socket.SHUT_WR)
        try:
            while connection.recv(65536):
                pass
        except ConnectionResetError:
            pass


def send(server: Server, method: str, path: str, **more) -> requests.Response:
    headers = {"Connection": "close", "Authorization": f"Bearer {KEY}", **more.pop("headers", {})}
    return requests.request(method, server.url + path, headers=headers, timeout=30, **more)


def hostile_traffic(server: Server) -> None:
    for data in RAW:
        send_raw(server, data)
    send(server, "PUT", "/v1/documents/one", json={"text": TEXT * 20, "title": TEXT})
    send(server, "PUT", "/v1/documents/two", json={"text": "", "title": TEXT})
    send(server, "PUT", "/v1/documents/..", json={"text": TEXT})
    send(server, "POST", "/v1/documents", files={"file": ("a.pdf", b"%PDF-1.4 " + TEXT.encode())})
    send(server, "POST", "/v1/documents", files={"file": ("a.docx", TEXT.encode())})
    for question in (QUESTION, QUESTION * 1000, "\ud800", "\x00", ""):
        for explain in (False, True, "yes"):
            send(server, "POST", "/v1/ask", json={"question": question, "explain": explain})
            send(server, "POST", "/v1/search", json={"question": question, QUESTION: KEY})
    send(server, "POST", "/v1/ask", data=("[" * 100_000).encode(), headers={"Content-Type": "application/json"})
    send(server, "GET", f"/v1/documents?key={KEY}", headers={"X-Request-ID": "look-for-me"})
    send(server, "GET", f"/{QUESTION}?q={KEY}", headers={"X-Request-ID": "x" * 200, "User-Agent": KEY})


def damage(server: Server) -> None:
    """A record that can no longer be read makes a fault of ours, with a traceback."""
    record = server.data_dir / "collections" / "default" / "record.db"
    for leftover in (record, *record.parent.glob("record.db-*")):
        leftover.unlink()
    record.write_bytes(b"no database at all" * 1000)
    assert send(server, "POST", "/v1/ask", json={"question": QUESTION}).status_code == 500


def kill_a_worker(server: Server) -> None:
    found = re.findall(r'start_time_seconds\{pid="(\d+)",role="worker"', send(server, "GET", "/metrics").text)
    os.kill(int(found[0]), signal.SIGKILL)
    deadline = time.monotonic() + 20
    while "SIGKILL" not in server.log.read_text("utf-8"):
        assert time.monotonic() < deadline
        time.sleep(0.05)


@pytest.fixture(scope="module")
def lines(tmp_path_factory: pytest.TempPathFactory) -> list[str]:
    """The whole log, from the start of a server to its end."""
    folder = tmp_path_factory.mktemp("logged")
    with start_server(folder, CITESPAN_LOG_FORMAT="json", CITESPAN_ACCESS_LOG="1") as server:
        hostile_traffic(server)
        damage(server)
        kill_a_worker(server)
        assert server.stop() == 0
    return server.log.read_bytes().decode("utf-8").split("\n")


@pytest.fixture(scope="module")
def events(lines: list[str]) -> list[dict[str, object]]:
    assert lines.pop() == ""  # the last one ends, too
    return [json.loads(line) for line in lines]


def test_every_line_is_an_object_with_time_level_and_event(events):
    assert len(events) > 40
    for event in events:
        assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}\+00:00", event["time"])
        assert event["level"] in ("info", "warning", "error", "critical")
        assert event["event"]
        assert event["logger"]


def test_all_that_speak_use_it(events):
    assert {"citespan", "citespan.access", "gunicorn.error"} <= {event["logger"] for event in events}


def test_no_question_no_text_and_no_key_is_in_it(lines, events):
    whole = "\n".join(lines) + json.dumps(events, ensure_ascii=False)
    # What is asked for as a path is no question; it is logged as it came.
    assert any(QUESTION in str(event.get("path")) for event in events)
    rest = json.dumps([{**event, "path": None} for event in events], ensure_ascii=False)
    assert not [word for word in ("XYZZY", "机密", "PLUGH", "保密") if word in rest]
    assert "FROBOZZ" not in whole


def test_a_refused_request_is_told_without_what_it_held(events):
    refused = [event for event in events if event["event"] == "invalid request"]
    assert {event["client"] for event in refused} == {"127.0.0.1"}
    kinds = {event["error"] for event in refused}
    assert {"Invalid HTTP Header", "Invalid HTTP Version", "Invalid HTTP header name"} <= kinds


def test_an_access_line_carries_the_request_id_and_the_code(events):
    (event,) = [event for event in events if event.get("request_id") == "look-for-me"]
    wanted = {"event": "request", "method": "GET", "route": "/v1/documents", "path": "/v1/documents", "status": 422}
    assert event.items() >= wanted.items()
    assert event["code"] == "request_invalid"
    assert all(re.fullmatch(r"[A-Za-z0-9._-]{1,128}", each["request_id"]) for each in events if "request_id" in each)


def test_a_fault_is_one_line_with_its_traceback(events):
    faults = [event for event in events if "exception" in event and event.get("code") == "index_corrupt"]
    assert faults
    for fault in faults:
        assert fault["level"] == "error"
        assert 'File "' in fault["exception"]
        assert "indexer.errors.CorruptIndex" in fault["exception"]
        assert fault["request_id"]


def test_text_is_for_people_and_no_client_writes_a_line_of_its_own(tmp_path):
    with start_server(tmp_path, CITESPAN_ACCESS_LOG="1") as server:
        send(server, "GET", "/a%0a2099-01-01%20forged%1b[31m", headers={"X-Request-ID": "forger"})
        server.stop()
    lines = server.log.read_text("utf-8").splitlines()
    assert all(re.match(r"\d{4}-\d\d-\d\dT\S+ (INFO|WARNING|ERROR) (citespan|gunicorn)", line) for line in lines)
    (line,) = [line for line in lines if "forger" in line]
    assert r"path=/a\n2099-01-01 forged\x1b[31m" in line
    assert "status=404" in line


def record(message: str, error: BaseException | None = None, **more: object) -> logging.LogRecord:
    made = logging.LogRecord("citespan", logging.ERROR, "x.py", 1, message, (), None)
    made.__dict__.update(fields(**more))
    made.exc_info = None if error is None else (type(error), error, error.__traceback__)
    return made


def failing() -> Exception:
    try:
        try:
            int("a secret figure")
        except ValueError as first:
            raise StoreError("the store is closed") from first
    except StoreError as error:
        return error


def test_no_message_of_an_exception_looks_like_an_entry():
    lines = (
        TextFormatter()
        .format(record("failed", StoreError("no\n2099-01-01T00:00 ERROR citespan: forged\x1b[31m")))
        .split("\n")
    )
    assert len(lines) > 1
    assert all(line.startswith("    ") for line in lines[1:])
    assert "\x1b" not in "".join(lines)


def test_only_messages_of_our_own_are_told():
    said = told(failing())
    assert "builtins.ValueError" in said
    assert "secret" not in said.replace('int("a secret figure")', "")  # a line of source code is no message
    assert said.endswith("StoreError: the store is closed")


def test_what_no_encoding_takes_is_logged_all_the_same():
    line = JsonFormatter().format(record("half \ud83d and NUL \x00", path="\udcff", size=1, odd={1: {2}}))
    assert json.loads(line)["event"] == "half \\ud83d and NUL \x00"
    assert "\n" not in TextFormatter().format(record("a\nb\u2028c", name="d\r\ne"))
    assert len(json.loads(JsonFormatter().format(record("x" * 100_000)))["event"]) == 2000


def test_a_chain_of_exceptions_that_leads_back_ends():
    one, two = ValueError(), KeyError()
    one.__cause__, two.__cause__ = two, one
    assert told(one).count("KeyError") == 1


def test_a_server_that_cannot_start_says_so_in_json(tmp_path: Path):
    glossary = tmp_path / "names.toml"
    glossary.write_text("no glossary")
    with pytest.raises(AssertionError) as caught:
        start_server(tmp_path, CITESPAN_GLOSSARY=str(glossary), CITESPAN_LOG_FORMAT="json")
    events = [json.loads(line) for line in str(caught.value).splitlines()]
    assert events[-1]["level"] == "critical"
    assert "names.toml" in events[-1]["event"]
