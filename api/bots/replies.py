"""From a question to the text of a reply, which is never an exception: people wait for it."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from typing import Any

from api.body import validate
from api.bots.message import Bot
from api.bots.words import CHINESE, ENGLISH, words_for
from api.errors import RequestError
from api.questions import answer_question
from api.reply.compose import Result, compose
from api.reply.links import Link
from api.schemas import AskRequest
from api.service import Service
from indexer.errors import CitespanError, QueryError
from qa.query import language

log = logging.getLogger("citespan.bots")

_PASSAGES = 3
_UNCLEAR = {"question_empty", "query_invalid", "text_invalid", "request_invalid"}
HELP = f"{CHINESE.help}\n{ENGLISH.help}"
"""To a message without a question, which tells no language."""


def reply(held: Service, bot: Bot, question: str, link: Link, request_id: str) -> str:
    """The answer to ``question`` in the markup of ``bot``, or what keeps it from being given."""
    if not question:
        return HELP
    try:
        body = validate(AskRequest, {"question": question, "collection": bot.collection, "k": _PASSAGES})
        result = answer_question(held, body)
        return fitted(result, lambda part: compose(part, link, language(question), bot.markup), bot.size, bot.limit)
    except CitespanError as error:
        return _excuse(error, held, bot, question, request_id)
    except Exception:
        log.exception("%s [%s]: the question could not be answered", bot.name, request_id)
        return words_for(question).failed.format(id=request_id)


def fitted(result: Result, write: Callable[[Result], str], size: Callable[[str], int], limit: int) -> str:
    """``result`` written in at most ``limit``, by leaving out what matters least, and by cutting at last."""
    text = ""
    for part in _shorter(result):
        text = write(part)
        if size(text) <= limit:
            return text
    return cut(text, size, limit)


def _shorter(result: Result) -> Iterator[Result]:
    """``result``, and with less and less in it: other answers go first, then further sources."""
    yield result
    if result["answer"] is None:
        for left in range(len(result["passages"]) - 1, 0, -1):
            yield {**result, "passages": result["passages"][:left]}
        return
    yield {**result, "alternatives": []}
    answer: dict[str, Any] = result["answer"]
    for left in range(len(answer["citations"]) - 1, 0, -1):
        yield {**result, "alternatives": [], "answer": {**answer, "citations": answer["citations"][:left]}}


def cut(text: str, size: Callable[[str], int], limit: int) -> str:
    """The first lines of ``text`` that fit, or the first characters of its first line. Whole lines keep links whole."""
    lines = text.split("\n")
    while len(lines) > 1 and size("\n".join([*lines, "…"])) > limit:
        lines.pop()
    kept = "\n".join(lines).rstrip()
    while size(f"{kept} …") > limit:
        kept = kept[: -max(1, (size(f"{kept} …") - limit) // 4)]
    return f"{kept} …"


def _excuse(error: CitespanError, held: Service, bot: Bot, question: str, request_id: str) -> str:
    words = words_for(question)
    if error.error_code == "question_too_long":
        return words.too_long.format(limit=held.settings.max_question_chars)
    if isinstance(error, (QueryError, RequestError)) and error.error_code in _UNCLEAR:
        return words.unclear
    if error.error_code == "not_ready":
        return words.not_ready
    # No question in the log: it is kept where documents are not.
    log.error("%s [%s]: the question could not be answered: %s", bot.name, request_id, error.message)
    return words.failed.format(id=request_id)
