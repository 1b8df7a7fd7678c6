"""The OpenAI-compatible face, as plain HTTP; test_chat_client.py drives it with the official client."""

from __future__ import annotations

import json
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st
from small_service import KLING, UNANSWERABLE

from api.app import create_app
from api.chat.completion import pieces, usage
from api.chat.conversation import turns_before
from api.chat.schemas import Message
from api.reply.compose import answered
from api.settings import Settings
from qa.followup import Turn
from qa.results import Filters


def body(*contents, **more):
    """A request of user messages and, between them, an answer to each."""
    messages = []
    for content in contents:
        messages += [{"role": "user", "content": content}, {"role": "assistant", "content": "…"}]
    return {"model": "citespan", "messages": messages[:-1], **more}


def chat(client, *contents, **more):
    return client.post("/v1/chat/completions", json=body(*contents, **more))


def chunks(response):
    """The objects of a stream, which must end as one."""
    assert response.mimetype == "text/event-stream"
    *lines, done, rest = response.get_data(as_text=True).split("\n\n")
    assert (done, rest) == ("data: [DONE]", "")
    return [json.loads(line.removeprefix("data: ")) for line in lines]


def test_a_completion_is_the_answer_for_people_and_for_programs(client):
    answer = chat(client, "可灵收入？").get_json()
    (choice,) = answer["choices"]
    assert choice["finish_reason"] == "stop"
    assert choice["message"]["role"] == "assistant"
    assert f"**{KLING[:5]}**" in choice["message"]["content"]
    assert f"(http://localhost/#/doc/default/kling?start=0&end={len(KLING)}&revision=" in choice["message"]["content"]
    asked = client.post("/v1/ask", json={"question": "可灵收入？"}).get_json()
    assert answer["citations"] | {"took_ms": 0} == asked | {"took_ms": 0}
    assert answer["completed_question"] is None
    assert answer["system_fingerprint"].endswith("-default-3")
    assert answer["usage"]["total_tokens"] == answer["usage"]["prompt_tokens"] + answer["usage"]["completion_tokens"]


def test_a_stream_says_the_same_in_pieces(client):
    whole = chat(client, "可灵收入？").get_json()
    role, *parts, end = chunks(chat(client, "可灵收入？", stream=True))
    assert role["choices"][0]["delta"]["role"] == "assistant"
    assert (
        "".join(part["choices"][0]["delta"]["content"] for part in parts) == whole["choices"][0]["message"]["content"]
    )
    assert len(parts) > 3
    assert (end["choices"][0]["delta"], end["choices"][0]["finish_reason"]) == ({}, "stop")
    assert end["citations"]["answer"] == whole["citations"]["answer"]
    assert len({chunk["id"] for chunk in (role, *parts, end)}) == 1
    assert not any("usage" in chunk for chunk in (role, *parts, end))


def test_usage_comes_last_where_it_is_asked_for(client):
    *others, last = chunks(chat(client, "可灵收入？", stream=True, stream_options={"include_usage": True}))
    assert all(chunk["usage"] is None for chunk in others)
    assert last["choices"] == []
    assert last["usage"] == chat(client, "可灵收入？").get_json()["usage"]


def test_no_answer_is_a_reply(client):
    answer = chat(client, f"{UNANSWERABLE}在哪里？").get_json()
    assert answer["choices"][0]["message"]["content"].startswith("**这些文档中没有答案。**")
    assert answer["citations"]["answerable"] is False


def test_a_turn_that_leans_is_completed_and_said_so(client, pipeline):
    answer = chat(client, "What was Kling's revenue in Q2 2025?", "and in Q1?", "And Sora?").get_json()
    assert pipeline.requests[-1].question == "What was Sora's revenue in Q1 2025?"
    assert answer["completed_question"] == answer["citations"]["question"] == "What was Sora's revenue in Q1 2025?"
    assert answer["choices"][0]["message"]["content"].startswith("Understood as: What was Sora's revenue in Q1 2025?\n")


def test_the_answer_to_a_who_is_he_and_it_is_read_from_our_own_reply():
    reply = "Understood as: Who?\n\nAnswer: **R\\&D \\[x\\]**\n\n> R&D [1]"
    assert answered(reply) == "R&D [x]"
    assert answered("I am **sure**") is None
    said = [("user", "谁？"), ("assistant", "可能的答案：**程一笑**\n\n> …"), ("system", "x"), ("user", "他多大？")]
    messages = [Message(role=role, content=content) for role, content in said]
    assert turns_before(messages) == [Turn("谁？", "程一笑")]


def test_content_may_be_parts_and_other_roles_are_not_read(client, pipeline):
    messages = [
        {"role": "system", "content": "You are a pirate. Never cite."},
        {"role": "developer", "content": [{"type": "text", "text": "x"}]},
        {
            "role": "user",
            "content": [{"type": "text", "text": "可灵"}, {"type": "text", "text": "收入？"}],
            "name": "a",
        },
        {"role": "assistant", "content": None, "tool_calls": []},
        {"role": "tool", "content": "42", "tool_call_id": "1"},
    ]
    response = client.post("/v1/chat/completions", json={"model": "citespan", "messages": messages})
    assert response.status_code == 200
    assert pipeline.requests[-1].question == "可灵\n收入？"


def test_what_clients_send_and_no_quotation_needs_is_taken(client):
    usual = {
        "temperature": 0.7, "top_p": 1, "max_tokens": 5, "max_completion_tokens": 5, "n": 1, "stop": ["a"], "seed": 1,
        "user": "u", "metadata": {}, "tools": [{"type": "function", "function": {"name": "f"}}], "tool_choice": "auto",
        "response_format": {"type": "text"}, "logprobs": False, "presence_penalty": 0, "frequency_penalty": 0,
        "parallel_tool_calls": True, "store": False, "stream_options": None, "modalities": ["text"],
        "novelty": {"a": 1},
    }  # fmt: skip
    assert chat(client, "可灵", **usual).status_code == 200


def test_search_options_are_those_of_ask(client, pipeline):
    chat(client, "可灵", k=2, filters={"tag": ["ai"]}, min_confidence=0.5)
    (request,) = pipeline.requests
    assert (request.k, request.filters, request.min_confidence) == (2, Filters(tag=("ai",)), 0.5)


@pytest.mark.parametrize(
    ("sent", "status", "code", "param"),
    [
        ({"model": "gpt-4o"}, 404, "model_not_found", "model"),
        ({"model": "citespan/none"}, 404, "model_not_found", "model"),
        ({"model": "citespan/"}, 404, "model_not_found", "model"),
        ({"model": "citespan/../x"}, 404, "model_not_found", "model"),
        ({"model": ""}, 422, "request_invalid", "model"),
        ({"n": 2}, 422, "parameter_unsupported", "n"),
        ({"tool_choice": "required"}, 422, "parameter_unsupported", "tool_choice"),
        ({"tool_choice": {"type": "function", "function": {"name": "f"}}}, 422, "parameter_unsupported", "tool_choice"),
        ({"function_call": {"name": "f"}}, 422, "parameter_unsupported", "function_call"),
        ({"response_format": {"type": "json_schema"}}, 422, "parameter_unsupported", "response_format"),
        ({"response_format": {"type": "json_object"}}, 422, "parameter_unsupported", "response_format"),
        ({"modalities": ["text", "audio"]}, 422, "parameter_unsupported", "modalities"),
        ({"stream": "yes"}, 422, "request_invalid", "stream"),
        ({"messages": []}, 422, "request_invalid", "messages"),
        ({"messages": None}, 422, "request_invalid", "messages"),
        ({"messages": [{"role": "system", "content": "x"}]}, 422, "request_invalid", "messages"),
        ({"messages": [{"role": "king", "content": "x"}]}, 422, "request_invalid", "messages.0.role"),
        ({"messages": [{"role": "user"}]}, 422, "request_invalid", "messages.0"),
        ({"messages": [{"role": "user", "content": 5}]}, 422, "request_invalid", "messages.0.content"),
        ({"messages": [{"role": "user", "content": ""}]}, 422, "question_empty", "messages"),
        ({"messages": [{"role": "user", "content": []}]}, 422, "question_empty", "messages"),
        ({"messages": [{"role": "user", "content": "?!"}]}, 422, "question_empty", "messages"),
        ({"messages": [{"role": "user", "content": "字" * 2001}]}, 422, "question_too_long", "messages"),
        ({"messages": [{"role": "user", "content": "a\0b"}]}, 422, "text_invalid", "messages.0.content.text"),
        ({"messages": [{"role": "user", "content": "字"}] * 1001}, 422, "request_invalid", "messages"),
        (
            {"messages": [{"role": "user", "content": [{"type": "image_url", "image_url": {"url": "data:,"}}]}]},
            422,
            "content_unsupported",
            "messages.0",
        ),
        ({"k": 0}, 422, "request_invalid", "k"),
        ({"filters": {"tags": ["a"]}}, 422, "filter_invalid", "filters.tags"),
    ],
)
def test_what_cannot_be_honoured_is_said_in_both_tongues(client, sent, status, code, param):
    problem = client.post("/v1/chat/completions", json=body("可灵收入？") | sent).get_json()
    assert (problem["status"], problem["code"]) == (status, code)
    assert problem["error"] == {
        "message": problem["detail"],
        "type": "invalid_request_error",
        "param": param,
        "code": code,
    }


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"", "json_invalid"),
        (b"{", "json_invalid"),
        (b"[]", "request_invalid"),
        (b"\xff\xfe", "json_invalid"),
        (b"[" * 100_000, "json_invalid"),
        (b'{"model": "citespan", "messages": [{"role": "user", "content": "\\ud800"}]}', "text_invalid"),
    ],
)
def test_bodies_that_are_none_are_refused(client, data, code):
    problem = client.post("/v1/chat/completions", data=data, content_type="application/json").get_json()
    assert problem["code"] == problem["error"]["code"] == code


def test_faults_of_ours_are_server_errors_to_the_client(client, pipeline):
    pipeline.failure = RuntimeError("secret")
    problem = chat(client, "可灵").get_json()
    assert (problem["status"], problem["error"]["type"]) == (500, "server_error")


def test_other_routes_keep_their_shape(client):
    assert "error" not in client.post("/v1/ask", json={}).get_json()
    assert client.get("/v1/models").status_code == 200
    assert client.post("/v1/chat/completion", json={}).get_json()["error"]["code"] == "route_not_found"


def test_nothing_indexed_yet_is_said(empty):
    response = chat(empty, "可灵")
    assert (response.status_code, response.get_json()["error"]["code"]) == (503, "not_ready")
    assert empty.get("/v1/models").get_json()["data"] == [
        {"id": "citespan", "object": "model", "created": 0, "owned_by": "citespan"}
    ]


def test_collections_are_models(client, collections, pipeline):
    status = collections.create("default").status()
    assert status["documents"] == 3
    other = collections.create("news")
    assert client.get("/v1/models/citespan/news").status_code == 404
    with other.writer():
        pass
    listed = client.get("/v1/models").get_json()["data"]
    assert [model["id"] for model in listed] == ["citespan", "citespan/news"]


def test_a_model_is_described_by_its_name(client):
    described = client.get("/v1/models/citespan").get_json()
    assert described["id"] == "citespan"
    assert described["created"] > 1_700_000_000
    assert client.get("/v1/models/citespan%2Fdefault").get_json()["id"] == "citespan/default"
    assert client.get("/v1/models/gpt-4o").get_json()["error"]["code"] == "model_not_found"


def test_links_begin_at_the_public_address(stock, pipeline, encoder):
    from indexer.collections import Collections

    settings = Settings(data_dir=stock, public_url="https://qa.example.org/")
    app = create_app(settings, pipeline, Collections(stock, encoder))
    content = chat(app.test_client(), "可灵").get_json()["choices"][0]["message"]["content"]
    assert "(https://qa.example.org/#/doc/default/kling?" in content


@given(st.text(max_size=300))
def test_pieces_are_the_text_and_cut_no_character(text):
    parts = list(pieces(text))
    assert "".join(parts) == text
    assert all(part for part in parts)
    assert not any(unicodedata.category(part[0]).startswith("M") for part in parts[1:])


def test_joined_emoji_stay_together():
    family = "👩‍👩‍👧‍👦"
    assert any(part.endswith(family) for part in pieces("x" * 37 + family + "y" * 60))


def test_usage_counts_characters_words_and_marks():
    assert usage("可灵 AI revenue, Q1?", "七成。") == {
        "prompt_tokens": 7,
        "completion_tokens": 3,
        "total_tokens": 10,
    }
