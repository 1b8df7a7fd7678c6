"""The values that docs/api.md shows are what the parser gives."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from qa.values.find import parse_value

PAGE = (Path(__file__).parents[3] / "docs" / "api.md").read_text(encoding="utf-8")
EXAMPLES = [
    (text, json.loads(value))
    for texts, value in re.findall(r'^\| ([^|`]+) \| `(\{"kind".*\})` \|$', PAGE, re.MULTILINE)
    for text in texts.split(", ")
]


@pytest.mark.parametrize(("text", "value"), EXAMPLES, ids=[text for text, _ in EXAMPLES])
def test_value_is_as_documented(text: str, value: dict[str, object]) -> None:
    assert parse_value(text) == value


def test_documentation_has_a_price_and_a_date() -> None:
    assert any("per" in value for _, value in EXAMPLES)
    assert any(value["kind"] == "date" for _, value in EXAMPLES)
