"""Problems in the words that OpenAI's clients read: the member ``error`` beside those of RFC 9457."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

_PATHS = ("/v1/chat/", "/v1/models")
_TYPES = {401: "authentication_error", 403: "permission_error", 429: "rate_limit_error"}


def speaks_openai(path: str) -> bool:
    """Whether errors under ``path`` are read by such a client; paths that only resemble a route's are among them."""
    return path.startswith(_PATHS)


def error_member(code: str, status: int, detail: str, errors: Sequence[Mapping[str, object]]) -> dict[str, object]:
    """The object ``error``: ``param`` names the first field at fault, as ``messages.0.content``."""
    place = errors[0]["loc"] if errors else []
    param = ".".join(map(str, place)) if isinstance(place, Sequence) else ""
    if not param and code.startswith("question_"):
        param = "messages"
    kind = _TYPES.get(status, "invalid_request_error" if status < 500 else "server_error")
    return {"message": detail, "type": kind, "param": param or None, "code": code}
