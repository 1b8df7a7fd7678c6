"""Every row is a request that a service on the network will get one day, sent to the real server.

Each gets its documented code, and afterwards the service answers and holds what it held.
"""

from __future__ import annotations

import http.client
import io
import json
import socket
import zipfile
from dataclasses import dataclass, field

import pytest
import requests
from small_service import DOCUMENTS, KLING

from api.problems import PROBLEMS

JSON = {"Content-Type": "application/json"}
QUESTION = "可灵收入有多少来自P端？"


@dataclass(frozen=True)
class Row:
    """A request and what it must come to. ``loc``: the field that the problem names."""

    name: str
    method: str
    path: str
    body: bytes
    status: int
    code: str
    headers: dict[str, str] = field(default_factory=lambda: dict(JSON))
    loc: tuple[str | int, ...] | None = None


def ask(name: str, body: object, status: int, code: str, *loc: str | int) -> Row:
    data = body if isinstance(body, bytes) else json.dumps(body).encode()
    return Row(name, "POST", "/v1/ask", data, status, code, loc=loc or None)


def get(name: str, path: str, status: int, code: str, *loc: str, method: str = "GET") -> Row:
    return Row(name, method, path, b"", status, code, headers={}, loc=loc or None)


def put(name: str, path: str, body: object, status: int, code: str, *loc: str | int) -> Row:
    return Row(name, "PUT", path, json.dumps(body).encode(), status, code, loc=loc or None)


def upload(name: str, file: str, content: bytes, status: int, code: str) -> Row:
    prepared = requests.Request("POST", "http://x/", files={"file": (file, content)}).prepare()
    headers = {"Content-Type": str(prepared.headers["Content-Type"])}
    assert isinstance(prepared.body, bytes)
    return Row(name, "POST", "/v1/documents", prepared.body, status, code, headers)


def docx(members: dict[str, bytes]) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return stream.getvalue()


CONTENT_TYPES = b'<?xml version="1.0"?><Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"/>'
BOMB = docx({"[Content_Types].xml": CONTENT_TYPES, "word/document.xml": b"\0" * 300_000_000})

ROWS = [
    ask("empty question", {"question": ""}, 422, "question_empty", "question"),
    ask("question of blanks", {"question": " \u3000\n"}, 422, "question_empty", "question"),
    ask("question without a letter", {"question": "?!…"}, 422, "question_empty", "question"),
    ask("question of 100 kB", {"question": "可" * 34_000}, 422, "question_too_long"),
    ask("question of 2 MB", {"question": "a" * 2_000_000}, 413, "body_too_large"),
    ask("lone surrogate", b'{"question": "\\ud83d Kling"}', 422, "text_invalid"),
    ask("lone low surrogate", b'{"question": "\\udc00 Kling"}', 422, "text_invalid"),
    ask("NUL", {"question": "Kling\0"}, 422, "text_invalid", "question"),
    ask("no question", {}, 422, "request_invalid", "question"),
    ask("question that is a number", {"question": 1}, 422, "request_invalid", "question"),
    ask("unknown field", {"question": "Kling", "filter": {}}, 422, "request_invalid", "filter"),
    ask("k = 0", {"question": "Kling", "k": 0}, 422, "request_invalid", "k"),
    ask("k = 10^9", {"question": "Kling", "k": 10**9}, 422, "request_invalid", "k"),
    ask("k = 10^40", {"question": "Kling", "k": 10**40}, 422, "request_invalid", "k"),
    ask("k as text", {"question": "Kling", "k": "5"}, 422, "request_invalid", "k"),
    ask("k = true", {"question": "Kling", "k": True}, 422, "request_invalid", "k"),
    ask("confidence of 2", {"question": "Kling", "min_confidence": 2}, 422, "request_invalid", "min_confidence"),
    ask("unknown collection", {"question": "Kling", "collection": "other"}, 404, "collection_not_found"),
    ask("collection ../x", {"question": "Kling", "collection": "../x"}, 400, "collection_name_invalid", "collection"),
    ask("filters as list", {"question": "Kling", "filters": []}, 422, "filter_invalid", "filters"),
    ask(
        "filter of a wrong type", {"question": "Kling", "filters": {"tag": "ai"}},
        422, "filter_invalid", "filters", "tag",
    ),
    ask("unknown filter", {"question": "Kling", "filters": {"tags": []}}, 422, "filter_invalid", "filters", "tags"),
    ask(
        "date that is none",
        {"question": "Kling", "filters": {"published_from": "2025-02-30"}},
        422,
        "filter_invalid",
        "filters",
        "published_from",
    ),
    ask(
        "dates the wrong way round",
        {"question": "Kling", "filters": {"published_from": "2025-02-02", "published_to": "2025-02-01"}},
        422,
        "filter_invalid",
        "filters",
    ),
    ask(
        "filter by ../", {"question": "Kling", "filters": {"doc_id": ["../x"]}},
        400, "doc_id_invalid", "filters", "doc_id", 0,
    ),
    ask("not JSON", b"question=Kling", 400, "json_invalid"),
    ask("no body", b"", 400, "json_invalid"),
    ask("half a body", b'{"question": "Kling"', 400, "json_invalid"),
    ask("NaN", b'{"question": "Kling", "min_confidence": NaN}', 400, "json_invalid"),
    ask("not UTF-8", '{"question": "可灵"}'.encode("gbk"), 400, "json_invalid"),
    ask("deep nesting", b"[" * 200_000 + b"]" * 200_000, 400, "json_invalid"),
    ask(
        "deep filters", b'{"question": "Kling", "filters": ' + b'{"a":' * 50_000 + b"1" + b"}" * 50_001,
        400, "json_invalid",
    ),
    ask("JSON but no object", b'["Kling"]', 422, "request_invalid"),
    Row("no content type", "POST", "/v1/ask", b'{"question": "Kling"}', 415, "media_type_unsupported", headers={}),
    Row(
        "form instead of JSON", "POST", "/v1/ask", b"question=Kling", 415, "media_type_unsupported",
        headers={"Content-Type": "application/x-www-form-urlencoded"},
    ),
    Row(
        "JSON in GBK", "POST", "/v1/ask", b'{"question": "Kling"}', 415, "media_type_unsupported",
        headers={"Content-Type": "application/json; charset=gbk"},
    ),
    Row(
        "page of another site", "POST", "/v1/ask", b'{"question": "Kling"}', 403, "cross_site_refused",
        headers={**JSON, "Sec-Fetch-Site": "cross-site"},
    ),
    get("wrong method", "/v1/ask", 405, "method_not_allowed"),
    get("method of nobody", "/v1/ask", 405, "method_not_allowed", method="BREW"),
    get("unknown route", "/v1/nothing", 404, "route_not_found"),
    get("slash at the end", "/v1/collections/", 404, "route_not_found"),
    get("unknown parameter", "/v1/documents?colection=x", 422, "request_invalid", "colection"),
    get("parameter given twice", "/v1/documents?limit=1&limit=2", 422, "request_invalid", "limit"),
    get("limit that is no number", "/v1/documents?limit=ten", 422, "request_invalid", "limit"),
    get("limit in other digits", "/v1/documents?limit=%D9%A1", 422, "request_invalid", "limit"),
    get("limit of 10^9", "/v1/documents?limit=1000000000", 422, "request_invalid", "limit"),
    get("negative start", "/v1/documents/kling/text?start=-1", 422, "request_invalid", "start"),
    get("range outside the text", "/v1/documents/kling/text?start=0&end=999999", 422, "range_invalid"),
    get("unknown document", "/v1/documents/none", 404, "document_not_found"),
    get("unknown revision", "/v1/documents/kling?revision=0", 404, "revision_not_found"),
    get("doc_id with ../", "/v1/documents/../../etc/passwd", 400, "doc_id_invalid"),
    get("doc_id with ../, encoded", "/v1/documents/..%2F..%2Fetc%2Fpasswd", 400, "doc_id_invalid"),
    get("doc_id with ../, encoded twice", "/v1/documents/..%252Fetc", 400, "doc_id_invalid"),
    get("doc_id with a backslash", "/v1/documents/..%5Cetc", 400, "doc_id_invalid"),
    get("doc_id with a dot segment", "/v1/documents/%2e%2e/text", 400, "doc_id_invalid"),
    get("doc_id with NUL", "/v1/documents/a%00b", 400, "doc_id_invalid"),
    get("doc_id that is not UTF-8", "/v1/documents/%FF", 400, "doc_id_invalid"),
    get("doc_id of 129 letters", "/v1/documents/" + "a" * 129, 400, "doc_id_invalid"),
    get("doc_id with a line break", "/v1/documents/a%0A", 400, "doc_id_invalid"),
    get("deleting doc_id with ../", "/v1/documents/..%2Fkling", 400, "doc_id_invalid", method="DELETE"),
    put("storing under ../", "/v1/documents/..%2Fx", {"text": "text"}, 400, "doc_id_invalid"),
    put("document without text", "/v1/documents/x", {}, 422, "request_invalid", "text"),
    put("document of no characters", "/v1/documents/x", {"text": ""}, 422, "request_invalid", "text"),
    put("document of blanks", "/v1/documents/x", {"text": " \n "}, 422, "file_empty"),
    put("document with NUL", "/v1/documents/x", {"text": "a\0b"}, 422, "text_invalid", "text"),
    put(
        "HTML of scripts only", "/v1/documents/x", {"text": "<script>1</script>", "media_type": "text/html"},
        422, "file_no_text",
    ),
    put(
        "unknown media type", "/v1/documents/x", {"text": "a", "media_type": "text/xml"},
        422, "request_invalid", "media_type",
    ),
    put("nested metadata", "/v1/documents/x", {"text": "a", "metadata": {"a": {}}}, 422, "request_invalid"),
    put("unknown collection to store in", "/v1/documents/x?collection=new", {"text": "a"}, 404, "collection_not_found"),
    upload("file of 0 bytes", "a.txt", b"", 422, "file_empty"),
    upload("binary renamed .txt", "a.txt", bytes(range(256)) * 40, 422, "file_binary"),
    upload("program renamed .txt", "a.txt", b"\x7fELF\x02\x01\x01" + bytes(2000), 422, "file_binary"),
    upload("broken PDF", "a.pdf", b"%PDF-1.7\n1 0 obj\n<< /Type /Catalog", 422, "file_broken"),
    upload("DOCX that is no zip", "a.docx", b"PK\x03\x04 not a zip", 422, "file_broken"),
    upload("DOCX zip bomb", "a.docx", BOMB, 422, "file_bomb"),
    upload("broken JSON file", "a.json", b'{"text": ', 422, "file_broken"),
    upload("unknown format", "a.xyz", b"text", 422, "file_unsupported"),
    upload("HTML of scripts only, as a file", "a.html", b"<html><script>alert(1)</script></html>", 422, "file_no_text"),
    Row(
        "upload without a file", "POST", "/v1/documents", b"--x--\r\n", 422, "request_invalid",
        headers={"Content-Type": "multipart/form-data; boundary=x"}, loc=("file",),
    ),
    Row(
        "upload without a boundary", "POST", "/v1/documents", b"text", 422, "request_invalid",
        headers={"Content-Type": "multipart/form-data"}, loc=("file",),
    ),
]  # fmt: skip


def send(server, row: Row) -> tuple[int, dict[str, str], bytes]:
    """``row`` as it stands: other clients would tidy up its path first."""
    connection = http.client.HTTPConnection(server.host, server.port, timeout=60)
    try:
        connection.putrequest(row.method, row.path, skip_accept_encoding=True)
        for name, value in row.headers.items():
            connection.putheader(name, value)
        connection.putheader("Content-Length", str(len(row.body)))
        connection.endheaders(row.body)
        response = connection.getresponse()
        headers = {name.lower(): value for name, value in response.getheaders()}
        return response.status, headers, response.read()
    finally:
        connection.close()


def check_alive(server) -> None:
    """The service answers, and holds exactly what it held."""
    answer = requests.post(f"{server.url}/v1/ask", json={"question": QUESTION}, timeout=30).json()
    assert answer["passages"][0]["quote"] == KLING
    listed = requests.get(f"{server.url}/v1/documents", timeout=30).json()
    assert [entry["doc_id"] for entry in listed["documents"]] == sorted(DOCUMENTS)
    assert listed["index"]["commit"] == len(DOCUMENTS)


@pytest.mark.parametrize("row", ROWS, ids=[row.name for row in ROWS])
def test_bad_input_gets_its_code_and_harms_nothing(server, row):
    status, headers, body = send(server, row)
    problem = json.loads(body)
    assert (status, problem["code"]) == (row.status, row.code)
    assert problem["status"] == status == PROBLEMS[row.code].status
    assert headers["content-type"] == "application/problem+json"
    assert problem["detail"]
    if row.loc:
        assert list(row.loc) == problem["errors"][0]["loc"][: len(row.loc)]
    check_alive(server)


@pytest.mark.parametrize("path", ["/v1/ask", "/v1/documents"])
def test_a_body_in_broken_chunks_is_refused_and_the_connection_closed(server, path):
    kind = "application/json" if path == "/v1/ask" else "multipart/form-data; boundary=x"
    head = f"POST {path} HTTP/1.1\r\nHost: localhost\r\nContent-Type: {kind}\r\nTransfer-Encoding: chunked\r\n\r\n"
    with socket.create_connection((server.host, server.port), timeout=30) as connection:
        connection.sendall(head.encode() + b"3\r\n--x\r\nzz\r\n")
        response = http.client.HTTPResponse(connection)
        response.begin()
        assert (response.status, json.load(response)["code"]) == (400, "request_malformed")
        assert connection.recv(1) == b""
    check_alive(server)


def test_a_body_that_breaks_off_is_refused(server):
    head = b"POST /v1/ask HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: 99\r\n\r\n"
    with socket.create_connection((server.host, server.port), timeout=30) as connection:
        connection.sendall(head + b'{"que')
        connection.shutdown(socket.SHUT_WR)
        response = http.client.HTTPResponse(connection)
        response.begin()
        assert response.status == 400
    check_alive(server)


def test_html_with_scripts_is_stored_without_them(server):
    """Scripts are no reason to refuse a page; they are never part of what is found or shown."""
    page = "<p>营业收入为三亿元。</p><script>steal()</script><p onclick='steal()'>利润为一亿元。</p>"
    url = f"{server.url}/v1/documents/scripted"
    try:
        requests.put(url, json={"text": page, "media_type": "text/html"}, timeout=30).raise_for_status()
        body = {"question": "营业收入是多少？", "filters": {"doc_id": ["scripted"]}}
        found = requests.post(f"{server.url}/v1/search", json=body, timeout=30).json()["passages"]
        assert "营业收入为三亿元" in found[0]["text"]
        assert all("steal" not in passage["text"] for passage in found)
    finally:
        requests.delete(url, timeout=30)
