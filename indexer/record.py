"""The record of truth: one SQLite file a collection. Everything else can be derived from it.

A *revision* is one state of a document; one revision a document is current. Source text is kept in blocks
of code points, so that a span is read without reading the document. Superseded revisions keep their
text (a citation names its revision) until they are compacted away; a deleted document loses all of its rows.

Of each chunk the record keeps where it stands, how its readable text comes out of the source text, and what the
encoder made of it (tokens, or vectors). Chunks, texts, documents and ``meta`` have checksums, which also cover where
they stand: a changed bit is noticed when it is read, not quoted.

Fingerprints, by which copies are found, are random: an index of them in strips of 4,096 documents is only written where
it is newest, and a copy is looked for in every strip.
"""

from __future__ import annotations

import sqlite3
import zlib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from indexer.encoder import Encoder
from indexer.errors import CorruptIndex, StorageFull
from indexer.sealed import sync

SCHEMA_VERSION = 5
_PAGE_SIZE = 4096
WAL_LIMIT = 16_000_000
_SCHEMA = """
CREATE TABLE meta (key TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE revisions (
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
CREATE UNIQUE INDEX one_current ON revisions (doc_id) WHERE current = 1;
CREATE INDEX superseded ON revisions (doc_id, revision) WHERE current = 0;
CREATE INDEX by_fingerprint ON revisions (row >> 12, fingerprint) WHERE current = 1;
CREATE TABLE blocks (block INTEGER PRIMARY KEY, text TEXT NOT NULL, sum INTEGER NOT NULL);
CREATE TABLE tags (
    revision_row INTEGER NOT NULL, tag TEXT NOT NULL, PRIMARY KEY (revision_row, tag)
) WITHOUT ROWID;
CREATE TABLE chunks (
    chunk_id INTEGER PRIMARY KEY AUTOINCREMENT,
    revision_row INTEGER NOT NULL,
    start INTEGER NOT NULL, "end" INTEGER NOT NULL,
    kind INTEGER NOT NULL,
    text BLOB NOT NULL,
    sentences BLOB NOT NULL,
    encoded BLOB NOT NULL,
    sum INTEGER NOT NULL
);
CREATE INDEX by_revision ON chunks (revision_row);
CREATE TABLE recoded (chunk_id INTEGER PRIMARY KEY, encoded BLOB NOT NULL);
CREATE TABLE segments (
    name TEXT PRIMARY KEY, first_chunk INTEGER NOT NULL, chunks INTEGER NOT NULL, rows INTEGER NOT NULL,
    kind TEXT NOT NULL, sum TEXT NOT NULL
) WITHOUT ROWID;
CREATE TABLE tombstones (chunk_id INTEGER PRIMARY KEY);
"""
_READING = ("SQLITE_IOERR_READ", "SQLITE_IOERR_SHORT_READ", "SQLITE_IOERR_CORRUPTFS", "SQLITE_IOERR_DATA")


@contextmanager
def guarded(what: str = "the record of the collection") -> Iterator[None]:
    """What SQLite says of ``what``, in our own words. Raises CorruptIndex, or StorageFull where the disk takes no
    more."""
    try:
        yield
    except (sqlite3.Error, zlib.error) as error:
        name = getattr(error, "sqlite_errorname", "")
        if name == "SQLITE_FULL" or (name.startswith("SQLITE_IOERR") and name not in _READING):
            raise StorageFull(f"the disk does not take the change ({error}); nothing of it was stored") from error
        raise CorruptIndex(f"{what} cannot be read: {error}") from error


def connect(path: Path, *, read_only: bool = False) -> sqlite3.Connection:
    """A connection in autocommit mode: transactions are opened by name. Raises CorruptIndex, StorageFull."""
    if not read_only and not path.exists():
        _create(path)
    mode = "ro" if read_only else "rw"
    with guarded():
        connection = sqlite3.connect(
            f"{path.absolute().as_uri()}?mode={mode}", uri=True, isolation_level=None, check_same_thread=False
        )
        try:
            connection.row_factory = sqlite3.Row
            connection.execute("PRAGMA busy_timeout = 5000")
            connection.execute("PRAGMA cache_size = -4096")
            if not read_only:
                connection.execute(f"PRAGMA journal_size_limit = {WAL_LIMIT}")
                connection.execute("PRAGMA synchronous = FULL")
                connection.execute("PRAGMA secure_delete = ON")
        except BaseException:
            connection.close()
            raise
    return connection


def _create(path: Path) -> None:
    """An empty record, which appears whole or not at all.

    SQLite turns a file into one with a log by way of a journal; a creator that died there would leave one which a
    reader can neither undo nor look past.
    """
    fresh = path.with_name(path.name + ".new")
    for leftover in path.parent.glob(fresh.name + "*"):
        leftover.unlink()
    with guarded():
        connection = sqlite3.connect(fresh, isolation_level=None)
        try:
            connection.execute(f"PRAGMA page_size = {_PAGE_SIZE}")
            connection.execute("PRAGMA journal_mode = WAL")
            connection.executescript(f"BEGIN IMMEDIATE; {_SCHEMA} COMMIT;")
        finally:
            connection.close()  # the last to close moves the log into the file
    try:
        sync(fresh)
        fresh.rename(path)
        sync(path.parent)
    except OSError as error:
        raise StorageFull(f"{path} cannot be written: {error.strerror}") from error


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
