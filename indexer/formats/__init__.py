"""The formats we read, one module each. The suffix decides, else the media type given, else the bytes."""

from __future__ import annotations

from indexer.documents import Document
from indexer.formats import docx, html, json, markdown, pdf, table, text
from indexer.formats.base import Format, Loaded, Markup

__all__ = [
    "FORMATS",
    "SUFFIXES",
    "Format",
    "Loaded",
    "Markup",
    "by_media_type",
    "by_suffix",
    "markup_of",
    "sniff",
]

FORMATS: tuple[Format, ...] = (
    text.FORMAT,
    markdown.FORMAT,
    html.FORMAT,
    pdf.FORMAT,
    docx.FORMAT,
    table.FORMAT,
    json.FORMAT,
    json.LINES_FORMAT,
)
SUFFIXES: tuple[str, ...] = tuple(suffix for entry in FORMATS for suffix in entry.suffixes)

_BY_SUFFIX = {suffix: entry for entry in FORMATS for suffix in entry.suffixes}
_BY_MEDIA_TYPE = {entry.media_type: entry for entry in FORMATS} | {
    "text/x-markdown": markdown.FORMAT,
    "application/xhtml+xml": html.FORMAT,
    "application/jsonl": json.LINES_FORMAT,
    "application/x-jsonlines": json.LINES_FORMAT,
}


def by_suffix(source: str) -> Format | None:
    """The format of a path or name, by its suffix in any letter case."""
    name = source.rsplit("/", 1)[-1]
    return _BY_SUFFIX.get(name[name.rfind(".") :].lower()) if "." in name else None


def by_media_type(media_type: str) -> Format | None:
    """The format of a media type; parameters such as ``charset`` do not matter."""
    return _BY_MEDIA_TYPE.get(media_type.split(";", 1)[0].strip().lower())


def sniff(data: bytes) -> Format:
    """The format that bytes without a name look like; plain text where nothing else fits."""
    head = data[:1024].lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    if head.startswith(b"%pdf-"):
        return pdf.FORMAT
    if data.startswith(b"PK\x03\x04"):
        return docx.FORMAT
    if head.startswith((b"<!doctype html", b"<html")):
        return html.FORMAT
    return text.FORMAT


def markup_of(document: Document) -> Markup:
    """The edits that free ``document.text`` of its format's markup; none for an unknown media type."""
    entry = by_media_type(document.media_type)
    return entry.markup(document) if entry else Markup()
