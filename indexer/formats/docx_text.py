"""The words of a Word document: one line a paragraph, one line a table row, cells parted by bars.

python-docx would read them too, but looks for each paragraph anew by XPath, unrolls a cell that claims to span a
billion columns, and climbs all rows above a merged cell; here every element is met once.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

_W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
PARAGRAPH = _W + "p"
_TABLE, _ROW, _CELL, _RUN, _LINK = (_W + name for name in ("tbl", "tr", "tc", "r", "hyperlink"))
_TEXT, _BREAK, _VALUE = _W + "t", _W + "br", _W + "val"
_SIGNS = {_W + "tab": "\t", _W + "ptab": "\t", _W + "cr": "\n", _W + "noBreakHyphen": "-"}


def lines(block: Any) -> Iterator[str]:
    """The lines of ``block``, an lxml element that holds paragraphs and tables."""
    for element in block.iterchildren(PARAGRAPH, _TABLE):
        if element.tag == PARAGRAPH:
            yield _paragraph(element)
        else:
            yield from _table(element)


def _paragraph(element: Any) -> str:
    out: list[str] = []
    for part in element.iterchildren(_RUN, _LINK):
        for run in (part,) if part.tag == _RUN else part.iterchildren(_RUN):
            out.extend(map(_sign, run.iterchildren(_TEXT, _BREAK, *_SIGNS)))
    return "".join(out)


def _sign(element: Any) -> str:
    if element.tag == _TEXT:
        return element.text or ""
    if element.tag == _BREAK:
        return "\n" if element.get(_W + "type", "textWrapping") == "textWrapping" else ""  # not those of pages
    return _SIGNS[element.tag]


def _table(table: Any) -> Iterator[str]:
    """Rows, each followed by the rows of the tables in its cells. A cell that is merged over several rows is told in
    each of them."""
    above: dict[int, str] = {}  # by column: the merged cell that reaches down to here
    for row in table.iterchildren(_ROW):
        cells: list[str] = []
        inner: list[Any] = []
        column = _number(row, "trPr", "gridBefore", 0)
        for cell in row.iterchildren(_CELL):
            merged = cell.find(f"{_W}tcPr/{_W}vMerge")
            text = " ".join(" ".join(map(_paragraph, cell.iterchildren(PARAGRAPH))).split())
            if merged is None:
                above.pop(column, None)
            elif merged.get(_VALUE, "continue") == "continue":
                text = above.get(column, text)
            else:
                above[column] = text
            cells.append(text)
            inner.extend(cell.iterchildren(_TABLE))
            column += _number(cell, "tcPr", "gridSpan", 1)
        yield " | ".join(cell for cell in cells if cell)
        for each in inner:
            yield from _table(each)


def _number(element: Any, group: str, name: str, default: int) -> int:
    found = element.find(f"{_W}{group}/{_W}{name}")
    value = "" if found is None else found.get(_VALUE, "")
    return int(value) if value.isascii() and value.isdigit() and len(value) < 6 else default
