"""Markdown with optional YAML front matter: the marks go, the words stay."""

from __future__ import annotations

import re
from collections.abc import Iterator

import yaml  # type: ignore[import-untyped]  # its stubs are a package of their own

from indexer.decode import decode
from indexer.documents import Document
from indexer.formats.base import Format, Loaded, Markup
from indexer.formats.dates import iso_date
from indexer.limits import LoadLimits
from indexer.offsets import Edit

_FRONT = re.compile(r"\A\ufeff?---[ \t]*\r?\n(.{0,20000}?)^(?:---|\.\.\.)[ \t]*(?:\r?\n|\Z)", re.S | re.M)
_HEADING = re.compile(r"^ {0,3}#{1,6}[ \t]+([^\n]{1,300})$", re.M)
_FENCE = re.compile(r"^ {0,3}(```+|~~~+)[^\n`]*$", re.M)
# PyYAML tells what is no YAML, but stumbles over a value that does not fit its tag: !!bool maybe, !!int "".
_UNREADABLE = (
    yaml.YAMLError, ArithmeticError, AttributeError, LookupError, RecursionError, TypeError, ValueError,
)  # fmt: skip
_PUBLISHED = ("published", "date", "published_at", "pubdate", "publish_date")

# Line marks: fences and rules (group 1, with their line), then what opens a line, then closing #s.
_LINES = re.compile(
    r"^ {0,3}(?:(?:`{3,}|~{3,})[^\n`]*|(?:\*[ \t]*){3,}|(?:-[ \t]*){3,}|(?:_[ \t]*){3,}|={2,}[ \t]*"
    r"|\|?[ \t]*:?-{2,}:?[ \t]*(?:\|[ \t]*:?-{2,}:?[ \t]*)*+\|?[ \t]*|\[[^\[\]\n]{1,80}\]:[ \t]+[^\n]*)\r?$"
    r"|^ {0,12}(?:(?:>[ \t]?)+|#{1,6}[ \t]+|[-*+][ \t]+(?:\[[ xX]\][ \t]+)?)"
    r"|(?<![ \t])[ \t]++#+[ \t]*\r?$",
    re.M,
)
_INLINE = re.compile(
    r"(?P<escape>\\)(?=[!-/:-@\[-`{-~])"
    r"|(?P<code>`{1,2})(?P<inner>[^`\n]{1,500})(?P=code)"
    r"|(?P<open>!?\[)(?P<label>[^\[\]\n]{0,500})"
    r"(?P<target>\](?:\([^()\s]{0,2000}(?:[ \t]+\"[^\"\n]{0,300}\")?\)|\[[^\[\]\n]{0,80}\]))"
    r"|<!--(?:(?!-->|<!--)[\s\S]){0,20000}-->"
    r"|</?[a-zA-Z][a-zA-Z0-9]{0,12}(?:\s[^<>]{0,500})?/?>"
    r"|(?P<strong>\*{1,3}|~~|(?<!\w)_{1,3})(?=\S)(?P<text>[^*_~\n]{1,500})(?<=\S)(?P=strong)"
)


def read(data: bytes, limits: LoadLimits) -> Loaded:
    decoded = decode(data, max_chars=limits.max_chars)
    front = _front_matter(decoded.text)
    title = front.pop("title", None)
    published = next((date for key in _PUBLISHED if (date := iso_date(front.get(key)))), None)
    metadata = {key: _plain(value) for key, value in front.items() if key not in _PUBLISHED}
    heading = _HEADING.search(_FENCE.sub("", decoded.text[:50_000]))
    if not isinstance(title, str | int | float) or not str(title).strip():
        title = heading[1].strip(" \t\r#") if heading else None
    return Loaded(decoded.text, decoded.encoding, str(title) if title else None, published, metadata)


def _front_matter(text: str) -> dict[str, object]:
    """The YAML mapping at the top; empty where there is none or it cannot be read."""
    found = _FRONT.match(text)
    if not found or ("&" in found[1] and "*" in found[1]):  # anchors and aliases: nobody needs them here
        return {}
    try:
        value = yaml.safe_load(found[1])
        str(value)  # a number of more digits than Python writes is met here, not by whoever stores it
        return {str(key): item for key, item in value.items()} if isinstance(value, dict) else {}
    except _UNREADABLE:
        return {}


def _plain(value: object) -> str | int | float | bool | None:
    if value is None or isinstance(value, str | int | float | bool):
        return value
    if isinstance(value, list | tuple):
        return ", ".join(str(item) for item in value)
    return str(value)


def markup(document: Document) -> Markup:
    text = document.text
    front = _FRONT.match(text)
    start = front.end() if front else 0
    edits = [Edit(0, start)] if start else []
    edits += _without_overlap(sorted(_marks(text, start), key=lambda edit: (edit.start, edit.end)))
    return Markup(edits, settled=frozenset({"tags"}))


def _marks(text: str, start: int) -> Iterator[Edit]:
    for line in _LINES.finditer(text, start):
        yield Edit(line.start(), line.end())
    at = start
    while found := _INLINE.search(text, at):
        yield from _inline(found)
        # What a link or an emphasis holds may hold marks of its own.
        inside = "label" if found["open"] else "text" if found["strong"] else None
        at = found.start(inside) if inside else found.end()
        if at == found.start():
            at += 1


def _inline(found: re.Match[str]) -> Iterator[Edit]:
    if found["escape"]:
        yield Edit(found.start(), found.end())
        return
    for name in ("code", "open", "strong"):
        if found[name]:
            inner = {"code": "inner", "open": "label", "strong": "text"}[name]
            yield Edit(found.start(), found.start(inner))
            yield Edit(found.end(inner), found.end())
            return
    breaks = re.match(r"</?(?:br|p|div|li|tr|h[1-6])\b", found[0], re.I)
    yield Edit(found.start(), found.end(), "\n" if breaks else "")


def _without_overlap(edits: list[Edit]) -> Iterator[Edit]:
    at = 0
    for edit in edits:
        if edit.start >= at:
            yield edit
            at = edit.end


FORMAT = Format("text/markdown", (".md", ".markdown"), read, markup)
