"""The record of truth: one SQLite file a collection. Everything else can be derived from it.

A *revision* is one state of a document; one revision a document is current. Source text is kept in blocks
of ``BLOCK`` code points, so that a span is read without reading the document. Superseded revisions keep their
text (a citation names its revision); a deleted document loses all of its rows.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from indexer.documents import Document, Readable
from indexer.errors import CorruptIndex

BLOCK = 8192
SCHEMA_VERSION = 2
_SCHEMA = """
CREATE TABLE IF NOT EXISTS meta (key TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS revisions (
    row INTEGER PRIMARY KEY AUTOINCREMENT,
    doc_id TEXT NOT NULL,
    revision TEXT NOT NULL,
    current INTEGER NOT NULL,
    title TEXT NOT NULL,
    source TEXT NOT NULL,
    published TEXT,
    metadata TEXT NOT NULL,
    media_type TEXT NOT NULL,
    encoding TEXT NOT NULL,
    page_starts TEXT NOT NULL,
    fixes TEXT NOT NULL,
    characters INTEGER NOT NULL,
    passages INTEGER NOT NULL,
    fingerprint TEXT NOT NULL,
    root TEXT,
    indexed_at TEXT NOT NULL
);
CREATE UNIQUE INDEX IF NOT EXISTS one_current ON revisions (doc_id) WHERE current = 1;
CREATE INDEX IF NOT EXISTS by_document ON revisions (doc_id, revision);
CREATE INDEX IF NOT EXISTS by_fingerprint ON revisions (fingerprint) WHERE current = 1;
CREATE TABLE IF NOT EXISTS blocks (
    revision_row INTEGER NOT NULL, number INTEGER NOT NULL, text TEXT NOT NULL,
    PRIMARY KEY (revision_row, number)
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS tags (
    revision_row INTEGER NOT NULL, tag TEXT NOT NULL, PRIMARY KEY (revision_row, tag)
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS chunks (
    chunk_id INTEGER PRIMARY KEY AUTOINCREMENT,
    revision_row INTEGER NOT NULL,
    start INTEGER NOT NULL, "end" INTEGER NOT NULL,
    text_start INTEGER NOT NULL, text_end INTEGER NOT NULL,
    text TEXT NOT NULL,
    map BLOB NOT NULL,
    sentences BLOB NOT NULL,
    boilerplate INTEGER NOT NULL, copy INTEGER NOT NULL
);
CREATE INDEX IF NOT EXISTS by_revision ON chunks (revision_row);
CREATE TABLE IF NOT EXISTS encodings (chunk_id INTEGER PRIMARY KEY, vectors BLOB NOT NULL, tokens BLOB NOT NULL);
CREATE TABLE IF NOT EXISTS segments (
    name TEXT PRIMARY KEY, first_chunk INTEGER NOT NULL, chunks INTEGER NOT NULL, rows INTEGER NOT NULL
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS tombstones (chunk_id INTEGER PRIMARY KEY);
CREATE TABLE IF NOT EXISTS lexical_removals (revision_row INTEGER PRIMARY KEY);
"""


@dataclass(frozen=True, slots=True)
class StoredDocument:
    """A revision as it is on record. ``indexed_at`` is ISO 8601, UTC; ``copy_of`` names a document that
    holds the same readable text and was there before."""

    doc_id: str
    revision: str
    title: str
    source: str
    published: str | None
    metadata: Mapping[str, Any]
    media_type: str
    encoding: str
    characters: int
    passages: int
    indexed_at: str
    fixes: Mapping[str, int]
    page_starts: tuple[int, ...]
    current: bool
    copy_of: str | None
    row: int


def connect(path: Path, *, read_only: bool = False) -> sqlite3.Connection:
    """A connection in autocommit mode: transactions are opened by name. Raises CorruptIndex."""
    try:
        mode = "ro" if read_only else "rwc"
        connection = sqlite3.connect(
            f"{path.absolute().as_uri()}?mode={mode}", uri=True, isolation_level=None, check_same_thread=False
        )
        connection.row_factory = sqlite3.Row
        connection.execute("PRAGMA busy_timeout = 5000")
        connection.execute("PRAGMA cache_size = -4096")
        if not read_only:
            connection.execute("PRAGMA journal_mode = WAL")
            connection.execute("PRAGMA synchronous = FULL")
            connection.execute("PRAGMA secure_delete = ON")
            connection.executescript(_SCHEMA)
    except sqlite3.Error as error:
        raise CorruptIndex(f"{path.name} cannot be opened: {error}") from error
    return connection


def read_meta(connection: sqlite3.Connection) -> dict[str, str]:
    return {row["key"]: row["value"] for row in connection.execute("SELECT key, value FROM meta")}


def write_meta(connection: sqlite3.Connection, **values: object) -> None:
    connection.executemany(
        "INSERT INTO meta VALUES (?, ?) ON CONFLICT (key) DO UPDATE SET value = excluded.value",
        [(key, str(value)) for key, value in values.items()],
    )


def insert_revision(
    connection: sqlite3.Connection,
    document: Document,
    readable: Readable,
    *,
    passages: int,
    fingerprint: str,
    root: str | None,
    now: str,
) -> int:
    """Records ``document`` as the current revision and returns its row."""
    metadata = dict(document.metadata)
    cursor = connection.execute(
        "INSERT INTO revisions (doc_id, revision, current, title, source, published, metadata, media_type,"
        " encoding, page_starts, fixes, characters, passages, fingerprint, root, indexed_at)"
        " VALUES (?, ?, 1, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        (
            document.doc_id,
            document.revision,
            document.title,
            document.source,
            document.published,
            json.dumps(metadata, ensure_ascii=False),
            document.media_type,
            document.encoding,
            json.dumps(document.page_starts),
            json.dumps(dict(readable.fixes)),
            len(document.text),
            passages,
            fingerprint,
            root,
            now,
        ),
    )
    row = int(cursor.lastrowid or 0)
    text = document.text
    connection.executemany(
        "INSERT INTO blocks VALUES (?, ?, ?)",
        [(row, number, text[at : at + BLOCK]) for number, at in enumerate(range(0, len(text), BLOCK))],
    )
    connection.executemany(
        "INSERT OR IGNORE INTO tags VALUES (?, ?)", [(row, tag) for tag in tags_of(document.metadata)]
    )
    return row


def tags_of(metadata: Mapping[str, Any]) -> list[str]:
    """Tags are kept as one string in the metadata, separated by commas."""
    value = metadata.get("tags")
    return [tag.strip() for tag in value.split(",") if tag.strip()] if isinstance(value, str) else []


def delete_chunks(connection: sqlite3.Connection, revision_row: int) -> list[int]:
    """Removes the chunks of a revision, leaves tombstones for the segments, returns their ids."""
    ids = [
        row["chunk_id"]
        for row in connection.execute("SELECT chunk_id FROM chunks WHERE revision_row = ?", (revision_row,))
    ]
    keys = [(chunk_id,) for chunk_id in ids]
    connection.executemany("INSERT OR IGNORE INTO tombstones VALUES (?)", keys)
    connection.executemany("DELETE FROM encodings WHERE chunk_id = ?", keys)
    connection.execute("DELETE FROM chunks WHERE revision_row = ?", (revision_row,))
    return ids


def delete_document(connection: sqlite3.Connection, doc_id: str) -> None:
    """Removes every revision of a document (its chunks are gone already)."""
    rows = connection.execute("SELECT row FROM revisions WHERE doc_id = ?", (doc_id,)).fetchall()
    for (row,) in rows:
        connection.execute("DELETE FROM blocks WHERE revision_row = ?", (row,))
        connection.execute("DELETE FROM tags WHERE revision_row = ?", (row,))
    connection.execute("DELETE FROM revisions WHERE doc_id = ?", (doc_id,))


_DOCUMENT = """
SELECT r.*, (SELECT o.doc_id FROM revisions o WHERE o.current = 1 AND o.fingerprint = r.fingerprint
             AND o.row < r.row ORDER BY o.row LIMIT 1) AS copy_of
FROM revisions r
"""


def select_documents(connection: sqlite3.Connection, where: str, values: Sequence[object]) -> list[StoredDocument]:
    """``where`` is SQL of this module's callers, never of a user; ``values`` may be a user's."""
    rows = connection.execute(f"{_DOCUMENT} WHERE {where}", values)
    return [
        StoredDocument(
            doc_id=row["doc_id"],
            revision=row["revision"],
            title=row["title"],
            source=row["source"],
            published=row["published"],
            metadata=json.loads(row["metadata"]),
            media_type=row["media_type"],
            encoding=row["encoding"],
            characters=row["characters"],
            passages=row["passages"],
            indexed_at=row["indexed_at"],
            fixes=json.loads(row["fixes"]),
            page_starts=tuple(json.loads(row["page_starts"])),
            current=bool(row["current"]),
            copy_of=row["copy_of"],
            row=row["row"],
        )
        for row in rows
    ]


def select_ids(connection: sqlite3.Connection, where: str, values: Sequence[object]) -> list[str]:
    """Ids of the documents of which a revision satisfies ``where`` (as in ``select_documents``), sorted."""
    rows = connection.execute(f"SELECT DISTINCT r.doc_id FROM revisions r WHERE {where} ORDER BY 1", values)  # noqa: S608
    return [row["doc_id"] for row in rows]


def read_source(connection: sqlite3.Connection, revision_row: int, start: int, end: int) -> str:
    """Code points ``[start, end)`` of the source text of a revision."""
    first = start // BLOCK
    blocks = connection.execute(
        "SELECT text FROM blocks WHERE revision_row = ? AND number BETWEEN ? AND ? ORDER BY number",
        (revision_row, first, max(first, (end - 1) // BLOCK)),
    )
    return "".join(row["text"] for row in blocks)[start - first * BLOCK : end - first * BLOCK]
