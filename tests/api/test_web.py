from __future__ import annotations

import gzip
import re

import pytest

from api.security import HEADERS
from api.web import FOLDER


@pytest.mark.parametrize("path", ["/", "/static/app.js", "/v1/documents", "/docs", "/healthz", "/nothing"])
def test_every_answer_carries_the_security_headers(client, path):
    headers = client.get(path).headers
    assert {name: headers[name] for name in HEADERS} == HEADERS
    assert headers["Content-Security-Policy"].startswith("default-src 'none';")
    assert "unsafe" not in headers["Content-Security-Policy"]


@pytest.mark.parametrize(
    ("path", "mimetype"),
    [
        ("/", "text/html"),
        ("/static/app.js", "text/javascript"),
        ("/static/base.css", "text/css"),
        ("/static/icon.svg", "image/svg+xml"),
        ("/docs", "text/html"),
        ("/docs.css", "text/css"),
    ],
)
def test_pages_have_their_types(client, path, mimetype):
    response = client.get(path)
    assert (response.status_code, response.mimetype) == (200, mimetype)


def test_the_page_is_revalidated_not_sent_again(client):
    first = client.get("/static/app.js")
    again = client.get("/static/app.js", headers={"If-None-Match": first.headers["ETag"]})
    assert first.headers["Cache-Control"] == "no-cache"
    assert (again.status_code, again.data) == (304, b"")


def test_the_page_is_packed_for_those_who_take_it(client):
    plain = client.get("/static/app.js")
    packed = client.get("/static/app.js", headers={"Accept-Encoding": "gzip"})
    refused = client.get("/static/app.js", headers={"Accept-Encoding": "gzip;q=0"})
    assert packed.headers["Content-Encoding"] == "gzip"
    assert gzip.decompress(packed.data) == plain.data == refused.data
    assert "Content-Encoding" not in plain.headers
    assert packed.headers["Vary"] == plain.headers["Vary"] == "Accept-Encoding"
    assert packed.headers["ETag"] != plain.headers["ETag"]
    again = client.get("/static/app.js", headers={"Accept-Encoding": "gzip", "If-None-Match": packed.headers["ETag"]})
    assert (again.status_code, again.data) == (304, b"")


def test_every_module_is_asked_for_at_once():
    named = set(re.findall(r'modulepreload" href="static/([\w-]+\.js)"', (FOLDER / "index.html").read_text("utf-8")))
    modules = {file.name for file in (FOLDER / "static").glob("*.js")}
    own_way = {"app.js", "theme.js", "stuck.js", "words-en.js", "words-zh.js"}  # by the page itself, or by language
    assert named == modules - own_way


def test_answers_are_not_cached(client):
    assert client.get("/v1/documents/kling").headers["Cache-Control"] == "no-store"


@pytest.mark.parametrize(
    "name", ["../../app.py", "..%2F..%2Fapp.py", "%2e%2e/index.html", "/etc/passwd", "%00", "sub%5C..%5Cx"]
)
def test_nothing_outside_the_folder_is_served(client, name):
    assert client.get(f"/static/{name}").status_code == 404


def test_every_file_of_the_page_is_served(client):
    files = [file for file in (FOLDER / "static").rglob("*") if file.is_file()]
    assert files
    for file in files:
        response = client.get(f"/static/{file.relative_to(FOLDER / 'static').as_posix()}")
        assert response.data == file.read_bytes()
        assert response.mimetype != "application/octet-stream"


@pytest.mark.parametrize(("site", "status"), [("same-origin", 200), ("none", 200), ("cross-site", 403)])
def test_pages_of_other_sites_cannot_act_through_a_browser(client, site, status):
    response = client.delete("/v1/documents/kling", headers={"Sec-Fetch-Site": site})
    assert response.status_code == status
    assert client.get("/v1/documents/kling", headers={"Sec-Fetch-Site": site}).status_code == (
        404 if status == 200 else 200
    )
