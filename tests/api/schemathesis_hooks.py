"""Loaded by schemathesis: what a request that fits the schema may still be refused for."""

from __future__ import annotations

import schemathesis

# Only what a JSON Schema cannot say: the content of a file, an offset beyond a text, the order of two dates.
REASONS = {
    "upload": ("file_", "upload_failed"),
    "put_document": ("file_",),
    "get_text": ("range_invalid",),
    "ask": ("filter_invalid",),
    "search": ("filter_invalid",),
    # Which message is the question, and which parts of it are read, depends on the roles.
    "chat_completions": ("filter_invalid", "question_", "content_", "parameter_unsupported", "request_invalid"),
    "give_feedback": ("feedback_contradictory", "citation_mismatch", "range_invalid"),
}


@schemathesis.check
def refused_for_a_reason(context, response, case) -> None:
    operation = case.operation.definition.raw.get("operationId")
    if response.status_code == 422 and case.meta.generation.mode.is_positive:
        code = response.json()["code"]
        assert code.startswith(REASONS.get(operation, ())), f"a valid request was refused with {code}"
