"""The tools: ``ask``, ``search``, ``get_document``. Arguments and results are those of the HTTP API.

An error of a tool is a result with ``isError``, which the model reads and may mend; its code is one of
``api/problems.py``. Only a tool that is not there is an error of the protocol.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any, Literal

import orjson
from pydantic import BaseModel, Field

from api.body import validate
from api.documents import read_range
from api.errors import RequestError
from api.fields import CollectionName, DocId, Offset, Revision
from api.mcp import text
from api.mcp.jsonrpc import INVALID_PARAMS, RpcError
from api.problems import PROBLEMS, known_code
from api.questions import answer_question, search_passages
from api.responses import AskResponse, SearchResponse, TextResponse
from api.schemas import AskRequest, RequestModel, SearchRequest, TextQuery
from api.service import Service
from api.settings import Settings
from indexer.errors import CitespanError

log = logging.getLogger("citespan")

RANGE = 10_000
RANGE_MAX = 100_000
"""Characters that ``get_document`` gives without ``end``, and at most: a whole book helps no model."""


class GetDocument(RequestModel):
    """Which part of which document."""

    doc_id: DocId
    collection: CollectionName | None = None
    revision: Revision | None = Field(default=None, description="The current revision without it.")
    start: Offset = 0
    end: Offset | None = Field(default=None, description=f"`start` + {RANGE} without it, or the end of the text.")
    layer: Literal["source", "readable"] = Field(
        default="source", description="`readable`: what people are shown of the range, without markup."
    )


@dataclass(frozen=True, slots=True)
class Tool:
    """``run`` makes the structured result from checked arguments, ``told`` the text that a model reads."""

    name: str
    title: str
    description: str
    arguments: type[RequestModel]
    result: type[BaseModel]
    run: Callable[[Service, Any], dict[str, Any]]
    told: Callable[[Mapping[str, Any]], str]


def _get_document(held: Service, wanted: GetDocument) -> dict[str, Any]:
    end = wanted.end
    if end is not None and end - wanted.start > RANGE_MAX:
        raise RequestError("range_invalid", f"At most {RANGE_MAX} characters at a time.")
    if end is None:
        stored = held.collection(wanted.collection).snapshot().document(wanted.doc_id, wanted.revision)
        end = max(wanted.start, min(stored.characters, wanted.start + RANGE))
    query = TextQuery(
        collection=wanted.collection, revision=wanted.revision, start=wanted.start, end=end, layer=wanted.layer
    )
    return read_range(held, wanted.doc_id, query)


TOOLS = {
    tool.name: tool
    for tool in (
        Tool(
            "ask",
            "Ask the documents",
            "Answers a question from the documents by quoting them: a span, its sentence and its exact place, with a"
            " calibrated confidence; or says that the documents do not tell. Sources that disagree are all given. Ask a"
            " whole question, in Chinese or English, whatever the language of the documents.",
            AskRequest,
            AskResponse,
            answer_question,
            text.of_answer,
        ),
        Tool(
            "search",
            "Search the documents",
            "Finds the passages that fit a question or some words best, each quoted with its exact place.",
            SearchRequest,
            SearchResponse,
            search_passages,
            text.of_passages,
        ),
        Tool(
            "get_document",
            "Read a document",
            "Reads a range of a document's source text, to see what stands around a quote. Offsets count code points,"
            " as `start` and `end` of a citation do.",
            GetDocument,
            TextResponse,
            _get_document,
            text.of_range,
        ),
    )
}


@cache
def list_tools(settings: Settings) -> list[dict[str, Any]]:
    """The definitions; limits that are settings are stated as they are set."""
    return [
        {
            "name": tool.name,
            "title": tool.title,
            "description": tool.description,
            "inputSchema": _limited(_bare(tool.arguments.model_json_schema()), settings),
            "outputSchema": _bare(tool.result.model_json_schema()),
            "annotations": {"readOnlyHint": True, "idempotentHint": True, "openWorldHint": False},
        }
        for tool in TOOLS.values()
    ]


def call_tool(held: Service, params: Mapping[str, Any]) -> dict[str, Any]:
    """The result of ``tools/call``. Raises RpcError for a tool that is not there."""
    name, arguments = params.get("name"), params.get("arguments")
    tool = TOOLS.get(name) if isinstance(name, str) else None
    if tool is None:
        raise RpcError(INVALID_PARAMS, f"Unknown tool: {str(name)[:100]}. There are: {', '.join(TOOLS)}.")
    try:
        found = tool.run(held, validate(tool.arguments, {} if arguments is None else arguments))
    except CitespanError as error:
        return _failed(error)
    # NumPy scalars reach here through `scores` and `explain`.
    plain = orjson.loads(orjson.dumps(found, option=orjson.OPT_SERIALIZE_NUMPY))
    return {"content": [_text(tool.told(plain))], "structuredContent": plain, "isError": False}


def _failed(error: CitespanError) -> dict[str, Any]:
    code = known_code(error.error_code)
    if PROBLEMS[code].status == 500:
        log.error("mcp: %s", error.message, exc_info=error)
    told: dict[str, Any] = {"code": code, "detail": error.message}
    if isinstance(error, RequestError) and error.errors:
        told["errors"] = list(error.errors)
    said = f"{code}: {error.message} {PROBLEMS[code].help}"
    return {"content": [_text(said)], "structuredContent": told, "isError": True}


def _text(said: str) -> dict[str, str]:
    return {"type": "text", "text": said}


def _bare(schema: Any) -> Any:
    """``schema`` without pydantic's titles, which only say the names again: a model pays for every word."""
    if isinstance(schema, list):
        return [_bare(each) for each in schema]
    if not isinstance(schema, dict):
        return schema
    return {
        key: {name: _bare(each) for name, each in value.items()} if key in ("properties", "$defs") else _bare(value)
        for key, value in schema.items()
        if not (key == "title" and isinstance(value, str))
    }


def _limited(schema: dict[str, Any], settings: Settings) -> dict[str, Any]:
    properties = schema["properties"]
    if "question" in properties:
        properties["question"]["maxLength"] = settings.max_question_chars
        properties["k"]["maximum"] = settings.k_max
    return schema
