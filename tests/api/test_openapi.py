from __future__ import annotations

import json
import re

import jsonschema_rs
import pytest

from api import openapi
from api.problems import PROBLEMS
from api.schema_text import bounds_text, type_text, with_code


@pytest.fixture
def document(empty):
    return empty.get("/openapi.json").get_json()


def refs(node):
    """Every ``$ref`` below ``node``."""
    if isinstance(node, dict):
        yield from ([node["$ref"]] if "$ref" in node else [])
        node = list(node.values())
    if isinstance(node, list):
        for child in node:
            yield from refs(child)


def test_every_route_of_the_application_is_documented(app, document):
    rules = {re.sub(r"<(?:\w+:)?(\w+)>", r"{\1}", rule.rule) for rule in app.url_map.iter_rules()}
    assert document["paths"].keys() == rules
    for rule, method, declared in openapi.operations(app):
        path = re.sub(r"<(?:\w+:)?(\w+)>", r"{\1}", rule.rule)
        assert document["paths"][path][method.lower()]["summary"] == declared.summary


def test_operation_ids_are_unique(document):
    ids = [operation["operationId"] for item in document["paths"].values() for operation in item.values()]
    assert len(ids) == len(set(ids))


def test_every_schema_is_valid_json_schema(document):
    for schema in document["components"]["schemas"].values():
        jsonschema_rs.meta.validate({"$schema": "https://json-schema.org/draft/2020-12/schema", **schema})


def test_every_reference_leads_somewhere(document):
    targets = {f"#/components/schemas/{name}" for name in document["components"]["schemas"]}
    assert set(refs(document)) <= targets


def test_every_problem_code_of_an_operation_is_under_its_status(document):
    for path, item in document["paths"].items():
        for method, operation in item.items():
            for status, response in operation["responses"].items():
                codes = re.findall(r"`(\w+)`", response["description"])
                assert all(PROBLEMS[code].status == int(status) for code in codes), (method, path)


def test_limits_are_those_of_the_settings(document, settings):
    properties = document["components"]["schemas"]["AskRequest"]["properties"]
    assert properties["question"]["maxLength"] == settings.max_question_chars
    assert properties["k"]["maximum"] == settings.k_max


def test_the_docs_page_says_all_that_the_document_says(empty, document):
    page = empty.get("/docs").get_data(as_text=True)
    for path, item in document["paths"].items():
        for method, operation in item.items():
            assert f"<b>{method.upper()}</b> {path}" in page
            assert operation["summary"] in page
    for name, schema in document["components"]["schemas"].items():
        assert f'id="schema-{name}"' in page
        assert all(f"<code>{field}</code>" in page for field in schema["properties"])
    for code in PROBLEMS:
        assert f'id="problem-{code}"' in page


def test_every_link_of_the_docs_page_leads_somewhere(empty):
    page = empty.get("/docs").get_data(as_text=True)
    for target in set(re.findall(r'href="([^"]+)"', page)):
        if target.startswith("#"):
            assert f'id="{target[1:]}"' in page
        else:
            assert empty.get(f"/{target}").status_code == 200


def test_the_docs_page_needs_nothing_from_elsewhere(empty):
    page = empty.get("/docs").get_data(as_text=True)
    assert not re.search(r"<script|<style|style=|https?://", page)


@pytest.mark.parametrize(
    ("schema", "text"),
    [
        ({"type": "array", "items": {"$ref": "#/components/schemas/CitationOut"}}, "list of CitationOut"),
        ({"anyOf": [{"type": "string"}, {"type": "null"}]}, "string or null"),
        ({"enum": ["a", "b"]}, '"a" or "b"'),
        ({"const": True}, "true"),
        ({}, "any"),
    ],
)
def test_types_are_said_in_words(schema, text):
    assert type_text(schema) == text


def test_the_document_is_plain_json(document):
    assert json.loads(json.dumps(document)) == document


def test_what_stands_between_backticks_is_code_and_nothing_is_markup():
    assert with_code("`<b>` & <i>") == "<code>&lt;b&gt;</code> &amp; &lt;i&gt;"


def test_bounds_are_said_also_of_a_type_beside_null():
    assert (
        bounds_text({"anyOf": [{"type": "integer", "minimum": 0}, {"type": "null"}], "default": 5}) == "default 5, ≥ 0"
    )
