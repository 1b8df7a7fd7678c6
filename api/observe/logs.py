"""What the service says, one line an event: for machines (JSON) or for people (text).

Everything goes through the standard library's ``logging``, gunicorn's own messages too. Fields beside the event are
given as ``extra=fields(...)``. No question, no text and no key is ever logged: of an exception that is not of our own
making only its kind and where it came from are told, since its message may quote what it was given.
"""

from __future__ import annotations

import logging
import os
import re
import sqlite3
import sys
import threading
import traceback
from datetime import UTC, datetime
from typing import Any

import orjson
from flask import g, has_request_context
from gunicorn.glogging import Logger  # type: ignore[import-untyped]

from api.observe.request_id import request_id
from indexer.errors import CitespanError

JSON_LINES, TEXT = "json", "text"
FORMATS = (JSON_LINES, TEXT)
ACCESS = "citespan.access"

_FIELDS = "citespan_fields"
_LONGEST_EVENT = 2000
_LONGEST_TRACEBACK = 12_000
_CONTROLS = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]")
_TELLING = (CitespanError, OSError, sqlite3.Error, ImportError)


def fields(**values: object) -> dict[str, object]:
    """``extra`` of a log call: ``values`` become members of the line."""
    return {_FIELDS: values}


def configure(form: str) -> None:
    """Sets up all logging of this process: access lines to standard output, everything else to standard error."""
    formatter = JsonFormatter() if form == JSON_LINES else TextFormatter()
    logging.raiseExceptions = False  # a traceback of logging's own would be no line of the log
    logging.captureWarnings(True)
    logging.root.handlers[:] = [_Lines(sys.__stderr__, formatter)]
    logging.root.setLevel(logging.WARNING)
    logging.getLogger("citespan").setLevel(logging.INFO)
    access = logging.getLogger(ACCESS)
    access.handlers[:] = [_Lines(sys.__stdout__, formatter)]
    access.propagate = False
    threading.excepthook = _on_thread_death


def _on_thread_death(died: threading.ExceptHookArgs) -> None:
    name = died.thread.name if died.thread else "?"
    logging.getLogger("citespan").critical("thread %s died", name, exc_info=died.exc_value)


class _Lines(logging.Handler):
    """Each line in one call of the system, so that lines of several processes do not mix."""

    def __init__(self, stream: Any, formatter: logging.Formatter) -> None:
        super().__init__()
        self._descriptor = stream.fileno()
        self.setFormatter(formatter)

    def emit(self, record: logging.LogRecord) -> None:
        try:
            data = (self.format(record) + "\n").encode("utf-8", "backslashreplace")
            while data:
                data = data[os.write(self._descriptor, data) :]
        except OSError:
            pass  # nobody reads the log any more; the service goes on


class JsonFormatter(logging.Formatter):
    """``time``, ``level``, ``logger``, ``event``; where there are, ``request_id``, ``exception`` and other fields."""

    def format(self, record: logging.LogRecord) -> str:
        line = entry(record)
        if record.exc_info and record.exc_info[1] is not None:
            line["exception"] = told(record.exc_info[1])
        return orjson.dumps(line, default=str, option=orjson.OPT_NON_STR_KEYS).decode()


class TextFormatter(logging.Formatter):
    """The same for people. Only an exception takes more than one line; further ones are indented, so that none looks
    like an entry, whatever a message quotes."""

    def format(self, record: logging.LogRecord) -> str:
        line = entry(record)
        head = f"{line.pop('time')} {line.pop('level').upper()} {line.pop('logger')}: {plain(line.pop('event'))}"
        parts = [head, *(f"{name}={plain(str(value))}" for name, value in line.items())]
        lines = told(record.exc_info[1]).split("\n") if record.exc_info and record.exc_info[1] is not None else []
        return " ".join(parts) + "".join(f"\n    {plain(text)}" for text in lines)


def entry(record: logging.LogRecord) -> dict[str, Any]:
    """The members of a line, but for the exception."""
    line: dict[str, Any] = {
        "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
        "level": record.levelname.lower(),
        "logger": record.name,
        "event": well_formed(record.getMessage())[:_LONGEST_EVENT],
    }
    if has_request_context():
        line["request_id"] = request_id()
        if "trace_id" in g:
            line["trace_id"] = g.trace_id
    given = record.__dict__.get(_FIELDS, {})
    return line | {name: well_formed(value) if isinstance(value, str) else value for name, value in given.items()}


def well_formed(text: str) -> str:
    """``text`` without halves of characters, which JSON in UTF-8 cannot hold."""
    return text.encode("utf-8", "backslashreplace").decode()


def plain(text: str) -> str:
    """``text`` on one line: a client must not write lines of its own into the log."""
    return _CONTROLS.sub(lambda found: found[0].encode("unicode_escape").decode(), text)


def told(error: BaseException) -> str:
    """Kind and origin of an exception and of those behind it, the first cause first; messages only of known kinds."""
    parts: list[str] = []
    seen: set[int] = set()
    current: BaseException | None = error
    while current is not None and id(current) not in seen:
        seen.add(id(current))
        kind = f"{type(current).__module__}.{type(current).__qualname__}"
        message = f": {current}" if isinstance(current, _TELLING) else ""
        parts.append("".join(traceback.format_tb(current.__traceback__)) + kind + message)
        current = current.__cause__ or (None if current.__suppress_context__ else current.__context__)
    return well_formed("\n\n".join(reversed(parts)))[-_LONGEST_TRACEBACK:]


class GunicornLogger(Logger):  # type: ignore[misc]
    """gunicorn's messages on our lines, without what clients sent: a refused header may hold a key."""

    def _set_handler(self, log: logging.Logger, *_: object, **__: object) -> None:
        log.propagate = True

    def warning(self, msg: str, *args: object, **kwargs: Any) -> None:
        if msg.startswith("Invalid request from ip="):
            start, _, error = msg.partition(": ")
            client = start.rpartition("=")[2]
            kwargs["extra"] = fields(client=client, error=error.partition(": ")[0])
            msg, args = "invalid request", ()
        super().warning(msg, *args, **kwargs)

    def exception(self, msg: object, *args: object, **kwargs: Any) -> None:
        if isinstance(msg, BaseException):
            msg = "failed"
        super().exception(msg, *(arg.split("?")[0] if isinstance(arg, str) else arg for arg in args), **kwargs)
