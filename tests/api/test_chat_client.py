"""The official OpenAI client against the real service on the starter documents."""

from __future__ import annotations

import asyncio
import json
import socket

import pytest
import requests
from openai import AsyncOpenAI, NotFoundError, OpenAI, UnprocessableEntityError

DAU = "How many daily active users did Kuaishou have in Q1 2025?"
UNANSWERABLE = "How many GPUs were used to train Kling 2.0?"


@pytest.fixture(scope="module")
def client(live_server):
    with OpenAI(base_url=f"{live_server.url}/v1", api_key="none", max_retries=0) as made:
        yield made


def user(content):
    return {"role": "user", "content": content}


def say(client, messages, **more):
    """The reply to ``messages``, and the conversation with it."""
    completion = client.chat.completions.create(model="citespan", messages=messages, **more)
    message = completion.choices[0].message
    return completion, [*messages, {"role": message.role, "content": message.content}]


def test_a_question_is_answered_with_its_source(client, live_server):
    completion, _ = say(client, [user(DAU)])
    content = completion.choices[0].message.content
    assert "**4.08亿**" in content
    assert "> 2025年第一季度，快手平均日活跃用户为4.08亿" in content
    assert f"]({live_server.url}/#/doc/default/" in content
    assert "— Citespan, 28 May 2025" in content
    assert completion.choices[0].finish_reason == "stop"
    assert completion.usage.total_tokens > completion.usage.prompt_tokens > 5
    assert completion.system_fingerprint.endswith("-default-1")


def test_the_whole_answer_is_there_for_programs_and_its_citations_hold(client, live_server):
    completion, _ = say(client, [user(DAU)])
    asked = completion.citations
    assert asked["answer"]["text"] == "4.08亿"
    citation = asked["answer"]["citations"][0]
    claim = {name: citation[name] for name in ("doc_id", "revision", "start", "end", "quote")}
    verified = requests.post(f"{live_server.url}/v1/citations/verify", json=claim, timeout=30).json()
    assert verified["status"] == "current"


@pytest.mark.parametrize(
    ("turns", "answers", "completed"),
    [
        (
            [
                "How many daily active users did Kuaishou have in Q4 2024?",
                "and in Q1 2025?",
                "What about monthly active users?",
            ],
            ["4.01亿", "4.08亿", "7.12亿"],
            "How many monthly active users did Kuaishou have in Q1 2025?",
        ),
        (
            ["快手2025年第一季度的日活跃用户有多少？", "那月活跃用户呢？", "那它的行政开支呢?"],
            ["4.08亿", "7.12亿", "8.28亿元"],
            "快手2025年第一季度的行政开支是多少？",
        ),
        (
            ["快手2025年第一季度的研发开支是多少？", "那行政開支呢？", "盖坤的直接上级是谁？"],
            ["32.98亿元", "8.28亿元", "程一笑"],
            None,
        ),
    ],
)
def test_a_conversation_goes_on(client, turns, answers, completed):
    messages, found = [], []
    for turn in turns:
        completion, messages = say(client, [*messages, user(turn)])
        found.append(completion.citations["answer"]["text"])
    assert all(answer in text for answer, text in zip(answers, found, strict=True)), found
    assert completion.completed_question == completed
    assert (completed or "") in completion.choices[0].message.content.splitlines()[0]


def test_a_turn_that_stands_alone_is_asked_as_it_is(client):
    _, messages = say(client, [user(DAU)])
    completion, _ = say(client, [*messages, user("快手2024年总收入是多少？")])
    assert completion.completed_question is None
    assert completion.citations["question"] == "快手2024年总收入是多少？"
    assert completion.choices[0].message.content.startswith("答案：**1269亿元人民币**")


def test_no_answer_is_no_error(client):
    completion, _ = say(client, [user(UNANSWERABLE)])
    content = completion.choices[0].message.content
    assert content.startswith("**Not in these documents.**")
    assert "**Nearest passages**\n\n1. [" in content
    assert completion.citations["answer"] is None


def test_a_stream_is_the_same_reply(client):
    whole, _ = say(client, [user(DAU)])
    with client.chat.completions.create(
        model="citespan", messages=[user(DAU)], stream=True, stream_options={"include_usage": True}
    ) as stream:
        chunks = list(stream)
    content = "".join(chunk.choices[0].delta.content or "" for chunk in chunks if chunk.choices)
    assert content == whole.choices[0].message.content
    assert [chunk.choices[0].finish_reason for chunk in chunks if chunk.choices][-1] == "stop"
    assert chunks[-1].usage == whole.usage
    (cited,) = [chunk.citations for chunk in chunks if hasattr(chunk, "citations")]
    assert cited["answer"] == whole.citations["answer"]


def test_the_helper_for_streams_collects_the_reply(client):
    with client.chat.completions.stream(model="citespan", messages=[user(DAU)]) as stream:
        completion = stream.get_final_completion()
    assert "**4.08亿**" in completion.choices[0].message.content


def test_the_asynchronous_client_works(live_server):
    async def ask():
        async with AsyncOpenAI(base_url=f"{live_server.url}/v1", api_key="none", max_retries=0) as client:
            stream = await client.chat.completions.create(model="citespan", messages=[user(DAU)], stream=True)
            return "".join([chunk.choices[0].delta.content or "" async for chunk in stream])

    assert "**4.08亿**" in asyncio.run(ask())


def test_models_are_listed_and_described(client):
    assert [model.id for model in client.models.list()] == ["citespan"]
    assert client.models.retrieve("citespan").owned_by == "citespan"
    assert client.models.retrieve("citespan/default").created > 0
    with pytest.raises(NotFoundError) as caught:
        client.models.retrieve("gpt-4o")
    assert caught.value.code == "model_not_found"


def test_search_options_travel_as_extra_fields(client):
    extra = {"k": 2, "filters": {"published_to": "2025-03-31"}}
    completion, _ = say(client, [user("快手2024年收入是多少？")], extra_body=extra)
    passages = completion.citations["passages"]
    assert len(passages) == 2
    assert all(passage["published"] <= "2025-03-31" for passage in passages)


@pytest.mark.parametrize(
    ("error", "code", "param", "sent"),
    [
        (NotFoundError, "model_not_found", "model", {"model": "citespan/none"}),
        (UnprocessableEntityError, "parameter_unsupported", "n", {"n": 2}),
        (
            UnprocessableEntityError,
            "content_unsupported",
            "messages.0",
            {"messages": [user([{"type": "image_url", "image_url": {"url": "https://example.org/a.png"}}])]},
        ),
        (UnprocessableEntityError, "question_empty", "messages", {"messages": [user("…")]}),
        (UnprocessableEntityError, "question_too_long", "messages", {"messages": [user("长" * 2001)]}),
    ],
)
@pytest.mark.parametrize("stream", [False, True])
def test_errors_are_read_by_the_client(client, error, code, param, sent, stream):
    request = {"model": "citespan", "messages": [user(DAU)]} | sent
    with pytest.raises(error) as caught:
        client.chat.completions.create(**request, stream=stream)
    assert (caught.value.code, caught.value.param) == (code, param)
    assert caught.value.body["message"] in str(caught.value)


def test_a_client_that_leaves_in_the_middle_of_a_stream_harms_nobody(client, live_server):
    body = json.dumps({"model": "citespan", "messages": [user(DAU)], "stream": True}).encode()
    head = f"POST /v1/chat/completions HTTP/1.1\r\nHost: {live_server.host}:{live_server.port}\r\n"
    head += "Content-Type: application/json\r\n"
    request = f"{head}Content-Length: {len(body)}\r\n\r\n".encode() + body
    for _ in range(8):  # as many as threads of both workers
        with socket.create_connection((live_server.host, live_server.port), timeout=30) as connection:
            # A reset as the answer to what still comes, instead of a polite end.
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")
            connection.sendall(request)
            assert connection.recv(64).startswith(b"HTTP/1.1 200")
    completion, _ = say(client, [user(DAU)])
    assert "4.08亿" in completion.choices[0].message.content
    assert "Traceback" not in live_server.log.read_text()
