"""A question from any of the faces (HTTP, chat, agents, bots) to the pipeline: limits, collection, answer, count."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from time import perf_counter
from typing import Any

from api import render
from api.answer_cache import size_of_filters
from api.errors import RequestError
from api.observe.tracing import trace_question
from api.schemas import AskRequest, FiltersBody, SearchRequest
from api.service import Service
from indexer.errors import QueryError
from indexer.snapshot import Snapshot
from qa.pipeline import Request
from qa.results import AskResult, Filters

Work = Callable[[Snapshot, Request], AskResult]

QUESTION_PROBLEMS = (
    "query_invalid",
    "question_empty",
    "question_too_long",
    "filter_invalid",
    "doc_id_invalid",
    "encoder_mismatch",
)
"""What can be wrong with a question beyond the form of the request."""


def answer_question(held: Service, body: AskRequest) -> dict[str, Any]:
    """The object of ``/v1/ask``. Raises CitespanError: a question, a filter or a collection that will not do."""
    request = _request(held, body, body.min_confidence)
    return render.ask_result(*_found(held, body.collection, request, "ask", held.pipeline.ask, held.metrics.asked))


def search_passages(held: Service, body: SearchRequest) -> dict[str, Any]:
    """The object of ``/v1/search``. Raises CitespanError as :func:`answer_question` does."""
    request, pipeline = _request(held, body, None), held.pipeline
    return render.search_result(
        *_found(held, body.collection, request, "search", pipeline.search, held.metrics.searched)
    )


def check_question(held: Service, question: str) -> None:
    """Raises QueryError (``question_too_long``)."""
    allowed = held.settings.max_question_chars
    if len(question) > allowed:
        raise QueryError(
            f"The question has {len(question)} characters, {allowed} are allowed.", code="question_too_long"
        )


def _found(
    held: Service,
    name: str | None,
    request: Request,
    operation: str,
    work: Work,
    note: Callable[[AskResult], None],
) -> tuple[AskResult, str, float]:
    """The result of ``request``, counted and traced, with the collection that it is of and the seconds it took."""
    collection = held.collection(name)
    snapshot = collection.snapshot()
    started = perf_counter()
    result = _result(held, operation, work, snapshot, request)
    note(result)
    trace_question(operation, collection.name, result)
    return result, collection.name, perf_counter() - started


def _result(held: Service, operation: str, work: Work, snapshot: Snapshot, request: Request) -> AskResult:
    """What ``work`` makes of ``request``, or made of it before. What explains an answer has times in it, and is made
    each time."""
    if request.explain or not held.answers:
        return work(snapshot, request)
    key = (operation, request, held.pipeline.state(snapshot))
    kept = held.answers.get(snapshot, key)
    if kept is not None:
        held.metrics.repeated()
        return kept
    result = work(snapshot, request)
    # The time of its stages was spent once.
    held.answers.put(snapshot, key, replace(result, stages=()), beside=size_of_filters(request.filters))
    return result


def _request(held: Service, body: SearchRequest, min_confidence: float | None) -> Request:
    """``body`` as the pipeline takes it, held to the limits that are settings."""
    limits = held.settings
    check_question(held, body.question)
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
