"""The platforms as senders: requests signed and sealed as their documentation says, by code of their own or of the
platform's SDK, never by the service's."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import os
import struct
import time
from dataclasses import dataclass, field
from urllib.parse import urlencode
from xml.etree import ElementTree

from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from fake_platform import WECOM_CORP, FakePlatform
from slack_sdk.signature import SignatureVerifier

SLACK_SECRET = "8f742231b10e8888abcd99yyyzzz85a5"
FEISHU_TOKEN, FEISHU_KEY = "feishu-verification-token", "test key"
DINGTALK_SECRET = "this is secret"
WECOM_TOKEN, WECOM_KEY = "QDG6eK", "jWmYm7qr5nMoAUwZRjGtBxmz3KA1tkAj3ykkR6q2B2C"
SECRETS = {
    "CITESPAN_SLACK_SIGNING_SECRET": SLACK_SECRET,
    "CITESPAN_FEISHU_VERIFICATION_TOKEN": FEISHU_TOKEN,
    "CITESPAN_FEISHU_ENCRYPT_KEY": FEISHU_KEY,
    "CITESPAN_DINGTALK_APP_SECRET": DINGTALK_SECRET,
    "CITESPAN_WECOM_TOKEN": WECOM_TOKEN,
    "CITESPAN_WECOM_ENCODING_AES_KEY": WECOM_KEY,
}


@dataclass(frozen=True)
class Request:
    """A signed request to the service."""

    path: str
    body: bytes = b""
    headers: dict[str, str] = field(default_factory=dict)
    method: str = "POST"


class SlackSender:
    bot = "slack"

    def __init__(self, platform: FakePlatform) -> None:
        self.platform = platform

    def signed(self, body: bytes, at: float, media_type: str = "application/json", signature: str | None = None):
        stamp = str(int(at))
        signature = signature or SignatureVerifier(SLACK_SECRET).generate_signature(timestamp=stamp, body=body)
        headers = {"X-Slack-Request-Timestamp": stamp, "X-Slack-Signature": signature, "Content-Type": media_type}
        return Request("/bots/slack", body, headers)

    def event(self, target: str, text: str, kind: str = "app_mention", **more: object) -> dict:
        event = {"type": kind, "user": "U1", "text": f"<@U0BOT> {text}", "channel": "C1", "ts": target, **more}
        return {"type": "event_callback", "event_id": f"Ev{target}", "event": event}

    def question(self, target: str, text: str, at: float | None = None) -> Request:
        return self.signed(json.dumps(self.event(target, text)).encode(), at or time.time())

    def raw(self, body: bytes) -> Request:
        return self.signed(body, time.time())

    def forged(self, target: str, text: str) -> Request:
        return self.signed(json.dumps(self.event(target, text)).encode(), time.time(), signature="v0=" + "0" * 64)

    def picture(self, target: str) -> Request:
        return self.question(target, "")

    def own_message(self, target: str) -> Request:
        return self.raw(json.dumps(self.event(target, "hello", bot_id="B1")).encode())

    def check(self) -> tuple[Request, str]:
        body = json.dumps({"token": "x", "challenge": "3eZbrw1aB", "type": "url_verification"}).encode()
        return self.raw(body), "3eZbrw1aB"

    def command(self, target: str, text: str, hooks: str | None = None) -> Request:
        fields = {
            "command": "/ask",
            "text": text,
            "trigger_id": f"tr.{target}",
            "response_url": f"{hooks or self.platform.url + '/slack/hooks'}/{target}",
        }
        return self.signed(urlencode(fields).encode(), time.time(), "application/x-www-form-urlencoded")

    def stranger(self, target: str) -> Request:
        return self.command(target, "可灵收入？", "http://127.0.0.1:9/hooks")


class FeishuSender:
    bot = "feishu"

    def __init__(self, platform: FakePlatform) -> None:
        self.platform = platform

    @staticmethod
    def sealed(text: bytes) -> bytes:
        key, iv, padding = hashlib.sha256(FEISHU_KEY.encode()).digest(), os.urandom(16), 16 - len(text) % 16
        encryptor = Cipher(algorithms.AES(key), modes.CBC(iv)).encryptor()
        data = iv + encryptor.update(text + bytes([padding]) * padding) + encryptor.finalize()
        return json.dumps({"encrypt": base64.b64encode(data).decode()}).encode()

    def signed(self, body: bytes, at: float, signature: str | None = None) -> Request:
        stamp, nonce = str(int(at)), os.urandom(4).hex()
        good = hashlib.sha256((stamp + nonce + FEISHU_KEY).encode() + body).hexdigest()
        return Request(
            "/bots/feishu",
            body,
            {
                "X-Lark-Request-Timestamp": stamp,
                "X-Lark-Request-Nonce": nonce,
                "X-Lark-Signature": signature or good,
                "Content-Type": "application/json",
            },
        )

    def event(self, target: str, text: str, at: float | None = None, **more: object) -> dict:
        message = {
            "message_id": target,
            "chat_type": "group",
            "message_type": "text",
            "content": json.dumps({"text": f"@_user_1 {text}"}),
            "mentions": [{"key": "@_user_1", "name": "Citespan", "id": {"open_id": "ou_1"}}],
        }
        return {
            "schema": "2.0",
            "header": {
                "event_id": f"ev-{target}",
                "event_type": "im.message.receive_v1",
                "create_time": str(int((at or time.time()) * 1000)),
                "token": FEISHU_TOKEN,
            },
            "event": {"sender": {"sender_type": "user"}, "message": {**message, **more}},
        }

    def question(self, target: str, text: str, at: float | None = None) -> Request:
        return self.signed(self.sealed(json.dumps(self.event(target, text)).encode()), at or time.time())

    def raw(self, body: bytes) -> Request:
        return self.signed(body, time.time())

    def forged(self, target: str, text: str) -> Request:
        return self.signed(self.sealed(json.dumps(self.event(target, text)).encode()), time.time(), "0" * 64)

    def picture(self, target: str) -> Request:
        event = self.event(target, "", message_type="image", content='{"image_key": "img_1"}')
        return self.raw(self.sealed(json.dumps(event).encode()))

    def own_message(self, target: str) -> Request:
        event = self.event(target, "hello")
        event["event"]["sender"]["sender_type"] = "app"
        return self.raw(self.sealed(json.dumps(event).encode()))

    def check(self) -> tuple[Request, str]:
        body = {"challenge": "ajls384kdj", "token": FEISHU_TOKEN, "type": "url_verification"}
        return Request("/bots/feishu", self.sealed(json.dumps(body).encode())), '{"challenge":"ajls384kdj"}'

    stranger = None


class DingtalkSender:
    bot = "dingtalk"

    def __init__(self, platform: FakePlatform) -> None:
        self.platform = platform

    def signed(self, body: bytes, at: float, sign: str | None = None) -> Request:
        stamp = str(round(at * 1000))
        digest = hmac.new(DINGTALK_SECRET.encode(), f"{stamp}\n{DINGTALK_SECRET}".encode(), hashlib.sha256).digest()
        headers = {"timestamp": stamp, "sign": sign or base64.b64encode(digest).decode()}
        return Request("/bots/dingtalk", body, {**headers, "Content-Type": "application/json; charset=utf-8"})

    def message(self, target: str, text: str, **more: object) -> dict:
        return {
            "msgId": f"msg-{target}",
            "msgtype": "text",
            "text": {"content": f" {text}"},
            "conversationType": "2",
            "isInAtList": True,
            "senderId": "$:LWCP_v1:$sender",
            "chatbotUserId": "$:LWCP_v1:$bot",
            "sessionWebhook": f"{self.platform.url}/dingtalk/robot/sendBySession?session={target}",
            **more,
        }

    def question(self, target: str, text: str, at: float | None = None) -> Request:
        return self.signed(json.dumps(self.message(target, text)).encode(), at or time.time())

    def raw(self, body: bytes) -> Request:
        return self.signed(body, time.time())

    def forged(self, target: str, text: str) -> Request:
        return self.signed(json.dumps(self.message(target, text)).encode(), time.time(), "A" * 43 + "=")

    def picture(self, target: str) -> Request:
        message = self.message(target, "", msgtype="picture", content={"downloadCode": "abc"})
        return self.raw(json.dumps(message).encode())

    def own_message(self, target: str) -> Request:
        return self.raw(json.dumps(self.message(target, "hello", senderId="$:LWCP_v1:$bot")).encode())

    check = None

    def stranger(self, target: str) -> Request:
        message = self.message(target, "可灵收入？", sessionWebhook=f"{self.platform.url}.evil.example/dingtalk/robot")
        return self.raw(json.dumps(message).encode())


class WecomSender:
    bot = "wecom"

    def __init__(self, platform: FakePlatform) -> None:
        self.platform = platform

    @staticmethod
    def cipher() -> Cipher:
        key = base64.b64decode(WECOM_KEY + "=")
        return Cipher(algorithms.AES(key), modes.CBC(key[:16]))

    @classmethod
    def sealed(cls, text: bytes, receiver: str = WECOM_CORP) -> str:
        data = os.urandom(16) + struct.pack(">I", len(text)) + text + receiver.encode()
        padding = 32 - len(data) % 32
        encryptor = cls.cipher().encryptor()
        return base64.b64encode(encryptor.update(data + bytes([padding]) * padding) + encryptor.finalize()).decode()

    @classmethod
    def opened(cls, sealed: str) -> bytes:
        decryptor = cls.cipher().decryptor()
        data = decryptor.update(base64.b64decode(sealed)) + decryptor.finalize()
        data = data[: -data[-1]]
        length = struct.unpack(">I", data[16:20])[0]
        assert data[20 + length :] == WECOM_CORP.encode()
        return data[20 : 20 + length]

    @classmethod
    def reply(cls, answer: bytes) -> dict[str, str]:
        """What WeCom reads in an encrypted answer, after it checked the signature."""
        outer = fields(answer.decode())
        assert outer["MsgSignature"] == cls.sign(outer["TimeStamp"], outer["Nonce"], outer["Encrypt"])
        return fields(cls.opened(outer["Encrypt"]).decode())

    @staticmethod
    def sign(stamp: str, nonce: str, sealed: str) -> str:
        return hashlib.sha1("".join(sorted([WECOM_TOKEN, stamp, nonce, sealed])).encode()).hexdigest()

    def signed(self, sealed: str, at: float, signature: str | None = None, body: bytes | None = None) -> Request:
        stamp, nonce = str(int(at)), "1372623149"
        query = {"msg_signature": signature or self.sign(stamp, nonce, sealed), "timestamp": stamp, "nonce": nonce}
        outer = f"<xml><ToUserName><![CDATA[{WECOM_CORP}]]></ToUserName><Encrypt><![CDATA[{sealed}]]></Encrypt>"
        outer += "<AgentID><![CDATA[218]]></AgentID></xml>"
        return Request(
            f"/bots/wecom?{urlencode(query)}", body or outer.encode(), {"Content-Type": "text/xml; charset=utf-8"}
        )

    def message(self, target: str, text: str, kind: str = "text") -> bytes:
        return (
            f"<xml><ToUserName><![CDATA[{WECOM_CORP}]]></ToUserName><FromUserName><![CDATA[{target}]]></FromUserName>"
            f"<CreateTime>1409659813</CreateTime><MsgType><![CDATA[{kind}]]></MsgType>"
            f"<Content><![CDATA[{text}]]></Content><MsgId>{target}</MsgId><AgentID>218</AgentID></xml>"
        ).encode()

    def question(self, target: str, text: str, at: float | None = None) -> Request:
        return self.signed(self.sealed(self.message(target, text)), at or time.time())

    def raw(self, body: bytes) -> Request:
        return self.signed("", time.time(), body=body)

    def forged(self, target: str, text: str) -> Request:
        return self.signed(self.sealed(self.message(target, text)), time.time(), "0" * 40)

    def picture(self, target: str) -> Request:
        return self.signed(self.sealed(self.message(target, "", "image")), time.time())

    def own_message(self, target: str) -> Request:
        """WeCom sends a bot none of its own; this tells that somebody opened the app."""
        event = (
            f"<xml><ToUserName>{WECOM_CORP}</ToUserName><FromUserName>{target}</FromUserName>"
            "<MsgType>event</MsgType><Event>enter_agent</Event><AgentID>218</AgentID></xml>"
        )
        return self.signed(self.sealed(event.encode()), time.time())

    def check(self) -> tuple[Request, str]:
        sealed, stamp, nonce = self.sealed(b"1616140317555161061"), str(int(time.time())), "263014780"
        query = {"msg_signature": self.sign(stamp, nonce, sealed), "timestamp": stamp, "nonce": nonce}
        return Request(f"/bots/wecom?{urlencode({**query, 'echostr': sealed})}", method="GET"), "1616140317555161061"

    stranger = None


def fields(xml: str) -> dict[str, str]:
    """The children of a flat document, by the standard library."""
    return {child.tag: child.text or "" for child in ElementTree.fromstring(xml)}


SENDERS = (SlackSender, FeishuSender, DingtalkSender, WecomSender)
