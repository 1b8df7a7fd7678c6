"""JSON and JSON lines: one line per value, with its key, strings unescaped; the source is the raw file."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

from indexer.decode import decode
from indexer.documents import Document
from indexer.errors import LoadError
from indexer.formats.base import Format, Loaded, Markup, add
from indexer.formats.dates import iso_date
from indexer.limits import LoadLimits
from indexer.offsets import Edit

_TITLES = ("title", "headline", "name", "标题", "標題")
_DATES = (
    "published",
    "published_at",
    "date",
    "datePublished",
    "publish_date",
    "pubdate",
    "发布时间",
    "發布時間",
)
_BARE_KEY = re.compile(r'"(?:text|content|body|正文|内容|內容)"\s*+:')
_PLAIN = str | int | float | bool
_METADATA = ("author", "publisher", "url", "lang", "language", "category", "tags")
# ``gap``: all that stands between two values, empty strings among it; what has no name is a number or a word.
_TOKEN = re.compile(r'(?P<string>"(?:[^"\\]|\\.)++")|(?P<colon>:)|(?P<gap>(?:[\s{}\[\],]|"")++)|[^\s{}\[\],:"]++', re.S)
_ESCAPE = re.compile(r"(?:\\u[dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2})|\\u[0-9a-fA-F]{4}|\\.", re.S)


def read(data: bytes, limits: LoadLimits) -> Loaded:
    decoded = decode(data, max_chars=limits.max_chars)
    top = _parsed(decoded.text.lstrip("\ufeff"), "the file")
    return _described(Loaded(decoded.text, decoded.encoding), top)


def read_lines(data: bytes, limits: LoadLimits) -> Loaded:
    decoded = decode(data, max_chars=limits.max_chars)
    for number, line in enumerate(decoded.text.lstrip("\ufeff").split("\n"), 1):
        if line.strip():
            _parsed(line, f"line {number}")
    return Loaded(decoded.text, decoded.encoding)


def _parsed(text: str, where: str) -> Any:
    try:
        return _values(text)
    except RecursionError as error:
        raise LoadError(f"{where} is nested too deeply to be read; flatten it", code="file_broken") from error
    except ValueError as error:
        raise LoadError(f"{where} is no valid JSON ({error}); correct it", code="file_broken") from error


def _values(text: str) -> Any:
    try:
        return json.loads(text)
    except json.JSONDecodeError:
        raise
    except ValueError:  # a whole number of more digits than Python reads
        return json.loads(text, parse_int=float)


def _described(loaded: Loaded, top: Any) -> Loaded:
    if not isinstance(top, dict):
        return loaded
    title = next((top[key] for key in _TITLES if isinstance(top.get(key), str) and top[key].strip()), None)
    published = next((date for key in _DATES if (date := iso_date(top.get(key)))), None)
    metadata = {
        key: ", ".join(str(item) for item in value if isinstance(item, _PLAIN)) if isinstance(value, list) else value
        for key in _METADATA
        if isinstance(value := top.get(key), _PLAIN | list)
    }
    return Loaded(loaded.text, loaded.encoding, title, published, metadata)


def markup(document: Document) -> Markup:
    edits: list[Edit] = []
    for edit in _edits(document.text):
        add(edits, edit)
    return Markup(edits)


def _edits(text: str) -> Iterator[Edit]:
    """Punctuation becomes layout: a colon reads ``key: value``, everything else ends a line. Keys that only say that
    text follows are left out."""
    at = 0
    for found in _TOKEN.finditer(text):
        start, end = found.span()
        if start < at:
            continue
        if bare := _BARE_KEY.match(text, start):
            at = bare.end()
            yield Edit(start, at)
        elif found["string"]:
            yield Edit(start, start + 1)
            for escape in _ESCAPE.finditer(text, start + 1, end - 1):
                yield Edit(escape.start(), escape.end(), _unescaped(escape[0]))
            yield Edit(end - 1, end)
        elif found["colon"]:
            yield Edit(start, end, ": ")
        elif gap := found["gap"]:
            yield Edit(start, end, "\n" * min(2, sum(map(gap.count, "{}[],\n"))))


def _unescaped(escape: str) -> str:
    if escape[1] != "u":
        return {"n": "\n", "t": " ", "r": "", "b": "", "f": "\n"}.get(escape[1], escape[1])
    char = str(json.loads(f'"{escape}"'))
    return "\ufffd" if "\ud800" <= char <= "\udfff" else char


FORMAT = Format("application/json", (".json",), read, markup)
LINES_FORMAT = Format("application/x-ndjson", (".jsonl", ".ndjson"), read_lines, markup)
