"""Readable text to chunks: whole sentences, about ``size`` units each, in order, without overlap.

A unit is one wide (Chinese, Japanese, Korean) character, or three other visible ones: 300 units are 300
Chinese characters or some 180 English words, about the same amount of meaning.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import groupby

import numpy as np
import numpy.typing as npt

from indexer.documents import Readable
from indexer.sentences import sentences

_NARROW_PER_UNIT = 3
_EARLY = 0.6  # from this share of the size on, a paragraph's end is a welcome place to stop
_SCRAP = 0.25  # a last chunk below this share joins the one before
_HEADING = 40  # units
_WINDOW = 20_000  # characters; keeps the splitter's work on one endless sentence linear
_SENTENCE_END = "\u3002\uff01\uff1f!?.;\uff1b\u2026\u201d\u300d\uff09),\uff0c"
_SEPARATORS = [
    "\n\n",
    "\n",
    "\u3002",
    "\uff01",
    "\uff1f",
    "\uff1b",
    ";",
    "\uff0c",
    ", ",
    ",",
    "\u3001",
    " ",
    "",
]


@dataclass(frozen=True, slots=True)
class ChunkSpan:
    """A chunk before it has an id. All ranges count code points of the readable text; ``sentences`` lie
    inside ``[text_start, text_end)`` and cover it but for white space."""

    text_start: int
    text_end: int
    sentences: tuple[tuple[int, int], ...]
    boilerplate: bool
    copy: bool


@dataclass(frozen=True, slots=True)
class _Sentence:
    start: int
    end: int
    units: float
    boilerplate: bool
    copy: bool
    opens: bool  # first of its paragraph
    heading: bool

    @property
    def kind(self) -> tuple[bool, bool]:
        return self.boilerplate, self.copy


def chunk(readable: Readable, size: int = 300) -> list[ChunkSpan]:
    """The chunks of ``readable``. No chunk mixes boilerplate or copied text with other text; no sentence
    of at most ``size`` units is cut. Raises ValueError for a size below 1."""
    if size < 1:
        raise ValueError(f"a chunk needs a size of at least 1 unit, not {size}")
    rows = _measured(readable, size)
    return [
        ChunkSpan(group[0].start, group[-1].end, tuple((s.start, s.end) for s in group), *kind)
        for kind, run in groupby(rows, key=lambda row: row.kind)
        for group in _packed(list(run), size)
    ]


def _packed(rows: list[_Sentence], size: int) -> list[list[_Sentence]]:
    """Consecutive sentences, filled up to ``size``; a heading goes with what follows it."""
    groups: list[list[_Sentence]] = []
    held: list[_Sentence] = []
    units = 0.0
    paragraph = _paragraph_units(rows)
    for i, row in enumerate(rows):
        full = units + row.units > size
        early = row.opens and units >= _EARLY * size and units + paragraph[i] > size
        if held and (full or early):
            kept = held
            while len(kept) > 1 and kept[-1].heading:
                kept = kept[:-1]
            groups.append(kept if not kept[-1].heading else held)
            held = held[len(groups[-1]) :]
            units = sum(sentence.units for sentence in held)
        held.append(row)
        units += row.units
    if held:
        scrap = groups and units < _SCRAP * size
        if scrap and sum(sentence.units for sentence in groups[-1]) + units <= (1 + _SCRAP) * size:
            groups[-1] = groups[-1] + held
        else:
            groups.append(held)
    return groups


def _paragraph_units(rows: list[_Sentence]) -> list[float]:
    """For each sentence, the units from it to the end of its paragraph."""
    out = [0.0] * len(rows)
    below = 0.0
    for i in range(len(rows) - 1, -1, -1):
        below += rows[i].units
        out[i] = below
        if rows[i].opens:
            below = 0.0
    return out


def _measured(readable: Readable, size: int) -> list[_Sentence]:
    text = readable.text
    if not text:
        return []
    codes = np.frombuffer(text.encode("utf-32-le", "replace"), dtype="<u4")
    total = np.concatenate(([0.0], np.cumsum(_units(codes))))
    marked = {kind: _counted(readable, kind, len(text)) for kind in ("boilerplate", "copy")}
    breaks = np.concatenate(([0], np.cumsum(codes == 10)))
    rows: list[_Sentence] = []
    line = -1
    for low, high in sentences(text):
        opens = int(breaks[low]) != line
        line = int(breaks[low])
        alone = opens and (high == len(text) or text[high] == "\n")
        for start, end in _cut(text, low, high, float(total[high] - total[low]), size):
            half = (end - start) / 2
            rows.append(
                _Sentence(
                    start,
                    end,
                    float(total[end] - total[start]),
                    bool(marked["boilerplate"][end] - marked["boilerplate"][start] > half),
                    bool(marked["copy"][end] - marked["copy"][start] > half),
                    opens and start == low,
                    alone and total[high] - total[low] <= _HEADING and text[high - 1] not in _SENTENCE_END,
                )
            )
    return rows


def _units(codes: npt.NDArray[np.uint32]) -> npt.NDArray[np.float64]:
    """Per character: 1 for a wide one, a third for another visible one, 0 for white space."""
    blank = (codes <= 32) | (codes == 0x3000)
    return np.where(blank, 0.0, np.where(codes >= 0x2E80, 1.0, 1.0 / _NARROW_PER_UNIT))


def _counted(readable: Readable, kind: str, length: int) -> npt.NDArray[np.int64]:
    """Running count of the characters that a mark of ``kind`` covers."""
    steps = np.zeros(length + 2, dtype=np.int64)
    for mark in readable.marks:
        if mark.kind == kind:
            steps[mark.start] += 1
            steps[mark.end] -= 1
    covered = np.cumsum(steps)[:length] > 0
    return np.concatenate(([0], np.cumsum(covered)))


def _cut(text: str, start: int, end: int, units: float, size: int) -> Iterator[tuple[int, int]]:
    """A sentence as it is, or, if it is longer than ``size``, in pieces at commas and spaces."""
    if units <= size:
        yield start, end
        return
    from langchain_text_splitters import RecursiveCharacterTextSplitter  # slow to import, seldom needed

    narrow = units * 2 < end - start
    splitter = RecursiveCharacterTextSplitter(
        separators=_SEPARATORS,
        chunk_size=size * _NARROW_PER_UNIT if narrow else size,
        chunk_overlap=0,
        keep_separator="end",
        add_start_index=True,
    )
    for low in range(start, end, _WINDOW):
        window = text[low : min(end, low + _WINDOW)]
        for piece in splitter.create_documents([window]):
            at = low + int(piece.metadata["start_index"])
            yield at, at + len(piece.page_content)
