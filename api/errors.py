"""From an exception to an answer: every error of every route leaves as RFC 9457 problem+json.

The codes and their statuses are the table in ``api/problems.py``; no other module knows a status of an error.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence

from flask import Flask, Response, g, request
from werkzeug.exceptions import HTTPException

from api.chat.errors import error_member, speaks_openai
from api.observe.logs import fields
from api.observe.request_id import request_id
from api.problems import PROBLEM_JSON, PROBLEMS, RETRY_AFTER, known_code
from api.render import json_response
from indexer.errors import CitespanError

log = logging.getLogger("citespan")

_LONGEST_METHOD, _LONGEST_PATH = 20, 500

FieldError = Mapping[str, object]
"""``loc``: the path to the field, names and list positions; ``message``: what is wrong with it."""

_HTTP_CODES = {
    403: "cross_site_refused",
    404: "route_not_found",
    405: "method_not_allowed",
    413: "body_too_large",
    415: "media_type_unsupported",
}


class RequestError(CitespanError):
    """A request that the HTTP layer itself refuses. ``errors`` names the fields at fault, ``headers`` go with it."""

    code = "request_invalid"

    def __init__(
        self, code: str, message: str, errors: Sequence[FieldError] = (), headers: Mapping[str, str] | None = None
    ) -> None:
        super().__init__(message, code=code)
        self.errors = errors
        self.headers = headers or {}


def problem_body(code: str, detail: str, errors: Sequence[FieldError] = (), **more: object) -> dict[str, object]:
    """The members of a problem; ``request_id`` and ``more`` are extension members (RFC 9457, 3.2)."""
    status, title, _ = PROBLEMS[code]
    body: dict[str, object] = {
        "type": f"/docs#problem-{code}", "title": title, "status": status, "code": code, "detail": detail,
        "request_id": request_id(),
    }  # fmt: skip
    if errors:
        body["errors"] = list(errors)
    if speaks_openai(request.path):
        body["error"] = error_member(code, status, detail, errors)
    return body | more


def problem(code: str, detail: str, errors: Sequence[FieldError] = (), **more: object) -> Response:
    """The response for ``code``, which is also counted and logged (``api/observe/watch.py``)."""
    g.problem = code
    body = problem_body(code, detail, errors, **more)
    response = json_response(body, PROBLEMS[code].status, media_type=PROBLEM_JSON)
    if code in RETRY_AFTER:
        response.headers["Retry-After"] = RETRY_AFTER[code]
    return response


def on_citespan_error(error: CitespanError) -> Response:
    code = known_code(error.error_code)
    if code == "internal_error":
        return on_unexpected(error)
    if PROBLEMS[code].status == 500:
        log.error("%s", error.message, exc_info=error, extra=_of_request(code))
    if not isinstance(error, RequestError):
        return problem(code, error.message)
    response = problem(code, error.message, error.errors)
    response.headers.update(error.headers)
    return response


def on_http_error(error: HTTPException) -> Response:
    """Errors that Flask and Werkzeug raise by themselves; their HTML never leaves the service."""
    status = error.code or 500
    code = _HTTP_CODES.get(status, "request_malformed" if status < 500 else "internal_error")
    response = problem(code, PROBLEMS[code].help)
    allow = dict(error.get_headers()).get("Allow")
    if allow:
        response.headers["Allow"] = allow
    return response


def on_unexpected(error: Exception) -> Response:
    """A fault of ours: the log gets the traceback, the client only the id to quote."""
    log.error("request failed", exc_info=error, extra=_of_request("internal_error"))
    return problem("internal_error", "The service failed to answer this request.")


def _of_request(code: str) -> dict[str, object]:
    return fields(method=request.method[:_LONGEST_METHOD], path=request.path[:_LONGEST_PATH], code=code)


def register_errors(app: Flask) -> None:
    app.register_error_handler(CitespanError, on_citespan_error)
    app.register_error_handler(HTTPException, on_http_error)
    app.register_error_handler(Exception, on_unexpected)
