"""Results of ``qa`` and ``indexer`` as JSON: plain dictionaries, written by orjson.

The shapes are documented by the models in ``api/responses.py``, which a test holds these functions to;
validating every answer at run time would cost more than writing it.
"""

from __future__ import annotations

from typing import Any

import orjson
from flask import Response

from indexer.revisions import StoredDocument
from qa.results import Answer, AskResult, Citation, FoundPassage

JSON = "application/json"


def json_response(body: object, status: int = 200, *, media_type: str = JSON) -> Response:
    """``body`` as UTF-8 JSON, Chinese unescaped. Answers are about private documents: no cache keeps them."""
    # NumPy scalars reach here through `scores` and `explain`.
    data = orjson.dumps(body, option=orjson.OPT_SERIALIZE_NUMPY)
    return Response(data, status, mimetype=media_type, headers={"Cache-Control": "no-store"})


def citation(cited: Citation) -> dict[str, Any]:
    return {
        "doc_id": cited.doc_id,
        "revision": cited.revision,
        "source": cited.source,
        "title": cited.title,
        "publisher": cited.publisher,
        "published": cited.published,
        "start": cited.start,
        "end": cited.end,
        "quote": cited.quote,
        "page": cited.page,
    }


def answer(found: Answer) -> dict[str, Any]:
    return {
        "text": found.text,
        "confidence": round(found.confidence, 4),
        "value": None if found.value is None else dict(found.value),
        "as_of": found.as_of,
        "context": found.context,
        "parts": list(found.parts),
        "forecast": found.forecast,
        "verdict": found.verdict,
        "span": citation(found.span),
        "citations": [citation(cited) for cited in found.citations],
    }


def passage(found: FoundPassage) -> dict[str, Any]:
    return {
        "rank": found.rank,
        "score": found.score,
        **citation(found.citation),
        "text": found.text,
        "highlights": [list(span) for span in found.highlights],
        "scores": dict(found.scores),
        "boilerplate": found.boilerplate,
        "copies": [citation(copy) for copy in found.copies],
    }


def ask_result(result: AskResult, collection: str, seconds: float) -> dict[str, Any]:
    """The body of ``/v1/ask``; ``seconds`` is what the answer took."""
    body = {
        "question": result.question,
        "answerable": result.answerable,
        "answer": None if result.answer is None else answer(result.answer),
        "alternatives": [answer(other) for other in result.alternatives],
        "agreement": result.agreement,
        "reason": result.reason,
    }
    return body | _findings(result, collection, seconds)


def search_result(result: AskResult, collection: str, seconds: float) -> dict[str, Any]:
    """The body of ``/v1/search``."""
    return {"question": result.question} | _findings(result, collection, seconds)


def _findings(result: AskResult, collection: str, seconds: float) -> dict[str, Any]:
    body: dict[str, Any] = {
        "passages": [passage(found) for found in result.passages],
        "index": index(collection, result.commit),
        "took_ms": round(seconds * 1000, 2),
    }
    if result.explain is not None:
        body["explain"] = dict(result.explain)
    return body


def index(collection: str, commit: int) -> dict[str, Any]:
    """Which state of which collection an answer was made from."""
    return {"collection": collection, "commit": commit}


def document(stored: StoredDocument) -> dict[str, Any]:
    return {
        "doc_id": stored.doc_id,
        "revision": stored.revision,
        "current": stored.current,
        "title": stored.title,
        "source": stored.source,
        "published": stored.published,
        "metadata": dict(stored.metadata),
        "media_type": stored.media_type,
        "encoding": stored.encoding,
        "characters": stored.characters,
        "passages": stored.passages,
        "pages": len(stored.page_starts) or None,
        "indexed_at": stored.indexed_at,
        "fixes": dict(stored.fixes),
        "copy_of": stored.copy_of,
    }
