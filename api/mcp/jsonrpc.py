"""JSON-RPC 2.0 messages, as the Model Context Protocol narrows them: ids are strings or whole numbers, parameters are
objects. Specification: https://www.jsonrpc.org/specification.
"""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, StrictInt, StrictStr, ValidationError

PARSE_ERROR = -32700
INVALID_REQUEST = -32600
METHOD_NOT_FOUND = -32601
INVALID_PARAMS = -32602
INTERNAL_ERROR = -32603
HEADER_MISMATCH = -32020
UNSUPPORTED_VERSION = -32022
"""The last two are of the Model Context Protocol, 2026-07-28."""

Id = StrictStr | StrictInt


class RpcError(Exception):
    """An error of the protocol, not of a tool. ``data`` says more, for programs."""

    def __init__(self, code: int, message: str, data: object = None) -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.data = data


class RpcMessage(BaseModel):
    """A message of JSON-RPC 2.0. One without `id` is a notification, which is not answered."""

    model_config = ConfigDict(extra="ignore", frozen=True)
    jsonrpc: Literal["2.0"]
    id: Id = Field(default="", description="Given back with the answer.")
    method: StrictStr = Field(examples=["tools/list"])
    params: Annotated[dict[str, Any] | None, Field(description="What the method takes.")] = None

    @property
    def notification(self) -> bool:
        return "id" not in self.model_fields_set


class RpcErrorOut(BaseModel):
    """`code` is negative, as JSON-RPC and the Model Context Protocol number them."""

    model_config = ConfigDict(extra="forbid")
    code: int
    message: str
    data: Any = None


class RpcAnswer(BaseModel):
    """What a message comes to: `result`, or `error`."""

    model_config = ConfigDict(extra="forbid")
    jsonrpc: Literal["2.0"]
    id: str | int | None = Field(description="That of the message; null where it could not be read.")
    result: dict[str, Any] | None = None
    error: RpcErrorOut | None = None


def read_message(value: object) -> RpcMessage:
    """``value`` as a message. Raises RpcError (INVALID_REQUEST)."""
    try:
        return RpcMessage.model_validate(value)
    except ValidationError:
        raise RpcError(
            INVALID_REQUEST, "Send an object with jsonrpc: '2.0', method, params (an object) and id (text or a number)."
        ) from None


def is_answer(value: object) -> bool:
    """Whether ``value`` answers a request. This service makes none, so there is nothing to do with it."""
    return isinstance(value, dict) and value.get("jsonrpc") == "2.0" and bool(value.keys() & {"result", "error"})


def result_body(id_: str | int, result: dict[str, Any]) -> dict[str, Any]:
    return {"jsonrpc": "2.0", "id": id_, "result": result}


def error_body(id_: str | int | None, error: RpcError) -> dict[str, Any]:
    told: dict[str, Any] = {"code": error.code, "message": error.message}
    if error.data is not None:
        told["data"] = error.data
    return {"jsonrpc": "2.0", "id": id_, "error": told}
