"""What can be set about answering."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class QASettings:
    """``candidates``: chunks reranked a question. ``read``: passages the reader sees.

    ``min_confidence``: below it there is no answer; None takes the threshold that came with the calibration.
    """

    candidates: int = 100
    read: int = 5
    min_confidence: float | None = None
