"""From a request to a checked model: media type, size, JSON, schema, in this order, each with its code."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import TypeVar

import orjson
from flask import request
from gunicorn.http.errors import NoMoreData, ParseException  # type: ignore[import-untyped]
from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from api.errors import FieldError, RequestError
from api.problems import PROBLEMS
from api.render import JSON

M = TypeVar("M", bound=BaseModel)

_MAX_ERRORS = 20
"""Fields named in one problem; a body of a megabyte can hold a hundred thousand wrong ones."""


def read_json(model: type[M], max_bytes: int) -> M:
    """The request's JSON body as ``model``. Codes: those of ``read_value``, ``request_invalid`` and the codes that
    ``model`` gives its own fields."""
    return validate(model, read_value(max_bytes))


def read_value(max_bytes: int) -> object:
    """The request's JSON body, whatever it holds. Codes: ``media_type_unsupported``, ``body_too_large`` (raised while
    reading), ``request_malformed``, ``json_invalid``, ``text_invalid``."""
    charset = request.mimetype_params.get("charset", "utf-8")
    if request.mimetype != JSON or charset.lower() != "utf-8":
        raise RequestError("media_type_unsupported", f"Send Content-Type: {JSON} (UTF-8).")
    request.max_content_length = max_bytes
    with reading_body():
        data = request.get_data(cache=False)
    return parse_json(data)


@contextmanager
def reading_body() -> Iterator[None]:
    """A body that breaks off, or is chunked in a wrong way, is the client's fault: ``request_malformed``."""
    try:
        yield
    except (NoMoreData, ParseException) as error:
        raise RequestError("request_malformed", f"The body cannot be read: {type(error).__name__}.") from error


def parse_json(data: bytes) -> object:
    """Any JSON value. RequestError ``json_invalid``, or ``text_invalid`` for escapes that are no character."""
    try:
        return orjson.loads(data)
    except orjson.JSONDecodeError as error:
        # "invalid high surrogate in string" and its like: an escape such as \ud800 is JSON, but not text. The
        # message about bytes that are no UTF-8 speaks of surrogates too.
        code = "text_invalid" if error.msg.endswith("surrogate in string") else "json_invalid"
        raise RequestError(code, f"The body: {error}.") from None


def read_query(model: type[M]) -> M:
    """The request's query parameters as ``model``; a parameter given twice is refused."""
    return validate(model, single_values(request.args.to_dict(flat=False)))


def single_values(values: Mapping[str, list[str]]) -> dict[str, str]:
    """Form or query fields of which each may stand once."""
    for name, given in values.items():
        if len(given) > 1:
            message = "given more than once"
            raise RequestError("request_invalid", f"{name}: {message}", [{"loc": [name], "message": message}])
    return {name: given[0] for name, given in values.items()}


def validate(model: type[M], value: object) -> M:
    """``value`` as ``model``, or a RequestError that names each field at fault."""
    try:
        return model.model_validate(value)
    except ValidationError as error:
        found = error.errors(include_url=False, include_context=False, include_input=False)
    named = [_field_error(details) for details in found[:_MAX_ERRORS]]
    first = named[0]
    place = ".".join(map(str, first["loc"])) or "body"  # type: ignore[call-overload]
    raise RequestError(_code(found), f"{place}: {first['message']}", named)


def _field_error(details: ErrorDetails) -> FieldError:
    return {"loc": list(details["loc"]), "message": details["msg"]}


def _code(found: list[ErrorDetails]) -> str:
    """The code of a problem with ``found``: a specific one only where every error is of that sort."""
    codes = {_code_of(details) for details in found}
    return codes.pop() if len(codes) == 1 else "request_invalid"


def _code_of(details: ErrorDetails) -> str:
    if details["type"] in PROBLEMS:  # raised by a validator of ours as PydanticCustomError(code, ...)
        return details["type"]
    if details["loc"][:1] == ("filters",):
        return "filter_invalid"
    return "request_invalid"
