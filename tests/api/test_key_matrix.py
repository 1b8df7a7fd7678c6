"""Every route of the application, with every sort of key, on every collection: allowed, 401 or 403.

The routes are those that the application has, so that a new one is in the matrix, and closed, from its first day.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import pytest
import requests
from fakes import HashEncoder
from key_helpers import add_key, bearer, revoke_key
from small_service import DOCUMENTS, FakePipeline, Server, start_server

from api import openapi
from api.access.gate import operation_at
from api.access.keys import SCOPES
from api.app import create_app
from api.operation import OPEN, SIGNED, Operation, operation
from api.settings import Settings
from indexer.collections import Collections
from indexer.encoder import EMBEDDED, load_encoder
from indexer.load import load_bytes

OURS, OTHER = "team", "payroll"
ACCESS_CODES = {"key_missing", "key_invalid", "scope_missing", "collection_forbidden", "keys_unreadable"}

# What each route must ask for. A route that is missing here is a decision that nobody made: make it, in its Operation
# (`scope=`) and here. Reading is "read", whatever the method; "signed" is for senders who sign what they send.
WANTED = {
    "GET /": "open",
    "GET /static/<path:name>": "open",
    "GET /docs": "open",
    "GET /docs.css": "open",
    "GET /openapi.json": "open",
    "GET /healthz": "open",
    "GET /readyz": "open",
    "GET /metrics": "read",
    "GET /v1/collections": "read",
    "GET /v1/documents": "read",
    "GET /v1/documents/<doc_id:doc_id>": "read",
    "GET /v1/documents/<doc_id:doc_id>/text": "read",
    "POST /v1/ask": "read",
    "POST /v1/search": "read",
    "POST /v1/citations/verify": "read",
    "POST /v1/documents": "write",
    "PUT /v1/documents/<doc_id:doc_id>": "write",
    "DELETE /v1/documents/<doc_id:doc_id>": "write",
    # Faces that come with other parts.
    "GET /v1/documents/<doc_id:doc_id>/view": "read",
    "GET /v1/documents/<doc_id:doc_id>/file": "read",
    "GET /v1/models": "read",
    "GET /v1/models/<path:model>": "read",
    "POST /v1/chat/completions": "read",
    "POST /v1/feedback": "read",
    "GET /mcp": "read",
    "POST /mcp": "read",
    "DELETE /mcp": "read",
    "POST /bots/slack": "signed",
    "POST /bots/feishu": "signed",
    "POST /bots/dingtalk": "signed",
    "GET /bots/wecom": "signed",
    "POST /bots/wecom": "signed",
}
SAMPLES: dict[str, Any] = {
    "question": "可灵收入", "doc_id": "kling", "revision": "0" * 16, "start": 0, "end": 1, "quote": "目",
    "text": "新的文件。", "model": "citespan", "verdict": "wrong",
    "messages": [{"role": "user", "content": "可灵收入"}],
}  # fmt: skip


class Route(NamedTuple):
    rule: str
    method: str
    declared: Operation

    def __str__(self) -> str:
        return f"{self.method} {self.rule}"

    @property
    def takes_collection(self) -> bool:
        models = [model for model in (self.declared.query, self.declared.body) if model]
        # Of a chat, `model` names it.
        return any({"collection", "model"} & model.model_fields.keys() for model in models)


def routes() -> list[Route]:
    """The application's, as it is made; nothing of it is opened."""
    app = create_app(Settings(data_dir=Path("/nowhere")), FakePipeline(), Collections(Path("/nowhere"), HashEncoder()))
    return [Route(rule.rule, method, declared) for rule, method, declared in openapi.operations(app)]


ROUTES = routes()


@pytest.mark.parametrize("route", ROUTES, ids=str)
def test_every_route_says_what_it_asks_for(route):
    assert str(route) in WANTED, "a new route: decide what it asks for, in its Operation and in WANTED"
    assert route.declared.scope == WANTED[str(route)]


@pytest.fixture(scope="module")
def locked(tmp_path_factory) -> Iterator[tuple[Server, dict[str, str]]]:
    """The real service on two collections, and the keys to it by what they are."""
    folder = tmp_path_factory.mktemp("locked")
    collections = Collections(folder, load_encoder(EMBEDDED))
    for name in ("default", OURS, OTHER):
        with collections.create(name).writer() as writer:
            writer.put(load_bytes(str(DOCUMENTS["kling"]["text"]).encode(), "kling.txt", doc_id="kling"))
            writer.commit()
    keys = {scope: add_key(folder, scope) for scope in SCOPES}
    keys |= {f"{scope}, bound": add_key(folder, scope, OURS) for scope in SCOPES}
    keys["expired"] = add_key(folder, "admin", expires="2020-01-01T00:00:00+00:00")
    keys["revoked"] = add_key(folder, "admin")
    revoke_key(folder, keys["revoked"])
    keys["unknown"] = add_key(tmp_path_factory.mktemp("elsewhere"), "admin")
    with start_server(folder) as server:
        yield server, keys


@pytest.fixture(scope="module")
def session() -> Iterator[requests.Session]:
    with requests.Session() as opened:
        yield opened


KINDS = ["none", "expired", "revoked", "unknown", *SCOPES, *(f"{scope}, bound" for scope in SCOPES)]


@pytest.mark.parametrize("collection", [None, OURS, OTHER], ids=["unnamed", OURS, OTHER])
@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("route", ROUTES, ids=str)
def test_a_key_opens_what_it_is_for(locked, session, route, kind, collection):
    server, keys = locked
    response = send(session, server, route, keys.get(kind), collection)
    wanted = refusal(route, kind, collection)
    code = problem_code(response)
    if wanted is None:
        assert code not in ACCESS_CODES
        assert response.status_code < 500
    else:
        assert (response.status_code, code) == wanted
    if kind.endswith("bound"):
        assert OTHER not in response.text.replace(f"collection {OTHER!r}", "")


def refusal(route: Route, kind: str, collection: str | None) -> tuple[int, str] | None:
    """The table, in words: what must be answered, where it is a refusal."""
    wanted = WANTED[str(route)]
    if wanted in ("open", "signed"):
        return None
    if kind == "none":
        return 401, "key_missing"
    if kind in ("expired", "revoked", "unknown"):
        return 401, "key_invalid"
    held = kind.split(",")[0]
    if SCOPES.index(held) < SCOPES.index(wanted):
        return 403, "scope_missing"
    if kind.endswith("bound") and (route.declared.all_collections or (collection == OTHER and route.takes_collection)):
        return 403, "collection_forbidden"
    return None


def send(
    session: requests.Session, server: Server, route: Route, token: str | None, collection: str | None
) -> requests.Response:
    """A request that fits the route, as far as its declaration tells, with a document of its own to store or delete."""
    declared = route.declared
    path = re.sub(r"<(?:\w+:)?doc_id>", "matrix" if route.method in ("PUT", "DELETE") else "kling", route.rule)
    path = re.sub(r"<[^>]+>", "icon.svg", path)
    sent: dict[str, Any] = {"headers": bearer(token) if token else {}}
    if declared.query and collection and "collection" in declared.query.model_fields:
        sent["params"] = {"collection": collection}
    if declared.body:
        sent["json"] = body(declared, collection)
    elif declared.form:
        sent["files"] = {"file": ("matrix.txt", "新的文件。".encode())}
    return session.request(route.method, server.url + path, timeout=30, **sent)


def body(declared: Operation, collection: str | None) -> dict[str, Any]:
    assert declared.body is not None
    fields = declared.body.model_fields
    found = {name: SAMPLES[name] for name in fields if name in SAMPLES}
    if isinstance(found.get("model"), str):
        found["model"] = f"citespan/{collection}" if collection else "citespan"
    if collection and "collection" in fields:
        found["collection"] = collection
    return found


def problem_code(response: requests.Response) -> str | None:
    is_problem = response.headers["Content-Type"] == "application/problem+json"
    return response.json()["code"] if is_problem else None


def test_a_bound_key_goes_to_its_collection_and_sees_no_other(locked, session):
    server, keys = locked
    headers = bearer(keys["read, bound"])
    asked = session.post(f"{server.url}/v1/ask", json={"question": "可灵收入"}, headers=headers, timeout=30).json()
    assert asked["index"]["collection"] == OURS
    listed = session.get(f"{server.url}/v1/collections", headers=headers, timeout=30).json()
    assert ([each["name"] for each in listed["collections"]], listed["default"]) == ([OURS], OURS)
    everything = session.get(f"{server.url}/v1/collections", headers=bearer(keys["read"]), timeout=30).json()
    assert {each["name"] for each in everything["collections"]} == {"default", OURS, OTHER}


def test_a_bound_key_learns_no_names_from_a_collection_that_is_not_there(locked, session):
    server, _ = locked
    headers = bearer(add_key(server.data_dir, "read", "planned", OURS))
    missing = session.get(f"{server.url}/v1/documents?collection=planned", headers=headers, timeout=30)
    assert (missing.status_code, problem_code(missing)) == (404, "collection_not_found")
    assert OTHER not in missing.text
    unnamed = session.get(f"{server.url}/v1/documents", headers=headers, timeout=30)
    assert (unnamed.status_code, problem_code(unnamed)) == (403, "collection_forbidden")
    assert OURS in unnamed.json()["detail"]


def test_an_agent_is_bound_as_its_key_is(locked, session):
    """The collection stands deep in a message here; it is refused where it is opened."""
    server, keys = locked
    tools = {"ask": {"question": "可灵收入"}, "search": {"question": "可灵"}, "get_document": {"doc_id": "kling"}}
    for tool, arguments in tools.items():
        for collection, refused in ((OTHER, True), (OURS, False)):
            call = {"name": tool, "arguments": {**arguments, "collection": collection}}
            message = {"jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": call}
            answer = session.post(f"{server.url}/mcp", json=message, headers=bearer(keys["read, bound"]), timeout=30)
            told = answer.json()["result"]
            assert bool(told.get("isError")) is refused
            assert ("collection_forbidden" in answer.text) is refused


def test_refusals_name_the_scope_that_is_missing(locked, session):
    server, keys = locked
    response = session.delete(f"{server.url}/v1/documents/kling", headers=bearer(keys["read"]), timeout=30)
    assert 'error="insufficient_scope", scope="write"' in response.headers["WWW-Authenticate"]
    assert session.get(f"{server.url}/v1/documents/kling", headers=bearer(keys["read"]), timeout=30).ok


def test_what_no_route_answers_needs_no_key(locked, session):
    server, _ = locked
    assert session.get(f"{server.url}/v1/nothing", timeout=30).status_code == 404
    assert session.get(f"{server.url}/v1/ask", timeout=30).status_code == 405
    assert session.options(f"{server.url}/v1/ask", timeout=30).status_code == 200
    assert session.head(f"{server.url}/v1/documents", timeout=30).status_code == 401


def test_a_route_that_says_nothing_is_closed(app, settings):
    app.add_url_rule("/forgotten", "forgotten", lambda: "open?")
    app.add_url_rule(
        "/undecided", "undecided", operation(Operation(summary="a", tag="a", answers={}))(lambda **_: "open?")
    )
    for endpoint in ("forgotten", "undecided"):
        assert operation_at(app, endpoint).scope == "admin"
    client, token = app.test_client(), add_key(settings.data_dir, "write")
    for path in ("/forgotten", "/undecided"):
        assert client.get(path).status_code == 401
        assert client.get(path, headers=bearer(token)).get_json()["code"] == "scope_missing"
        assert client.get(path, headers=bearer(add_key(settings.data_dir, "admin"))).status_code == 200


def test_the_document_says_what_the_matrix_holds(client, settings):
    def security() -> dict[str, Any]:
        paths = client.get("/openapi.json").get_json()["paths"]
        return {f"{method} {path}": each["security"] for path, item in paths.items() for method, each in item.items()}

    assert security()["post /v1/ask"] == [{"bearer": ["read"]}, {"header": ["read"]}, {}]
    assert security()["get /healthz"] == []
    add_key(settings.data_dir, "read")
    assert security()["put /v1/documents/{doc_id}"] == [{"bearer": ["write"]}, {"header": ["write"]}]
    page = client.get("/docs").get_data(as_text=True)
    assert page.count("with the scope <code>write</code>") == 3


def test_metrics_may_be_opened_by_a_setting(tmp_path, pipeline, collections):
    opened = Settings(data_dir=tmp_path, metrics_open=True, allowed_hosts=("citespan.example.org",))
    client = create_app(opened, pipeline, collections).test_client()
    add_key(tmp_path, "read")
    assert client.get("/metrics", headers={"Host": "10.0.0.3:8000"}).status_code == 200
    assert client.get("/v1/collections", headers={"Host": "10.0.0.3:8000"}).status_code == 403
    assert client.get("/v1/collections", headers={"Host": "citespan.example.org"}).status_code == 401


assert {OPEN, SIGNED, *SCOPES} >= set(WANTED.values())
