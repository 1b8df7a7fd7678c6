"""The official MCP client against the real server, and by hand what no good client sends."""

from __future__ import annotations

import asyncio
import json
import re
import shutil
from dataclasses import replace
from pathlib import Path

import pytest
import requests
from key_helpers import add_key, bearer
from mcp import Client, MCPError
from small_service import KLING

from api.app import create_app

MODES = {"auto": "2026-07-28", "2026-07-28": "2026-07-28", "legacy": "2025-11-25"}
QUESTION = "可灵AI近七成收入由谁贡献？"
MODERN = "2026-07-28"
META = {"io.modelcontextprotocol/protocolVersion": MODERN, "io.modelcontextprotocol/clientCapabilities": {}}


def with_client(server, mode, act):
    """What ``act(client)`` gives, with the official client connected in ``mode``."""

    async def run():
        async with Client(f"{server.url}/mcp", mode=mode) as client:
            return await act(client)

    return asyncio.run(run())


def call(server, name, arguments, mode="auto"):
    return with_client(server, mode, lambda client: client.call_tool(name, arguments))


def post(server, body, **headers):
    data = body if isinstance(body, bytes) else json.dumps(body).encode()
    return requests.post(f"{server.url}/mcp", data, headers={"Content-Type": "application/json", **headers}, timeout=30)


def rpc(method, params=None, id_=1):
    return {"jsonrpc": "2.0", "id": id_, "method": method, "params": {} if params is None else params}


def modern(server, method, params=None, **headers):
    """A request of 2026-07-28, whose headers and envelope ``headers`` and ``params`` may spoil."""
    told = {"Mcp-Protocol-Version": MODERN, "Mcp-Method": method, **headers}
    return post(server, rpc(method, {"_meta": META, **(params or {})}), **told)


@pytest.mark.parametrize("mode", MODES)
def test_the_client_agrees_on_a_version_and_lists_the_tools(server, mode):
    async def act(client):
        told = client.protocol_version, client.server_info
        return told, (await client.list_tools()).tools

    told, tools = with_client(server, mode, act)
    assert told[0] == MODES[mode]
    assert mode not in ("auto", "legacy") or told[1].name == "citespan"  # a pinned version asks for nothing
    assert {tool.name for tool in tools} == {"ask", "search", "get_document"}
    ask = next(tool for tool in tools if tool.name == "ask")
    assert ask.input_schema["required"] == ["question"]
    assert ask.input_schema["properties"]["question"]["maxLength"] == 2000
    assert "answerable" in ask.output_schema["properties"]


@pytest.mark.parametrize("mode", MODES)
def test_ask_answers_with_the_object_of_the_api_and_a_text_that_cites(server, mode):
    found = call(server, "ask", {"question": QUESTION}, mode)
    assert not found.is_error
    plain = requests.post(f"{server.url}/v1/ask", json={"question": QUESTION}, timeout=30).json()
    assert {**found.structured_content, "took_ms": 0} == {**plain, "took_ms": 0}
    (content,) = found.content
    answer = plain["answer"]
    assert content.text.startswith(answer["text"])
    assert f"「{answer['context']}」 [1]" in content.text
    assert f"document kling, revision {answer['citations'][0]['revision']}, characters" in content.text


@pytest.mark.parametrize("mode", ["auto", "legacy"])
def test_ask_says_when_the_documents_do_not_tell(server, mode):
    found = call(server, "ask", {"question": "谁画了蒙娜丽莎？", "min_confidence": 1.0}, mode)
    assert not found.is_error
    assert found.structured_content["answer"] is None
    assert found.content[0].text.startswith("Not in these documents")


@pytest.mark.parametrize("mode", ["auto", "legacy"])
def test_search_finds_passages(server, mode):
    found = call(server, "search", {"question": "可灵收入", "k": 1, "filters": {"doc_id": ["kling"]}}, mode)
    (passage,) = found.structured_content["passages"]
    assert passage["doc_id"] == "kling"
    assert passage["text"].strip() in found.content[0].text


@pytest.mark.parametrize("mode", ["auto", "legacy"])
def test_get_document_reads_a_range(server, mode):
    found = call(server, "get_document", {"doc_id": "kling", "start": 6, "end": 9}, mode)
    assert found.structured_content["text"] == KLING[6:9]
    assert found.content[0].text.endswith(KLING[6:9])
    whole = call(server, "get_document", {"doc_id": "kling"}, mode)
    assert whole.structured_content["text"] == KLING
    readable = call(server, "get_document", {"doc_id": "report", "layer": "readable"}, mode).structured_content
    assert readable["text"].strip().endswith("可灵AI的营业收入为1.5亿元。")
    assert "<p>" not in readable["text"]


@pytest.mark.parametrize("mode", ["auto", "legacy"])
@pytest.mark.parametrize(
    ("tool", "arguments", "code"),
    [
        ("ask", {"question": "？！"}, "question_empty"),
        ("ask", {"question": "x" * 2001}, "question_too_long"),
        ("ask", {}, "request_invalid"),
        ("ask", {"question": "a", "unknown": 1}, "request_invalid"),
        ("ask", {"question": "a\0b"}, "text_invalid"),
        ("ask", {"question": "a", "collection": "nowhere"}, "collection_not_found"),
        ("ask", {"question": "a", "collection": "../x"}, "collection_name_invalid"),
        ("search", {"question": "a", "k": 0}, "request_invalid"),
        ("search", {"question": "a", "filters": {"published_from": "2025"}}, "filter_invalid"),
        ("get_document", {"doc_id": "nowhere"}, "document_not_found"),
        ("get_document", {"doc_id": "../../etc/passwd"}, "doc_id_invalid"),
        ("get_document", {"doc_id": "kling", "revision": "0"}, "revision_not_found"),
        ("get_document", {"doc_id": "kling", "start": 5, "end": 2}, "range_invalid"),
        ("get_document", {"doc_id": "kling", "start": 10**6}, "range_invalid"),
        ("get_document", {"doc_id": "kling", "end": 100_001}, "range_invalid"),
    ],
)
def test_what_goes_wrong_in_a_tool_is_a_result_with_a_stable_code(server, mode, tool, arguments, code):
    found = call(server, tool, arguments, mode)
    assert found.is_error
    assert found.structured_content["code"] == code
    assert found.content[0].text.startswith(f"{code}: ")


@pytest.mark.parametrize("mode", ["auto", "legacy"])
def test_an_unknown_tool_is_an_error_of_the_protocol(server, mode):
    async def act(client):
        with pytest.raises(MCPError) as caught:
            await client.call_tool("删除", {})
        return caught.value

    error = with_client(server, mode, act)
    assert error.code == -32602
    assert "ask, search, get_document" in error.message


@pytest.mark.filterwarnings("ignore:ping is removed")  # in today's version; the older ones have it
def test_a_ping_is_answered(server):
    with_client(server, "legacy", lambda client: client.send_ping())


def test_an_unknown_method(server):
    assert modern(server, "prompts/list").status_code == 404
    body = post(server, rpc("prompts/list")).json()
    assert (body["error"]["code"], body["error"]["data"]) == (-32601, "prompts/list")


@pytest.mark.parametrize("wanted", ["2024-11-05", "2025-03-26", "2025-06-18", "2025-11-25"])
def test_every_older_version_is_agreed_to(server, wanted):
    body = post(server, rpc("initialize", {"protocolVersion": wanted})).json()
    assert body["result"]["protocolVersion"] == wanted
    assert post(server, rpc("tools/list"), **{"MCP-Protocol-Version": wanted}).json()["result"]["tools"]


def test_a_client_of_another_time_is_offered_the_newest_of_its_kind(server):
    body = post(server, rpc("initialize", {"protocolVersion": "1999-01-01"})).json()
    assert body["result"]["protocolVersion"] == "2025-11-25"
    assert post(server, rpc("initialize")).json()["error"]["code"] == -32602


@pytest.mark.parametrize("version", [None, "2025-11-25", MODERN])
def test_a_notification_is_taken_and_not_answered(server, version):
    body = {"jsonrpc": "2.0", "method": "notifications/initialized"}
    told = post(server, body, **({"MCP-Protocol-Version": version} if version else {}))
    assert (told.status_code, told.content) == (202, b"")
    assert "Content-Type" not in told.headers


def test_an_answer_to_a_request_that_was_never_made(server):
    body = {"jsonrpc": "2.0", "id": 1, "result": {}}
    assert post(server, body).status_code == 202
    assert post(server, body, **{"MCP-Protocol-Version": MODERN}).status_code == 400


@pytest.mark.parametrize("version", [None, "2025-11-25", MODERN])
@pytest.mark.parametrize(
    ("body", "code"),
    [
        (b"", -32700),
        (b"{", -32700),
        (b"\xff\xfe", -32700),
        (b"[" * 100_000, -32700),
        (b'{"jsonrpc":"2.0","id":1,"method":"\\ud800"}', -32700),
        (b"1", -32600),
        (b"[]", -32600),
        (b"{}", -32600),
        (b'{"id":1,"method":"ping"}', -32600),
        (b'{"jsonrpc":"1.0","id":1,"method":"ping"}', -32600),
        (b'{"jsonrpc":"2.0","id":null,"method":"ping"}', -32600),
        (b'{"jsonrpc":"2.0","id":true,"method":"ping"}', -32600),
        (b'{"jsonrpc":"2.0","id":1.5,"method":"ping"}', -32600),
        (b'{"jsonrpc":"2.0","id":1,"method":1}', -32600),
        (b'{"jsonrpc":"2.0","id":1,"method":"ping","params":[]}', -32600),
    ],
)
def test_a_body_that_is_no_message(server, version, body, code):
    told = post(server, body, **({"MCP-Protocol-Version": version} if version else {}))
    assert told.status_code == 400
    assert told.json() == {"jsonrpc": "2.0", "id": None, "error": told.json()["error"]}
    assert told.json()["error"]["code"] == code


def test_what_is_wrong_with_http_is_a_problem_as_everywhere(server):
    for method in ("GET", "DELETE", "PUT"):
        told = requests.request(method, f"{server.url}/mcp", timeout=30)
        assert (told.status_code, set(told.headers["Allow"].split(", "))) == (405, {"OPTIONS", "POST"})
    huge = post(server, b'{"jsonrpc":"2.0","id":1,"method":"' + b"x" * 2_000_000 + b'"}')
    assert (huge.status_code, huge.json()["code"]) == (413, "body_too_large")
    plain = requests.post(f"{server.url}/mcp", b"{}", headers={"Content-Type": "text/plain"}, timeout=30)
    assert (plain.status_code, plain.json()["code"]) == (415, "media_type_unsupported")


def test_a_batch_under_the_version_that_knew_them(server):
    ask = rpc("tools/call", {"name": "ask", "arguments": {"question": QUESTION}}, "a")
    batch = [ask, {"jsonrpc": "2.0", "method": "notifications/x"}, rpc("ping", id_=2), {}, rpc("initialize", id_=3)]
    told = post(server, batch, **{"MCP-Protocol-Version": "2025-03-26"})
    assert told.status_code == 200
    answers = {answer["id"]: answer for answer in told.json()}
    assert set(answers) == {"a", 2, None, 3}
    assert answers["a"]["result"]["structuredContent"]["answerable"] is True
    assert answers[3]["error"]["code"] == answers[None]["error"]["code"] == -32600
    assert post(server, batch, **{"MCP-Protocol-Version": "2025-06-18"}).status_code == 400
    assert post(server, [rpc("ping")] * 21).status_code == 400
    assert post(server, [{}, 1]).status_code == 400
    assert post(server, [{"jsonrpc": "2.0", "method": "notifications/x"}]).status_code == 202


@pytest.mark.parametrize(
    ("params", "headers", "code"),
    [
        ({"_meta": None}, {}, -32602),
        ({"_meta": {}}, {}, -32602),
        ({"_meta": "x"}, {}, -32602),
        ({"_meta": {**META, "io.modelcontextprotocol/protocolVersion": "2025-11-25"}}, {}, -32020),
        ({"_meta": {**META, "io.modelcontextprotocol/protocolVersion": None}}, {}, -32020),
        ({}, {"Mcp-Method": "tools/list"}, -32020),
        ({}, {"Mcp-Name": "search"}, -32020),
        ({}, {"Mcp-Name": "=?base64?YXNr?="}, None),
        ({}, {"Mcp-Name": "=?base64?%%?="}, -32020),
        ({}, {}, None),
    ],
)
def test_headers_and_envelope_must_agree(server, params, headers, code):
    call_of_ask = {"name": "ask", "arguments": {"question": QUESTION}, **params}
    told = modern(server, "tools/call", call_of_ask, **{"Mcp-Name": "ask", **headers})
    assert told.json().get("error", {}).get("code") == code
    assert told.status_code == (200 if code is None else 400)


def test_a_version_that_nobody_knows(server):
    meta = {**META, "io.modelcontextprotocol/protocolVersion": "2099-01-01"}
    body = rpc("tools/list", {"_meta": meta})
    told = post(server, body, **{"Mcp-Protocol-Version": "2099-01-01", "Mcp-Method": "tools/list"})
    assert told.status_code == 400
    assert told.json()["error"]["data"] == {"supported": [MODERN], "requested": "2099-01-01"}
    notification = {"jsonrpc": "2.0", "method": "notifications/x"}
    assert post(server, notification, **{"Mcp-Protocol-Version": "2099-01-01"}).status_code == 400


@pytest.mark.parametrize(
    ("origin", "status"),
    [
        (None, 200),
        ("http://{host}", 200),
        ("http://evil.example", 403),
        ("http://evil.example:{port}", 403),
        ("http://127.0.0.1:1", 403),
        ("null", 403),
        ("http://[", 403),
    ],
)
def test_pages_of_other_sites_are_refused(server, origin, status):
    told = {"host": f"{server.host}:{server.port}", "port": server.port}
    headers = {} if origin is None else {"Origin": origin.format(**told)}
    assert post(server, rpc("ping"), **headers).status_code == status


def test_a_name_that_was_made_to_lead_here_is_refused(server):
    """DNS rebinding: page and host have the same name, but it is not this machine's."""
    headers = {"Origin": "http://evil.example:80", "Host": "evil.example:80"}
    assert post(server, rpc("ping"), **headers).status_code == 403


def test_a_page_that_the_settings_name_is_let_in(settings, pipeline, collections):
    known = create_app(
        replace(settings, cors_origins=("https://wiki.example.org",)), pipeline, collections
    ).test_client()
    assert known.post("/mcp", json=rpc("ping"), headers={"Origin": "https://wiki.example.org"}).status_code == 200
    assert known.post("/mcp", json=rpc("ping"), headers={"Origin": "https://other.example.org"}).status_code == 403


def test_a_key_reaches_its_collections_only(settings, pipeline, collections, stock):
    shutil.copytree(stock, settings.data_dir, dirs_exist_ok=True)
    key = add_key(settings.data_dir, "read", "elsewhere")
    known = create_app(settings, pipeline, collections).test_client()
    asked = rpc("tools/call", {"name": "search", "arguments": {"question": "a", "collection": "default"}})
    assert known.post("/mcp", json=asked).status_code == 401
    told = known.post("/mcp", json=asked, headers=bearer(key)).get_json()["result"]
    assert (told["isError"], told["structuredContent"]["code"]) == (True, "collection_forbidden")


def test_a_fault_of_ours_is_an_answer_without_its_reason(client, pipeline):
    pipeline.failure = RuntimeError("secret")
    told = client.post("/mcp", json=rpc("tools/call", {"name": "search", "arguments": {"question": "a"}}))
    assert told.status_code == 200
    assert told.get_json()["error"] == {"code": -32603, "message": "The service failed to answer this request."}


def test_agents_are_told_of_answers_that_disagree(client):
    told = client.post("/mcp", json=rpc("tools/call", {"name": "ask", "arguments": {"question": "a"}})).get_json()
    text = told["result"]["content"][0]["text"]
    assert "Also found:" in text
    assert text.count("[1] ") == 1


def test_the_example_of_the_page_works(server, capsys):
    page = (Path(__file__).parents[2] / "docs" / "agents.md").read_text(encoding="utf-8")
    (code,) = re.findall(r"```python\n(.*?)```", page, re.DOTALL)
    assert "http://127.0.0.1:8000" in code
    exec(code.replace("http://127.0.0.1:8000", server.url), {})
    assert capsys.readouterr().out.startswith("近七成 (confidence ")
    (config,) = re.findall(r"```json\n(.*?)```", page, re.DOTALL)
    assert json.loads(config)["mcpServers"]["citespan"]["url"].endswith("/mcp")
