"""The OpenAPI 3.1 document, made from the routes as they are registered and the models they declare.

Spec: OpenAPI 3.1.1, whose schemas are JSON Schema 2020-12, which pydantic writes.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any, cast

from flask import Flask
from pydantic import BaseModel
from pydantic.json_schema import models_json_schema
from werkzeug.routing import Rule

from api.access.gate import KEY_HEADER, Access, access_of
from api.fields import DOC_ID_LENGTH, DOC_ID_PATTERN
from api.operation import EVENT_STREAM, Operation
from api.problems import PROBLEM_JSON, PROBLEMS
from api.render import JSON
from api.responses import ProblemOut
from api.settings import Settings
from api.uploads import FILE_FIELD, FORM

OPENAPI = "3.1.1"
_REF = "#/components/schemas/{model}"
_PATH_VALUE = re.compile(r"<(?:[^:<>]+:)?([^<>]+)>")
_PATH_SCHEMAS = {
    "doc_id": {"type": "string", "pattern": DOC_ID_PATTERN, "maxLength": DOC_ID_LENGTH},
    "name": {"type": "string", "minLength": 1},
    "model": {"type": "string", "minLength": 1},
}


def document(app: Flask, settings: Settings) -> dict[str, Any]:
    """The OpenAPI document of ``app``; limits that are settings are stated as they are set."""
    paths: dict[str, dict[str, Any]] = {}
    models: set[type[BaseModel]] = {ProblemOut}
    for rule, method, declared in operations(app):
        paths.setdefault(_PATH_VALUE.sub(r"{\1}", rule.rule), {})[method.lower()] = {
            **_operation(rule, method, declared),
            "security": _security(access_of(app), declared),
        }
        models.update(_models(declared))
    schemas = _schemas(models)
    _set_limits(schemas, settings)
    return {
        "openapi": OPENAPI,
        "info": {
            "title": "Citespan",
            "version": app.config["VERSION"],
            "description": "Answers questions over your own documents, in Chinese and English, by quoting "
            "them. Offsets are half-open ranges of code points of the source text.",
            "license": {"name": "Apache-2.0", "identifier": "Apache-2.0"},
        },
        "servers": [{"url": "/"}],
        "paths": paths,
        "components": {"schemas": schemas, "securitySchemes": _SCHEMES},
        "x-problems": {code: found._asdict() for code, found in PROBLEMS.items()},
    }


_SCHEMES = {
    "bearer": {"type": "http", "scheme": "bearer", "description": "A key, made by `citespan keys create`."},
    "header": {"type": "apiKey", "in": "header", "name": KEY_HEADER, "description": "The same key."},
}


def _security(access: Access, declared: Operation) -> list[dict[str, list[str]]]:
    """What the operation asks for, as things stand; ``{}`` is nothing. The scope stands where OpenAPI 3.1 has roles."""
    if not access.needs_key(declared):
        return []
    schemes: list[dict[str, list[str]]] = [{name: [declared.scope]} for name in _SCHEMES]
    return [*schemes, {}] if access.is_open_anyway() else schemes


def operations(app: Flask) -> Iterator[tuple[Rule, str, Operation]]:
    """Every route with its method and declaration, in the order in which they were registered.

    HEAD and OPTIONS, which Flask adds to each route, are left out.
    """
    for rule in app.url_map.iter_rules():
        declared: Operation = cast(Any, app.view_functions[rule.endpoint]).operation
        for method in sorted((rule.methods or set()) - {"HEAD", "OPTIONS"}):
            yield rule, method, declared


def _operation(rule: Rule, method: str, declared: Operation) -> dict[str, Any]:
    described: dict[str, Any] = {
        "operationId": rule.endpoint.split(".")[-1],
        "tags": [declared.tag],
        "summary": declared.summary,
        "parameters": [*_path_parameters(rule), *_query_parameters(declared)],
        "responses": _responses(rule, method, declared),
    }
    if declared.description:
        described["description"] = declared.description
    if model := declared.body or declared.message:
        described["requestBody"] = {"required": True, "content": {JSON: {"schema": _ref(model)}}}
    if declared.foreign:
        content = {media_type: {"schema": {"type": "object"}} for media_type in declared.foreign}
        described["requestBody"] = {"required": True, "content": content}
    if declared.form:
        described["requestBody"] = {
            "required": True,
            "content": {FORM: {"schema": _form_schema(declared.form)}},
        }
    return described


def _path_parameters(rule: Rule) -> list[dict[str, Any]]:
    return [
        {"name": name, "in": "path", "required": True, "schema": _PATH_SCHEMAS[name]}
        for name in _PATH_VALUE.findall(rule.rule)
    ]


def _query_parameters(declared: Operation) -> list[dict[str, Any]]:
    if declared.query is None:
        return []
    schema = _inlined(declared.query)
    return [
        {"name": name, "in": "query", "required": False, "schema": _not_null(property_)}
        for name, property_ in schema.get("properties", {}).items()
    ]


def _not_null(schema: dict[str, Any]) -> dict[str, Any]:
    """``schema`` without the ``null`` that stands for an absent parameter."""
    kinds = [kind for kind in schema.get("anyOf", []) if kind != {"type": "null"}]
    if not kinds:
        return schema
    rest = {name: value for name, value in schema.items() if name not in ("anyOf", "default")}
    return {**kinds[0], **rest}


def _form_schema(form: type[BaseModel]) -> dict[str, Any]:
    """The fields of a multipart body, and its files."""
    schema = _inlined(form)
    fields = {name: _not_null(property_) for name, property_ in schema["properties"].items()}
    files = {"type": "array", "minItems": 1, "items": {"type": "string", "format": "binary"}}
    return schema | {"properties": {FILE_FIELD: files, **fields}, "required": [FILE_FIELD]}


def _responses(rule: Rule, method: str, declared: Operation) -> dict[str, Any]:
    responses: dict[str, Any] = {}
    for status, answer in declared.answers.items():
        content = _content(answer)
        if declared.streams:
            content[EVENT_STREAM] = {"schema": {"type": "string"}}
        responses[str(status)] = {"description": _STATUS_TEXT[status], "content": content}
    by_status: dict[int, list[str]] = {}
    for code in declared.codes(method, set(_PATH_VALUE.findall(rule.rule))):
        by_status.setdefault(PROBLEMS[code].status, []).append(code)
    for status, codes in sorted(by_status.items()):
        # Another protocol may have errors of its own under the same status.
        others = responses.get(str(status), {"content": {}})["content"]
        responses[str(status)] = {
            "description": ", ".join(f"`{code}`" for code in codes),
            "content": {**others, PROBLEM_JSON: {"schema": _ref(ProblemOut)}},
        }
    return responses


def _content(answer: type[BaseModel] | str | None) -> dict[str, Any]:
    if answer is None:
        return {}
    if isinstance(answer, str):
        return {answer: {"schema": {"type": "string"}}}
    return {JSON: {"schema": _ref(answer)}}


_STATUS_TEXT = {
    200: "Done.",
    201: "Done; it is new.",
    202: "Taken; there is nothing to answer.",
    400: "Refused.",
    404: "Refused.",
}


def _ref(model: type[BaseModel]) -> dict[str, str]:
    return {"$ref": _REF.format(model=model.__name__)}


def _models(declared: Operation) -> Iterator[type[BaseModel]]:
    yield from (model for model in (declared.body, declared.message) if model is not None)
    yield from (answer for answer in declared.answers.values() if isinstance(answer, type))


def _inlined(model: type[BaseModel]) -> dict[str, Any]:
    """The schema of a flat model, without its title."""
    schema = model.model_json_schema()
    schema.pop("title", None)
    return schema


def _schemas(models: set[type[BaseModel]]) -> dict[str, Any]:
    ordered = sorted(models, key=lambda model: model.__name__)
    _, schema = models_json_schema([(model, "validation") for model in ordered], ref_template=_REF)
    found: dict[str, Any] = schema["$defs"]
    return found


def _set_limits(schemas: Mapping[str, Any], settings: Settings) -> None:
    for name in ("AskRequest", "SearchRequest", "FeedbackBody"):
        properties = schemas[name]["properties"]
        properties["question"]["maxLength"] = settings.max_question_chars
        if "k" in properties:
            properties["k"]["maximum"] = settings.k_max
