"""POST /v1/ask and /v1/search: a question in, a cited answer or passages out."""

from __future__ import annotations

from flask import Blueprint, Response

from api import render
from api.operation import Operation, operation
from api.questions import QUESTION_PROBLEMS, answer_question, search_passages
from api.responses import AskResponse, SearchResponse
from api.schemas import AskRequest, SearchRequest
from api.service import service

blueprint = Blueprint("ask", __name__)


@blueprint.post("/v1/ask")
@operation(
    Operation(
        summary="Ask a question",
        scope="read",
        tag="Questions",
        description="A span of a document and where it stands; or null, and the best passages all the same.",
        body=AskRequest,
        answers={200: AskResponse},
        problems=QUESTION_PROBLEMS,
    )
)
def ask(body: AskRequest) -> Response:
    return render.json_response(answer_question(service(), body))


@blueprint.post("/v1/search")
@operation(
    Operation(
        summary="Search for passages",
        scope="read",
        tag="Questions",
        description="The passages that `/v1/ask` would read, best first, without an answer.",
        body=SearchRequest,
        answers={200: SearchResponse},
        problems=QUESTION_PROBLEMS,
    )
)
def search(body: SearchRequest) -> Response:
    return render.json_response(search_passages(service(), body))
