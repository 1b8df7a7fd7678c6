"""X-Request-ID: one id follows a request through headers, logs and problems.

A caller's own id is kept if it is a plain token, so that logs of several services can be joined.
"""

from __future__ import annotations

import re
import uuid

from flask import Flask, Response, g, request

HEADER = "X-Request-ID"
_TOKEN = re.compile(r"[A-Za-z0-9._-]{1,128}")


def request_id() -> str:
    """The id of the current request; made at first use."""
    if "request_id" not in g:
        given = request.headers.get(HEADER, "")
        g.request_id = given if _TOKEN.fullmatch(given) else uuid.uuid4().hex
    found: str = g.request_id
    return found


def register_request_id(app: Flask) -> None:
    @app.after_request
    def add_header(response: Response) -> Response:
        response.headers[HEADER] = request_id()
        return response
