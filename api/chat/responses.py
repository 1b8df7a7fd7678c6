"""What chat answers hold: the models behind the OpenAPI document. A test holds the answers to them."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from api.responses import AskResponse, Count, ResponseModel


class ChatMessageOut(ResponseModel):
    role: Literal["assistant"]
    content: str = Field(description="Markdown. Text of documents is escaped in it.")
    refusal: None


class ChatChoiceOut(ResponseModel):
    index: Literal[0]
    message: ChatMessageOut
    logprobs: None
    finish_reason: Literal["stop"]


class UsageOut(ResponseModel):
    """Chinese characters, words, numbers and marks, one each."""

    prompt_tokens: Count
    completion_tokens: Count
    total_tokens: Count


class ChatCompletion(ResponseModel):
    """`citations` is the object of `/v1/ask`; `completed_question` what was asked, where the turn leant on others."""

    id: str
    object: Literal["chat.completion"]
    created: Count
    model: str
    system_fingerprint: str = Field(description="Version, collection and commit that the reply was made with.")
    choices: list[ChatChoiceOut]
    usage: UsageOut
    completed_question: str | None
    citations: AskResponse


class ModelOut(ResponseModel):
    """A collection as a model. `created` is the time of its last commit, 0 before the first."""

    id: str
    object: Literal["model"]
    created: Count
    owned_by: Literal["citespan"]


class ModelList(ResponseModel):
    object: Literal["list"]
    data: list[ModelOut]
