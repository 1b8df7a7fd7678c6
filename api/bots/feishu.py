"""Feishu and Lark: events of schema 2.0 in, replies to the message out.

Sources: open.feishu.cn, "Receive events" (challenge, Encrypt Key, signature), event ``im.message.receive_v1``,
"Reply to a message", "Get tenant_access_token of a custom app".
"""

from __future__ import annotations

import base64
import binascii
import re
from hashlib import sha256
from urllib.parse import quote

import orjson
from pydantic import BaseModel

from api.body import parse_json, validate
from api.bots.aes import BLOCK, decrypt
from api.bots.authentic import check_fresh, check_signature, refuse
from api.bots.markups import FEISHU, feishu_lines
from api.bots.message import Message, Received, Sent
from api.bots.outgoing import Outgoing, accepted
from api.bots.token import AccessToken
from api.errors import RequestError
from api.render import json_response
from api.reply.markup import Markup
from api.settings import Settings

_EXPIRED = ("99991661", "99991663", "99991664", "99991668", "99991671")
_MENTION = re.compile(r"@_(?:user_\d+|all)\b")
_UUID_LENGTH = 50
_TEXTS = ("text", "post")


class _Sealed(BaseModel):
    encrypt: str | None = None


class _Header(BaseModel):
    event_id: str
    event_type: str
    create_time: str = ""
    token: str = ""


class _FeishuMessage(BaseModel):
    message_id: str
    chat_type: str = ""
    message_type: str = ""
    content: str = ""
    mentions: list[object] | None = None


class _Sender(BaseModel):
    sender_type: str = ""


class _Event(BaseModel):
    sender: _Sender
    message: _FeishuMessage


class _Challenge(BaseModel):
    challenge: str
    token: str = ""


class Feishu:
    name = "feishu"
    markup: Markup = FEISHU
    limit = 8000
    """A request may have 30 KB, of which one Chinese character takes three bytes."""

    def __init__(self, settings: Settings, outgoing: Outgoing) -> None:
        self.collection = settings.feishu_collection
        self._id, self._secret = settings.feishu_app_id, settings.feishu_app_secret
        self._token, self._key = settings.feishu_verification_token or "", settings.feishu_encrypt_key
        self._api = settings.feishu_url.rstrip("/") + "/open-apis"
        self._outgoing = outgoing
        self._access = AccessToken(self._fetch_token, _EXPIRED)

    def size(self, text: str) -> int:
        return len(text)

    def receive(self, sent: Sent) -> Received:
        body = self._open(sent)
        if body.get("type") == "url_verification":  # the one request that Feishu does not sign
            challenge = validate(_Challenge, body)
            check_signature(self._token, challenge.token)
            return Received(json_response({"challenge": challenge.challenge}))
        header = validate(_Header, body.get("header"))
        check_signature(self._token, header.token)
        self._check_sender(sent, header)
        done = Received(json_response({}))
        if header.event_type != "im.message.receive_v1":
            return done
        event = validate(_Event, body.get("event"))
        message = event.message
        # In a group the bot is meant where it is mentioned. Bots are not answered, or two would go on for ever.
        if event.sender.sender_type != "user" or (message.chat_type != "p2p" and not message.mentions):
            return done
        return Received(done.answer, Message(header.event_id, question(message), {"message_id": message.message_id}))

    def _open(self, sent: Sent) -> dict[str, object]:
        """The event, decrypted where a key is set; what then comes in the clear did not come from Feishu."""
        body = parse_json(sent.body)
        sealed = validate(_Sealed, body).encrypt
        if self._key:
            body = self._unsealed(self._key, sealed) if sealed else refuse()
        elif sealed:
            raise RequestError("request_invalid", "The event is encrypted, and no encrypt key is set.")
        if not isinstance(body, dict):
            raise RequestError("request_invalid", "The event is no JSON object.")
        return body

    @staticmethod
    def _unsealed(key: str, sealed: str) -> object:
        """Wrong padding and wrong JSON are refused alike: who could tell them apart could read a message that they
        caught, by sending it again with changes (Vaudenay, 2002)."""
        try:
            return parse_json(unseal(key, sealed))
        except (ValueError, RequestError):
            refuse()

    def _check_sender(self, sent: Sent, header: _Header) -> None:
        """The signature, where there is a key to sign with; and that the event is new."""
        if self._key is None:
            check_fresh(header.create_time, sent.now, per_second=1000)
            return
        at, nonce = sent.headers.get("X-Lark-Request-Timestamp", ""), sent.headers.get("X-Lark-Request-Nonce", "")
        check_signature(signature(self._key, at, nonce, sent.body), sent.headers.get("X-Lark-Signature", ""))
        check_fresh(at, sent.now)

    def send(self, message: Message, text: str) -> None:
        content = {"zh_cn": {"title": "", "content": feishu_lines(text)}}
        body = {
            "msg_type": "post",
            "content": orjson.dumps(content).decode(),
            # Feishu sends only one of two replies with the same.
            "uuid": sha256(message.event.encode()).hexdigest()[:_UUID_LENGTH],
        }
        url = f"{self._api}/im/v1/messages/{quote(message.target['message_id'], safe='')}/reply"
        self._access.use(lambda token: accepted(self._outgoing.post(url, body, token=token), "code", "msg"))

    def _fetch_token(self) -> tuple[str, float]:
        answered = self._outgoing.post(
            f"{self._api}/auth/v3/tenant_access_token/internal", {"app_id": self._id, "app_secret": self._secret}
        )
        found = accepted(answered, "code", "msg")
        return str(found["tenant_access_token"]), float(found["expire"])


def signature(key: str, timestamp: str, nonce: str, body: bytes) -> str:
    return sha256(f"{timestamp}{nonce}{key}".encode("utf-8", "replace") + body).hexdigest()


def unseal(key: str, sealed: str) -> bytes:
    """AES-256-CBC with the SHA-256 of the key; the first block is the initial vector. ValueError if it is not so."""
    try:
        data = base64.b64decode(sealed, validate=True)
    except binascii.Error:
        raise ValueError("not base64") from None
    return decrypt(sha256(key.encode()).digest(), data[:BLOCK], data[BLOCK:])


def question(message: _FeishuMessage) -> str:
    """What was asked, without mentions; empty for pictures, files and the like."""
    if message.message_type not in _TEXTS:
        return ""
    content = parse_json(message.content.encode())
    if not isinstance(content, dict):
        return ""
    text = content.get("text") if message.message_type == "text" else " ".join(_post_texts(content))
    return " ".join(_MENTION.sub(" ", text if isinstance(text, str) else "").split())


def _post_texts(content: dict[str, object]) -> list[str]:
    """The title of rich text and the words of its paragraphs."""
    paragraphs = content.get("content")
    lines = [line for line in paragraphs if isinstance(line, list)] if isinstance(paragraphs, list) else []
    parts = [part for line in lines for part in line if isinstance(part, dict) and part.get("tag") in ("text", "a")]
    return [text for text in (content.get("title"), *(part.get("text") for part in parts)) if isinstance(text, str)]
