"""GET / and /static: the web page, revalidated by ETag."""

from __future__ import annotations

import gzip
import mimetypes
from functools import lru_cache
from pathlib import Path

from flask import Blueprint, Response, request
from werkzeug.exceptions import NotFound
from werkzeug.security import safe_join

from api.operation import OPEN, Operation, operation

blueprint = Blueprint("web", __name__)

FOLDER = Path(__file__).parent / "web"
_TYPES = {
    # The system's table may be missing or say otherwise; with nosniff the type must be right.
    ".css": "text/css",
    ".html": "text/html",
    ".js": "text/javascript",
    ".json": "application/json",
    ".png": "image/png",
    ".svg": "image/svg+xml",
    ".woff2": "font/woff2",
}
_PACKABLE = {".css", ".html", ".js", ".json", ".svg"}


@blueprint.get("/")
@operation(Operation(summary="The web page", scope=OPEN, tag="Operation", query=None, answers={200: "text/html"}))
def index() -> Response:
    return send_page(FOLDER, "index.html")


@blueprint.get("/static/<path:name>")
@operation(
    Operation(
        summary="A part of the web page",
        scope=OPEN,
        tag="Operation",
        query=None,
        answers={200: "application/octet-stream"},
        problems=("route_not_found",),
    )
)
def static(name: str) -> Response:
    return send_page(FOLDER / "static", name)


@lru_cache(maxsize=128)
def _packed(path: str, _: int) -> bytes:
    return gzip.compress(Path(path).read_bytes(), mtime=0)


def _content(path: str, packed: bool) -> bytes:
    """The file's bytes, or these in gzip, which are made once for each state of the file."""
    file = Path(path)
    return _packed(path, file.stat().st_mtime_ns) if packed else file.read_bytes()


def send_page(folder: Path, name: str) -> Response:
    """The file ``name`` of ``folder``, never of another, or 304 if the client has it. Raises NotFound."""
    path = safe_join(str(folder), name)
    if path is None or not Path(path).is_file():
        raise NotFound
    suffix = Path(path).suffix
    mimetype = _TYPES.get(suffix) or mimetypes.types_map.get(suffix) or "application/octet-stream"
    packed = suffix in _PACKABLE and request.accept_encodings["gzip"] > 0
    response = Response(_content(path, packed), mimetype=mimetype)
    if packed:
        response.headers["Content-Encoding"] = "gzip"
    response.headers["Vary"] = "Accept-Encoding"
    response.headers["Cache-Control"] = "no-cache"  # keep, but ask: an upgrade shows at once
    response.add_etag()  # of the content: the same in every worker and after every installation
    response.make_conditional(request.environ)
    return response
