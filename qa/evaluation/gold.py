"""Questions with known answers, and the texts that some of them bring along.

Offsets are half-open code-point ranges of the source text.
"""

from __future__ import annotations

from dataclasses import dataclass

UNANSWERABLE = "unanswerable"
OTHER_TYPE = "other"


@dataclass(frozen=True, slots=True)
class Place:
    """``[start, end)`` of the source text of the document whose ``source`` is ``file``."""

    file: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Evidence(Place):
    """A place that supports the answer. Those of one ``group`` are alternatives; each group is needed."""

    group: int | str = 0


@dataclass(frozen=True, slots=True)
class Question:
    """``answers`` are accepted one for another; ``parts`` (of a list answer) are each needed, by any of their
    wordings. ``type`` and ``lang`` only group the results."""

    id: str
    text: str
    lang: str
    type: str
    answerable: bool
    answers: tuple[str, ...] = ()
    parts: tuple[tuple[str, ...], ...] = ()
    evidence: tuple[Evidence, ...] = ()


@dataclass(frozen=True, slots=True)
class Context:
    """A text that came with its questions, to be indexed as one document; ``published`` is an ISO date."""

    source: str
    title: str
    text: str
    published: str | None = None


@dataclass(frozen=True, slots=True)
class QuestionSet:
    """``contexts`` is empty where the questions are about documents that are indexed already."""

    name: str
    questions: tuple[Question, ...]
    contexts: tuple[Context, ...] = ()
