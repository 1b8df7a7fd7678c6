"""Change of encoder: the new encoder's work is made beside the old one's, and taken over in one commit.

Readers and writers go on with the old encoder meanwhile: passages are encoded a few hundred at a time, without the
writer's lock, and kept in a table of their own. A run that was killed goes on where it ended. What is added while it
runs is encoded last, under the lock, just before the change. From then on the collection opens with the new encoder
only.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from dataclasses import dataclass

from indexer import chunk_rows, record
from indexer.collection import Collection
from indexer.encoded import encode_chunks
from indexer.encoder import Encoder
from indexer.errors import NotReady
from indexer.packing import unpack_sentences
from indexer.texts import text_of
from indexer.writer import Writer

_BATCH = 256  # chunks


@dataclass(frozen=True, slots=True)
class RecodeReceipt:
    """``passages``: how many were encoded in this run; ``commit``: None if the collection had this encoder already."""

    passages: int
    commit: int | None


def recode(
    collection: Collection,
    encoder: Encoder,
    *,
    timeout: float = 10.0,
    on_batch: Callable[[int, int], None] = lambda _done, _total: None,
) -> RecodeReceipt:
    """Goes over to ``encoder``, which is the one that ``collection`` was opened with. ``on_batch`` hears how many of
    how many passages are ready.

    Raises NotReady (nothing indexed), WriterBusy, CorruptIndex, StorageFull.
    """
    path = collection.path / "record.db"
    if not path.exists():
        raise NotReady(f"collection {collection.name!r} is empty: index some documents first")
    connection = record.connect(path, read_only=True)
    try:
        with record.guarded():
            if record.read_meta(connection).get("encoder_fingerprint") == encoder.fingerprint:
                return RecodeReceipt(0, None)
            made = 0
            while batch := _encoded(connection, encoder):
                with collection.writer(timeout=timeout, recoding=True) as writer:
                    writer.keep_recoded(batch)
                made += len(batch)
                on_batch(made, made + _missing(connection, encoder))
            with collection.writer(timeout=timeout, recoding=True) as writer:
                made += _rest(connection, encoder, writer)
                return RecodeReceipt(made, writer.adopt_recoded())
    finally:
        connection.close()


def _rest(connection: sqlite3.Connection, encoder: Encoder, writer: Writer) -> int:
    """Encodes what came in since the last look; ``writer`` keeps more from coming."""
    made = 0
    while batch := _encoded(connection, encoder):
        writer.keep_recoded(batch)
        made += len(batch)
    return made


_OPEN = "FROM chunks c WHERE NOT (? AND EXISTS (SELECT 1 FROM recoded r WHERE r.chunk_id = c.chunk_id))"


def _encoded(connection: sqlite3.Connection, encoder: Encoder) -> dict[int, bytes]:
    """The next chunks that are not recoded yet, with what ``encoder`` makes of them; empty at the end."""
    connection.execute("BEGIN")
    try:
        begun = record.read_meta(connection).get("recoding") == encoder.fingerprint
        rows = connection.execute(f"SELECT c.chunk_id {_OPEN} ORDER BY c.chunk_id LIMIT ?", (begun, _BATCH))
        chunks = list(chunk_rows.select_chunks(connection, [row["chunk_id"] for row in rows]).values())
        texts = [text_of(connection, chunk)[0] for chunk in chunks]
    finally:
        connection.execute("COMMIT")
    pieces = [
        [text, *(text[a:b] for a, b in unpack_sentences(chunk.sentences))]
        for chunk, text in zip(chunks, texts, strict=True)
    ]
    return dict(zip((chunk.chunk_id for chunk in chunks), encode_chunks(encoder, pieces), strict=True))


def _missing(connection: sqlite3.Connection, encoder: Encoder) -> int:
    begun = record.read_meta(connection).get("recoding") == encoder.fingerprint
    return int(connection.execute(f"SELECT count(*) {_OPEN}", (begun,)).fetchone()[0])
