"""WeCom: encrypted XML messages in; out, messages of the app where its secret is set, else encrypted answers.

Sources: developer.work.weixin.qq.com, "Callback configuration" and "Encryption and decryption" (path/91144), "Passive
replies", "Sending application messages", "Getting access_token".
"""

from __future__ import annotations

import base64
import binascii
import os
import struct
import time
from hashlib import sha1

from flask import Response

from api.bots import flat_xml
from api.bots.aes import decrypt, encrypt
from api.bots.authentic import check_fresh, check_signature, refuse
from api.bots.markups import WECOM
from api.bots.message import Message, Received, Sent, plain_answer
from api.bots.outgoing import Outgoing, accepted
from api.bots.token import AccessToken
from api.errors import RequestError
from api.reply.markup import Markup
from api.settings import Settings
from indexer.errors import ConfigError

XML = "application/xml"
_EXPIRED = ("40014", "42001")
_RANDOM, _PADDED_TO = 16, 32


class Wecom:
    name = "wecom"
    markup: Markup = WECOM
    limit = 2048
    """Bytes of UTF-8; WeCom cuts what is longer."""

    def __init__(self, settings: Settings, outgoing: Outgoing) -> None:
        """ConfigError if the key is none."""
        self.collection = settings.wecom_collection
        self._corp, self._token = settings.wecom_corp_id or "", settings.wecom_token or ""
        self._secret, self._api = settings.wecom_secret, settings.wecom_url.rstrip("/") + "/cgi-bin"
        self._cipher = Cipher(settings.wecom_encoding_aes_key or "", self._corp)
        self._outgoing = outgoing
        self._access = AccessToken(self._fetch_token, _EXPIRED)

    def size(self, text: str) -> int:
        return len(text.encode())

    def check_url(self, sent: Sent) -> Response:
        """WeCom checks an address by a word that only the holder of the key can read."""
        sealed = sent.query.get("echostr", "")
        self._check(sent, sealed)
        return plain_answer(self._opened(sealed).decode("utf-8", "replace"))

    def receive(self, sent: Sent) -> Received:
        sealed = _fields(sent.body).get("Encrypt", "")
        self._check(sent, sealed)
        found = _fields(self._opened(sealed))
        sender, event = found.get("FromUserName", ""), found.get("MsgId", "")
        if not sender or not event:  # no message but an event: somebody opened the app, or left
            return Received(_empty())
        target = {"user": sender, "agent": found.get("AgentID", "")}
        message = Message(event, found.get("Content", "").strip() if found.get("MsgType") == "text" else "", target)
        return Received(_empty(), message, in_body=lambda text: self._answer(sender, text), waits=self._secret is None)

    def _check(self, sent: Sent, sealed: str) -> None:
        at, nonce = sent.query.get("timestamp", ""), sent.query.get("nonce", "")
        check_signature(signature(self._token, at, nonce, sealed), sent.query.get("msg_signature", ""))
        check_fresh(at, sent.now)

    def _opened(self, sealed: str) -> bytes:
        try:
            return self._cipher.open(sealed)
        except ValueError:
            refuse()

    def _answer(self, user: str, text: str) -> Response:
        """The encrypted answer that WeCom shows to ``user``."""
        now = str(int(time.time()))
        reply = (
            f"<xml><ToUserName>{flat_xml.cdata(user)}</ToUserName>"
            f"<FromUserName>{flat_xml.cdata(self._corp)}</FromUserName><CreateTime>{now}</CreateTime>"
            f"<MsgType>{flat_xml.cdata('text')}</MsgType><Content>{flat_xml.cdata(text)}</Content></xml>"
        )
        sealed, nonce = self._cipher.seal(reply.encode()), os.urandom(8).hex()
        signed = signature(self._token, now, nonce, sealed)
        return Response(
            f"<xml><Encrypt>{flat_xml.cdata(sealed)}</Encrypt><MsgSignature>{flat_xml.cdata(signed)}</MsgSignature>"
            f"<TimeStamp>{now}</TimeStamp><Nonce>{flat_xml.cdata(nonce)}</Nonce></xml>",
            mimetype=XML,
        )

    def send(self, message: Message, text: str) -> None:
        agent = message.target["agent"]
        body = {
            "touser": message.target["user"],
            "agentid": int(agent) if agent.isdecimal() else agent,
            "msgtype": "text",
            "text": {"content": text},
        }
        self._access.use(
            lambda token: accepted(
                self._outgoing.post(f"{self._api}/message/send", body, query={"access_token": token}),
                "errcode",
                "errmsg",
            )
        )

    def _fetch_token(self) -> tuple[str, float]:
        query = {"corpid": self._corp, "corpsecret": self._secret or ""}
        found = accepted(self._outgoing.get(f"{self._api}/gettoken", query), "errcode", "errmsg")
        return str(found["access_token"]), float(found["expires_in"])


class Cipher:
    """WeCom's envelope: 16 random bytes, the length, the message, and whom it is for. ``key`` is the EncodingAESKey."""

    def __init__(self, key: str, receiver: str) -> None:
        """ConfigError unless ``key`` has the form that WeCom gives it."""
        try:
            self._key = base64.b64decode(key + "=", validate=True)
        except ValueError:
            self._key = b""
        if len(self._key) != 32:
            raise ConfigError("wecom_encoding_aes_key: not the 43 letters and digits that WeCom shows")
        self._iv, self._receiver = self._key[:16], receiver.encode()

    def open(self, sealed: str) -> bytes:
        """The message. ValueError if it was not made with this key, or for another receiver."""
        try:
            data = base64.b64decode(sealed, validate=True)
        except binascii.Error:
            raise ValueError("not base64") from None
        text = decrypt(self._key, self._iv, data, padded_to=_PADDED_TO)
        start = _RANDOM + 4
        if len(text) < start:
            raise ValueError("too short")
        end = start + struct.unpack(">I", text[_RANDOM:start])[0]
        if text[end:] != self._receiver:
            raise ValueError("for another receiver")
        return text[start:end]

    def seal(self, message: bytes) -> str:
        text = os.urandom(_RANDOM) + struct.pack(">I", len(message)) + message + self._receiver
        return base64.b64encode(encrypt(self._key, self._iv, text, padded_to=_PADDED_TO)).decode()


def signature(token: str, timestamp: str, nonce: str, sealed: str) -> str:
    """SHA-1 of the four in alphabetical order."""
    return sha1("".join(sorted((token, timestamp, nonce, sealed))).encode("utf-8", "replace")).hexdigest()  # noqa: S324


def _fields(data: bytes) -> dict[str, str]:
    try:
        return flat_xml.parse(data)
    except ValueError as error:
        raise RequestError("xml_invalid", f"The body: {error}.") from None


def _empty() -> Response:
    return Response("", mimetype=XML)
