"""Chunks in the record."""

from __future__ import annotations

import json
import sqlite3
import zlib
from collections.abc import Iterable
from dataclasses import dataclass

from indexer.errors import CorruptIndex

BOILERPLATE, COPY = 1, 2  # bits of a chunk's ``kind``


@dataclass(frozen=True, slots=True)
class ChunkRow:
    """A chunk as it is on record. ``text``: `packing.pack_text`; ``sentences``: `packing.pack_sentences`, relative to
    the chunk's readable text; ``encoded``: `encoded.Encoded.pack`. ``start``, ``end``: code points of the source."""

    chunk_id: int
    revision_row: int
    start: int
    end: int
    boilerplate: bool
    copy: bool
    text: bytes
    sentences: bytes
    encoded: bytes

    @property
    def sum(self) -> int:
        """CRC-32 of everything that says what the chunk is."""
        places = f"{self.revision_row},{self.start},{self.end},{self.boilerplate:d},{self.copy:d};"
        return zlib.crc32(self.encoded, zlib.crc32(self.sentences, zlib.crc32(self.text, zlib.crc32(places.encode()))))


_CHUNK = "SELECT chunk_id, revision_row, start, end, kind, text, sentences, encoded, sum FROM chunks"


def insert_chunk(connection: sqlite3.Connection, chunk: ChunkRow) -> int:
    """Records ``chunk`` (its ``chunk_id`` is not looked at) and returns its id."""
    cursor = connection.execute(
        "INSERT INTO chunks (revision_row, start, end, kind, text, sentences, encoded, sum)"
        " VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
        (
            chunk.revision_row,
            chunk.start,
            chunk.end,
            BOILERPLATE * chunk.boilerplate | COPY * chunk.copy,
            chunk.text,
            chunk.sentences,
            chunk.encoded,
            chunk.sum,
        ),
    )
    return int(cursor.lastrowid or 0)


def update_encoded(connection: sqlite3.Connection, chunk: ChunkRow) -> None:
    """Records what another encoder made of a chunk."""
    connection.execute(
        "UPDATE chunks SET encoded = ?, sum = ? WHERE chunk_id = ?", (chunk.encoded, chunk.sum, chunk.chunk_id)
    )


def select_chunks(connection: sqlite3.Connection, chunk_ids: Iterable[int]) -> dict[int, ChunkRow]:
    """By id; ids that are not on record are left out. Raises CorruptIndex for a chunk that has changed."""
    keys = json.dumps(list(chunk_ids))
    rows = connection.execute(f"{_CHUNK} WHERE chunk_id IN (SELECT value FROM json_each(?))", [keys])  # noqa: S608
    return {row["chunk_id"]: checked_chunk(row) for row in rows}


def chunks_after(connection: sqlite3.Connection, chunk_id: int, limit: int) -> list[ChunkRow]:
    """The next chunks in the order of their ids. Raises CorruptIndex."""
    rows = connection.execute(_CHUNK + " WHERE chunk_id > ? ORDER BY chunk_id LIMIT ?", (chunk_id, limit))
    return [checked_chunk(row) for row in rows.fetchall()]


def checked_chunk(row: sqlite3.Row) -> ChunkRow:
    """Raises CorruptIndex if its checksum does not fit."""
    try:
        chunk = ChunkRow(
            chunk_id=row["chunk_id"],
            revision_row=row["revision_row"],
            start=row["start"],
            end=row["end"],
            boilerplate=bool(row["kind"] & BOILERPLATE),
            copy=bool(row["kind"] & COPY),
            text=row["text"],
            sentences=row["sentences"],
            encoded=row["encoded"],
        )
        if chunk.sum == row["sum"]:
            return chunk
    except (TypeError, ValueError):  # SQLite gives values of any type, if that is what has changed
        pass
    raise CorruptIndex(f"passage {row['chunk_id']} has changed on the disk; restore a backup or index it again")


def delete_chunks(connection: sqlite3.Connection, revision_row: int) -> list[int]:
    """Removes the chunks of a revision, leaves tombstones for the segments, returns their ids."""
    ids = [
        row["chunk_id"]
        for row in connection.execute("SELECT chunk_id FROM chunks WHERE revision_row = ?", (revision_row,))
    ]
    keys = [(chunk_id,) for chunk_id in ids]
    connection.executemany("INSERT OR IGNORE INTO tombstones VALUES (?)", keys)
    connection.executemany("DELETE FROM recoded WHERE chunk_id = ?", keys)
    connection.execute("DELETE FROM chunks WHERE revision_row = ?", (revision_row,))
    return ids
