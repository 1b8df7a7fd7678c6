"""The words of the house: what passes between the steps of a question.

Offsets: ``start``/``end`` of a hit, a citation or a location are code points of the *source text*;
``text_start``/``text_end`` and everything the reader sees are code points of *readable text*.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Literal

from qa.stages import StageTime

Language = Literal["zh", "en", "mixed"]
AnswerKind = Literal[
    "number", "ratio", "money", "duration", "date", "entity", "list", "reason", "yes-no", "comparison", "other"
]
Verdict = Literal["yes", "no"]
REASONS = ("nothing_found", "low_confidence", "other_period")
"""Why a question has no answer."""
Value = Mapping[str, str | float | None]
"""A typed value: ``kind`` (ratio, money, count, duration, date, ...), ``min`` and ``max`` where it is a
number (equal when exact), ``unit`` (ISO 4217 code for money, otherwise the unit as written), ``date``; ``per``
where money is the price of one of something (``qa.values.prices``)."""


@dataclass(frozen=True, slots=True)
class Period:
    """A stretch of time, as ISO dates, both ends included. ``text`` is how it was written."""

    start: str
    end: str
    text: str


@dataclass(frozen=True, slots=True)
class Alias:
    """A glossary name found in the question at ``[start, end)`` and the other names of the same thing."""

    start: int
    end: int
    term: str
    others: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Query:
    """A question, analysed once. ``folded`` is the match text of ``text`` (same length).

    ``expanded`` is the question with every glossary name followed by its names in the other language, so
    that one text can be searched in both. ``kind`` is what sort of answer is asked for. ``find_names`` finds the names
    of the same glossary in other texts.
    """

    text: str
    folded: str
    expanded: str
    lang: Language
    kind: AnswerKind
    aliases: tuple[Alias, ...] = ()
    periods: tuple[Period, ...] = ()
    find_names: Callable[[str], tuple[Alias, ...]] | None = field(default=None, compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Passage:
    """A retrieved chunk as the reader sees it.

    ``text`` is readable text; ``sentences`` are ranges of it. ``score`` is the fused retrieval score (comparable
    within one question only); ``sentence_scores`` the cosine of question and sentence, one per sentence.
    ``coverage`` is the share of the question's idf mass that the passage matches, softly (0..1); ``similarity`` the
    cosine of question and passage, None where the encoder's scale is not known.
    """

    text: str
    sentences: tuple[tuple[int, int], ...]
    score: float
    sentence_scores: tuple[float, ...] = ()
    coverage: float = 0.0
    title: str = ""
    published: str | None = None
    boilerplate: bool = False
    similarity: float | None = None


@dataclass(frozen=True, slots=True)
class Reading:
    """A candidate answer: ``[start, end)`` of ``passages[passage].text``, inside the sentence ``[sentence_start,
    sentence_end)`` of the same text, which is a ``forecast`` or not. ``score`` is comparable between all readings of
    one question."""

    passage: int
    start: int
    end: int
    sentence_start: int
    sentence_end: int
    score: float
    kind: str
    value: Value | None = None
    as_of: str | None = None
    forecast: bool = False
    parts: tuple[tuple[int, int], ...] = ()
    features: Mapping[str, float] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Decision:
    """``readings`` are different answers in order of preference, the first and those worth telling beside it;
    ``supports`` are readings of other passages that say the same as the first. ``confidence`` is the estimated
    probability that the first is right; ``answerable`` says whether it reaches the threshold; ``reason`` names why
    not (one of ``REASONS``) or is None. ``verdict`` is that of the first reading
    on a yes/no question, where it decides it."""

    readings: tuple[Reading, ...]
    confidence: float
    answerable: bool
    reason: str | None = None
    agreement: Literal["single", "agree", "conflict"] = "single"
    supports: tuple[Reading, ...] = ()
    verdict: Verdict | None = None


@dataclass(frozen=True, slots=True)
class Filters:
    """Which documents may be searched. Empty tuples do not restrict; dates are ISO, both ends included."""

    doc_id: tuple[str, ...] = ()
    source: tuple[str, ...] = ()
    tag: tuple[str, ...] = ()
    published_from: str | None = None
    published_to: str | None = None

    def __bool__(self) -> bool:
        return bool(self.doc_id or self.source or self.tag or self.published_from or self.published_to)


NO_FILTERS = Filters()


@dataclass(frozen=True, slots=True)
class Hit:
    """A chunk found by one retriever, best first from rank 1."""

    chunk_id: int
    score: float
    rank: int
    retriever: str


@dataclass(frozen=True, slots=True)
class Citation:
    """Where a quote stands: ``quote`` is exactly ``source_text[start:end]`` of that revision.

    ``publisher`` is the document's metadata of that name, where it has one.
    """

    doc_id: str
    revision: str
    source: str
    title: str
    published: str | None
    start: int
    end: int
    quote: str
    page: int | None
    publisher: str | None = None


@dataclass(frozen=True, slots=True)
class FoundPassage:
    """A passage as it is given out. ``text`` is readable; ``highlights`` are ranges of ``text``.

    ``copies`` are the places where the same text stands again, left out of the ranking.
    """

    rank: int
    score: float
    citation: Citation
    text: str
    highlights: tuple[tuple[int, int], ...]
    scores: Mapping[str, float]
    boilerplate: bool = False
    copies: tuple[Citation, ...] = ()


@dataclass(frozen=True, slots=True)
class Answer:
    """An answer span in readable form, with its citations in the source text.

    ``context`` is the readable sentence that holds it, and what the first of ``citations`` quotes; the others quote
    sentences elsewhere that say the same. ``span`` is the exact place
    of ``text`` alone; ``parts`` are the spans of a list answer. ``forecast`` says that the sentence speaks of what is
    planned or expected; ``verdict`` is what the sentence says to a yes/no question, where it decides it.
    """

    text: str
    confidence: float
    value: Value | None
    as_of: str | None
    context: str
    citations: tuple[Citation, ...]
    span: Citation
    parts: tuple[str, ...] = ()
    forecast: bool = False
    verdict: Verdict | None = None


@dataclass(frozen=True, slots=True)
class AskResult:
    """What a question came to. ``answer`` is None exactly when ``answerable`` is False; ``reason`` then says why.
    ``stages`` tell where the time went.

    A search has passages alone.
    """

    question: str
    passages: tuple[FoundPassage, ...]
    commit: int
    answerable: bool = False
    answer: Answer | None = None
    alternatives: tuple[Answer, ...] = ()
    agreement: str = "single"
    reason: str | None = None
    explain: Mapping[str, object] | None = None
    stages: tuple[StageTime, ...] = field(default=(), compare=False)
