"""What answers hold: the models behind the OpenAPI document.

Rendering (``api/render.py``) does not go through them; a test holds it to them.
"""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from api.responses_explain import ExplainOut

Count = Annotated[int, Field(ge=0)]
Offset = Annotated[int, Field(ge=0, description="Code points of the source text.")]


class ResponseModel(BaseModel):
    model_config = ConfigDict(extra="forbid")


class CitationOut(ResponseModel):
    """`quote` is exactly `source_text[start:end]` of that revision."""

    doc_id: str
    revision: str
    source: str
    title: str
    publisher: str | None = Field(description="The document's metadata of that name.")
    published: str | None
    start: Offset
    end: Offset
    quote: str
    page: int | None = Field(description="Counted from 1; null where the format has no pages.")


class AnswerOut(ResponseModel):
    """An answer, readable. `context` is its sentence, `parts` the spans of a list answer.

    `span` is where the answer itself stands; `citations` are the sentences that hold it.
    """

    text: str
    confidence: float = Field(ge=0, le=1, description="The estimated probability that the answer is right.")
    value: dict[str, str | float | None] | None
    as_of: str | None
    context: str
    parts: list[str]
    forecast: bool = Field(description="The sentence speaks of what is planned or expected.")
    verdict: Literal["yes", "no"] | None = Field(
        description="What the sentence says to a yes/no question; null where it does not decide it."
    )
    span: CitationOut
    citations: list[CitationOut]


class PassageOut(CitationOut):
    """A passage found. `highlights` are ranges of `text`; `copies` are places where it stands again."""

    rank: int = Field(ge=1)
    score: float
    text: str
    highlights: list[tuple[Count, Count]]
    scores: dict[str, float]
    boilerplate: bool
    copies: list[CitationOut]


class IndexState(ResponseModel):
    """The state that an answer was made from."""

    collection: str
    commit: Count


class SearchResponse(ResponseModel):
    question: str
    passages: list[PassageOut]
    index: IndexState
    took_ms: float
    explain: ExplainOut | None = Field(default=None, description="With `explain` only; its form may change.")


class AskResponse(SearchResponse):
    """`answer` is null exactly when `answerable` is false; `reason` then says why."""

    answerable: bool
    answer: AnswerOut | None
    alternatives: list[AnswerOut]
    agreement: Literal["single", "agree", "conflict"]
    reason: str | None


class DocumentOut(ResponseModel):
    """A stored document. `fixes` counts what was repaired in its readable text."""

    doc_id: str
    revision: str
    current: bool
    title: str
    source: str
    published: str | None
    metadata: dict[str, Any]
    media_type: str
    encoding: str
    characters: Count
    passages: Count
    pages: int | None
    indexed_at: str
    fixes: dict[str, int]
    copy_of: str | None


class DocumentList(ResponseModel):
    """One page, by `doc_id`. `next` is the `after` of the following page, null on the last."""

    documents: list[DocumentOut]
    next: str | None
    index: IndexState


class DocumentResponse(DocumentOut):
    page_starts: list[Offset] | None = Field(description="Where each page begins; null where there are none.")
    index: IndexState


class TextResponse(ResponseModel):
    """`text` is `source_text[start:end]`, or what is shown of it; `characters` is the length of the whole.

    `start`, `end` and `characters` count the source text in either layer.
    """

    doc_id: str
    revision: str
    current: bool
    start: Offset
    end: Offset
    characters: Count
    layer: Literal["source", "readable"]
    text: str
    index: IndexState


class PutResponse(ResponseModel):
    doc_id: str
    revision: str
    created: bool
    unchanged: bool = Field(description="True where the document was there already, just so; no new commit then.")
    passages: Count
    index: IndexState


class DeleteResponse(ResponseModel):
    """A receipt: from this commit on, nothing cites the document. `revision` was the last of its `revisions`;
    `characters` are those of their text."""

    doc_id: str
    revision: str
    deleted: Literal[True]
    revisions: Count
    passages: Count
    characters: Count
    index: IndexState


class UploadedFile(ResponseModel):
    """What became of one file. `code` and `detail` say why it failed."""

    file: str
    status: int
    doc_id: str | None = None
    revision: str | None = None
    created: bool | None = None
    unchanged: bool | None = None
    passages: Count | None = None
    code: str | None = None
    detail: str | None = None


class UploadResponse(ResponseModel):
    results: list[UploadedFile]
    stored: Count
    failed: Count
    index: IndexState


class VerifyResponse(ResponseModel):
    """`exact`: the quote stands there. `current`: it does, in the newest revision of its document.

    `found` is what stands there instead, for `mismatch`.
    """

    doc_id: str
    revision: str
    exact: bool
    current: bool
    status: Literal["current", "superseded", "unknown_document", "unknown_revision", "mismatch", "out_of_range"]
    current_revision: str | None
    found: str | None
    index: IndexState


class FeedbackResponse(ResponseModel):
    """`created` is false where the same was there already; `stored_at` is then the time of the first."""

    feedback_id: str
    stored_at: str
    created: bool
    index: IndexState


class EncoderOut(BaseModel):
    model_config = ConfigDict(extra="allow")


class SegmentOut(BaseModel):
    """`kind`: `flat` is searched whole, `ivf` by cells."""

    model_config = ConfigDict(extra="forbid")
    passages: Count
    rows: Count
    kind: Literal["flat", "ivf"]


class CollectionOut(BaseModel):
    """A collection's state. One that cannot be opened has `code` and `detail` instead of figures."""

    model_config = ConfigDict(extra="allow")
    name: str
    documents: Count | None = None
    passages: Count | None = None
    commit: Count | None = None
    encoder: EncoderOut | None = None
    bytes: Count | None = None
    segments: list[SegmentOut] = []
    calibration: dict[str, Any] | None = Field(
        default=None,
        description="The collection's own (`citespan calibrate`): figures, questions, time; `in_use`, or why it is "
        "`ignored`.",
    )
    feedback: dict[str, Any] | None = Field(
        default=None,
        description="How many verdicts there are, `right` and `wrong`; `broken` where they cannot be read.",
    )
    code: str | None = None
    detail: str | None = None


class CollectionList(ResponseModel):
    collections: list[CollectionOut]
    default: str


class HealthResponse(ResponseModel):
    status: Literal["live"]


class ReadyResponse(ResponseModel):
    status: Literal["ready"]
    index: IndexState


class FieldErrorOut(ResponseModel):
    """`loc` is the path to the field: names, and positions in lists."""

    loc: list[str | int]
    message: str


class ErrorOut(ResponseModel):
    """The problem in the words of OpenAI's protocol, for its clients."""

    message: str
    type: str
    param: str | None
    code: str


class ProblemOut(BaseModel):
    """RFC 9457. Branch on `code`; `detail` is for people and may change."""

    model_config = ConfigDict(extra="forbid")
    type: str
    title: str
    status: int = Field(ge=400, le=599)
    code: str
    detail: str
    request_id: str
    errors: list[FieldErrorOut] | None = None
    results: list[UploadedFile] | None = None
    error: ErrorOut | None = Field(default=None, description="On the routes of OpenAI's protocol only.")
    reason: str | None = Field(default=None, description="The code behind a `not_ready`.")
