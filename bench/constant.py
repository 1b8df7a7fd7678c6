"""The limit of the HTTP side: gunicorn with the service's options, and an application that only says a constant.

    python -m bench.constant PORT WORKERS NAME=BYTES...

``POST /NAME`` answers with so many bytes of JSON; nothing is read, checked, counted or added.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping

import orjson
from flask import Flask, Response
from gunicorn.app.base import BaseApplication  # type: ignore[import-untyped]

from api.serving.server import options
from api.settings import Settings

JSON = "application/json"


def constant_app(sizes: Mapping[str, int]) -> Flask:
    """Flask alone: a route for each of ``sizes``, and one that says that it is up."""
    app = Flask("constant", static_folder=None)
    for name, size in sizes.items():
        app.post(f"/{name}", endpoint=name)(_saying(size))
    app.get("/readyz", endpoint="up")(_saying(0))
    return app


def _saying(size: int) -> Callable[[], Response]:
    data = orjson.dumps({"constant": "x" * max(0, size - len('{"constant":""}'))})
    return lambda: Response(data, mimetype=JSON)


class ConstantServer(BaseApplication):  # type: ignore[misc]
    """gunicorn with the options of the service, but gunicorn's own worker: the service's looks after its service."""

    def __init__(self, settings: Settings, app: Flask) -> None:
        self._settings, self._app = settings, app
        super().__init__()

    def load_config(self) -> None:
        for name, value in (options(self._settings) | {"worker_class": "gthread"}).items():
            if name in self.cfg.settings:
                self.cfg.set(name, value)

    def load(self) -> Flask:
        return self._app


def main() -> None:
    port, workers, *sizes = sys.argv[1:]
    found = {name: int(size) for name, size in (each.split("=") for each in sizes)}
    ConstantServer(Settings(port=int(port), workers=int(workers)), constant_app(found)).run()


if __name__ == "__main__":
    main()
