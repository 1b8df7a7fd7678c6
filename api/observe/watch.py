"""Every request is timed and counted and, if the settings say so, logged (``api/observe/logs.py``)."""

from __future__ import annotations

import logging
from collections.abc import Iterable
from time import perf_counter
from typing import TYPE_CHECKING

from flask import Flask, Response, g, request
from prometheus_client import Gauge
from werkzeug.wsgi import ClosingIterator

from api.observe.logs import ACCESS, fields
from api.service import service

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

access = logging.getLogger(ACCESS)

UNKNOWN_ROUTE = "none"
_METHODS = ("GET", "HEAD", "POST", "PUT", "DELETE", "OPTIONS", "PATCH")
_LONGEST_PATH = 500


def register_watch(app: Flask, in_progress: Gauge) -> None:
    app.before_request(start)
    app.after_request(finish)
    app.wsgi_app = InProgress(app.wsgi_app, in_progress)  # type: ignore[method-assign]


class InProgress:
    """Counts a request from its first byte to the last of its answer, however it ends."""

    def __init__(self, application: WSGIApplication, gauge: Gauge) -> None:
        self._application = application
        self._gauge = gauge

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        self._gauge.inc()
        try:
            answer = self._application(environ, start_response)
        except BaseException:
            self._gauge.dec()
            raise
        return ClosingIterator(answer, self._gauge.dec)


def start() -> None:
    g.started = perf_counter()


def finish(response: Response) -> Response:
    seconds = perf_counter() - g.get("started", perf_counter())
    held = service()
    problem = g.get("problem")
    held.metrics.observe(method(), route(), response.status_code, seconds, problem)
    if held.settings.access_log:
        access.info("request", extra=fields(**access_fields(response, seconds, problem)))
    return response


def method() -> str:
    """The method as a label: whatever a client makes up counts as one."""
    return request.method if request.method in _METHODS else "OTHER"


def route() -> str:
    """The rule that the request fits, which is no client's to choose."""
    return request.url_rule.rule if request.url_rule else UNKNOWN_ROUTE


def access_fields(response: Response, seconds: float, problem: str | None) -> dict[str, object]:
    """What is logged of a request. No question and no text: logs are kept where documents are not."""
    line: dict[str, object] = {
        "client": request.remote_addr,
        "method": method(),
        "route": route(),
        "path": request.path[:_LONGEST_PATH],
        "status": response.status_code,
        "bytes": response.content_length,
        "ms": round(seconds * 1000, 2),
    }
    return line if problem is None else line | {"code": problem}
