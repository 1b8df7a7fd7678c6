"""What a chat request may hold. Fields that clients of the protocol send and that mean nothing here are let pass."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated, Any, Literal

from pydantic import (
    AfterValidator,
    ConfigDict,
    Discriminator,
    Field,
    StrictBool,
    StrictInt,
    StrictStr,
    Tag,
    WithJsonSchema,
    model_validator,
)
from pydantic_core import PydanticCustomError

from api.fields import INTEGRAL, Line, Probability, Text
from api.schemas import K_DEFAULT, K_MAX, FiltersBody, RequestModel

MESSAGES_MAX = 1000
PARTS_MAX = 100


class LenientModel(RequestModel):
    """The protocol grows, and its clients send more than is honoured here."""

    model_config = ConfigDict(extra="ignore", frozen=True)


class Part(LenientModel):
    """A part of a message. Of a user's message only text can be read."""

    type: StrictStr
    text: Text | None = None


def _content_kind(value: object) -> str | None:
    if value is None:
        return "none"
    return "text" if isinstance(value, str) else "parts" if isinstance(value, list) else None


Content = Annotated[
    Annotated[Text, Tag("text")]
    | Annotated[list[Part], Field(max_length=PARTS_MAX), Tag("parts")]
    | Annotated[None, Tag("none")],
    Discriminator(
        _content_kind,
        custom_error_type="content_wrong",
        custom_error_message="neither text nor a list of parts",
    ),
]


class Message(LenientModel):
    """A turn. Those of `system`, `developer`, `tool` and `function` are not read."""

    role: Literal["system", "developer", "user", "assistant", "tool", "function"]
    content: Content = None

    @model_validator(mode="after")
    def _readable(self) -> Message:
        if self.role == "user":
            if self.content is None:
                raise PydanticCustomError("content_missing", "a user message needs content")
            for part in self.content if isinstance(self.content, list) else ():
                if part.type != "text" or part.text is None:
                    raise PydanticCustomError(
                        "content_unsupported",
                        "a part of type {kind} cannot be read, only text can",
                        {"kind": repr(part.type[:40])},
                    )
        return self

    def text(self) -> str:
        """The text of the message, its parts on lines of their own."""
        if isinstance(self.content, list):
            return "\n".join(part.text for part in self.content if part.text)
        return self.content or ""


class StreamOptions(LenientModel):
    include_usage: StrictBool | None = None


def _only(honoured: Callable[[Any], bool], reason: str) -> AfterValidator:
    """For a parameter that is refused unless it is left out, null or ``honoured``."""

    def check(value: object) -> object:
        if value is not None and not honoured(value):
            raise PydanticCustomError("parameter_unsupported", "cannot be honoured: {reason}", {"reason": reason})
        return value

    return AfterValidator(check)


def _or_null(schema: dict[str, Any]) -> WithJsonSchema:
    return WithJsonSchema({"anyOf": [schema, {"type": "null"}]})


def _is_text_format(value: object) -> bool:
    return isinstance(value, dict) and value.get("type") == "text"


def _is_text_only(value: object) -> bool:
    return isinstance(value, list) and all(kind == "text" for kind in value)


def _has_user(messages: list[Message]) -> list[Message]:
    if not any(message.role == "user" for message in messages):
        raise PydanticCustomError("question_missing", "there is no user message, which would be the question")
    return messages


_TEXT_REASON = "the reply is text"
One = Annotated[
    Any, _only(lambda n: not isinstance(n, bool) and n == 1, "there is one answer, so n is 1"), _or_null({"const": 1})
]
NoCall = Annotated[
    Any,
    _only(lambda choice: choice in ("auto", "none"), "nothing is ever called"),
    _or_null({"enum": ["auto", "none"]}),
]
TextFormat = Annotated[
    Any,
    _only(_is_text_format, _TEXT_REASON),
    _or_null({"type": "object", "properties": {"type": {"const": "text"}}, "required": ["type"]}),
]
TextOnly = Annotated[Any, _only(_is_text_only, _TEXT_REASON), _or_null({"type": "array", "items": {"const": "text"}})]


class ChatRequest(LenientModel):
    """A conversation whose last user message is the question.

    `k`, `filters` and `min_confidence` are those of `/v1/ask`. `n`, `tool_choice`, `function_call`, `response_format`
    and `modalities` are refused where they ask for what no quotation can be; all other fields of the protocol
    (`temperature`, `max_tokens`, `tools`, `user`, ...) are taken and change nothing.
    """

    model: Line = Field(min_length=1, description="`citespan`, or `citespan/` and the name of a collection.")
    messages: Annotated[list[Message], Field(min_length=1, max_length=MESSAGES_MAX), AfterValidator(_has_user)]
    stream: StrictBool | None = None
    stream_options: StreamOptions | None = None
    n: One = None
    tool_choice: NoCall = None
    function_call: NoCall = None
    response_format: TextFormat = None
    modalities: TextOnly = None
    k: Annotated[StrictInt, Field(ge=1, le=K_MAX, description="Passages wanted."), INTEGRAL] = K_DEFAULT
    filters: FiltersBody | None = None
    min_confidence: Probability | None = None
