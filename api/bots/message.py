"""What a platform's request comes to: an answer to give at once, and a message that wants a reply."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Protocol

from flask import Response

from api.reply.markup import Markup


@dataclass(frozen=True, slots=True)
class Sent:
    """A request as it came. ``body`` is what was signed, byte for byte; ``now`` is the time, in seconds."""

    headers: Mapping[str, str]
    query: Mapping[str, str]
    body: bytes
    media_type: str
    now: float


@dataclass(frozen=True, slots=True)
class Message:
    """A message to the bot. ``event`` is the same each time the platform sends it; ``target`` is where the reply goes,
    in the platform's own terms. ``question`` is empty where nothing was asked."""

    event: str
    question: str
    target: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Received:
    """``answer``: what the platform gets at once. ``in_body``: makes an HTTP answer that carries a reply, where the
    platform takes one; ``waits``: it takes none in any other way."""

    answer: Response
    message: Message | None = None
    in_body: Callable[[str], Response] | None = None
    waits: bool = False


class Bot(Protocol):
    """A platform, as it is configured. ``limit`` and ``size``: how long a reply may be, and in what."""

    name: str
    collection: str | None
    markup: Markup
    limit: int

    def size(self, text: str) -> int: ...

    def receive(self, sent: Sent) -> Received:
        """Raises RequestError for a request that is not authentic, too old, or not understood."""
        ...

    def send(self, message: Message, text: str) -> None:
        """Raises PlatformError where the platform does not take the reply."""
        ...


def plain_answer(text: str = "") -> Response:
    return Response(text, mimetype="text/plain")
