"""Segments and lexical index out of the record of truth, without encoding anything."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from indexer import chunk_rows
from indexer.chunk_rows import ChunkRow
from indexer.encoded import quantise, scale_of, search_rows
from indexer.encoder import Encoder
from indexer.errors import CorruptIndex
from indexer.lexical import LexicalEntry, write_view
from indexer.prepare import lexical_terms
from indexer.segment import FLAT_ROWS, kind_of, write_segment
from indexer.texts import text_of

_BLOCK = 1_000  # chunks read at a time


@dataclass(frozen=True, slots=True)
class SegmentRow:
    """A segment as it is on record. ``kind``: as `segment.kind_of` says; ``sum``: of its manifest."""

    name: str
    first_chunk: int
    chunks: int
    rows: int
    kind: str
    sum: str


def derive_segments(
    connection: sqlite3.Connection, encoder: Encoder, folder: Path, name: str, first: int, last: int
) -> list[SegmentRow]:
    """Writes segments with the chunks ``[first, last]`` into ``folder`` and tells of them; none where there are no
    chunks. A new one begins when there are more than ``FLAT_ROWS`` rows in the one before it.

    Raises CorruptIndex, OSError.
    """
    made: list[SegmentRow] = []
    ids: list[int] = []
    rows = [np.zeros((0, encoder.dim), np.int8)]
    counts = [np.zeros(0, np.int64)]

    def write() -> None:
        own = f"{name}-{len(made)}"
        every, of_each = np.concatenate(rows), np.concatenate(counts)
        total = write_segment(folder / own, np.asarray(ids, np.int64), every, of_each)
        made.append(SegmentRow(own, ids[0], len(ids), len(every), kind_of(len(every)), total))

    for block in _blocks(connection, first, last):
        found, of_each = _rows(encoder, block)
        ids += [chunk.chunk_id for chunk in block]
        rows.append(quantise(found, scale_of(encoder.dim)))
        counts.append(of_each)
        if sum(len(part) for part in rows) > FLAT_ROWS:
            write()
            ids, rows, counts = [], rows[:1], counts[:1]
    if ids:
        write()
    return made


def _rows(encoder: Encoder, block: Sequence[ChunkRow]) -> tuple[np.ndarray, np.ndarray]:
    try:
        return search_rows(encoder, [chunk.encoded for chunk in block])
    except ValueError as error:
        raise CorruptIndex(f"what the record has of the encoder's work cannot be read: {error}") from error


def derive_lexical(connection: sqlite3.Connection, folder: Path) -> str:
    """Writes the lexical index of all chunks into ``folder``; returns its sum. Raises CorruptIndex, OSError."""
    return write_view(folder, None, _entries(connection), ())


def _entries(connection: sqlite3.Connection) -> Iterator[LexicalEntry]:
    for block in _blocks(connection, 0, 2**62):
        for chunk in block:
            text, _ = text_of(connection, chunk)
            yield LexicalEntry(chunk.chunk_id, chunk.revision_row, *lexical_terms(text))


def _blocks(connection: sqlite3.Connection, first: int, last: int) -> Iterator[list[ChunkRow]]:
    after = first - 1
    while True:
        found = chunk_rows.chunks_after(connection, after, _BLOCK)
        block = [chunk for chunk in found if chunk.chunk_id <= last]
        if block:
            yield block
        if len(block) < _BLOCK:
            return
        after = block[-1].chunk_id
