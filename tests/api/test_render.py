"""What is sent fits what is documented: every answer of every route, against the model that describes it."""

from __future__ import annotations

from io import BytesIO
from pathlib import Path

import pytest
from small_service import UNANSWERABLE

from api import responses
from api.chat import responses as chat_responses
from api.mcp import jsonrpc as mcp_responses
from api.operation import Operation

CHAT = {"model": "citespan", "messages": [{"role": "user", "content": "可灵"}]}
ASK = {"question": "可灵", "explain": True}


@pytest.mark.parametrize(
    ("model", "method", "path", "body"),
    [
        (responses.AskResponse, "POST", "/v1/ask", ASK),
        (responses.AskResponse, "POST", "/v1/ask", {"question": UNANSWERABLE}),
        (responses.SearchResponse, "POST", "/v1/search", ASK),
        (responses.DocumentList, "GET", "/v1/documents", None),
        (responses.DocumentResponse, "GET", "/v1/documents/kling", None),
        (responses.TextResponse, "GET", "/v1/documents/kling/text", None),
        (responses.PutResponse, "PUT", "/v1/documents/new", {"text": "新的文件。"}),
        (responses.DeleteResponse, "DELETE", "/v1/documents/kling", None),
        (responses.CollectionList, "GET", "/v1/collections", None),
        (responses.HealthResponse, "GET", "/healthz", None),
        (responses.ReadyResponse, "GET", "/readyz", None),
        (responses.ProblemOut, "GET", "/v1/documents/none", None),
        (responses.ProblemOut, "POST", "/v1/ask", {}),
        (mcp_responses.RpcAnswer, "POST", "/mcp", {"jsonrpc": "2.0", "id": 1, "method": "ping"}),
        (chat_responses.ChatCompletion, "POST", "/v1/chat/completions", CHAT),
        (chat_responses.ModelList, "GET", "/v1/models", None),
        (chat_responses.ModelOut, "GET", "/v1/models/citespan", None),
        (responses.ProblemOut, "POST", "/v1/chat/completions", {}),
        (responses.FeedbackResponse, "POST", "/v1/feedback", {"question": "可灵收入", "verdict": "wrong"}),
    ],
)
def test_answers_fit_their_models(client, model, method, path, body):
    model.model_validate_json(client.open(path, method=method, json=body).data, strict=True)


def test_upload_results_fit_their_model(client):
    data = {"file": [(BytesIO(b"Text."), "a.txt"), (BytesIO(b""), "b.txt")]}
    response = client.post("/v1/documents", data=data, content_type="multipart/form-data")
    responses.UploadResponse.model_validate_json(response.data, strict=True)


def test_verdicts_fit_their_model(client):
    citation = {"doc_id": "kling", "revision": "0", "start": 0, "end": 1, "quote": "目"}
    response = client.post("/v1/citations/verify", json=citation)
    responses.VerifyResponse.model_validate_json(response.data, strict=True)


def test_every_model_of_an_answer_is_tried_here(app):
    declared = [view.operation for view in app.view_functions.values()]
    models = {
        model.__name__
        for operation in declared
        if isinstance(operation, Operation)
        for model in operation.answers.values()
        if isinstance(model, type) and model.__module__ == responses.__name__  # of our own API
    }
    source = Path(__file__).read_text(encoding="utf-8")
    assert all(f"responses.{name}" in source for name in models)
