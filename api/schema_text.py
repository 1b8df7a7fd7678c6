"""JSON Schema in words, for the documentation page."""

from __future__ import annotations

import re
from typing import Any, NamedTuple

from markupsafe import Markup, escape

_BOUNDS = {
    "minimum": "≥ {}",
    "maximum": "≤ {}",
    "minLength": "at least {} long",
    "maxLength": "at most {} long",
    "minItems": "at least {}",
    "maxItems": "at most {}",
    "format": "{}",
    "default": "default {!r}",
}


class FieldText(NamedTuple):
    """A property: ``kind`` and ``bounds`` in words, ``refs`` the schemas that its type names."""

    name: str
    required: bool
    kind: str
    refs: tuple[str, ...]
    bounds: str
    description: str


def fields_of(schema: dict[str, Any]) -> list[FieldText]:
    """The properties of an object's schema."""
    required = schema.get("required", [])
    return [
        FieldText(
            name, name in required, type_text(property_), refs_of(property_), bounds_text(property_),
            property_.get("description", ""),
        )
        for name, property_ in schema.get("properties", {}).items()
    ]  # fmt: skip


def type_text(schema: dict[str, Any]) -> str:
    """``list of string``, ``CitationOut or null``, ``"single" or "agree"``."""
    if "$ref" in schema:
        return str(schema["$ref"]).rsplit("/", 1)[-1]
    if "anyOf" in schema:
        return " or ".join(type_text(kind) for kind in schema["anyOf"])
    if "const" in schema:
        return _literal(schema["const"])
    if "enum" in schema:
        return " or ".join(_literal(value) for value in schema["enum"])
    if schema.get("type") == "array":
        items = schema.get("items") or {"anyOf": schema.get("prefixItems", [{}])}
        return f"list of {type_text(items)}"
    return str(schema.get("type", "any"))


def refs_of(schema: dict[str, Any]) -> tuple[str, ...]:
    """The names of the schemas that ``schema`` refers to."""
    if "$ref" in schema:
        return (type_text(schema),)
    parts = [*schema.get("anyOf", []), schema.get("items") or {}]
    return tuple(name for part in parts for name in refs_of(part)) if any(parts) else ()


def with_code(text: str) -> Markup:
    """``text``, escaped, with what stands between backticks as code."""
    return Markup(re.sub("`([^`]+)`", r"<code>\1</code>", str(escape(text))))  # noqa: S704 - escaped before


def _literal(value: object) -> str:
    return f'"{value}"' if isinstance(value, str) else str(value).lower()


def bounds_text(schema: dict[str, Any]) -> str:
    """``≥ 1, ≤ 100, default 5``: the limits of ``schema``, also where they stand in the one type beside null."""
    kinds = [schema, *schema.get("anyOf", [])]
    return ", ".join(
        text.format(kind[name])
        for kind in kinds
        for name, text in _BOUNDS.items()
        if kind.get(name) not in (None, [], {})
    )
