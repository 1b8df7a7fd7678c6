"""What requests may hold. Unknown fields are refused, so that a misspelt filter never widens a search."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    StrictBool,
    StrictFloat,
    StrictInt,
    StrictStr,
    model_validator,
)
from pydantic_core import PydanticCustomError

from api.fields import (
    DECIMAL,
    FEEDBACK_ID_PATTERN,
    INTEGRAL,
    CollectionName,
    Date,
    DocId,
    Line,
    Offset,
    Probability,
    Question,
    Revision,
    Text,
)

K_MAX = 100
K_DEFAULT = 5
PAGE_MAX = 1000


class RequestModel(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class FiltersBody(RequestModel):
    """Which documents may be searched. Lists restrict to any of their entries; dates include both ends."""

    doc_id: list[DocId] = Field(default=[], max_length=1000)
    source: list[Line] = Field(default=[], max_length=1000)
    tag: list[Line] = Field(default=[], max_length=100)
    published_from: Date | None = None
    published_to: Date | None = None

    @model_validator(mode="after")
    def _ordered(self) -> FiltersBody:
        if self.published_from and self.published_to and self.published_from > self.published_to:
            raise PydanticCustomError("filter_invalid", "published_from is later than published_to")
        return self


class SearchRequest(RequestModel):
    question: Question
    collection: CollectionName | None = None
    k: Annotated[StrictInt, Field(ge=1, le=K_MAX, description="Passages wanted."), INTEGRAL] = K_DEFAULT
    filters: FiltersBody | None = None
    explain: StrictBool = Field(default=False, description="Say how the result came about.")


class AskRequest(SearchRequest):
    min_confidence: Probability | None = Field(
        default=None, description="Least confidence of an answer; the model's own threshold without it."
    )


class DocumentBody(RequestModel):
    """A document to store. `text` is kept as it is: all offsets count its code points."""

    text: Text = Field(min_length=1, examples=["目前可灵AI近七成收入由P端贡献。"])
    title: Line | None = None
    source: Line | None = Field(default=None, min_length=1, description="Where it comes from; its id by default.")
    published: Date | None = None
    tags: list[Line] = Field(default=[], max_length=100)
    metadata: dict[Line, StrictStr | StrictInt | StrictFloat | StrictBool | None] = Field(default={}, max_length=100)
    media_type: Literal["text/plain", "text/markdown", "text/html"] = "text/plain"


class UploadFields(RequestModel):
    """The form fields of an upload beside `file`; they hold for each of its files."""

    published: Date | None = None
    tag: list[Line] = Field(default=[], max_length=100)


class CitedQuote(RequestModel):
    """A place in a revision, and what should stand there."""

    doc_id: DocId
    revision: Revision
    start: Offset
    end: Offset
    quote: Text


class CitationBody(CitedQuote):
    """A citation to check: does `quote` stand at `[start, end)` of that revision?"""

    collection: CollectionName | None = None


class ExpectedBody(RequestModel):
    """What the reader would have liked to read."""

    answerable: StrictBool = Field(description="Whether the documents tell.")
    answers: list[Annotated[Line, Field(min_length=1)]] = Field(
        default=[], max_length=20, description="Accepted one for another."
    )


class FeedbackBody(RequestModel):
    """A reader's verdict on an answer, or on its absence."""

    question: Question
    verdict: Literal["right", "wrong"]
    answer: Annotated[Text, Field(min_length=1, max_length=10_000)] | None = Field(
        default=None, description="What was shown, with its `citation`; null where there was no answer."
    )
    citation: CitedQuote | None = Field(default=None, description="One of the answer; or where the answer would stand.")
    commit: Annotated[StrictInt, Field(ge=0, le=10**15 - 1), INTEGRAL] | None = None
    confidence: Probability | None = None
    expected: ExpectedBody | None = None
    comment: Annotated[Text, Field(max_length=2000)] | None = None
    collection: CollectionName | None = None
    feedback_id: Annotated[StrictStr, Field(pattern=FEEDBACK_ID_PATTERN)] | None = Field(
        default=None, description="Of your own making: the same sent again is stored once."
    )

    @model_validator(mode="after")
    def _fits(self) -> FeedbackBody:
        if wrong := self._contradiction():
            raise PydanticCustomError("feedback_contradictory", wrong)
        return self

    def _contradiction(self) -> str | None:
        expected = self.expected
        if self.answer is not None and self.citation is None:
            return "an answer needs its citation"
        if expected is not None and expected.answers and not expected.answerable:
            return "expected answers to what is not answerable"
        if self.verdict == "wrong":
            return None
        if self.answer is None and self.citation is not None:
            return "a right silence has no citation"
        if expected is not None and expected.answerable != (self.answer is not None):
            return "the verdict is right, but something else was expected"
        return None


class NoQuery(RequestModel):
    """For routes without query parameters."""


class CollectionQuery(RequestModel):
    collection: CollectionName | None = Field(default=None, description="The default collection without it.")


class DocumentsQuery(CollectionQuery):
    after: DocId | None = Field(default=None, description="The `next` of the page before.")
    named: Line | None = Field(
        default=None, description="Only documents whose title, source, id or a tag holds this; any where empty."
    )
    limit: Annotated[int, Field(ge=1, le=PAGE_MAX), DECIMAL] = 100


class DocumentQuery(CollectionQuery):
    revision: Revision | None = Field(default=None, description="The current revision without it.")


class TextQuery(DocumentQuery):
    start: Annotated[int, Field(ge=0, description="First code point."), DECIMAL] = 0
    end: Annotated[
        int | None,
        Field(ge=0, description="Code point behind the last one; the end of the text without it."),
        DECIMAL,
    ] = None
    layer: Literal["source", "readable"] = Field(
        default="source",
        description="`readable`: what people are shown of that range, without markup and with repairs.",
    )
