"""What passes between the steps of completing a turn."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

Spans = Sequence[tuple[int, int]]


@dataclass(frozen=True, slots=True)
class Turn:
    """An earlier question, as it was asked, and the span that was given as its answer, where that is known."""

    question: str
    answer: str | None = None


@dataclass(frozen=True, slots=True)
class Known:
    """A text and what can be pointed at in it: ``names`` and ``periods`` as ranges, in order, without overlap."""

    text: str
    names: Spans
    periods: Spans

    def inside(self, at: int, spans: Spans) -> tuple[int, int] | None:
        """The one of ``spans`` that holds the character ``at``."""
        return next(((start, end) for start, end in spans if start <= at < end), None)


def splice(text: str, start: int, end: int, new: str) -> str:
    """``text`` with ``[start, end)`` replaced by ``new``."""
    return text[:start] + new + text[end:]
