"""Every request is timed and counted and, if the settings say so, logged: a JSON line on standard output."""

from __future__ import annotations

import sys
from datetime import UTC, datetime
from time import perf_counter

import orjson
from flask import Flask, Response, g, request

from api.request_id import request_id
from api.service import service

UNKNOWN_ROUTE = "none"


def register_watch(app: Flask) -> None:
    app.before_request(start)
    app.after_request(finish)


def start() -> None:
    g.started = perf_counter()


def finish(response: Response) -> Response:
    seconds = perf_counter() - g.get("started", perf_counter())
    route = request.url_rule.rule if request.url_rule else UNKNOWN_ROUTE
    held = service()
    held.metrics.observe(_method(), route, response.status_code, seconds)
    if held.settings.access_log:
        sys.stdout.buffer.write(access_line(response, route, seconds))
        sys.stdout.buffer.flush()
    return response


def _method() -> str:
    """The method as a label: whatever a client makes up counts as one."""
    known = ("GET", "HEAD", "POST", "PUT", "DELETE", "OPTIONS", "PATCH")
    return request.method if request.method in known else "OTHER"


def access_line(response: Response, route: str, seconds: float) -> bytes:
    """The log line of a request. No question and no text: logs are kept where documents are not."""
    line = {
        "time": datetime.now(UTC).isoformat(timespec="milliseconds"),
        "request_id": request_id(),
        "client": request.remote_addr,
        "method": request.method,
        "route": route,
        "path": request.path.encode("utf-8", "replace").decode(),
        "status": response.status_code,
        "bytes": response.content_length,
        "ms": round(seconds * 1000, 2),
    }
    return orjson.dumps(line, option=orjson.OPT_APPEND_NEWLINE)
