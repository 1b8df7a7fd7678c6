"""CORS: which other sites' pages may call the API (WHATWG Fetch). Those of the setting ``cors_origins``, and no others.

No cookie and no other credential of the browser's is ever accepted, so ``Access-Control-Allow-Credentials`` is never
sent: a page brings its own key.
"""

from __future__ import annotations

import re
from collections.abc import Callable

from flask import Flask, Response, request

from api.settings import Settings
from indexer.errors import ConfigError

_ORIGIN = re.compile(r"https?://[a-z0-9.-]+(:[0-9]{1,5})?|https?://\[[0-9a-f:]+\](:[0-9]{1,5})?")
_DEFAULT_PORT = re.compile(r"(http://.*:80|https://.*:443)")
_METHODS = "GET, HEAD, POST, PUT, DELETE"
_SENT = "Authorization, Content-Type, X-API-Key, X-Request-ID"
_SHOWN = "Location, RateLimit, RateLimit-Policy, Retry-After, WWW-Authenticate, X-Request-ID"
_MAX_AGE_S = "600"


def register_cors(app: Flask, settings: Settings) -> None:
    """Raises ConfigError for an entry that is no origin."""
    for origin in settings.cors_origins:
        check_origin(origin)
    app.after_request(_headers(frozenset(settings.cors_origins)))


def check_origin(origin: str) -> None:
    """Raises ConfigError unless ``origin`` is written as browsers write it; ``*`` and ``null`` are nobody."""
    if not _ORIGIN.fullmatch(origin) or _DEFAULT_PORT.fullmatch(origin):
        raise ConfigError(
            f"cors_origins: {origin!r} is no origin: write scheme and host, and a port that is not the usual one,"
            " in small letters, without a path, such as https://wiki.example.org"
        )


def from_allowed_origin(settings: Settings) -> bool:
    return request.headers.get("Origin") in settings.cors_origins


def _headers(origins: frozenset[str]) -> Callable[[Response], Response]:
    def add(response: Response) -> Response:
        if not origins:
            return response
        response.vary.add("Origin")
        origin = request.headers.get("Origin")
        if origin not in origins:
            return response
        response.headers["Access-Control-Allow-Origin"] = origin
        response.headers["Access-Control-Expose-Headers"] = _SHOWN
        if request.method == "OPTIONS" and "Access-Control-Request-Method" in request.headers:
            response.headers["Access-Control-Allow-Methods"] = _METHODS
            response.headers["Access-Control-Allow-Headers"] = _SENT
            response.headers["Access-Control-Max-Age"] = _MAX_AGE_S
        return response

    return add
