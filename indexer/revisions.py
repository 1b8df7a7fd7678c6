"""Documents in the record: revisions, their metadata, and their source text in blocks."""

from __future__ import annotations

import json
import re
import sqlite3
import zlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from indexer.documents import Document
from indexer.errors import CorruptIndex

BLOCK = 8192
_BLOCK_BITS = 20  # of a block's key; the bits above are the revision's row
_SUMMED = (  # of a revision; the others may change
    "row doc_id revision title source published metadata media_type encoding page_starts fixes characters passages"
    " fingerprint indexed_at"
).split()


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
WITH RECURSIVE strips (strip) AS (
    SELECT 0 UNION ALL SELECT strip + 1 FROM strips WHERE strip < (SELECT max(row) FROM revisions) >> 12
)
SELECT r.*, (SELECT o.doc_id FROM strips CROSS JOIN revisions o ON o.row >> 12 = strip AND o.current = 1
             AND o.fingerprint = r.fingerprint WHERE o.row < r.row ORDER BY o.row LIMIT 1) AS copy_of
FROM revisions r
"""


NAMED = (
    "(r.title || char(10) || r.source || char(10) || r.doc_id || char(10) || coalesce("
    "(SELECT group_concat(tag, char(10)) FROM tags WHERE revision_row = r.row), '')) LIKE ? ESCAPE '\\'"
)
"""A condition for ``select_documents``; its value is a pattern of :func:`like`."""


def like(part: str) -> str:
    """The pattern of LIKE (ESCAPE a backslash) that holds for every text with ``part`` in it."""
    escaped = re.sub(r"([%_\\])", r"\\\1", part)
    return f"%{escaped}%"


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
