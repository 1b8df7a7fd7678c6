"""The record of truth: one SQLite file a collection. Everything else can be derived from it.

A *revision* is one state of a document; one revision a document is current. Source text is kept in blocks
of ``BLOCK`` code points, so that a span is read without reading the document. Superseded revisions keep their
text (a citation names its revision) until they are compacted away; a deleted document loses all of its rows.

Of each chunk the record keeps where it stands, how its readable text comes out of the source text, and what the
encoder made of it (tokens, or vectors). Chunks, texts, documents and ``meta`` have checksums, which also cover where
they stand: a changed bit is noticed when it is read, not quoted.
"""

from __future__ import annotations

import json
import sqlite3
import zlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from indexer.documents import Document
from indexer.encoder import Encoder
from indexer.errors import CorruptIndex, StorageFull

BLOCK = 8192
SCHEMA_VERSION = 4
_BLOCK_BITS = 20  # of a block's key; the bits above are the revision's row
_PAGE_SIZE = 4096
WAL_LIMIT = 16_000_000
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
    fingerprint BLOB NOT NULL,
    root TEXT,
    indexed_at TEXT NOT NULL,
    sum INTEGER NOT NULL
);
CREATE UNIQUE INDEX IF NOT EXISTS one_current ON revisions (doc_id) WHERE current = 1;
CREATE INDEX IF NOT EXISTS superseded ON revisions (doc_id, revision) WHERE current = 0;
CREATE INDEX IF NOT EXISTS by_fingerprint ON revisions (fingerprint) WHERE current = 1;
CREATE TABLE IF NOT EXISTS blocks (block INTEGER PRIMARY KEY, text TEXT NOT NULL, sum INTEGER NOT NULL);
CREATE TABLE IF NOT EXISTS tags (
    revision_row INTEGER NOT NULL, tag TEXT NOT NULL, PRIMARY KEY (revision_row, tag)
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS chunks (
    chunk_id INTEGER PRIMARY KEY AUTOINCREMENT,
    revision_row INTEGER NOT NULL,
    start INTEGER NOT NULL, "end" INTEGER NOT NULL,
    kind INTEGER NOT NULL,
    text BLOB NOT NULL,
    sentences BLOB NOT NULL,
    encoded BLOB NOT NULL,
    sum INTEGER NOT NULL
);
CREATE INDEX IF NOT EXISTS by_revision ON chunks (revision_row);
CREATE TABLE IF NOT EXISTS recoded (chunk_id INTEGER PRIMARY KEY, encoded BLOB NOT NULL);
CREATE TABLE IF NOT EXISTS segments (
    name TEXT PRIMARY KEY, first_chunk INTEGER NOT NULL, chunks INTEGER NOT NULL, rows INTEGER NOT NULL,
    kind TEXT NOT NULL, sum TEXT NOT NULL
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS tombstones (chunk_id INTEGER PRIMARY KEY);
"""
_SUMMED = (  # of a revision; the others may change
    "row doc_id revision title source published metadata media_type encoding page_starts fixes characters passages"
    " fingerprint indexed_at"
).split()
_READING = ("SQLITE_IOERR_READ", "SQLITE_IOERR_SHORT_READ", "SQLITE_IOERR_CORRUPTFS", "SQLITE_IOERR_DATA")
BOILERPLATE, COPY = 1, 2  # bits of a chunk's ``kind``


@dataclass(frozen=True, slots=True)
class StoredDocument:
    """A revision as it is on record. ``indexed_at`` is ISO 8601, UTC; ``copy_of`` names a document that
    holds the same readable text and was there before; ``root`` the indexed folder that it was found in."""

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
    root: str | None
    row: int


@contextmanager
def guarded() -> Iterator[None]:
    """What SQLite says, in our own words. Raises CorruptIndex, or StorageFull where the disk takes no more."""
    try:
        yield
    except (sqlite3.Error, zlib.error) as error:
        name = getattr(error, "sqlite_errorname", "")
        if name == "SQLITE_FULL" or (name.startswith("SQLITE_IOERR") and name not in _READING):
            raise StorageFull(f"the disk does not take the change ({error}); nothing of it was stored") from error
        raise CorruptIndex(f"the record of the collection cannot be read: {error}") from error


def connect(path: Path, *, read_only: bool = False) -> sqlite3.Connection:
    """A connection in autocommit mode: transactions are opened by name. Raises CorruptIndex, StorageFull."""
    mode = "ro" if read_only else "rwc"
    with guarded():
        connection = sqlite3.connect(
            f"{path.absolute().as_uri()}?mode={mode}", uri=True, isolation_level=None, check_same_thread=False
        )
        try:
            connection.row_factory = sqlite3.Row
            connection.execute("PRAGMA busy_timeout = 5000")
            connection.execute("PRAGMA cache_size = -4096")
            if not read_only:
                connection.execute(f"PRAGMA page_size = {_PAGE_SIZE}")
                connection.execute("PRAGMA journal_mode = WAL")
                connection.execute(f"PRAGMA journal_size_limit = {WAL_LIMIT}")
                connection.execute("PRAGMA synchronous = FULL")
                connection.execute("PRAGMA secure_delete = ON")
                # One transaction: a writer that dies here leaves all tables or none.
                connection.executescript(f"BEGIN IMMEDIATE; {_SCHEMA} COMMIT;")
        except BaseException:
            connection.close()
            raise
    return connection


def read_meta(connection: sqlite3.Connection) -> dict[str, str]:
    """Empty where nothing was ever recorded: the first writer may have died before it made the tables. Raises
    CorruptIndex if it has changed."""
    if connection.execute("SELECT 1 FROM sqlite_master WHERE name = 'meta'").fetchone() is None:
        return {}
    meta = {row["key"]: row["value"] for row in connection.execute("SELECT key, value FROM meta")}
    told = meta.pop("sum", None)
    if meta and meta.get("schema", str(SCHEMA_VERSION)) == str(SCHEMA_VERSION) and told != _meta_sum(meta):
        raise CorruptIndex("what the record tells of its commit has changed on the disk; restore a backup")
    return meta


def write_meta(connection: sqlite3.Connection, **values: object) -> None:
    upsert = "INSERT INTO meta VALUES (?, ?) ON CONFLICT (key) DO UPDATE SET value = excluded.value"
    connection.executemany(upsert, [(key, str(value)) for key, value in values.items()])
    meta = dict(connection.execute("SELECT key, value FROM meta WHERE key <> 'sum'").fetchall())
    connection.execute(upsert, ("sum", _meta_sum(meta)))


def _meta_sum(meta: Mapping[str, str]) -> str:
    return str(zlib.crc32(repr(sorted(meta.items())).encode()))


def write_encoder(connection: sqlite3.Connection, encoder: Encoder) -> None:
    """Notes whose work the chunks' ``encoded`` is."""
    write_meta(
        connection,
        schema=SCHEMA_VERSION,
        encoder_name=encoder.name,
        encoder_fingerprint=encoder.fingerprint,
        dim=encoder.dim,
    )


def insert_revision(
    connection: sqlite3.Connection,
    document: Document,
    *,
    fixes: Mapping[str, int],
    passages: int,
    fingerprint: bytes,
    root: str | None,
    now: str,
) -> int:
    """Records ``document`` as the current revision and returns its row."""
    found = connection.execute("SELECT seq FROM sqlite_sequence WHERE name = 'revisions'").fetchone()
    row = 1 + (int(found["seq"]) if found else 0)
    values: dict[str, object] = {
        "row": row,
        "doc_id": document.doc_id,
        "revision": document.revision,
        "title": document.title,
        "source": document.source,
        "published": document.published,
        "metadata": json.dumps(dict(document.metadata), ensure_ascii=False),
        "media_type": document.media_type,
        "encoding": document.encoding,
        "page_starts": json.dumps(document.page_starts),
        "fixes": json.dumps(dict(fixes)),
        "characters": len(document.text),
        "passages": passages,
        "fingerprint": fingerprint,
        "indexed_at": now,
    }
    values |= {"current": 1, "root": root, "sum": _revision_sum(values)}
    connection.execute(
        f"INSERT INTO revisions ({','.join(values)}) VALUES ({','.join('?' * len(values))})",  # noqa: S608
        list(values.values()),
    )
    text = document.text
    connection.executemany(
        "INSERT INTO blocks VALUES (?, ?, ?)",
        [
            (key, part, _text_sum(key, part))
            for key, part in enumerate((text[at : at + BLOCK] for at in range(0, len(text), BLOCK)), row << _BLOCK_BITS)
        ],
    )
    connection.executemany(
        "INSERT OR IGNORE INTO tags VALUES (?, ?)", [(row, tag) for tag in tags_of(document.metadata)]
    )
    return row


def tags_of(metadata: Mapping[str, Any]) -> list[str]:
    """Tags are kept as one string in the metadata, separated by commas."""
    value = metadata.get("tags")
    return [tag.strip() for tag in value.split(",") if tag.strip()] if isinstance(value, str) else []


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


def delete_revision(connection: sqlite3.Connection, row: int) -> None:
    """Removes a revision with its text (its chunks are gone already)."""
    first = row << _BLOCK_BITS
    connection.execute("DELETE FROM blocks WHERE block BETWEEN ? AND ?", (first, first + (1 << _BLOCK_BITS) - 1))
    connection.execute("DELETE FROM tags WHERE revision_row = ?", (row,))
    connection.execute("DELETE FROM revisions WHERE row = ?", (row,))


def delete_document(connection: sqlite3.Connection, doc_id: str) -> None:
    """Removes every revision of a document (its chunks are gone already)."""
    found = connection.execute(
        "SELECT row FROM revisions WHERE doc_id = ? AND current = 1"
        " UNION ALL SELECT row FROM revisions WHERE doc_id = ? AND current = 0",
        (doc_id, doc_id),
    )
    for (row,) in found.fetchall():
        delete_revision(connection, row)


_DOCUMENT = """
SELECT r.*, (SELECT o.doc_id FROM revisions o WHERE o.current = 1 AND o.fingerprint = r.fingerprint
             AND o.row < r.row ORDER BY o.row LIMIT 1) AS copy_of
FROM revisions r
"""


def select_documents(connection: sqlite3.Connection, where: str, values: Sequence[object]) -> list[StoredDocument]:
    """``where`` is SQL of this module's callers, never of a user; ``values`` may be a user's."""
    rows = connection.execute(f"{_DOCUMENT} WHERE {where}", values)
    return [_stored_document(row) for row in rows]


def _stored_document(row: sqlite3.Row) -> StoredDocument:
    check_revision(row)
    return StoredDocument(
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
        root=row["root"],
        row=row["row"],
    )


def check_revision(row: Mapping[str, object] | sqlite3.Row) -> None:
    """Raises CorruptIndex if the checksum of a row of ``revisions`` does not fit."""
    if _revision_sum(row) != row["sum"]:
        raise CorruptIndex(
            f"what is on record of document {row['doc_id']!r} has changed on the disk; restore a backup or index it"
            " again"
        )


def _revision_sum(row: Mapping[str, object] | sqlite3.Row) -> int:
    return zlib.crc32(repr([row[name] for name in _SUMMED]).encode("utf-8", "surrogatepass"))


def select_ids(connection: sqlite3.Connection, where: str, values: Sequence[object]) -> list[str]:
    """Ids of the documents of which a revision satisfies ``where`` (as in ``select_documents``), sorted."""
    rows = connection.execute(f"SELECT DISTINCT r.doc_id FROM revisions r WHERE {where} ORDER BY 1", values)  # noqa: S608
    return [row["doc_id"] for row in rows]


def read_source(connection: sqlite3.Connection, revision_row: int, start: int, end: int) -> str:
    """Code points ``[start, end)`` of the source text of a revision. Raises CorruptIndex for a text that has
    changed."""
    key, first = revision_row << _BLOCK_BITS, start // BLOCK
    rows = connection.execute(
        "SELECT block, text, sum FROM blocks WHERE block BETWEEN ? AND ? ORDER BY block",
        (key | first, key | max(first, (end - 1) // BLOCK)),
    ).fetchall()
    if [row["block"] for row in rows] != list(range(key | first, (key | first) + len(rows))):
        raise CorruptIndex("a part of a text is missing; citespan doctor names the document")
    text = "".join(_checked_text(row) for row in rows)
    return text[start - first * BLOCK : end - first * BLOCK]


def _checked_text(row: sqlite3.Row) -> str:
    text = str(row["text"])
    if _text_sum(row["block"], text) != row["sum"]:
        raise CorruptIndex("a text has changed on the disk; citespan doctor names the document")
    return text


def _text_sum(block: int, text: str) -> int:
    return zlib.crc32(text.encode(), zlib.crc32(b"%d;" % block))
