"""POST /v1/citations/verify: does a quote stand where a citation says, and is that still the current text?"""

from __future__ import annotations

from flask import Blueprint, Response

from api import render
from api.operation import Operation, operation
from api.responses import VerifyResponse
from api.schemas import CitationBody, CitedQuote
from api.service import service
from indexer.errors import DocumentNotFound, RevisionNotFound
from indexer.snapshot import Snapshot

blueprint = Blueprint("citations", __name__)


@blueprint.post("/v1/citations/verify")
@operation(
    Operation(
        summary="Verify a citation",
        scope="read",
        tag="Questions",
        description="A citation that does not hold is an answer, not an error: see `status`.",
        body=CitationBody,
        answers={200: VerifyResponse},
    )
)
def verify(body: CitationBody) -> Response:
    collection = service().collection(body.collection)
    snapshot = collection.snapshot()
    status, current_revision, found = check_citation(snapshot, body)
    return render.json_response(
        {
            "doc_id": body.doc_id,
            "revision": body.revision,
            "exact": status in ("current", "superseded"),
            "current": status == "current",
            "status": status,
            "current_revision": current_revision,
            "found": found,
            "index": render.index(collection.name, snapshot.commit),
        }
    )


def check_citation(snapshot: Snapshot, cited: CitedQuote) -> tuple[str, str | None, str | None]:
    """The status, the document's current revision, and what stands at the place where it is not the quote."""
    try:
        current = snapshot.document(cited.doc_id)
    except DocumentNotFound:
        return "unknown_document", None, None
    try:
        stored = snapshot.document(cited.doc_id, cited.revision)
    except RevisionNotFound:
        return "unknown_revision", current.revision, None
    if not cited.start <= cited.end <= stored.characters:
        return "out_of_range", current.revision, None
    found = snapshot.read_source(stored, cited.start, cited.end)
    if found != cited.quote:
        return "mismatch", current.revision, found
    return ("current" if stored.current else "superseded"), current.revision, None
