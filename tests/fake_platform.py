"""The chat platforms, as far as a bot meets them: one HTTP server on loopback that checks what the platforms check."""

from __future__ import annotations

import json
import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit

SLACK_TOKEN = "xoxb-1-slack-bot-token"
FEISHU_APP = ("cli_1", "feishu-app-secret")
WECOM_CORP, WECOM_SECRET = "wx5823bf96d3bd56c7", "wecom-app-secret"
PATIENCE_S = 30


@dataclass(frozen=True)
class Delivered:
    """A reply that a platform took. ``target``: the thread, message, session or member that it went to."""

    bot: str
    target: str
    text: str
    body: dict


class FakePlatform:
    """``status`` other than 200 is what every request gets; ``limited`` requests get 429 first. Tokens count up, and
    only the newest is good."""

    def __init__(self) -> None:
        self.delivered: list[Delivered] = []
        self.paths: list[str] = []
        self.bodies: list[dict] = []
        self.status, self.limited, self.tokens = 200, 0, 0
        self.changed = threading.Condition()
        self._gate = threading.Event()
        self._gate.set()
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), type("Handler", (_Handler,), {"platform": self}))
        self._server.daemon_threads = False  # closing waits for the answers that are under way
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.01,), daemon=True)
        self._thread.start()
        self.url = f"http://127.0.0.1:{self._server.server_address[1]}"

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    def replies(self, target: str, count: int = 1) -> list[Delivered]:
        """What went to ``target``, once it is ``count`` replies; AssertionError if it never is."""
        with self.changed:
            found = lambda: [each for each in self.delivered if each.target == target]  # noqa: E731
            assert self.changed.wait_for(lambda: len(found()) >= count, PATIENCE_S), f"no reply to {target}"
            return found()

    def arrived(self, thread: str) -> str:
        """The text of the Slack message to ``thread``, as soon as it came, answered or not."""
        with self.changed:
            found = lambda: next((body for body in self.bodies if body.get("thread_ts") == thread), None)  # noqa: E731
            assert self.changed.wait_for(found, PATIENCE_S), f"nothing to {thread}"
            return found()["text"]

    @contextmanager
    def holding(self) -> Iterator[None]:
        """Replies are taken in, and not answered before the end."""
        self._gate.clear()
        try:
            yield
        finally:
            self._gate.set()

    def settings(self) -> dict[str, str]:
        """The environment of a service with all bots, whose platforms are this server."""
        return {
            "CITESPAN_SLACK_BOT_TOKEN": SLACK_TOKEN,
            "CITESPAN_SLACK_URL": f"{self.url}/slack/api",
            "CITESPAN_SLACK_HOOKS_URL": f"{self.url}/slack/hooks",
            "CITESPAN_FEISHU_APP_ID": FEISHU_APP[0],
            "CITESPAN_FEISHU_APP_SECRET": FEISHU_APP[1],
            "CITESPAN_FEISHU_URL": f"{self.url}/feishu",
            "CITESPAN_DINGTALK_URL": f"{self.url}/dingtalk",
            "CITESPAN_WECOM_CORP_ID": WECOM_CORP,
            "CITESPAN_WECOM_SECRET": WECOM_SECRET,
            "CITESPAN_WECOM_URL": f"{self.url}/wecom",
        }

    def _deliver(self, *given) -> None:
        with self.changed:
            self.delivered.append(Delivered(*given))
            self.changed.notify_all()

    def answer(self, path: str, query: dict[str, str], authorization: str, body: dict) -> tuple[int, object]:
        """Status and JSON of the answer to a request that came."""
        with self.changed:
            self.paths.append(path)
            self.bodies.append(body)
            self.changed.notify_all()
            if self.status != 200:
                return self.status, {"error": "down"}
            if self.limited:
                self.limited -= 1
                return 429, {"ok": False, "error": "ratelimited"}
        self._gate.wait(PATIENCE_S)
        for pattern, act in _ROUTES:
            if found := re.fullmatch(pattern, path):
                return act(self, found, query, authorization, body)
        return 404, {"error": "no such method"}

    def slack_message(self, _, query, authorization, body):
        if authorization != f"Bearer {SLACK_TOKEN}":
            return 200, {"ok": False, "error": "invalid_auth"}
        if not body.get("channel") or not body.get("text"):
            return 200, {"ok": False, "error": "invalid_arguments"}
        self._deliver("slack", body.get("thread_ts") or body["channel"], body["text"], body)
        return 200, {"ok": True, "ts": "1.1"}

    def slack_hook(self, found, query, authorization, body):
        self._deliver("slack", found[1], body["text"], body)
        return 200, "ok"

    def feishu_token(self, _, query, authorization, body):
        if (body.get("app_id"), body.get("app_secret")) != FEISHU_APP:
            return 200, {"code": 10014, "msg": "app secret invalid"}
        self.tokens += 1
        return 200, {"code": 0, "msg": "ok", "tenant_access_token": f"t-secret-{self.tokens}", "expire": 7200}

    def feishu_reply(self, found, query, authorization, body):
        if authorization != f"Bearer t-secret-{self.tokens}":
            return 400, {"code": 99991663, "msg": "Invalid access token for authorization."}
        content = json.loads(body["content"])["zh_cn"]["content"]
        if body["msg_type"] != "post" or not content or len(body["uuid"]) > 50:
            return 400, {"code": 230001, "msg": "param is invalid"}
        lines = ["".join(element["text"] for element in line) for line in content]
        self._deliver("feishu", found[1], "\n".join(lines), body)
        return 200, {"code": 0, "msg": "success", "data": {}}

    def dingtalk_reply(self, _, query, authorization, body):
        if body.get("msgtype") != "markdown" or not body["markdown"].get("title"):
            return 200, {"errcode": 400105, "errmsg": "unsupported msgtype"}
        self._deliver("dingtalk", query["session"], body["markdown"]["text"], body)
        return 200, {"errcode": 0, "errmsg": "ok"}

    def wecom_token(self, _, query, authorization, body):
        if (query.get("corpid"), query.get("corpsecret")) != (WECOM_CORP, WECOM_SECRET):
            return 200, {"errcode": 40001, "errmsg": "invalid credential"}
        self.tokens += 1
        return 200, {"errcode": 0, "errmsg": "ok", "access_token": f"w-secret-{self.tokens}", "expires_in": 7200}

    def wecom_message(self, _, query, authorization, body):
        if query.get("access_token") != f"w-secret-{self.tokens}":
            return 200, {"errcode": 42001, "errmsg": "access_token expired"}
        if type(body.get("agentid")) is not int or len(body["text"]["content"].encode()) > 2048:
            return 200, {"errcode": 40058, "errmsg": "invalid parameter"}
        self._deliver("wecom", body["touser"], body["text"]["content"], body)
        return 200, {"errcode": 0, "errmsg": "ok"}


_ROUTES = (
    (r"/slack/api/chat\.postMessage", FakePlatform.slack_message),
    (r"/slack/hooks/(.+)", FakePlatform.slack_hook),
    (r"/feishu/open-apis/auth/v3/tenant_access_token/internal", FakePlatform.feishu_token),
    (r"/feishu/open-apis/im/v1/messages/([^/]+)/reply", FakePlatform.feishu_reply),
    (r"/dingtalk/robot/sendBySession", FakePlatform.dingtalk_reply),
    (r"/wecom/cgi-bin/gettoken", FakePlatform.wecom_token),
    (r"/wecom/cgi-bin/message/send", FakePlatform.wecom_message),
)


class _Handler(BaseHTTPRequestHandler):
    platform: FakePlatform

    def do_GET(self) -> None:
        self._answer({})

    def do_POST(self) -> None:
        self._answer(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))

    def _answer(self, body: dict) -> None:
        parts = urlsplit(self.path)
        query = {name: values[0] for name, values in parse_qs(parts.query).items()}
        status, answer = self.platform.answer(parts.path, query, self.headers.get("Authorization", ""), body)
        data = json.dumps(answer).encode()
        self.send_response(status)
        if status == 429:
            self.send_header("Retry-After", "0")
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def log_message(self, *_: object) -> None:
        """Nothing: the tests tell what went wrong."""
