"""POST /v1/ask and /v1/search: a question in, a cited answer or passages out."""

from __future__ import annotations

from time import perf_counter

from flask import Blueprint, Response

from api import render
from api.errors import RequestError
from api.operation import Operation, operation
from api.responses import AskResponse, SearchResponse
from api.schemas import AskRequest, FiltersBody, SearchRequest
from api.service import Service, service
from indexer.errors import QueryError
from qa.pipeline import Request
from qa.results import Filters

blueprint = Blueprint("ask", __name__)

_PROBLEMS = (
    "query_invalid",
    "question_empty",
    "question_too_long",
    "filter_invalid",
    "doc_id_invalid",
    "encoder_mismatch",
)


@blueprint.post("/v1/ask")
@operation(
    Operation(
        summary="Ask a question",
        tag="Questions",
        description="A span of a document and where it stands; or null, and the best passages all the same.",
        body=AskRequest,
        answers={200: AskResponse},
        problems=_PROBLEMS,
    )
)
def ask(body: AskRequest) -> Response:
    held = service()
    request = _request(held, body, body.min_confidence)
    collection = held.collection(body.collection)
    snapshot = collection.snapshot()
    started = perf_counter()
    result = held.pipeline.ask(snapshot, request)
    held.metrics.answered(result)
    return render.json_response(render.ask_result(result, collection.name, perf_counter() - started))


@blueprint.post("/v1/search")
@operation(
    Operation(
        summary="Search for passages",
        tag="Questions",
        description="The passages that `/v1/ask` would read, best first, without an answer.",
        body=SearchRequest,
        answers={200: SearchResponse},
        problems=_PROBLEMS,
    )
)
def search(body: SearchRequest) -> Response:
    held = service()
    request = _request(held, body, None)
    collection = held.collection(body.collection)
    snapshot = collection.snapshot()
    started = perf_counter()
    result = held.pipeline.search(snapshot, request)
    return render.json_response(render.search_result(result, collection.name, perf_counter() - started))


def _request(held: Service, body: SearchRequest, min_confidence: float | None) -> Request:
    """``body`` as the pipeline takes it, held to the limits that are settings."""
    limits = held.settings
    if len(body.question) > limits.max_question_chars:
        raise QueryError(
            f"The question has {len(body.question)} characters, {limits.max_question_chars} are allowed.",
            code="question_too_long",
        )
    if body.k > limits.k_max:
        message = f"at most {limits.k_max}"
        raise RequestError("request_invalid", f"k: {message}", [{"loc": ["k"], "message": message}])
    return Request(
        question=body.question,
        k=body.k,
        filters=_filters(body.filters),
        min_confidence=limits.min_confidence if min_confidence is None else min_confidence,
        explain=body.explain,
    )


def _filters(body: FiltersBody | None) -> Filters:
    if body is None:
        return Filters()
    return Filters(
        doc_id=tuple(body.doc_id),
        source=tuple(body.source),
        tag=tuple(body.tag),
        published_from=body.published_from,
        published_to=body.published_to,
    )
