"""A collection: one folder that holds one index and follows its commits.

``record.db`` (the record of truth), ``segments/`` (dense), ``lexical/`` (BM25), ``glossaries/`` (the
``glossary.toml`` of each indexed folder), ``writer.lock``.
"""

from __future__ import annotations

import shutil
import sqlite3
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from indexer import record
from indexer.documents import document_id
from indexer.encoder import Encoder
from indexer.errors import CorruptIndex, EncoderMismatch, NotReady
from indexer.lock import writer_lock
from indexer.snapshot import Snapshot
from indexer.writer import Writer


class Collection:
    """Safe to share between threads; open it after a fork, not before."""

    def __init__(self, path: Path, encoder: Encoder) -> None:
        self.path = path
        self.name = path.name
        self._encoder = encoder
        self._lock = threading.Lock()
        self._watch: sqlite3.Connection | None = None
        self._version = -1
        self._snapshot: Snapshot | None = None

    def snapshot(self) -> Snapshot:
        """The newest commit. Costs one small check while nothing changes.

        Raises NotReady (nothing indexed yet), EncoderMismatch, CorruptIndex.
        """
        with self._lock:
            if self._watch is None:
                if not (self.path / "record.db").exists():
                    raise NotReady(f"collection {self.name!r} is empty: index some documents first")
                self._watch = record.connect(self.path / "record.db", read_only=True)
            version = int(self._watch.execute("PRAGMA data_version").fetchone()[0])
            if self._snapshot is None or version != self._version:
                meta = record.read_meta(self._watch)
                self._check_encoder(meta)
                if self._snapshot is None or int(meta.get("commit", "0")) != self._snapshot.commit:
                    self._snapshot = Snapshot(self.path)
                self._version = version
            return self._snapshot

    @contextmanager
    def writer(self, *, timeout: float = 10.0) -> Iterator[Writer]:
        """The one writer; what was not committed when it is left is dropped.

        Raises WriterBusy (naming the owner) after ``timeout`` seconds, EncoderMismatch.
        """
        self.path.mkdir(parents=True, exist_ok=True)
        (self.path / "segments").mkdir(exist_ok=True)
        with writer_lock(self.path / "writer.lock", timeout):
            connection = record.connect(self.path / "record.db")
            try:
                self._adopt_encoder(connection)
                writer = Writer(self.path, connection, self._encoder)
                try:
                    yield writer
                finally:
                    writer.close()
            finally:
                connection.close()

    def adopt_glossary(self, file: Path, root: str) -> None:
        """Keeps a copy of the glossary that came with the folder ``root``; a missing one is forgotten."""
        kept = self.path / "glossaries" / f"{document_id(root)}.toml"
        if not file.is_file():
            kept.unlink(missing_ok=True)
            return
        kept.parent.mkdir(parents=True, exist_ok=True)
        fresh = kept.with_suffix(".new")
        shutil.copyfile(file, fresh)
        fresh.replace(kept)

    def status(self) -> dict[str, object]:
        """What a person wants to know of the collection; no error for an empty one."""
        size = sum(file.stat().st_size for file in self.path.rglob("*") if file.is_file())
        facts: dict[str, object] = {
            "name": self.name,
            "documents": 0,
            "passages": 0,
            "commit": 0,
            "encoder": {"name": self._encoder.name, "fingerprint": self._encoder.fingerprint},
            "bytes": size,
            "committed_at": None,
        }
        try:
            snapshot = self.snapshot()
        except NotReady:
            return facts
        facts.update(documents=snapshot.documents_count, passages=snapshot.passages_count, commit=snapshot.commit)
        if self._watch is not None:
            facts["committed_at"] = record.read_meta(self._watch).get("committed_at")
        return facts

    def _check_encoder(self, meta: dict[str, str]) -> None:
        if "schema" in meta and int(meta["schema"]) != record.SCHEMA_VERSION:
            raise CorruptIndex(
                f"collection {self.name!r} was written by another version (schema {meta['schema']},"
                f" this one reads {record.SCHEMA_VERSION}): index the documents again"
            )
        if "encoder_fingerprint" in meta and meta["encoder_fingerprint"] != self._encoder.fingerprint:
            raise EncoderMismatch(
                f"collection {self.name!r} was indexed with encoder {meta['encoder_name']!r}"
                f" ({meta['encoder_fingerprint']}), but the service runs {self._encoder.name!r}"
                f" ({self._encoder.fingerprint}): set the encoder back, or index into a new collection"
            )

    def _adopt_encoder(self, connection: sqlite3.Connection) -> None:
        meta = record.read_meta(connection)
        self._check_encoder(meta)
        if "encoder_fingerprint" not in meta:
            record.write_meta(
                connection,
                schema=record.SCHEMA_VERSION,
                encoder_name=self._encoder.name,
                encoder_fingerprint=self._encoder.fingerprint,
                dim=self._encoder.dim,
            )
