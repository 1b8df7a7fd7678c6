"""Outcomes as prediction lines, for a scorer of one's own and for comparing two runs."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any

from qa.evaluation.evaluate import Outcome


def prediction(outcome: Outcome) -> dict[str, Any]:
    """``answer`` is null exactly where ``answerable`` is false; ``confidence`` is given all the same.

    ``passages`` are in rank order; ``file`` is the document's source, ``start`` and ``end`` count code points
    of its source text.
    """
    return {
        "id": outcome.question.id,
        "answer": outcome.answer,
        "answerable": outcome.answer is not None,
        "confidence": round(outcome.confidence, 6),
        "passages": [{"file": place.file, "start": place.start, "end": place.end} for place in outcome.passages],
    }


def prediction_lines(outcomes: Iterable[Outcome]) -> str:
    """JSON lines, Chinese unescaped."""
    return "".join(json.dumps(prediction(outcome), ensure_ascii=False) + "\n" for outcome in outcomes)
