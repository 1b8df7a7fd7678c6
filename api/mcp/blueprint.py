"""POST /mcp: the Model Context Protocol over streamable HTTP, one JSON answer to each request.

Nothing is streamed and there is no session, so GET and DELETE are not there (405), as the specification allows.
"""

from __future__ import annotations

import ipaddress
import logging
from typing import Any
from urllib.parse import urlsplit

from flask import Blueprint, Response, current_app, request

from api import render
from api.access.cors import from_allowed_origin
from api.body import read_value
from api.errors import RequestError
from api.mcp import jsonrpc, protocol
from api.mcp.jsonrpc import RpcAnswer, RpcError, RpcMessage, error_body, read_message, result_body
from api.operation import Operation, operation
from api.service import service

blueprint = Blueprint("mcp", __name__)
log = logging.getLogger("citespan")

_BATCH_MAX = 20
_STATUS = {jsonrpc.METHOD_NOT_FOUND: 404, jsonrpc.INTERNAL_ERROR: 200}


@blueprint.post("/mcp")
@operation(
    Operation(
        summary="Model Context Protocol",
        scope="read",
        tag="Agents",
        description="Tools for agents: `ask`, `search`, `get_document`. Streamable HTTP without a session, versions "
        "2026-07-28 and 2024-11-05 to 2025-11-25.",
        query=None,
        message=RpcMessage,
        answers={200: RpcAnswer, 202: None, 400: RpcAnswer, 404: RpcAnswer},
        problems=("request_malformed", "body_too_large", "media_type_unsupported"),
    )
)
def mcp() -> Response:
    refuse_other_origins(request.headers.get("Origin"), request.host)
    held = service()
    try:
        value = read_value(held.settings.max_body_bytes)
    except RequestError as error:
        if error.error_code not in ("json_invalid", "text_invalid"):
            raise
        return _refused(None, RpcError(jsonrpc.PARSE_ERROR, error.message))
    server = protocol.Server(held, current_app.config["VERSION"])
    version = request.headers.get(protocol.VERSION_HEADER)
    if protocol.is_modern(version):
        return _modern(server, value)
    if isinstance(value, list):
        return _batch(server, value, version)
    return _handshake(server, value)


def refuse_other_origins(origin: str | None, host: str) -> None:
    """Browsers tell the page that sends a request. A page whose name was made to lead to this machine (DNS rebinding)
    looks like one of the service's own, so only a page at an address or at localhost is taken for one. Those that the
    setting ``cors_origins`` names are let through.
    """
    if origin is None or from_allowed_origin(service().settings):
        return
    try:
        found = urlsplit(origin)
        name = found.hostname or ""
        if found.netloc == host and (name == "localhost" or ipaddress.ip_address(name)):
            return
    except ValueError:
        pass
    raise RequestError("cross_site_refused", "This request comes from a page of another site.")


def _modern(server: protocol.Server, value: object) -> Response:
    try:
        message = read_message(value)
    except RpcError as error:
        return _refused(None, error)
    if message.notification:
        version = request.headers[protocol.VERSION_HEADER]
        return _taken() if version in protocol.MODERN else _refused(None, protocol.unsupported(version))
    body = _answered(message, lambda: protocol.answer_modern(server, message, dict(request.headers)))
    status = _STATUS.get(body["error"]["code"], 400) if "error" in body else 200
    return render.json_response(body, status)


def _handshake(server: protocol.Server, value: object) -> Response:
    """Errors of a method come with 200 here: these versions of the protocol know no other status for them."""
    if jsonrpc.is_answer(value):
        return _taken()
    try:
        message = read_message(value)
    except RpcError as error:
        return _refused(None, error)
    if message.notification:
        return _taken()
    return render.json_response(_answered(message, lambda: protocol.answer_handshake(server, message)))


def _batch(server: protocol.Server, values: list[object], version: str | None) -> Response:
    if version not in protocol.BATCHES or not 0 < len(values) <= _BATCH_MAX:
        told = f"Send one message, or under the versions that know batches up to {_BATCH_MAX} in a list."
        return _refused(None, RpcError(jsonrpc.INVALID_REQUEST, told))
    answers = [answer for answer in (_one_of_batch(server, value) for value in values) if answer is not None]
    if not answers:
        return _taken()
    if len(answers) == len(values) and all(answer["id"] is None for answer in answers):
        return _refused(None, RpcError(jsonrpc.INVALID_REQUEST, "Nothing in this list is a message."))
    return render.json_response(answers)


def _one_of_batch(server: protocol.Server, value: object) -> dict[str, Any] | None:
    if jsonrpc.is_answer(value):
        return None
    try:
        message = read_message(value)
    except RpcError as error:
        return error_body(None, error)
    if message.notification:
        return None
    if message.method == "initialize":
        return error_body(message.id, RpcError(jsonrpc.INVALID_REQUEST, "initialize comes alone, not in a batch."))
    return _answered(message, lambda: protocol.answer_handshake(server, message))


def _answered(message: RpcMessage, answer: Any) -> dict[str, Any]:
    try:
        return result_body(message.id, answer())
    except RpcError as error:
        return error_body(message.id, error)
    except Exception:  # a fault of ours: the log gets the reason, the client an answer that it can read
        log.exception("mcp: %s failed", message.method[:100])
        return error_body(message.id, RpcError(jsonrpc.INTERNAL_ERROR, "The service failed to answer this request."))


def _refused(id_: str | int | None, error: RpcError) -> Response:
    return render.json_response(error_body(id_, error), 400)


def _taken() -> Response:
    response = Response(status=202)
    del response.headers["Content-Type"]
    return response
