"""What browsers are told about other sites, and the headers that every answer has."""

from __future__ import annotations

import pytest

from api.app import create_app
from api.settings import Settings
from indexer.errors import ConfigError

WIKI = "https://wiki.example.org"


@pytest.fixture
def shared(settings, pipeline, collections):
    """A client of a service that lets one site's pages in."""
    listed = Settings(data_dir=settings.data_dir, cors_origins=(WIKI, "http://127.0.0.1:3000"))
    return create_app(listed, pipeline, collections).test_client()


def preflight(client, origin):
    asked = {
        "Origin": origin,
        "Access-Control-Request-Method": "PUT",
        "Access-Control-Request-Headers": "authorization",
    }
    return client.options("/v1/documents/a", headers=asked)


def test_a_listed_origin_is_let_through(shared):
    response = preflight(shared, WIKI)
    assert response.status_code == 200
    assert response.headers["Access-Control-Allow-Origin"] == WIKI
    assert "PUT" in response.headers["Access-Control-Allow-Methods"]
    assert "Authorization" in response.headers["Access-Control-Allow-Headers"]
    sent = shared.put(
        "/v1/documents/a", json={"text": "内容。"}, headers={"Origin": WIKI, "Sec-Fetch-Site": "cross-site"}
    )
    assert sent.status_code == 201
    assert sent.headers["Access-Control-Allow-Origin"] == WIKI
    assert "Origin" in sent.headers["Vary"]
    refused = shared.post("/v1/ask", json={}, headers={"Origin": WIKI})
    assert refused.status_code == 422
    assert refused.headers["Access-Control-Allow-Origin"] == WIKI  # or the page could not read why


@pytest.mark.parametrize(
    "origin",
    ["https://evil.example", "null", "*", WIKI + ".evil.example", WIKI + ":8443", "http://wiki.example.org", ""],
)
def test_any_other_origin_is_not(shared, origin):
    response = preflight(shared, origin)
    assert not [name for name, _ in response.headers if name.startswith("Access-Control")]
    assert "Origin" in response.headers["Vary"]
    sent = shared.post("/v1/ask", json={"question": "可灵"}, headers={"Origin": origin, "Sec-Fetch-Site": "cross-site"})
    assert sent.get_json()["code"] == "cross_site_refused"


def test_credentials_of_the_browser_are_never_asked_for(shared, client):
    assert "Access-Control-Allow-Credentials" not in preflight(shared, WIKI).headers
    assert "Set-Cookie" not in client.get("/").headers
    assert not [name for name, _ in preflight(client, WIKI).headers if name.startswith("Access-Control")]


@pytest.mark.parametrize(
    "origin",
    ["*", "null", "wiki.example.org", WIKI + "/", WIKI + "/page", "https://Wiki.example.org", WIKI + ":443",
     "http://a.example:80", "https://*.example.org", "file://x", "https://u@h.example"],
)  # fmt: skip
def test_what_is_no_origin_stops_the_start(settings, pipeline, collections, origin):
    with pytest.raises(ConfigError, match="cors_origins"):
        create_app(Settings(data_dir=settings.data_dir, cors_origins=(origin,)), pipeline, collections)


@pytest.mark.parametrize("path", ["/", "/docs", "/v1/collections", "/nothing", "/static/icon.svg"])
def test_every_answer_has_the_headers(client, path):
    headers = client.get(path).headers
    policy = headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "frame-ancestors 'none'" in policy
    assert "unsafe" not in policy
    assert headers["X-Frame-Options"] == "DENY"
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Cross-Origin-Opener-Policy"] == "same-origin"
    assert "camera=()" in headers["Permissions-Policy"]
    assert "Strict-Transport-Security" not in headers


def test_https_is_insisted_on_only_where_a_trusted_proxy_speaks_it(client, settings, pipeline, collections):
    told = {"X-Forwarded-Proto": "https"}
    assert "Strict-Transport-Security" not in client.get("/", headers=told).headers
    behind = create_app(Settings(data_dir=settings.data_dir, trusted_proxies=1), pipeline, collections).test_client()
    assert "max-age" in behind.get("/", headers=told).headers["Strict-Transport-Security"]
    assert "Strict-Transport-Security" not in behind.get("/").headers
