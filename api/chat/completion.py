"""A reply as a chat completion, whole or as the events of a stream: pure functions."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import orjson

PIECE = 40
"""Characters of a piece of a streamed reply, at most, but for the marks that belong to the last of them."""
_JOINERS = frozenset("\u200d\ufe0e\ufe0f")
_UNIT = re.compile(r"[\u2e80-\u9fff\uac00-\ud7ff\uf900-\ufaff\U00020000-\U0003ffff]|[^\W\u2e80-\U0003ffff]+|[^\w\s]")
Event = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Completion:
    """A reply and what a completion says beside it. ``created`` is in seconds of Unix time; ``citations`` is the
    object of ``/v1/ask``."""

    request_id: str
    created: int
    model: str
    fingerprint: str
    content: str
    usage: Mapping[str, int]
    citations: Mapping[str, Any]
    completed_question: str | None


def whole(reply: Completion) -> dict[str, Any]:
    """The object ``chat.completion``."""
    message = {"role": "assistant", "content": reply.content, "refusal": None}
    choice = {"index": 0, "message": message, "logprobs": None, "finish_reason": "stop"}
    return {
        **_head(reply, "chat.completion"),
        "choices": [choice],
        "usage": dict(reply.usage),
        **_extensions(reply),
    }


def events(reply: Completion, *, include_usage: bool) -> Iterator[bytes]:
    """The stream: server-sent events (WHATWG HTML, 9.2) of ``chat.completion.chunk`` objects, then ``[DONE]``."""
    for chunk in chunks(reply, include_usage=include_usage):
        yield b"data: " + orjson.dumps(chunk, option=orjson.OPT_SERIALIZE_NUMPY) + b"\n\n"
    yield b"data: [DONE]\n\n"


def chunks(reply: Completion, *, include_usage: bool) -> Iterator[Event]:
    """The chunks: the role, the content in pieces, and the end of the answer with ``citations``.

    With ``include_usage`` one more follows that has the usage and no choice, and the others have a null there.
    """
    usage = {"usage": None} if include_usage else {}
    yield _chunk(reply, {"role": "assistant", "content": "", "refusal": None}) | usage
    for piece in pieces(reply.content):
        yield _chunk(reply, {"content": piece}) | usage
    yield _chunk(reply, {}, "stop") | usage | _extensions(reply)
    if include_usage:
        yield _head(reply, "chat.completion.chunk") | {"choices": [], "usage": dict(reply.usage)}


def pieces(text: str) -> Iterator[str]:
    """``text`` in pieces that joined give it again; none begins with a mark that belongs to the character before."""
    start = 0
    while start < len(text):
        end = min(start + PIECE, len(text))
        while end < len(text) and _belongs(text, end):
            end += 1
        yield text[start:end]
        start = end


def _belongs(text: str, at: int) -> bool:
    """Whether the character ``at`` is drawn together with the one before: combining marks, joined emoji, flags."""
    char, before = text[at], text[at - 1]
    return (
        unicodedata.category(char).startswith("M")
        or char in _JOINERS
        or before in _JOINERS
        or "\U0001f3fb" <= char <= "\U0001f3ff"
        or "\U0001f1e6" <= char <= "\U0001f1ff"
        or (before == "\r" and char == "\n")
    )


def usage(prompt: str, completion: str) -> dict[str, int]:
    """What was read and written, counted as people count: each Chinese character, word, number and mark is one.

    No model reads tokens here; the count is near that of common tokenizers and depends on the text alone.
    """
    read, written = (sum(1 for _ in _UNIT.finditer(text)) for text in (prompt, completion))
    return {"prompt_tokens": read, "completion_tokens": written, "total_tokens": read + written}


def _head(reply: Completion, kind: str) -> dict[str, Any]:
    return {
        "id": f"chatcmpl-{reply.request_id}",
        "object": kind,
        "created": reply.created,
        "model": reply.model,
        "system_fingerprint": reply.fingerprint,
    }


def _chunk(reply: Completion, delta: Mapping[str, Any], finish_reason: str | None = None) -> dict[str, Any]:
    choice = {"index": 0, "delta": dict(delta), "logprobs": None, "finish_reason": finish_reason}
    return {**_head(reply, "chat.completion.chunk"), "choices": [choice]}


def _extensions(reply: Completion) -> dict[str, Any]:
    return {"completed_question": reply.completed_question, "citations": dict(reply.citations)}
