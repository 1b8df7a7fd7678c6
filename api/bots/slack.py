"""Slack: events and slash commands in, messages by ``chat.postMessage`` or a command's ``response_url`` out.

Sources: docs.slack.dev, "Verifying requests from Slack" (signature v0), "The Events API", "Slash commands",
``chat.postMessage``, "Formatting message text".
"""

from __future__ import annotations

import hmac
import re
from hashlib import sha256
from html import unescape
from urllib.parse import parse_qs

from pydantic import BaseModel

from api.body import parse_json, validate
from api.bots.authentic import check_fresh, check_signature
from api.bots.markups import SLACK
from api.bots.message import Message, Received, Sent, plain_answer
from api.bots.outgoing import Outgoing, PlatformError, delivered, json_object
from api.errors import RequestError
from api.reply.markup import Markup
from api.settings import Settings

FORM = "application/x-www-form-urlencoded"
# Slack writes a "<" that somebody typed as an entity. To stop at one keeps a text of many from being read for each.
_MENTION = re.compile(r"<@[A-Z0-9]+(?:\|[^<>]*)?>|<![^<>]*>")
_REFERENCE = re.compile(r"<([^<>|]*)(?:\|([^<>]*))?>")
_SPOKEN = (None, "file_share", "thread_broadcast")
"""Kinds of messages that a person wrote just now; others tell of edits, joins and bots."""


class _Event(BaseModel):
    type: str
    text: str = ""
    user: str = ""
    bot_id: str | None = None
    subtype: str | None = None
    channel: str = ""
    channel_type: str = ""
    ts: str = ""
    thread_ts: str | None = None

    def is_question(self) -> bool:
        """Whether a person speaks to the bot: by a mention, or in a direct message. No bot is answered, or two would
        go on for ever."""
        to_bot = self.type == "app_mention" or (self.type == "message" and self.channel_type == "im")
        return to_bot and bool(self.user) and not self.bot_id and self.subtype in _SPOKEN

    def thread(self) -> str:
        """The thread to answer in: the question's own, or one that a mention in a channel starts."""
        return self.thread_ts or ("" if self.channel_type == "im" else self.ts)


class _Outer(BaseModel):
    type: str
    challenge: str = ""
    event_id: str = ""
    event: _Event | None = None


class Slack:
    name = "slack"
    markup: Markup = SLACK
    limit = 4000
    """What Slack advises; from 40,000 on it cuts."""

    def __init__(self, settings: Settings, outgoing: Outgoing) -> None:
        self.collection = settings.slack_collection
        self._secret, self._token = settings.slack_signing_secret or "", settings.slack_bot_token or ""
        self._api, self._hooks = settings.slack_url.rstrip("/"), settings.slack_hooks_url.rstrip("/")
        self._outgoing = outgoing

    def size(self, text: str) -> int:
        return len(text)

    def receive(self, sent: Sent) -> Received:
        self._check(sent)
        if sent.media_type == FORM:
            return self._command(sent.body)
        outer = validate(_Outer, parse_json(sent.body))
        if outer.type == "url_verification":
            return Received(plain_answer(outer.challenge))
        event = outer.event
        if outer.type != "event_callback" or event is None or not event.is_question():
            return Received(plain_answer())
        target = {"channel": event.channel, "thread": event.thread()}
        return Received(plain_answer(), Message(outer.event_id or event.ts, question(event.text), target))

    def _check(self, sent: Sent) -> None:
        at = sent.headers.get("X-Slack-Request-Timestamp", "")
        check_signature(signature(self._secret, at, sent.body), sent.headers.get("X-Slack-Signature", ""))
        check_fresh(at, sent.now)

    def _command(self, body: bytes) -> Received:
        """A slash command; a message that only its sender sees answers it."""
        fields = {name: values[-1] for name, values in parse_qs(body.decode("utf-8", "replace")).items()}
        if "command" not in fields:  # Slack asks so now and then whether the address is still good (ssl_check)
            return Received(plain_answer())
        url = fields.get("response_url", "")
        if not url.startswith(self._hooks + "/"):
            raise RequestError("request_invalid", f"response_url: not an address below {self._hooks}.")
        event = fields.get("trigger_id") or url
        message = Message(event, question(fields.get("text", "")), {"response_url": url})
        return Received(plain_answer(), message, in_body=plain_answer)

    def send(self, message: Message, text: str) -> None:
        if url := message.target.get("response_url"):
            delivered(self._outgoing.post(url, {"response_type": "ephemeral", "text": text}))
            return
        body: dict[str, object] = {
            "channel": message.target["channel"],
            "text": text,
            # A document's address stays text, and no preview of any is fetched.
            "parse": "none",
            "unfurl_links": False,
            "unfurl_media": False,
        }
        if message.target["thread"]:
            body["thread_ts"] = message.target["thread"]
        found = json_object(self._outgoing.post(f"{self._api}/chat.postMessage", body, token=self._token))
        if found.get("ok") is not True:
            raise PlatformError(f"refused with {str(found.get('error'))[:200]}")


def signature(secret: str, timestamp: str, body: bytes) -> str:
    """Version 0: HMAC-SHA256 of the version, the time and the body as it came."""
    signed = b"v0:" + timestamp.encode("utf-8", "replace") + b":" + body
    return "v0=" + hmac.new(secret.encode(), signed, sha256).hexdigest()


def question(text: str) -> str:
    """What was asked: without mentions, with the names that Slack shows in the place of its references."""
    shown = _REFERENCE.sub(lambda found: found[2] or found[1], _MENTION.sub(" ", text))
    return unescape(" ".join(shown.split()))
