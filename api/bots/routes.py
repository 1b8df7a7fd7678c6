"""The addresses that chat platforms send to."""

from __future__ import annotations

import time

from flask import Blueprint, Flask, Response, current_app, request
from pydantic import ConfigDict, Field

from api.body import reading_body
from api.bots.desk import Desk
from api.bots.message import Sent
from api.bots.platforms import open_bots
from api.bots.replies import reply
from api.observe.request_id import request_id
from api.operation import SIGNED, Operation, operation
from api.render import JSON
from api.reply.links import base_url, links_from
from api.responses import ResponseModel
from api.schemas import RequestModel
from api.service import service
from api.settings import Settings

blueprint = Blueprint("bots", __name__, url_prefix="/bots")

_EXTENSION = "citespan-bots"
_FORM, _XML, _TEXT = "application/x-www-form-urlencoded", "application/xml", "text/plain"
_PROBLEMS = ("signature_invalid", "request_stale", "bot_not_configured", "bot_busy", "request_invalid")
_JSON_PROBLEMS = (*_PROBLEMS, "json_invalid", "text_invalid")
_ABOUT = "Called by the platform, which signs its requests; docs/bots.md tells how to set it up."


class FeishuAnswer(ResponseModel):
    """Empty, or the word by which Feishu checks the address."""

    challenge: str | None = None


class DingtalkMarkdown(ResponseModel):
    title: str
    text: str


class DingtalkAnswer(ResponseModel):
    """Empty, or a message for the chat where DingTalk gave no address to send it to."""

    msgtype: str | None = None
    markdown: DingtalkMarkdown | None = None


class WecomQuery(RequestModel):
    """What WeCom signs a request with. Other parameters of the address are let pass."""

    model_config = ConfigDict(extra="ignore", frozen=True)
    msg_signature: str = Field(default="", description="SHA-1 of token, timestamp, nonce and the sealed text.")
    timestamp: str = ""
    nonce: str = ""


class WecomCheck(WecomQuery):
    echostr: str = Field(default="", description="A sealed word, to be answered with what it says.")


def _from_platform(
    summary: str,
    answer: type[ResponseModel] | str,
    *foreign: str,
    query: type[RequestModel] | None = None,
    problems: tuple[str, ...] = _JSON_PROBLEMS,
) -> Operation:
    """What all of these routes declare alike. ``foreign``: media types of the body."""
    return Operation(
        summary=summary,
        tag="Bots",
        scope=SIGNED,
        description=_ABOUT,
        foreign=foreign,
        query=query,
        answers={200: answer},
        problems=problems,
    )


@blueprint.post("/slack")
@operation(_from_platform("Take an event or a slash command from Slack", _TEXT, JSON, _FORM))
def slack_bot() -> Response:
    return _take("slack")


@blueprint.post("/feishu")
@operation(_from_platform("Take an event from Feishu or Lark", FeishuAnswer, JSON))
def feishu_bot() -> Response:
    return _take("feishu")


@blueprint.post("/dingtalk")
@operation(_from_platform("Take a message from DingTalk", DingtalkAnswer, JSON))
def dingtalk_bot() -> Response:
    return _take("dingtalk")


@blueprint.get("/wecom")
@operation(
    _from_platform(
        "Show WeCom that this address holds the key",
        _TEXT,
        query=WecomCheck,
        problems=("signature_invalid", "request_stale", "bot_not_configured"),
    )
)
def wecom_check(query: WecomCheck) -> Response:
    from api.bots.wecom import Wecom

    bot = _desk().bot("wecom")
    assert isinstance(bot, Wecom)  # noqa: S101
    return bot.check_url(_sent(b"", query.model_dump()))


@blueprint.post("/wecom")
@operation(
    _from_platform("Take a message from WeCom", _XML, _XML, query=WecomQuery, problems=(*_PROBLEMS, "xml_invalid"))
)
def wecom_bot(query: WecomQuery) -> Response:
    return _take("wecom", query.model_dump())


def register_bots(app: Flask, settings: Settings) -> None:
    """Raises ConfigError for a bot that is configured by half."""
    app.extensions[_EXTENSION] = Desk(settings, open_bots(settings))


def _desk() -> Desk:
    found: Desk = current_app.extensions[_EXTENSION]
    return found


def _take(name: str, query: dict[str, str] | None = None) -> Response:
    desk, held, own_id = _desk(), service(), request_id()
    bot = desk.bot(name)
    link = links_from(base_url(held.settings, request.host_url))
    request.max_content_length = held.settings.max_body_bytes
    with reading_body():
        body = request.get_data(cache=False)
    received = bot.receive(_sent(body, query or {}))
    question = received.message.question if received.message else ""
    return desk.take(bot, received, lambda: reply(held, bot, question, link, own_id), own_id)


def _sent(body: bytes, query: dict[str, str]) -> Sent:
    return Sent(request.headers, query, body, request.mimetype, time.time())  # type: ignore[arg-type]
