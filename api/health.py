"""/healthz, /readyz, /metrics: for supervisors and monitoring."""

from __future__ import annotations

from flask import Blueprint, Response, current_app
from prometheus_client import CONTENT_TYPE_LATEST

from api import render
from api.access.gate import keys_problem
from api.errors import problem
from api.operation import OPEN, Operation, operation
from api.responses import HealthResponse, ReadyResponse
from api.service import service
from indexer.errors import CitespanError

blueprint = Blueprint("health", __name__)


@blueprint.get("/healthz")
@operation(
    Operation(
        summary="Is the process alive?",
        scope=OPEN,
        tag="Operation",
        query=None,
        answers={200: HealthResponse},
    )
)
def healthz() -> Response:
    return render.json_response({"status": "live"})


@blueprint.get("/readyz")
@operation(
    Operation(
        summary="Can it answer questions?",
        scope=OPEN,
        tag="Operation",
        description="200 once models and default collection are open; 503 with the reason, and once it is to stop.",
        query=None,
        answers={200: ReadyResponse},
        problems=("not_ready",),
    )
)
def readyz() -> Response:
    held = service()
    if held.stopping.is_set():
        return problem("not_ready", "The service is about to stop.", reason="stopping")
    name = held.settings.collection
    if (locked := keys_problem(current_app)) is not None:
        return problem("not_ready", locked.message, reason=locked.error_code)
    try:
        commit = held.collection(name).snapshot().commit
    except CitespanError as error:
        return problem("not_ready", error.message, reason=error.error_code)
    return render.json_response({"status": "ready", "index": render.index(name, commit)})


@blueprint.get("/metrics")
@operation(
    Operation(
        summary="Metrics for Prometheus",
        scope="read",
        all_collections=True,
        open_by="metrics_open",
        tag="Operation",
        query=None,
        answers={200: "text/plain"},
    )
)
def metrics() -> Response:
    return Response(service().metrics.exposition(), content_type=CONTENT_TYPE_LATEST)
