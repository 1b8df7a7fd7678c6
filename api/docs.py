"""GET /openapi.json and /docs: the contract for programs and for people, both from the same document."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from flask import Blueprint, Response, current_app, render_template

from api import openapi, render
from api.operation import OPEN, Operation, operation
from api.problems import PROBLEMS
from api.schema_text import bounds_text, fields_of, type_text, with_code
from api.service import service
from api.web import send_page

blueprint = Blueprint("docs", __name__)

_FOLDER = Path(__file__).parent / "templates"
_METHODS = ("get", "put", "post", "delete")


@blueprint.get("/openapi.json")
@operation(
    Operation(
        summary="This contract, as OpenAPI 3.1",
        scope=OPEN,
        tag="Operation",
        query=None,
        answers={200: "application/json"},
    )
)
def openapi_json() -> Response:
    return render.json_response(_document())


@blueprint.get("/docs")
@operation(
    Operation(summary="This contract, as a page", scope=OPEN, tag="Operation", query=None, answers={200: "text/html"})
)
def docs() -> Response:
    document = _document()
    page = render_template(
        "docs.html",
        document=document,
        groups=_groups(document),
        schemas={name: fields_of(schema) for name, schema in document["components"]["schemas"].items()},
        descriptions={
            name: schema.get("description", "") for name, schema in document["components"]["schemas"].items()
        },
        problems=PROBLEMS,
        type_text=type_text,
        bounds_text=bounds_text,
        with_code=with_code,
    )
    return Response(page, mimetype="text/html")


@blueprint.get("/docs.css")
@operation(Operation(summary="How that page looks", scope=OPEN, tag="Operation", query=None, answers={200: "text/css"}))
def docs_css() -> Response:
    return send_page(_FOLDER, "docs.css")


def _document() -> dict[str, Any]:
    return openapi.document(current_app, service().settings)


def _groups(document: dict[str, Any]) -> dict[str, list[tuple[str, str, dict[str, Any]]]]:
    """Tag -> (method, path, operation)."""
    groups: dict[str, list[tuple[str, str, dict[str, Any]]]] = {}
    for path, item in document["paths"].items():
        for method in _METHODS:
            if method in item:
                groups.setdefault(item[method]["tags"][0], []).append((method.upper(), path, item[method]))
    return groups
