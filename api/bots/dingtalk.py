"""DingTalk: messages to a robot in, replies by the message's ``sessionWebhook`` out, or in the answer itself.

Source: open.dingtalk.com, "Robot receives messages" (HTTP mode). The signature covers the time and nothing else: who
holds a fresh one could put words into it, and an address of their own to send the reply to. So the address must be
DingTalk's.
"""

from __future__ import annotations

import base64
import hmac
import re
from hashlib import sha256

from flask import Response
from pydantic import BaseModel

from api.body import parse_json, validate
from api.bots.authentic import check_fresh, check_signature
from api.bots.markups import DINGTALK
from api.bots.message import Message, Received, Sent
from api.bots.outgoing import Outgoing, accepted
from api.errors import RequestError
from api.render import json_response
from api.reply.markup import Markup
from api.settings import Settings

_MENTION = re.compile(r"(?:(?<=\s)|^)@\S+")
_TITLE = "Citespan"
"""Shown in notifications and in the list of chats."""


class _Text(BaseModel):
    content: str = ""


class _Part(BaseModel):
    text: str = ""


class _Content(BaseModel):
    richText: list[_Part] = []  # noqa: N815 - DingTalk's name


class _Sent(BaseModel):
    msgId: str  # noqa: N815
    msgtype: str = ""
    text: _Text = _Text()
    content: _Content = _Content()
    senderId: str = ""  # noqa: N815
    chatbotUserId: str = ""  # noqa: N815
    sessionWebhook: str = ""  # noqa: N815

    def question(self) -> str:
        """What was asked, without mentions; empty for pictures, files and the like."""
        said = self.text.content if self.msgtype == "text" else " ".join(part.text for part in self.content.richText)
        return " ".join(_MENTION.sub(" ", said).split())


class Dingtalk:
    name = "dingtalk"
    markup: Markup = DINGTALK
    limit = 15_000
    """Bytes; DingTalk takes 20,000 in a message as a whole."""

    def __init__(self, settings: Settings, outgoing: Outgoing) -> None:
        self.collection = settings.dingtalk_collection
        self._secret, self._host = settings.dingtalk_app_secret or "", settings.dingtalk_url.rstrip("/")
        self._outgoing = outgoing

    def size(self, text: str) -> int:
        return len(text.encode())

    def receive(self, sent: Sent) -> Received:
        at = sent.headers.get("timestamp", "")
        check_signature(signature(self._secret, at), sent.headers.get("sign", ""))
        check_fresh(at, sent.now, per_second=1000)
        found = validate(_Sent, parse_json(sent.body))
        done = json_response({})
        if found.senderId and found.senderId == found.chatbotUserId:
            return Received(done)
        webhook = found.sessionWebhook
        # All that stands before the first slash is the host, to every reader of addresses.
        if webhook and not webhook.startswith(self._host + "/"):
            raise RequestError("request_invalid", f"sessionWebhook: not an address below {self._host}.")
        message = Message(found.msgId, found.question(), {"webhook": webhook})
        return Received(done, message, in_body=None if webhook else _in_body, waits=not webhook)

    def send(self, message: Message, text: str) -> None:
        accepted(self._outgoing.post(message.target["webhook"], _markdown(text)), "errcode", "errmsg")


def signature(secret: str, timestamp: str) -> str:
    signed = f"{timestamp}\n{secret}".encode("utf-8", "replace")
    return base64.b64encode(hmac.new(secret.encode(), signed, sha256).digest()).decode()


def _markdown(text: str) -> dict[str, object]:
    return {"msgtype": "markdown", "markdown": {"title": _TITLE, "text": text}}


def _in_body(text: str) -> Response:
    return json_response(_markdown(text))
