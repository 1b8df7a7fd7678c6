"""HTML in text that should hold none: tags, their broken ends, entities."""

from __future__ import annotations

import html
import re
from html.entities import html5

from indexer.offsets import Edit

_BREAKS = r"br|p|div|li|tr|ul|ol|table|h[1-6]|blockquote|section|article"
_INLINE = r"span|strong|em|b|i|u|a|font|img|td|th|tbody|thead|sup|sub|small|center"
_TAG = re.compile(rf"</?(?:({_BREAKS})|{_INLINE})(?=[\s/>])[^<>]{{0,500}}>", re.I)
# What is left of "<...>" when the bracket was swallowed by the damaged character before it.
TAG_REST = re.compile(r"(?:/p|/div|/span|/li|/h[1-6]|/strong|br ?/?)>")
_BROKEN_TAG = re.compile(rf"[?\uff1f\ufffd]{TAG_REST.pattern}")
_ENTITY = re.compile(r"&(?:#[0-9]{1,7}|#[xX][0-9a-fA-F]{1,6}|[A-Za-z][A-Za-z0-9]{1,30});")


def tags(text: str) -> list[Edit]:
    """Remove well-known tags, a line break for those that break lines. The character that a broken tag
    swallowed is lost: it becomes U+FFFD."""
    if ">" not in text:
        return []
    edits = [
        Edit(found.start(), found.end(), "\n" if found[1] and found[1].lower() != "a" else "")
        for found in _TAG.finditer(text)
    ]
    edits += [Edit(found.start(), found.end(), "\ufffd\n") for found in _BROKEN_TAG.finditer(text)]
    apart: list[Edit] = []
    for edit in sorted(edits, key=lambda edit: edit.start):
        if not apart or edit.start >= apart[-1].end:  # what looks like a broken tag may stand inside of a whole one
            apart.append(edit)
    return apart


def entities(text: str) -> list[Edit]:
    """Decode complete, known entities."""
    if "&" not in text:
        return []
    return [
        Edit(found.start(), found.end(), char)
        for found in _ENTITY.finditer(text)
        if (char := entity(found[0])) is not None
    ]


def entity(reference: str) -> str | None:
    """What ``&...;`` stands for, or None where it is no known entity."""
    if reference[1] != "#" and reference[1:] not in html5:
        return None
    return html.unescape(reference)
