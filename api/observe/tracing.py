"""OpenTelemetry traces, with the extra ``otel``: a span for each request, each question in it, and each of its stages.

Switched on by OpenTelemetry's own environment variables; without them nothing of it is imported. Spans tell routes,
states and times, never what was asked or found. A caller's ``traceparent`` (W3C Trace Context) is taken over.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from importlib.metadata import version
from typing import TYPE_CHECKING

from flask import Flask, Response, g, has_request_context, request

from api.observe.otel import wanted
from api.observe.request_id import request_id
from api.observe.watch import UNKNOWN_ROUTE, method, route
from api.problems import PROBLEMS
from qa.results import AskResult

if TYPE_CHECKING:
    from opentelemetry.trace import Span, Tracer


def register_tracing(app: Flask, environ: Mapping[str, str] = os.environ) -> None:
    """To be called after the fork: what sends the spans is a thread. Raises ConfigError as ``wanted`` does."""
    if not wanted(environ):
        return
    tracer = _tracer(environ)
    app.before_request(lambda: _begin(tracer))
    app.after_request(_describe)
    app.teardown_request(_end)


def _tracer(environ: Mapping[str, str]) -> Tracer:
    """Exporter, sampler and limits are configured by the library, from the environment."""
    from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
    from opentelemetry.sdk.resources import Resource
    from opentelemetry.sdk.trace import TracerProvider
    from opentelemetry.sdk.trace.export import BatchSpanProcessor

    own: dict[str, str | int] = {"service.version": version("citespan"), "process.pid": os.getpid()}
    if not environ.get("OTEL_SERVICE_NAME") and "service.name=" not in environ.get("OTEL_RESOURCE_ATTRIBUTES", ""):
        own["service.name"] = "citespan"
    provider = TracerProvider(resource=Resource.create(own))
    provider.add_span_processor(BatchSpanProcessor(OTLPSpanExporter()))
    return provider.get_tracer("citespan", version("citespan"))


def _begin(tracer: Tracer) -> None:
    from opentelemetry.propagate import extract
    from opentelemetry.trace import SpanKind

    name = method() if route() == UNKNOWN_ROUTE else f"{method()} {route()}"
    attributes = {"http.request.method": method(), "url.scheme": request.scheme, "url.path": _path()}
    if route() != UNKNOWN_ROUTE:
        attributes["http.route"] = route()
    headers = {header.lower(): value for header, value in request.headers.items()}
    span = tracer.start_span(name, extract(headers), SpanKind.SERVER, attributes)
    g.tracer, g.span = tracer, span
    g.trace_id = f"{span.get_span_context().trace_id:032x}"


def _path() -> str:
    return request.path[:500].encode("utf-8", "replace").decode()


def _describe(response: Response) -> Response:
    from opentelemetry.trace import StatusCode

    span: Span = g.span
    span.set_attribute("http.response.status_code", response.status_code)
    span.set_attribute("citespan.request_id", request_id())
    problem = g.get("problem")
    if problem is not None:
        span.set_attribute("error.type", problem)
        if PROBLEMS[problem].status >= 500:
            span.set_status(StatusCode.ERROR)
    return response


def _end(_: BaseException | None) -> None:
    span: Span | None = g.pop("span", None)
    if span is not None:
        span.end()


def trace_question(operation: str, collection: str, result: AskResult) -> None:
    """Adds a question that was answered to the trace of the current request, if there is one."""
    if not has_request_context() or "span" not in g or not result.stages or not g.span.is_recording():
        return
    from opentelemetry.trace import set_span_in_context

    attributes: dict[str, str | int | bool] = {
        "citespan.collection": collection,
        "citespan.commit": result.commit,
        "citespan.passages": len(result.passages),
    }
    if operation == "ask":
        attributes |= {"citespan.answerable": result.answerable, "citespan.reason": result.reason or ""}
    tracer: Tracer = g.tracer
    first, last = result.stages[0], result.stages[-1]
    inside = set_span_in_context(g.span)
    question = tracer.start_span(f"citespan.{operation}", inside, attributes=attributes, start_time=first.start_ns)
    inside = set_span_in_context(question)
    for stage in result.stages:
        cpu = {"citespan.cpu_ms": round(stage.cpu_ms, 3)}
        span = tracer.start_span(f"citespan.{stage.stage}", inside, attributes=cpu, start_time=stage.start_ns)
        span.end(stage.end_ns)
    question.end(last.end_ns)
