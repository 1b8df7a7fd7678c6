"""The audit log: a JSON line for each change, and for each refusal of one to a known caller.

It tells who, what, when and how it ended, and neither what a document says nor any secret. Every line is appended under
a lock to the file that then has the name, so the file may be moved away at any time (logrotate), and is set aside by
itself when it has grown.
"""

from __future__ import annotations

import getpass
import logging
import os
import sys
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import orjson
from flask import Flask, Response, current_app, request

from api.access.caller import caller
from api.access.folder_lock import folder_lock, give_to_owner
from api.access.gate import operation_at
from api.access.keys import Key
from api.observe.request_id import request_id
from api.operation import UNSAFE_METHODS
from api.settings import Settings

log = logging.getLogger("citespan")

OFF, STANDARD_OUTPUT = "off", "-"
KEPT = 5
_MOST_DOCUMENTS = 100
_FACTS = ("doc_id", "revision", "code", "created", "unchanged", "deleted", "stored", "failed")


class AuditLog:
    """``target``: a file, or one of the words of the setting. Raises nothing: what it cannot write goes to the log."""

    def __init__(self, settings: Settings) -> None:
        self._target = settings.audit_log
        self._path = settings.data_dir / settings.audit_log
        self._most = settings.audit_max_bytes

    def write(self, event: dict[str, Any]) -> None:
        if self._target == OFF:
            return
        now = datetime.now(UTC).isoformat(timespec="milliseconds")
        line = orjson.dumps({"time": now, **event}, option=orjson.OPT_APPEND_NEWLINE)
        if self._target == STANDARD_OUTPUT:
            sys.stdout.buffer.write(line)
            sys.stdout.buffer.flush()
            return
        try:
            _append(self._path, line, self._most)
        except OSError as error:
            log.error("audit log %s: %s; the line: %s", self._path, error.strerror, line.decode().strip())


def register_audit(app: Flask, settings: Settings) -> None:
    audit = AuditLog(settings)

    def note(response: Response) -> Response:
        if _is_change(response):
            audit.write(_event(response))
        return response

    app.after_request(note)


def note_key(settings: Settings, event: str, key: Key) -> None:
    """A key was made or revoked on the command line."""
    shown = {"id": key.id, "name": key.name, "scope": key.scope, "collections": list(key.collections)}
    AuditLog(settings).write({"event": event, "by": f"command line, {_user()}", "key": shown})


def _is_change(response: Response) -> bool:
    """Whether the request would have changed something. Unknown callers are left out, who could fill the disk."""
    if request.url_rule is None or request.method not in UNSAFE_METHODS or response.status_code == 401:
        return False
    return operation_at(current_app, request.url_rule.endpoint).scope in ("write", "admin")


def _event(response: Response) -> dict[str, Any]:
    found = caller()
    told = response.get_json(silent=True) if response.is_json else None
    told = told if isinstance(told, dict) else {}
    index = told.get("index") or {}
    event = {
        "event": (request.endpoint or "").rpartition(".")[2],
        "request_id": request_id(),
        "key": found.key and {"id": found.key.id, "name": found.key.name},
        "address": found.address,
        "method": request.method,
        "route": request.url_rule.rule if request.url_rule else None,
        "status": response.status_code,
        "collection": index.get("collection") or request.args.get("collection", "")[:64] or None,
        "commit": index.get("commit"),
        "doc_id": str((request.view_args or {}).get("doc_id", ""))[:128] or None,
        **{name: told[name] for name in _FACTS if name in told},
    }
    if results := told.get("results"):
        event["documents"] = [{name: each.get(name) for name in ("doc_id", "status", "code")} for each in results]
        event["documents"] = event["documents"][:_MOST_DOCUMENTS]
    return event


def _append(path: Path, line: bytes, most: int) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    with folder_lock(path.parent):
        with suppress(FileNotFoundError):
            if path.stat().st_size + len(line) > most:
                _set_aside(path)
        descriptor = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
        try:
            give_to_owner(descriptor, path.parent)
            os.write(descriptor, line)
        finally:
            os.close(descriptor)


def _set_aside(path: Path) -> None:
    """``audit.jsonl`` becomes ``audit.jsonl.1`` and so on; the oldest goes."""
    names = [path, *(path.with_name(f"{path.name}.{number}") for number in range(1, KEPT + 1))]
    for older, newer in zip(reversed(names[1:]), reversed(names[:-1]), strict=True):
        with suppress(FileNotFoundError):
            newer.replace(older)


def _user() -> str:
    try:
        return getpass.getuser()
    except (KeyError, OSError):  # a user id without a name, as in a container
        return str(os.getuid())
