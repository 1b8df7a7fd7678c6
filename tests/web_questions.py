"""What the tests of the web page ask, and what the service says to it."""

from __future__ import annotations

from typing import Any

import requests
from browser_helpers import Page

KLING = "What is Kling's share of revenue from professional creators?"
CONFLICT = "How many vehicles a day did the Vexmoor bridge carry in May 2024?"
PAGED = "How many containers did the harbour of Quorn move in 2023?"
DECIDED = "Kling 推理环节 marginal profit 是正的吗?"
LISTED = "哪些 brands 用 Kling 拍广告短片或做联名产品?"
HTML = "When was the new Kling 2.1 series released?"
TARGET = "What was the revenue target set for Kling at the beginning of 2025?"
UNKNOWN = "What is the boiling point of tungsten?"
OPEN = ".answer .citations a.open"


def asked(base: str, question: str, **body: Any) -> dict[str, Any]:
    response = requests.post(f"{base}/v1/ask", json={"question": question, **body}, timeout=30)
    response.raise_for_status()
    result: dict[str, Any] = response.json()
    return result


def marks(page: Page, element: object) -> list[str]:
    source = "return Array.from(arguments[0].querySelectorAll('mark'), (mark) => mark.textContent)"
    found = page.script(source, element)
    assert isinstance(found, list)
    return found
