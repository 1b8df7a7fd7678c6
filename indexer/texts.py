"""The readable text of a chunk, made again from the source text and the record's map."""

from __future__ import annotations

import sqlite3
import zlib

from indexer import revisions
from indexer.chunk_rows import ChunkRow
from indexer.errors import CorruptIndex
from indexer.offsets import OffsetMap
from indexer.packing import unpack_text


def text_of(connection: sqlite3.Connection, chunk: ChunkRow) -> tuple[str, OffsetMap]:
    """``(text, map from it to offsets of the source text)``. Raises CorruptIndex."""
    return text_from(source_of(connection, chunk), chunk)


def source_of(connection: sqlite3.Connection, chunk: ChunkRow) -> str:
    """The source text that ``chunk`` was made from. Raises CorruptIndex."""
    return revisions.read_source(connection, chunk.revision_row, chunk.start, chunk.end)


def text_from(source: str, chunk: ChunkRow) -> tuple[str, OffsetMap]:
    """As ``text_of``, with the chunk's source text at hand."""
    try:
        return unpack_text(chunk.text, source, chunk.start)
    except (ValueError, zlib.error) as error:
        raise CorruptIndex(f"passage {chunk.chunk_id} cannot be read: {error}") from error
