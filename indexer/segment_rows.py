"""The segments of a commit: which the record knows, and which the next commit has instead."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from dataclasses import astuple
from pathlib import Path

from indexer.derive import SegmentRow, derive_segments
from indexer.encoder import Encoder
from indexer.merging import to_rewrite

_EVERY_CHUNK = 2**62


def stored_segments(connection: sqlite3.Connection) -> list[SegmentRow]:
    """Those of the commit, in the order of their chunks."""
    rows = connection.execute("SELECT name, first_chunk, chunks, rows, kind, sum FROM segments ORDER BY first_chunk")
    return [SegmentRow(**row) for row in rows]


def write_new_segments(
    connection: sqlite3.Connection, encoder: Encoder, folder: Path, name: str, first_new: int
) -> None:
    """Puts the chunks from ``first_new`` on into a segment below ``folder``, and writes anew what `merging` says.

    Raises CorruptIndex, OSError.
    """
    connection.execute("DELETE FROM tombstones WHERE chunk_id >= ?", (first_new,))
    stored = stored_segments(connection)
    last = _last_chunks(stored, first_new)
    dead = {
        segment.name: _count(connection, "tombstones", segment.first_chunk, last[segment.name]) for segment in stored
    }
    *alone, newest = to_rewrite(stored, dead, _count(connection, "chunks", first_new, _EVERY_CHUNK))
    for number, run in enumerate(alone):
        _replace(connection, encoder, folder, f"{name}-{number}", run, run[0].first_chunk, last[run[-1].name])
    first = newest[0].first_chunk if newest else first_new
    _replace(connection, encoder, folder, f"{name}-{len(alone)}", newest, first, _EVERY_CHUNK)


def write_all_segments(connection: sqlite3.Connection, encoder: Encoder, folder: Path, name: str) -> None:
    """As ``write_new_segments``, but every segment is made again."""
    _replace(connection, encoder, folder, f"{name}-0", stored_segments(connection), 0, _EVERY_CHUNK)


def _replace(
    connection: sqlite3.Connection,
    encoder: Encoder,
    folder: Path,
    name: str,
    old: Sequence[SegmentRow],
    first: int,
    last: int,
) -> None:
    """Segments with the chunks ``[first, last]`` in place of ``old``, which held them."""
    connection.executemany("DELETE FROM segments WHERE name = ?", [(segment.name,) for segment in old])
    connection.execute("DELETE FROM tombstones WHERE chunk_id BETWEEN ? AND ?", (first, last))
    made = derive_segments(connection, encoder, folder, name, first, last)
    connection.executemany("INSERT INTO segments VALUES (?, ?, ?, ?, ?, ?)", [astuple(each) for each in made])


def _last_chunks(stored: Sequence[SegmentRow], first_new: int) -> dict[str, int]:
    """By name, the last id that each segment may hold."""
    behind = [*(segment.first_chunk for segment in stored[1:]), first_new]
    return {segment.name: first - 1 for segment, first in zip(stored, behind, strict=False)}


def _count(connection: sqlite3.Connection, table: str, first: int, last: int) -> int:
    sql = f"SELECT count(*) FROM {table} WHERE chunk_id BETWEEN ? AND ?"  # noqa: S608 - one of our own names
    return int(connection.execute(sql, (first, last)).fetchone()[0])
