"""Results of the tools as text for a model: what was found, quoted, with numbered sources.

Quotes stand between 「」 so that they can be told from what the service itself says.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

Body = Mapping[str, Any]


def of_answer(body: Body) -> str:
    """Of an object of ``/v1/ask``."""
    found = body["answer"]
    if found is None:
        nothing = f"Not in these documents, as far as can be told ({body['reason']})."
        return "\n".join([nothing, *(["", "The nearest passages:", _passages(body)] if body["passages"] else [])])
    sources: list[Body] = []
    lines = [_answer(found, sources)]
    if body["alternatives"]:
        lines.append("The sources disagree:" if body["agreement"] == "conflict" else "Also found:")
        lines += [_answer(other, sources) for other in body["alternatives"]]
    return "\n".join([*lines, "", *_numbered(sources)])


def of_passages(body: Body) -> str:
    """Of an object of ``/v1/search``."""
    return _passages(body) if body["passages"] else "No passages found."


def of_range(body: Body) -> str:
    """Of a range of a source text."""
    place = f"{body['doc_id']}, revision {body['revision']}, characters {body['start']}-{body['end']}"
    return f"[{place} of {body['characters']}]\n{body['text']}"


def _answer(found: Body, sources: list[Body]) -> str:
    told = [
        f"confidence {found['confidence']:.2f}",
        *([f"as of {found['as_of']}"] if found["as_of"] else []),
        *(["a forecast"] if found["forecast"] else []),
        *([f"the sentence says {found['verdict']}"] if found["verdict"] else []),
    ]
    marks = "".join(f"[{_number(cited, sources)}]" for cited in found["citations"])
    return f"{found['text']} ({', '.join(told)})\n「{found['context'].strip()}」 {marks}"


def _number(cited: Body, sources: list[Body]) -> int:
    if cited not in sources:
        sources.append(cited)
    return sources.index(cited) + 1


def _numbered(sources: Sequence[Body]) -> list[str]:
    return [f"[{number}] {_place(cited)}" for number, cited in enumerate(sources, 1)]


def _passages(body: Body) -> str:
    return "\n".join(f"[{found['rank']}] {_place(found)}\n「{found['text'].strip()}」" for found in body["passages"])


def _place(cited: Body) -> str:
    parts = [
        cited["title"],
        *([cited["published"]] if cited["published"] else []),
        cited["source"],
        *([f"page {cited['page']}"] if cited["page"] else []),
        f"document {cited['doc_id']}, revision {cited['revision']}, characters {cited['start']}-{cited['end']}",
    ]
    return ", ".join(parts)
