"""What a browser is told, and asked, about where content and requests come from."""

from __future__ import annotations

from flask import Flask, Response, request
from werkzeug.middleware.proxy_fix import ProxyFix

from api.access.cors import from_allowed_origin, register_cors
from api.errors import RequestError
from api.operation import UNSAFE_METHODS
from api.service import service
from api.settings import Settings

HEADERS = {
    "Content-Security-Policy": "default-src 'none'; script-src 'self'; style-src 'self'; "
    "img-src 'self' data:; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Permissions-Policy": "camera=(), display-capture=(), geolocation=(), microphone=(), payment=(), usb=()",
}
HSTS = "max-age=31536000"
"""Only over https: a browser ignores it elsewhere, and a service that is reached without must stay so."""


def register_security(app: Flask, settings: Settings) -> None:
    """Raises ConfigError for settings that do not fit."""
    if settings.trusted_proxies:
        trusted = settings.trusted_proxies
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=trusted, x_proto=trusted)  # type: ignore[method-assign]
    app.before_request(refuse_other_sites)
    app.after_request(add_headers)
    register_cors(app, settings)


def refuse_other_sites() -> None:
    """A page of another site must not change documents through a reader's browser.

    A multipart form may be sent across sites without asking first, also to 127.0.0.1; browsers then say so in
    ``Sec-Fetch-Site`` (W3C Fetch Metadata), which no page can forge. Other clients do not send it. Pages of the origins
    in ``cors_origins`` are let through.
    """
    if (
        request.method in UNSAFE_METHODS
        and request.headers.get("Sec-Fetch-Site") in ("cross-site", "same-site")
        and not from_allowed_origin(service().settings)
    ):
        raise RequestError("cross_site_refused", "This request comes from a page of another site.")


def add_headers(response: Response) -> Response:
    response.headers.update(HEADERS)
    if request.is_secure:
        response.headers["Strict-Transport-Security"] = HSTS
    return response
