"""What can be set about answering."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class QASettings:
    """``candidates``: chunks reranked a question. ``read``: passages the reader sees. ``lexical``: whether BM25
    has a say; without it only to measure what it adds.

    ``min_confidence``: below it there is no answer; None takes the threshold that came with the calibration.
    """

    candidates: int = 100
    read: int = 5
    lexical: bool = True
    min_confidence: float | None = None
