"""POST /v1/feedback: what a reader says of an answer, kept for evaluation and calibration."""

from __future__ import annotations

import hashlib
import secrets

from flask import Blueprint, Response

from api import render
from api.citations import check_citation
from api.errors import RequestError
from api.operation import Operation, operation
from api.questions import check_question
from api.responses import FeedbackResponse
from api.schemas import CitedQuote, FeedbackBody
from api.service import service
from indexer.feedback import Cited, Feedback
from indexer.snapshot import Snapshot

blueprint = Blueprint("feedback", __name__)

_PROBLEMS = {
    "unknown_document": "document_not_found",
    "unknown_revision": "revision_not_found",
    "out_of_range": "range_invalid",
    "mismatch": "citation_mismatch",
}
"""What a citation that does not hold is refused with, by the status that verifying it would give."""


@blueprint.post("/v1/feedback")
@operation(
    Operation(
        summary="Say whether an answer was right",
        tag="Questions",
        description="Stored on the disk before it is answered. The same with the same `feedback_id` is stored once.",
        body=FeedbackBody,
        scope="read",
        answers={200: FeedbackResponse, 201: FeedbackResponse},
        problems=(
            *("question_empty", "question_too_long", "feedback_contradictory", "feedback_conflict", "doc_id_invalid"),
            *_PROBLEMS.values(),
            *("encoder_mismatch", "storage_full", "writer_busy"),
        ),
    )
)
def give_feedback(body: FeedbackBody) -> Response:
    held = service()
    check_question(held, body.question)
    collection = held.collection(body.collection)
    snapshot = collection.snapshot()  # an empty collection has nothing to give feedback on

    def check() -> None:
        if body.citation is not None:
            require_citation(collection.snapshot(), body.citation)

    stored, created = collection.feedback.add(feedback_of(body), check)
    told = {
        "feedback_id": stored.feedback_id,
        "stored_at": stored.at,
        "created": created,
        "index": render.index(collection.name, snapshot.commit),
    }
    return render.json_response(told, 201 if created else 200)


def require_citation(snapshot: Snapshot, cited: CitedQuote) -> None:
    """Raises RequestError unless the quote stands where the citation says, in that revision, and is not empty."""
    status, _, _ = check_citation(snapshot, cited)
    if status in _PROBLEMS:
        raise RequestError(_PROBLEMS[status], f"citation: {status.replace('_', ' ')}: {cited.doc_id}.")
    if cited.start == cited.end:
        raise RequestError("range_invalid", "citation: start and end are the same.")


def feedback_of(body: FeedbackBody) -> Feedback:
    """``body`` as it is stored: without the quote, which the record has."""
    expected, cited = body.expected, body.citation
    return Feedback(
        feedback_id=body.feedback_id or secrets.token_hex(16),
        digest=hashlib.sha256(body.model_dump_json(exclude={"feedback_id", "collection"}).encode()).hexdigest(),
        question=body.question,
        verdict=body.verdict,
        answer=body.answer,
        cited=None if cited is None else Cited(cited.doc_id, cited.revision, cited.start, cited.end),
        commit=body.commit,
        confidence=body.confidence,
        answerable=None if expected is None else expected.answerable,
        answers=tuple(expected.answers) if expected else (),
        comment=body.comment,
    )
