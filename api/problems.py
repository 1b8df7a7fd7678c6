"""The table of problem codes: for each the HTTP status, a title that never varies, and what to do about it.

Codes are part of the contract: clients branch on them. The documentation (``/docs``, ``docs/api.md``) is made
from, or checked against, this table. Format: RFC 9457, ``application/problem+json``.
"""

from __future__ import annotations

from typing import NamedTuple

PROBLEM_JSON = "application/problem+json"


class Problem(NamedTuple):
    """What a code stands for. ``help`` says what the client, or the operator, can do."""

    status: int
    title: str
    help: str


PROBLEMS: dict[str, Problem] = {
    # The request as HTTP
    "request_malformed": Problem(400, "Malformed request", "Send a well-formed HTTP request."),
    "cross_site_refused": Problem(403, "Request from another site", "Call the service from a page of its own."),
    "key_missing": Problem(401, "Key missing", "Send a key; the operator makes them with `citespan keys create`."),
    "key_invalid": Problem(401, "Key not accepted", "Ask the operator for a key that is in force."),
    "scope_missing": Problem(403, "Scope missing", "Use a key with the scope that `detail` names."),
    "collection_forbidden": Problem(403, "Collection not for this key", "Name a collection that the key is bound to."),
    "host_refused": Problem(403, "Unknown host name", "The operator adds the name to the setting `allowed_hosts`."),
    "rate_limited": Problem(429, "Too many requests", "Try again after the seconds in Retry-After."),
    "signature_invalid": Problem(401, "Wrong signature", "Only the chat platform can sign; check the bot's secrets."),
    "request_stale": Problem(401, "Stale request", "Send it within five minutes; check the server's clock."),
    "bot_not_configured": Problem(404, "Bot not configured", "The operator sets the bot's secrets; see docs/bots.md."),
    "route_not_found": Problem(404, "No such route", "The routes are listed at /docs; none ends in a slash."),
    "request_timeout": Problem(408, "Request too slow", "Send the body faster; `receive_timeout` is a setting."),
    "method_not_allowed": Problem(405, "Method not allowed", "The header Allow names the methods of this route."),
    "body_too_large": Problem(413, "Body too large", "Send less at a time; the limits are settings of the server."),
    "media_type_unsupported": Problem(415, "Unsupported media type", "Send the media type that the route names."),
    # The body as JSON, and its fields
    "json_invalid": Problem(400, "Not valid JSON", "Send one JSON value (RFC 8259) in UTF-8, not nested deeply."),
    "xml_invalid": Problem(400, "Not the XML expected", "Send one element with a child for each field, in UTF-8."),
    "request_invalid": Problem(422, "Invalid request", "Each entry of `errors` names a field and what is wrong."),
    "text_invalid": Problem(422, "Text that is no text", "Leave out NUL characters and unpaired surrogates."),
    "query_invalid": Problem(422, "Question that cannot be asked", "Reword the question."),
    "question_empty": Problem(422, "Empty question", "Ask in words: the question holds no letter or digit."),
    "question_too_long": Problem(422, "Question too long", "Shorten the question; `detail` names the limit."),
    "content_unsupported": Problem(
        422, "Content that cannot be read", "Send text: images, audio and files are not read."
    ),
    "parameter_unsupported": Problem(
        422, "Parameter that cannot be honoured", "Leave the parameter out that `detail` names."
    ),
    "filter_invalid": Problem(422, "Invalid filter", "Each entry of `errors` names a filter and what is wrong."),
    "range_invalid": Problem(422, "Range outside the text", "Use 0 <= start <= end <= the number of characters."),
    "layer_unavailable": Problem(422, "Text layer not available", "Read the source text: leave `layer` out."),
    "citation_mismatch": Problem(
        422, "Quote that does not stand there", "Send a citation as an answer gave it: /v1/citations/verify tells more."
    ),
    "feedback_contradictory": Problem(
        422, "Contradictory feedback", "Send an answer with its citation, and one verdict."
    ),
    "feedback_conflict": Problem(409, "Feedback id in use", "Choose another `feedback_id`, or leave it out."),
    "doc_id_invalid": Problem(
        400,
        "Invalid document id",
        "Use 1 to 128 letters, digits and . _ ~ -, first a letter or digit, no two dots.",
    ),
    "collection_name_invalid": Problem(
        400, "Invalid collection name", "Use 1 to 64 of a-z, 0-9, _ and -, first a letter or digit."
    ),
    # What is asked for
    "collection_not_found": Problem(404, "No such collection", "GET /v1/collections lists the collections."),
    "model_not_found": Problem(404, "No such model", "GET /v1/models lists the models."),
    "document_not_found": Problem(404, "No such document", "GET /v1/documents lists the documents."),
    "revision_not_found": Problem(404, "No such revision", "Leave `revision` out for the current one."),
    # Files
    "file_empty": Problem(422, "Empty file", "The file holds no bytes."),
    "file_no_text": Problem(422, "File without text", "Scanned pages need text recognition first."),
    "file_binary": Problem(422, "Not a text file", "Send the format that the file's name says."),
    "file_broken": Problem(422, "Broken file", "Open it in its own program and save it again."),
    "file_encrypted": Problem(422, "Encrypted file", "Remove the password."),
    "file_bomb": Problem(
        422, "File that takes too much", "Unpacking or reading it passes a limit: split the document."
    ),
    "file_unsupported": Problem(422, "Unsupported file format", "Send txt, md, html, pdf, docx, csv, json or jsonl."),
    "file_outside": Problem(422, "File outside the folder", "Links that lead out of the folder are not followed."),
    "file_unreadable": Problem(422, "Unreadable file", "See `detail`."),
    "file_too_large": Problem(413, "File too large", "Split the document, or raise the server's limit."),
    "upload_failed": Problem(422, "No file could be stored", "Each entry of `results` says why its file failed."),
    # The server's own state
    "internal_error": Problem(500, "Internal error", "Quote `request_id` to the operator: the log has the reason."),
    "backup_broken": Problem(422, "No whole backup", "Use a file that `citespan backup` wrote, unchanged."),
    "collection_exists": Problem(409, "Collection exists", "Choose another name, or replace it on purpose."),
    "store_error": Problem(500, "Index error", "The operator runs `citespan doctor`."),
    "index_corrupt": Problem(500, "Damaged index", "The operator runs `citespan doctor --repair`."),
    "encoder_mismatch": Problem(500, "Index of another encoder", "The operator indexes again, or sets the encoder."),
    "config_invalid": Problem(500, "Invalid configuration", "The operator corrects the setting that `detail` names."),
    "not_ready": Problem(503, "Nothing indexed yet", "Index a document first, then ask again."),
    "storage_full": Problem(507, "Disk full or failing", "Nothing was stored; the operator makes room on the disk."),
    "keys_unreadable": Problem(503, "Keys cannot be read", "The operator mends the file of keys; nobody is let in."),
    "uploads_busy": Problem(503, "Too many uploads", "Try again after the seconds in Retry-After."),
    "writer_busy": Problem(503, "Another change is under way", "Try again after the seconds in Retry-After."),
    "bot_busy": Problem(
        503, "Bot busy", "Try again after the seconds in Retry-After, as the platforms do by themselves."
    ),
}

RETRY_AFTER = {"writer_busy": "5", "uploads_busy": "2", "bot_busy": "5"}
"""Seconds after which the same request may succeed, for the header ``Retry-After``."""


def known_code(code: str) -> str:
    """``code`` if the table has it, else ``internal_error``: no undocumented code leaves the service."""
    return code if code in PROBLEMS else "internal_error"
