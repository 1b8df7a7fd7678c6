"""POST /v1/documents: files as multipart/form-data, stored together in one commit."""

from __future__ import annotations

import re
from typing import Any

from flask import Blueprint, Response, request
from werkzeug.datastructures import FileStorage

from api import render
from api.body import reading_body, single_values, validate
from api.changes import WRITE_PROBLEMS
from api.errors import RequestError, problem
from api.operation import Operation, operation
from api.problems import PROBLEMS, known_code
from api.responses import UploadResponse
from api.schemas import CollectionQuery, UploadFields
from api.service import service
from indexer.collection import Collection
from indexer.documents import Document
from indexer.errors import LoadError
from indexer.limits import LoadLimits
from indexer.load import load_bytes
from indexer.prepare import Prepared
from indexer.writer import Writer

blueprint = Blueprint("uploads", __name__)

FORM = "multipart/form-data"
FILE_FIELD = "file"

_CONTROLS = re.compile(r"[\x00-\x1f\x7f-\x9f\ud800-\udfff]")
_LONGEST_NAME = 255
# Links are a matter of folders on the server's disk; an upload has none.
_FILE_PROBLEMS = tuple(code for code in PROBLEMS if code.startswith("file_") and code != "file_outside")

Result = dict[str, Any]
"""What became of one file: ``UploadedFile`` in ``api/responses.py``."""


@blueprint.post("/v1/documents")
@operation(
    Operation(
        summary="Upload files",
        scope="write",
        tag="Documents",
        description="txt, md, html, pdf, docx, csv, json or jsonl, in one or more parts named `file`. "
        "A file's name is its `source`: the same name again replaces the document. One commit stores them "
        "all; files that fail do not stop the others. Only where all fail is the answer a problem, with "
        "`results` in it.",
        query=CollectionQuery,
        form=UploadFields,
        answers={200: UploadResponse, 201: UploadResponse},
        problems=_FILE_PROBLEMS + WRITE_PROBLEMS,
    )
)
def upload(query: CollectionQuery) -> Response:
    settings = service().settings
    files, fields = _read_form(settings.max_upload_bytes)
    limits = LoadLimits(max_bytes=settings.max_upload_bytes)
    loaded = [(file.filename or "", _load(file, fields, limits)) for file in files]
    if not any(isinstance(document, Document) for _, document in loaded):
        return _all_failed([_failure(name, error) for name, error in loaded if isinstance(error, LoadError)])
    collection = service().collection(query.collection)
    prepared = [(name, _prepare(collection, document)) for name, document in loaded]
    if all(isinstance(document, LoadError) for _, document in prepared):
        return _all_failed([_failure(name, error) for name, error in prepared if isinstance(error, LoadError)])
    with service().writer(collection) as writer:
        results = [_store(writer, name, document) for name, document in prepared]
        commit = writer.commit()
    stored = sum("code" not in result for result in results)
    body = {
        "results": results,
        "stored": stored,
        "failed": len(results) - stored,
        "index": render.index(collection.name, commit),
    }
    return render.json_response(body, 201 if any(result.get("created") for result in results) else 200)


def _read_form(max_bytes: int) -> tuple[list[FileStorage], UploadFields]:
    """The files, their names made plain, and the checked fields beside them."""
    if request.mimetype != FORM:
        raise RequestError("media_type_unsupported", f"Send Content-Type: {FORM}.")
    request.max_content_length = max_bytes
    with reading_body():
        files = request.files.getlist(FILE_FIELD)
    misplaced = [name for name in request.files if name != FILE_FIELD]
    if misplaced or not files:
        message = f"no file belongs here; use {FILE_FIELD!r}" if misplaced else "a file is missing"
        loc = (misplaced or [FILE_FIELD])[0]
        raise RequestError("request_invalid", f"{loc}: {message}", [{"loc": [loc], "message": message}])
    fields = request.form.to_dict(flat=False)
    tags = fields.pop("tag", [])
    for file in files:
        file.filename = _plain_name(file.filename or "")
    return files, validate(UploadFields, single_values(fields) | {"tag": tags})


def _plain_name(name: str) -> str:
    """The last part of a client's file name. It is a label only: nothing is written under it."""
    return _CONTROLS.sub("", re.split(r"[/\\]", name)[-1]).strip()[-_LONGEST_NAME:] or "upload"


def _load(file: FileStorage, fields: UploadFields, limits: LoadLimits) -> Document | LoadError:
    try:
        return load_bytes(
            file.read(),
            file.filename or "upload",
            published=fields.published,
            metadata={"tags": ", ".join(fields.tag)} if fields.tag else {},
            limits=limits,
        )
    except LoadError as error:
        return error


def _prepare(collection: Collection, document: Document | LoadError) -> Document | Prepared | LoadError:
    """Made ready before it is the writer's turn, so that uploads wait for one another only while they are stored."""
    try:
        return document if isinstance(document, LoadError) else collection.prepared(document)
    except LoadError as error:
        return error


def _store(writer: Writer, name: str, document: Document | Prepared | LoadError) -> Result:
    if isinstance(document, LoadError):
        return _failure(name, document)
    receipt = writer.put(document)
    return {
        "file": name,
        "status": 201 if receipt.created else 200,
        "doc_id": receipt.doc_id,
        "revision": receipt.revision,
        "created": receipt.created,
        "unchanged": receipt.unchanged,
        "passages": receipt.passages,
    }


def _failure(name: str, error: LoadError) -> Result:
    code = known_code(error.error_code)
    return {"file": name, "status": PROBLEMS[code].status, "code": code, "detail": error.message}


def _all_failed(results: list[Result]) -> Response:
    """The code of the files where they share one, else ``upload_failed``."""
    codes = {result["code"] for result in results}
    code = codes.pop() if len(codes) == 1 else "upload_failed"
    detail = results[0]["detail"] if len(results) == 1 else f"None of the {len(results)} files could be read."
    return problem(code, detail, results=results)
