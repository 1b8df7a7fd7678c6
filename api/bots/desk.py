"""Where the bots' messages are taken in: each answered once, soon, and never by silence."""

from __future__ import annotations

import logging
from collections.abc import Callable
from concurrent.futures import Future
from concurrent.futures import TimeoutError as FutureTimeout
from pathlib import Path

from flask import Response

from api.bots.message import Bot, Message, Received
from api.bots.seen import Seen
from api.bots.words import words_for
from api.bots.workers import Full, Workers
from api.errors import RequestError
from api.settings import Settings
from indexer.errors import CitespanError

log = logging.getLogger("citespan.bots")

PATIENCE_S = 3.5
"""For a reply that must go into the answer: WeCom waits five seconds for it, and the way there and back takes some."""
_BUSY_QUEUE = 100

Answerer = Callable[[], str]


class Desk:
    """``bots`` by name. Each worker process has a desk; only the record of what was answered is shared."""

    def __init__(self, settings: Settings, bots: dict[str, Bot]) -> None:
        self._bots = bots
        self._seen = Seen(Path(settings.data_dir))
        self._workers = Workers("bot", settings.bot_threads, settings.bot_queue)
        # To say that one is busy takes a request too, and must not wait behind what one is busy with.
        self._busy = Workers("bot-busy", 1, _BUSY_QUEUE)

    def bot(self, name: str) -> Bot:
        """RequestError ``bot_not_configured`` where there is none of that name."""
        if name not in self._bots:
            raise RequestError("bot_not_configured", f"The {name} bot is not configured here.")
        return self._bots[name]

    def take(self, bot: Bot, received: Received, answer: Answerer, request_id: str) -> Response:
        """What the platform is told at once; ``answer`` makes the reply that follows. RequestError ``bot_busy``."""
        message = received.message
        if message is None or not self._seen.claim(bot.name, message.event):
            return received.answer
        try:
            if received.waits:
                return self._in_body(bot, received, message, self._workers.submit(answer))
            self._workers.submit(lambda: _send(bot, message, answer(), request_id))
        except Full:
            return self._too_busy(bot, received, message, request_id)
        return received.answer

    def _in_body(self, bot: Bot, received: Received, message: Message, reply: Future[str]) -> Response:
        assert received.in_body is not None  # noqa: S101 - a platform that waits takes it there
        try:
            return received.in_body(reply.result(PATIENCE_S))
        except FutureTimeout:
            reply.cancel()
            log.error("%s: a reply took longer than the platform waits", bot.name)
            return received.in_body(words_for(message.question).slow)

    def _too_busy(self, bot: Bot, received: Received, message: Message, request_id: str) -> Response:
        text = words_for(message.question).busy
        log.warning("%s [%s]: too many questions are waiting", bot.name, request_id)
        if received.in_body is not None:
            return received.in_body(text)
        try:
            self._busy.submit(lambda: _send(bot, message, text, request_id))
        except Full:
            self._seen.release(bot.name, message.event)  # the platform will send it again
            raise RequestError("bot_busy", "Too many questions are waiting to be answered.") from None
        return received.answer


def _send(bot: Bot, message: Message, text: str, request_id: str) -> None:
    try:
        bot.send(message, text)
    except CitespanError as error:
        log.error("%s [%s]: a reply could not be delivered: %s", bot.name, request_id, error.message)
    except Exception:
        log.exception("%s [%s]: a reply could not be delivered", bot.name, request_id)
