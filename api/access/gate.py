"""The gate: before any route runs it is known who calls, and whether they may.

What a route needs stands in its ``Operation``; a route that says nothing needs ``admin``, so that a forgotten word
closes a door instead of opening one.
"""

from __future__ import annotations

import re
from typing import cast

from flask import Flask, Response, current_app, g, request

from api.access.caller import Caller, CollectionForbidden, set_caller
from api.access.fixed_keys import fixed_keys
from api.access.hosts import HostCheck, is_loopback
from api.access.key_file import KeysUnreadable, path_of
from api.access.keyring import Keyring, Keys
from api.access.keys import Key
from api.access.limits import Limits
from api.access.shared import SharedMemory
from api.errors import RequestError
from api.operation import OPEN, SIGNED, Operation
from api.settings import Settings

EXTENSION = "citespan.access"
KEY_HEADER = "X-API-Key"
_BEARER = re.compile(r"Bearer +([!-~]+) *", re.IGNORECASE)
_REALM = 'Bearer realm="citespan"'
_UNDECLARED = Operation(summary="", tag="", answers={})


class Access:
    """The gate of one application. Raises ConfigError for settings that do not fit."""

    def __init__(self, settings: Settings, shared: SharedMemory) -> None:
        self.keyring = Keyring(path_of(settings.data_dir), shared, fixed_keys(settings.api_keys))
        self._settings = settings
        self._limits = Limits(settings, shared)
        self._hosts = HostCheck(settings)
        self._local = is_loopback(settings.host)

    def is_open(self) -> bool:
        """Whether there are no keys and none are needed. Raises KeysUnreadable."""
        return self._is_open(self.keyring.current())

    def _is_open(self, keys: Keys) -> bool:
        return not keys.configured and (self._settings.allow_anonymous or self._local)

    def is_open_anyway(self) -> bool:
        """As ``is_open``, for descriptions; keys that cannot be read open nothing."""
        try:
            return self.is_open()
        except KeysUnreadable:
            return False

    def needs_key(self, declared: Operation) -> bool:
        """Whether the route asks for a key as soon as there are any."""
        opened = declared.open_by is not None and getattr(self._settings, declared.open_by)
        return declared.scope not in (OPEN, SIGNED) and not opened

    def admit(self) -> None:
        """Lets the current request on to its route, or raises RequestError, KeysUnreadable or CollectionForbidden."""
        address = request.remote_addr or ""
        declared = _operation()
        if declared is None or not self.needs_key(declared):
            return
        keys = self.keyring.current()
        is_open = self._is_open(keys)
        self._hosts.check(locally=is_open and not self._settings.allow_anonymous)
        is_anonymous = is_open and (self._settings.allow_anonymous or is_loopback(address))
        key = None if is_anonymous else self._key(keys, address)
        self._limits.count(f"key:{key.id}" if key else address)
        if key is not None:
            _authorise(key, declared)
            set_caller(Caller(key, address))
        if declared.takes_document:
            g.upload = self._limits.upload()

    def _key(self, keys: Keys, address: str) -> Key:
        """The key of the current request. Wrong ones count against the address that they come from."""
        token = _token()
        key = keys.find(token) if token else None
        if key is None:
            self._limits.count(address)
            raise _refused(token)
        return key


def register_caller(app: Flask) -> None:
    """To be called first: what refuses a request, and what notes that, must not see the caller of the one before."""
    app.before_request(lambda: set_caller(Caller(None, request.remote_addr or "")))


def register_access(app: Flask, settings: Settings, shared: SharedMemory) -> None:
    """To be called after whatever must also see refused requests."""
    access = app.extensions[EXTENSION] = Access(settings, shared)
    app.before_request(access.admit)
    app.after_request(_rate_headers)
    app.teardown_request(_end_upload)


def access_of(app: Flask) -> Access:
    return cast(Access, app.extensions[EXTENSION])


def operation_at(app: Flask, endpoint: str) -> Operation:
    """What the route declares; one that declares nothing is closed to all but ``admin``."""
    declared = getattr(app.view_functions.get(endpoint), "operation", None)
    return declared if isinstance(declared, Operation) else _UNDECLARED


def _operation() -> Operation | None:
    """That of the current request; None where no route of ours will run: 404, 405, Flask's own OPTIONS."""
    rule = request.url_rule
    if rule is None or (request.method == "OPTIONS" and getattr(rule, "provide_automatic_options", False)):
        return None
    return operation_at(current_app, rule.endpoint)


def _token() -> str | None:
    """The key that the request brings. ``X-API-Key`` goes first: ``Authorization`` may be for a proxy in front."""
    given = request.headers.get(KEY_HEADER, "").strip()
    if given:
        return given
    found = _BEARER.fullmatch(request.headers.get("Authorization", ""))
    return found[1] if found else None


def _refused(token: str | None) -> RequestError:
    """RFC 6750, section 3: no error is named to a request without any key."""
    if not token:
        detail = "Send a key, as Authorization: Bearer ck_... or X-API-Key: ck_...."
        return RequestError("key_missing", detail, headers={"WWW-Authenticate": _REALM})
    detail = "This key is not known here, or it is mistyped, expired or revoked."
    return RequestError("key_invalid", detail, headers={"WWW-Authenticate": f'{_REALM}, error="invalid_token"'})


def _authorise(key: Key, declared: Operation) -> None:
    wanted = declared.scope
    if wanted in (OPEN, SIGNED):
        return
    if not key.may(wanted):
        challenge = f'{_REALM}, error="insufficient_scope", scope="{wanted}"'
        detail = f"This needs the scope {wanted!r}; the key has {key.scope!r}."
        raise RequestError("scope_missing", detail, headers={"WWW-Authenticate": challenge})
    if declared.all_collections and key.collections:
        raise CollectionForbidden("This shows every collection; the key is bound to some.")


def _rate_headers(response: Response) -> Response:
    response.headers.update(g.get("rate_headers", {}))
    return response


def _end_upload(_: BaseException | None) -> None:
    if (slot := g.pop("upload", None)) is not None:
        slot.release()


def keys_problem(app: Flask) -> KeysUnreadable | None:
    """Why nobody can be let in, if so."""
    try:
        access_of(app).keyring.current()
    except KeysUnreadable as error:
        return error
    return None
