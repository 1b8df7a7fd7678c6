"""A gateway in front of a service, as companies have them: it wants a key for the API, and may say "not so fast"."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread

import requests

WRITER, READER = "wrk_9f2c7d1ea4b85630c1f7ae22", "rdr_51b0e6c8d3947fa2806be91d"
_HOP_BY_HOP = {"connection", "content-encoding", "content-length", "server", "date", "transfer-encoding"}


class Gateway(ThreadingHTTPServer):
    """``refusals``: how many of the next calls of the API get a 429."""

    daemon_threads = True

    def __init__(self, behind: str) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.behind = behind
        self.refusals = 0

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}"


class _Handler(BaseHTTPRequestHandler):
    server: Gateway
    protocol_version = "HTTP/1.1"

    def _handle(self) -> None:
        body = self.rfile.read(int(self.headers.get("content-length") or 0))
        refusal = self._refusal() if self.path.startswith("/v1/") else None
        if refusal:
            self._send(refusal[0], json.dumps({"code": refusal[1], "title": "", "detail": ""}).encode(), refusal[2])
            return
        headers = {name: value for name, value in self.headers.items() if name.lower() not in ("host", "authorization")}
        answer = requests.request(self.command, self.server.behind + self.path, data=body, headers=headers, timeout=30)
        kept = {name: value for name, value in answer.headers.items() if name.lower() not in _HOP_BY_HOP}
        self._send(answer.status_code, answer.content, kept)

    def _refusal(self) -> tuple[int, str, dict[str, str]] | None:
        key = (self.headers.get("authorization") or "").removeprefix("Bearer ")
        if key not in (WRITER, READER):
            return 401, "key_invalid" if key else "key_missing", {}
        writes = self.command == "DELETE" or (self.command == "POST" and self.path.startswith("/v1/documents"))
        if key == READER and writes:
            return 403, "scope_missing", {}
        if self.server.refusals:
            self.server.refusals -= 1
            return 429, "rate_limited", {"Retry-After": "17"}
        return None

    def _send(self, status: int, body: bytes, headers: dict[str, str]) -> None:
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    do_GET = do_POST = do_PUT = do_DELETE = _handle  # noqa: N815

    def log_message(self, *_: object) -> None:
        """Says nothing: the tests have their own words."""


@contextmanager
def gateway(behind: str) -> Iterator[Gateway]:
    """A gateway to the service at ``behind``, while the block runs."""
    server = Gateway(behind)
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    try:
        yield server
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
