"""One declaration per route: it reads and checks the request, and the OpenAPI document is made from it.

So the documentation cannot say one thing and the code do another.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import wraps
from typing import Any, Literal

from flask import Response
from pydantic import BaseModel

from api.access.keys import SCOPES, Scope
from api.body import read_json, read_query
from api.errors import RequestError
from api.fields import is_doc_id
from api.problems import PROBLEMS
from api.schemas import CollectionQuery, DocumentQuery, NoQuery, RequestModel
from api.service import service

OPEN: Literal["open"] = "open"
SIGNED: Literal["signed"] = "signed"
EVENT_STREAM = "text/event-stream"

UNSAFE_METHODS = ("POST", "PUT", "DELETE", "PATCH")

_BODY_PROBLEMS = (
    "request_malformed",
    "request_timeout",
    "json_invalid",
    "body_too_large",
    "media_type_unsupported",
    "text_invalid",
    "request_invalid",
)
_COLLECTION_PROBLEMS = ("collection_name_invalid", "collection_not_found", "not_ready", "index_corrupt")
_KEY_PROBLEMS = ("key_missing", "key_invalid", "keys_unreadable", "rate_limited", "host_refused")


@dataclass(frozen=True, slots=True, kw_only=True)
class Operation:
    """What a route takes and gives.

    ``answers``: for each status of success a model, the media type of a body that is no JSON, or None where there is
    no body; ``streams``: success may also come as server-sent events. ``body``: the model of a JSON body; ``form``: of
    the fields of a multipart body beside its files; ``message``: of a JSON body that the view reads by itself, because
    another protocol says what becomes of a wrong one. ``query``: of the query parameters; None where any are let pass.
    ``document``: the body is a document, to which the larger limit applies. ``foreign``: media types of a body in
    another's protocol, which the view reads and checks by itself. ``problems``: codes beyond those that follow from the
    rest.

    ``scope``: what a key must have; ``open`` needs none, ``signed`` checks a signature of the sender's by itself.
    Reading is ``read`` whatever the method. ``all_collections``: refused to keys that are bound to some. ``open_by``:
    the setting that opens the route.
    """

    summary: str
    tag: str
    answers: Mapping[int, type[BaseModel] | str | None]
    body: type[RequestModel] | None = None
    form: type[RequestModel] | None = None
    message: type[BaseModel] | None = None
    query: type[RequestModel] | None = NoQuery
    document: bool = False
    streams: bool = False
    foreign: tuple[str, ...] = ()
    problems: tuple[str, ...] = ()
    description: str = ""
    scope: Scope | Literal["open", "signed"] = "admin"
    all_collections: bool = False
    open_by: str | None = None

    @property
    def takes_document(self) -> bool:
        """Whether a body may be as large as a document, so that only some are read at a time."""
        return self.document or self.form is not None

    def codes(self, method: str, path_names: set[str]) -> list[str]:
        """Every problem code of this operation, in the order of the table."""
        found = {"internal_error", *self.problems}
        if self.body or self.form:
            found.update(_BODY_PROBLEMS)
        if self.foreign:
            found.update(("request_malformed", "request_timeout", "body_too_large"))
        if self.form:
            found.discard("json_invalid")
        if self.query is not None:
            found.add("request_invalid")
        if "doc_id" in path_names or (self.body and "doc_id" in self.body.model_fields):
            found.add("doc_id_invalid")
        if (self.query and issubclass(self.query, CollectionQuery)) or (
            self.body and "collection" in self.body.model_fields
        ):
            found.update(_COLLECTION_PROBLEMS)
            if self.scope not in (OPEN, SIGNED):
                found.add("collection_forbidden")
        if self.query and issubclass(self.query, DocumentQuery):
            found.add("revision_not_found")
        if method in UNSAFE_METHODS:
            found.add("cross_site_refused")
        found.update(self._access_codes())
        return [code for code in PROBLEMS if code in found]

    def _access_codes(self) -> Iterator[str]:
        if self.scope not in (OPEN, SIGNED):
            yield from _KEY_PROBLEMS
        if self.scope in SCOPES[1:]:
            yield "scope_missing"
        if self.all_collections:
            yield "collection_forbidden"
        if self.takes_document:
            yield "uploads_busy"

    def read(self, path_values: Mapping[str, Any]) -> dict[str, RequestModel]:
        """The checked ``query`` and ``body`` of the current request, those that are declared."""
        if "doc_id" in path_values:
            _check_doc_id(path_values["doc_id"])
        found: dict[str, RequestModel] = {}
        if self.query is not None:
            query = read_query(self.query)
            if self.query is not NoQuery:
                found["query"] = query
        if self.body is not None:
            settings = service().settings
            limit = settings.max_upload_bytes if self.document else settings.max_body_bytes
            found["body"] = read_json(self.body, limit)
        return found


def _check_doc_id(value: str) -> None:
    if not is_doc_id(value):
        raise RequestError("doc_id_invalid", f"{value[:200]!r} is no document id. {PROBLEMS['doc_id_invalid'].help}")


def operation(declared: Operation) -> Callable[[Callable[..., Response]], Callable[..., Response]]:
    """Give the view its checked ``query`` and ``body``, and leave ``declared`` with it to be documented."""

    def decorate(view: Callable[..., Response]) -> Callable[..., Response]:
        @wraps(view)
        def checked(**path_values: Any) -> Response:
            return view(**path_values, **declared.read(path_values))

        checked.operation = declared  # type: ignore[attr-defined]
        return checked

    return decorate
