"""GET /v1/documents: what is stored, down to the text that citations point into."""

from __future__ import annotations

from flask import Blueprint, Response

from api import render
from api.errors import RequestError
from api.layers import text_of_layer
from api.operation import Operation, operation
from api.responses import DocumentList, DocumentResponse, TextResponse
from api.schemas import DocumentQuery, DocumentsQuery, TextQuery
from api.service import Service, service
from indexer.errors import NotReady

blueprint = Blueprint("documents", __name__)


@blueprint.get("/v1/documents")
@operation(
    Operation(
        summary="List documents",
        scope="read",
        tag="Documents",
        description="One page at a time, ordered by `doc_id`. Pass `next` as `after` for the following page.",
        query=DocumentsQuery,
        answers={200: DocumentList},
        problems=("doc_id_invalid",),
    )
)
def list_documents(query: DocumentsQuery) -> Response:
    collection = service().collection(query.collection)
    commit, found = 0, []
    try:
        snapshot = collection.snapshot()
    except NotReady:
        pass  # a new service: an empty list, not an error
    else:
        # One more than asked for tells whether there is a next page.
        commit, found = snapshot.commit, snapshot.documents(after=query.after, limit=query.limit + 1, named=query.named)
    page = found[: query.limit]
    return render.json_response(
        {
            "documents": [render.document(stored) for stored in page],
            "next": page[-1].doc_id if len(found) > len(page) else None,
            "index": render.index(collection.name, commit),
        }
    )


@blueprint.get("/v1/documents/<doc_id:doc_id>")
@operation(
    Operation(
        summary="Describe a document",
        scope="read",
        tag="Documents",
        query=DocumentQuery,
        answers={200: DocumentResponse},
        problems=("document_not_found",),
    )
)
def get_document(doc_id: str, query: DocumentQuery) -> Response:
    collection = service().collection(query.collection)
    snapshot = collection.snapshot()
    stored = snapshot.document(doc_id, query.revision)
    return render.json_response(
        render.document(stored)
        | {
            "page_starts": list(stored.page_starts) or None,
            "index": render.index(collection.name, snapshot.commit),
        }
    )


@blueprint.get("/v1/documents/<doc_id:doc_id>/text")
@operation(
    Operation(
        summary="Read the source text",
        scope="read",
        tag="Documents",
        description="The code points `[start, end)` of the file as decoded: the `quote` of a citation with "
        "the same `revision`, `start` and `end`. With `layer=readable` what people are shown of that range: HTML, for "
        "one, without its markup. Ranges that follow each other give texts that follow each other.",
        query=TextQuery,
        answers={200: TextResponse},
        problems=("document_not_found", "range_invalid", "layer_unavailable"),
    )
)
def get_text(doc_id: str, query: TextQuery) -> Response:
    return render.json_response(read_range(service(), doc_id, query))


def read_range(held: Service, doc_id: str, query: TextQuery) -> dict[str, object]:
    """The object of ``/v1/documents/{doc_id}/text``. RequestError (``range_invalid``), DocumentNotFound,
    RevisionNotFound, and what opening the collection raises."""
    collection = held.collection(query.collection)
    snapshot = collection.snapshot()
    stored = snapshot.document(doc_id, query.revision)
    end = stored.characters if query.end is None else query.end
    if not query.start <= end <= stored.characters:
        raise RequestError(
            "range_invalid",
            f"[{query.start}, {end}) is no range of a text of {stored.characters} characters.",
        )
    return {
        "doc_id": doc_id,
        "revision": stored.revision,
        "current": stored.current,
        "start": query.start,
        "end": end,
        "characters": stored.characters,
        "layer": query.layer,
        "text": text_of_layer(snapshot, stored, query.layer, query.start, end),
        "index": render.index(collection.name, snapshot.commit),
    }
