"""What a browser is told, and asked, about where content and requests come from."""

from __future__ import annotations

from flask import Flask, Response, request

from api.errors import RequestError
from api.operation import UNSAFE_METHODS

HEADERS = {
    "Content-Security-Policy": "default-src 'none'; script-src 'self'; style-src 'self'; "
    "img-src 'self' data:; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Resource-Policy": "same-origin",
}


def register_security(app: Flask) -> None:
    app.before_request(refuse_other_sites)
    app.after_request(add_headers)


def refuse_other_sites() -> None:
    """A page of another site must not change documents through a reader's browser.

    A multipart form may be sent across sites without asking first, also to 127.0.0.1; browsers then say so in
    ``Sec-Fetch-Site`` (W3C Fetch Metadata), which no page can forge. Other clients do not send it.
    """
    if request.method in UNSAFE_METHODS and request.headers.get("Sec-Fetch-Site") in (
        "cross-site",
        "same-site",
    ):
        raise RequestError("cross_site_refused", "This request comes from a page of another site.")


def add_headers(response: Response) -> Response:
    response.headers.update(HEADERS)
    return response
