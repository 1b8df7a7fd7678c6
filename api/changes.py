"""PUT and DELETE /v1/documents/{doc_id}: storing and deleting one document."""

from __future__ import annotations

from dataclasses import replace

from flask import Blueprint, Response, url_for

from api import render
from api.operation import Operation, operation
from api.responses import DeleteResponse, PutResponse
from api.schemas import CollectionQuery, DocumentBody
from api.service import service
from indexer.errors import DocumentNotFound
from indexer.limits import LoadLimits
from indexer.load import load_bytes

blueprint = Blueprint("changes", __name__)

FILE_PROBLEMS = (
    "file_empty",
    "file_no_text",
    "file_binary",
    "file_too_large",
    "file_unreadable",
    "file_broken",
)
SUFFIX = {"text/plain": ".txt", "text/markdown": ".md", "text/html": ".html"}
WRITE_PROBLEMS = ("writer_busy", "storage_full", "encoder_mismatch", "store_error")


@blueprint.put("/v1/documents/<doc_id:doc_id>")
@operation(
    Operation(
        summary="Store a document",
        scope="write",
        tag="Documents",
        description="Stores the text in place of what was there. The same again changes nothing.",
        query=CollectionQuery,
        body=DocumentBody,
        document=True,
        answers={200: PutResponse, 201: PutResponse},
        problems=FILE_PROBLEMS + WRITE_PROBLEMS,
    )
)
def put_document(doc_id: str, query: CollectionQuery, body: DocumentBody) -> Response:
    settings = service().settings
    loaded = load_bytes(
        body.text.encode(),
        # Here the media type decides the format, whatever the suffix of `source` says: it is text already.
        doc_id + SUFFIX[body.media_type],
        doc_id=doc_id,
        title=body.title,
        published=body.published,
        metadata=body.metadata | ({"tags": ", ".join(body.tags)} if body.tags else {}),
        limits=LoadLimits(max_bytes=settings.max_upload_bytes),
    )
    collection = service().collection(query.collection)
    prepared = collection.prepared(replace(loaded, source=body.source or doc_id))
    with service().writer(collection) as writer:
        receipt = writer.put(prepared)
        commit = writer.commit()
    response = render.json_response(
        {
            "doc_id": doc_id,
            "revision": receipt.revision,
            "created": receipt.created,
            "unchanged": receipt.unchanged,
            "passages": receipt.passages,
            "index": render.index(collection.name, commit),
        },
        201 if receipt.created else 200,
    )
    if receipt.created:
        response.headers["Location"] = url_for("documents.get_document", doc_id=doc_id, collection=query.collection)
    return response


@blueprint.delete("/v1/documents/<doc_id:doc_id>")
@operation(
    Operation(
        summary="Delete a document",
        scope="write",
        tag="Documents",
        description="With all its revisions. When the receipt comes, no worker cites the document any more. It tells "
        "what was removed; `citespan compact` also takes the bytes off the disk.",
        query=CollectionQuery,
        answers={200: DeleteResponse},
        problems=("document_not_found", *WRITE_PROBLEMS),
    )
)
def delete_document(doc_id: str, query: CollectionQuery) -> Response:
    collection = service().collection(query.collection)
    collection.snapshot().document(doc_id)  # what is not there needs no writer
    with service().writer(collection) as writer:
        receipt = writer.remove(doc_id)
        if receipt is None:
            raise DocumentNotFound(f"There is no document {doc_id!r} in collection {collection.name!r}.")
        commit = writer.commit()
    return render.json_response(
        {
            "doc_id": doc_id,
            "revision": receipt.revision,
            "deleted": True,
            "revisions": receipt.revisions,
            "passages": receipt.passages,
            "characters": receipt.characters,
            "index": render.index(collection.name, commit),
        }
    )
