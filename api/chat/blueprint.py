"""POST /v1/chat/completions, GET /v1/models, GET /v1/models/{model}."""

from __future__ import annotations

import time
from importlib.metadata import version
from uuid import uuid4

from flask import Blueprint, Response, request

from api import render
from api.access.caller import CollectionForbidden
from api.body import validate
from api.chat.completion import Completion, events, usage, whole
from api.chat.conversation import completed_question, last_question
from api.chat.models import collection_of, model_names, model_object
from api.chat.responses import ChatCompletion, ModelList, ModelOut
from api.chat.schemas import ChatRequest
from api.errors import RequestError
from api.operation import EVENT_STREAM, Operation, operation
from api.questions import QUESTION_PROBLEMS, answer_question
from api.reply.compose import markdown_reply
from api.reply.links import base_url, links_from
from api.schemas import AskRequest
from api.service import Service, service
from qa.query import language

blueprint = Blueprint("chat", __name__)

_VERSION = version("citespan")


@blueprint.post("/v1/chat/completions")
@operation(
    Operation(
        summary="Complete a chat",
        tag="Chat",
        description="OpenAI's chat completions. The last user message is the question; one that leans on earlier ones "
        "is completed from them. With `stream` the reply comes as server-sent events.",
        query=None,
        body=ChatRequest,
        scope="read",
        answers={200: ChatCompletion},
        streams=True,
        problems=(
            *QUESTION_PROBLEMS,
            *("model_not_found", "collection_forbidden", "content_unsupported", "parameter_unsupported"),
            *("not_ready", "index_corrupt"),
        ),
    )
)
def chat_completions(body: ChatRequest) -> Response:
    reply = _reply(service(), body)
    if not body.stream:
        return render.json_response(whole(reply))
    include_usage = bool(body.stream_options and body.stream_options.include_usage)
    # Proxies that collect an answer before they pass it on would undo the stream.
    headers = {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}
    return Response(events(reply, include_usage=include_usage), mimetype=EVENT_STREAM, headers=headers)


@blueprint.get("/v1/models")
@operation(Operation(summary="List models", tag="Chat", query=None, scope="read", answers={200: ModelList}))
def list_models() -> Response:
    held = service()
    data = []
    for name in model_names(held):
        try:
            data.append(model_object(held, name))
        except (RequestError, CollectionForbidden):  # removed since it was listed, or a default of others
            continue
    return render.json_response({"object": "list", "data": data})


@blueprint.get("/v1/models/<path:model>")
@operation(
    Operation(
        summary="Describe a model",
        tag="Chat",
        query=None,
        scope="read",
        answers={200: ModelOut},
        problems=("model_not_found", "collection_forbidden"),
    ),
)
def get_model(model: str) -> Response:
    return render.json_response(model_object(service(), model))


def _reply(held: Service, body: ChatRequest) -> Completion:
    """The answer to the last user message of ``body``. Raises CitespanError as ``answer_question`` does."""
    collection = collection_of(held, body.model)
    completed = completed_question(body.messages, held.pipeline.glossary(collection.snapshot()))
    asked = _ask_request(body, completed or last_question(body.messages), collection.name)
    result = answer_question(held, asked)
    link = links_from(base_url(held.settings, request.host_url))
    content = markdown_reply(result, link, language(asked.question), completed=completed)
    return Completion(
        request_id=uuid4().hex,
        created=int(time.time()),
        model=body.model,
        fingerprint=f"citespan-{_VERSION}-{collection.name}-{result['index']['commit']}",
        content=content,
        usage=usage("\n".join(message.text() for message in body.messages), content),
        citations=result,
        completed_question=completed,
    )


def _ask_request(body: ChatRequest, question: str, collection: str) -> AskRequest:
    """The same as ``/v1/ask`` takes it. What is wrong with the question is wrong with the messages."""
    given = {"question": question, "collection": collection, "k": body.k, "min_confidence": body.min_confidence}
    try:
        asked = validate(AskRequest, given)
    except RequestError as error:
        message = error.message.removeprefix("question: ")
        raise RequestError(
            error.error_code, f"The last user message {message}.", [{"loc": ["messages"], "message": message}]
        ) from None
    return asked.model_copy(update={"filters": body.filters})
