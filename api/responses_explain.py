"""What `explain` holds: the models behind the OpenAPI document, as those in ``api/responses.py``."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from qa.results import AnswerKind, Language
from qa.stages import Stage

Count = Annotated[int, Field(ge=0)]
Rank = Annotated[int, Field(ge=1)]


class ExplainModel(BaseModel):
    model_config = ConfigDict(extra="forbid")


class ExplainedName(ExplainModel):
    """A name of the glossary in the question, at `[start, end)`, and the other names of the same thing."""

    term: str
    start: Count
    end: Count
    others: list[str]


class ExplainedPeriod(ExplainModel):
    """A period that the question asks for, as ISO dates, both ends included."""

    text: str
    start: str
    end: str


class ExplainedGate(ExplainModel):
    """`lexical_weight` grows steeply with the share of `mass` (the idf mass of the question) that `best` (the BM25
    score of its best passage) reaches."""

    best: float
    mass: float


class ExplainedHit(ExplainModel):
    """Place and score that a retriever gave."""

    rank: Rank
    score: float


class ExplainedSum(ExplainModel):
    """The parts of the passage's `score`, in standard deviations over the candidates. `lexical` is weighted already;
    `boilerplate` is what site boilerplate sinks by."""

    meaning: float
    lexical: float
    boilerplate: float


class ExplainedMatch(ExplainModel):
    """What the question calls `asked` stands as `found` at these ranges of the passage's `text`."""

    asked: str
    found: str
    by: Literal["question", "glossary", "pinyin"]
    at: list[tuple[Count, Count]]


class ExplainedPassage(ExplainModel):
    """Why a passage has its `rank`. `retrievers`: null where one did not find it; `terms`: search terms of the question
    that it holds."""

    rank: Rank
    retrievers: dict[str, ExplainedHit | None]
    fused: ExplainedSum
    terms: list[str]
    names: list[ExplainedMatch]


class ExplainedReading(ExplainModel):
    """A candidate answer: `[start, end)` of the passage of that rank. Readings that say the same have one `answer`.
    `period`: of its sentence, against the one that was asked for."""

    passage: Rank
    start: Count
    end: Count
    text: str
    kind: str
    score: float
    answer: Rank
    period: Literal["asked", "other"] | None
    as_of: str | None
    forecast: bool


class ExplainedAnswer(ExplainModel):
    """An answer that was weighed. `log_odds`: what each measure adds to the logarithm of the odds that it is right."""

    answer: Rank
    text: str
    readings: Count
    confidence: float
    log_odds: dict[str, float]


class ExplainedDecision(ExplainModel):
    """`answer` won: as the `likeliest`, or as the `newest` of its rivals. It is given if `confidence` reaches
    `threshold`. Every confidence is multiplied by `relatedness`, which is below 1 where the corpus may not be about the
    question at all."""

    answer: Rank
    by: Literal["likeliest", "newest"]
    confidence: float
    threshold: float
    relatedness: float
    answers: list[ExplainedAnswer]


class ExplainedRefit(ExplainModel):
    """The correction of the log-odds that the collection's own questions gave: `slope * shipped + offset`."""

    slope: float
    offset: float
    questions: Count
    fitted_at: str


class ExplainedCalibration(ExplainModel):
    """From which confidence on there is an answer, unless the request says otherwise; `ignored`: why a stored refit
    does not count."""

    threshold: float
    ignored: str | None
    refit: ExplainedRefit | None


class ExplainOut(ExplainModel):
    """How a result came about. `searched` is the question as its meaning was searched, with the names that the corpus
    uses; `expanded` and `pinyin` are what its terms were taken from. `stages_ms`: CPU milliseconds."""

    language: Language
    kind: AnswerKind
    searched: str
    expanded: str
    names: list[ExplainedName]
    pinyin: list[str]
    periods: list[ExplainedPeriod]
    lexical_weight: float = Field(ge=0, le=1)
    gate: ExplainedGate
    passages: list[ExplainedPassage]
    readings: list[ExplainedReading]
    decision: ExplainedDecision | None
    calibration: ExplainedCalibration | None = None
    stages_ms: dict[Stage, float]
