"""CSV: each row becomes one line that names its columns, so that a passage means something by itself.

``name,price`` over ``pro,66`` reads ``name: pro; price: 66``. The header's words are inserted: in the
offset map they come from nowhere, the cells from where they stand.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from indexer.decode import decode
from indexer.documents import Document
from indexer.errors import LoadError
from indexer.formats.base import Format, Loaded, Markup, add
from indexer.limits import LoadLimits
from indexer.offsets import Edit

_DELIMITERS = ",;\t|"
_MAX_HEADER = 60  # characters of a column's name
_NUMBER = re.compile(r"[-+]?[\d.,]+%?")
Cell = tuple[int, int, int]  # start and end of the cell with its quotes, end of the delimiter after it


def read(data: bytes, limits: LoadLimits) -> Loaded:
    decoded = decode(data, max_chars=limits.max_chars)
    size = len(decoded.text) + _named(decoded.text)
    if size > limits.max_chars:
        message = f"the table reads as {size:,} characters with a column's name before each cell, more than"
        raise LoadError(f"{message} {limits.max_chars:,}; split it or shorten its header", code="file_too_large")
    return Loaded(decoded.text, decoded.encoding)


def _named(text: str) -> int:
    """At most so many characters are added by naming the columns: long names over short cells can make a hundred of
    each one."""
    delimiter = _delimiter(text)
    names = [len(name) + len("; : ") for name in _header(text, next(_rows(text, delimiter), []))]
    if not names:
        return 0
    rows = text.count("\n") + text.count("\r")
    return min(rows * sum(names), (rows + text.count(delimiter)) * max(names))


def markup(document: Document) -> Markup:
    text = document.text
    rows = _rows(text, _delimiter(text))
    first = next(rows, [])
    names = _header(text, first)
    edits = list(_row_edits(text, first, []))
    for row in rows:
        for edit in _row_edits(text, row, names):
            add(edits, edit)
    return Markup(edits)


def _delimiter(text: str) -> str:
    line = re.sub(r'"[^"]*+"', "", text[:10_000]).split("\n", 1)[0]
    return max(_DELIMITERS, key=line.count)


def _rows(text: str, delimiter: str) -> Iterator[list[Cell]]:
    cell = re.compile(rf'(?:"(?:[^"]|"")*+"?|)[^{re.escape(delimiter)}\r\n]*+')
    at = 1 if text.startswith("\ufeff") else 0
    row: list[Cell] = []
    while at < len(text):
        found = cell.match(text, at)
        end = found.end() if found else at
        after = text[end : end + 1]
        if after == delimiter:
            row.append((at, end, end + 1))
            at = end + 1
            continue
        row.append((at, end, end))
        yield row
        row = []
        at = end + (2 if text.startswith("\r\n", end) else 1)
    if row:
        yield row


def _value(text: str, cell: Cell) -> tuple[int, int]:
    """The cell's range without its quotes and margins."""
    start, end, _ = cell
    while start < end and text[start] in " \t":
        start += 1
    while end > start and text[end - 1] in " \t":
        end -= 1
    if end - start >= 2 and text[start] == text[end - 1] == '"':
        return start + 1, end - 1
    return (start + 1, end) if start < end and text[start] == '"' else (start, end)


def _header(text: str, row: list[Cell]) -> list[str]:
    """Column names, or nothing when the first row holds data: a number, an empty or a repeated cell."""
    names = [" ".join(text[slice(*_value(text, cell))].replace('""', '"').split()) for cell in row]
    good = len(names) > 1 and len(set(names)) == len(names)
    good = good and all(name and len(name) <= _MAX_HEADER and not _NUMBER.fullmatch(name) for name in names)
    return names if good else []


def _row_edits(text: str, row: list[Cell], names: list[str]) -> Iterator[Edit]:
    written = False
    for index, cell in enumerate(row):
        start, end = _value(text, cell)
        if start == end:  # an empty cell says nothing, and neither does its name
            if cell[0] < cell[2]:
                yield Edit(cell[0], cell[2])
            continue
        name = f"{names[index]}: " if index < len(names) else ""
        prefix = ("; " if written else "") + name
        written = True
        if prefix or cell[0] < start:
            yield Edit(cell[0], start, prefix)
        for found in re.compile(r'""|[\r\n]+').finditer(text, start, end):
            yield Edit(found.start(), found.end(), '"' if found[0] == '""' else " ")
        if end < cell[2]:
            yield Edit(end, cell[2])


FORMAT = Format("text/csv", (".csv", ".tsv"), read, markup)
