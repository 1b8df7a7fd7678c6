"""A page whose modules do not all come says so, and starts when it is asked to try again."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
import requests
from browser_helpers import Open
from small_service import Server

pytestmark = pytest.mark.browser

PASSED_ON = ("Content-Type", "Content-Security-Policy", "X-Content-Type-Options")


class Proxy(ThreadingHTTPServer):
    """Passes requests on to the service, but for one path, which it answers with ``body`` or refuses."""

    def __init__(self, behind: str) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.behind = behind
        self.url = f"http://127.0.0.1:{self.server_address[1]}"
        self.bad: str | None = None
        self.body: bytes | None = None


class _Handler(BaseHTTPRequestHandler):
    server: Proxy

    def do_GET(self) -> None:
        if self.path == self.server.bad and self.server.body is None:
            self.send_error(503)
            return
        answer = requests.get(self.server.behind + self.path, timeout=30)
        body = answer.content if self.path != self.server.bad else self.server.body
        self.send_response(answer.status_code)
        for name in PASSED_ON:
            self.send_header(name, answer.headers[name])
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Nothing."""


@pytest.fixture(scope="module")
def proxy(web_server: Server) -> Iterator[Proxy]:
    with Proxy(web_server.url) as proxy:
        thread = threading.Thread(target=proxy.serve_forever, args=(0.01,))
        thread.start()
        yield proxy
        proxy.shutdown()
        thread.join()


@pytest.mark.parametrize(
    ("name", "body"),
    [("app.js", None), ("dom.js", None), ("words-en.js", None), ("format.js", b"no script at all {")],
)
def test_a_module_that_does_not_come_is_told_and_can_be_tried_again(
    open_page: Open, proxy: Proxy, name: str, body: bytes | None
) -> None:
    page = open_page()
    assert page.trespasses() == []  # and what it asked of the service itself is no longer in the log
    page.expected = ["503", "Uncaught", "Failed to fetch"]
    proxy.bad, proxy.body = f"/static/{name}", body
    page.base = proxy.url
    page.driver.get(f"{proxy.url}/#/documents")
    told = page.wait("#stuck:not([hidden])")
    assert "could not be loaded" in page.text(told)
    assert "未能加载" in page.text(told)
    assert page.axe("color-contrast", "button-name", "valid-lang") == []
    page.screenshot(f"stuck-{name}")
    proxy.bad = None
    page.wait("#retry").click()
    page.wait(".documents")
    assert not page.wait("#stuck").is_displayed()
    assert page.driver.current_url == f"{proxy.url}/#/documents"
