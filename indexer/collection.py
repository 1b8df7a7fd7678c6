"""A collection: one folder that holds one index and follows its commits.

``record.db`` (the record of truth), ``segments/`` (dense), ``lexical/`` (BM25), ``glossaries/`` (the
``glossary.toml`` of each indexed folder), ``feedback.db`` (what readers said of answers), ``calibration.json`` (a
confidence fitted on this collection), ``writer.lock``.
"""

from __future__ import annotations

import shutil
import sqlite3
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from indexer import record
from indexer.calibration import CALIBRATION, read_calibration
from indexer.documents import Document, document_id
from indexer.encoder import Encoder
from indexer.errors import CitespanError, CorruptIndex, DerivedDamage, EncoderMismatch, NotReady, StorageFull
from indexer.feedback import FeedbackStore
from indexer.lock import writer_lock
from indexer.prepare import Prepared, prepare
from indexer.sealed import LEXICAL, SEGMENTS, size_of
from indexer.snapshot import Snapshot
from indexer.wal import RENEW, shorten_log
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
        self._file: tuple[int, int] | None = None
        self._renewed = 0

    def snapshot(self) -> Snapshot:
        """The newest commit. Costs one small check while nothing changes.

        Raises NotReady (nothing indexed yet), EncoderMismatch, CorruptIndex.
        """
        with self._lock, record.guarded():
            self._check_file()
            if self._watch is None:
                self._watch = record.connect(self.path / "record.db", read_only=True)
            version = int(self._watch.execute("PRAGMA data_version").fetchone()[0])
            if self._snapshot is None or version != self._version:
                meta = record.read_meta(self._watch)
                self.check_encoder(meta)
                if self._snapshot is None or int(meta.get("commit", "0")) != self._snapshot.commit:
                    self._snapshot = self._open_snapshot()
                self._version = version
            return self._snapshot

    def _check_file(self) -> None:
        """Lets go of a record that is no longer the one at its path: it was removed, or another was restored."""
        try:
            found = (self.path / "record.db").stat()
            file = (found.st_dev, found.st_ino)
        except OSError:
            file = None
        if file != self._file:
            if self._watch is not None:
                self._watch.close()
            self._watch, self._snapshot, self._file = None, None, file
        if file is None:
            raise NotReady(f"collection {self.name!r} is empty: index some documents first")

    def _open_snapshot(self) -> Snapshot:
        # The old one goes first: when the new one cannot be opened, the old commit must not be answered any more.
        self._snapshot = None
        return Snapshot(self.path, self._encoder)

    def follow(self) -> Snapshot | None:
        """What a serving process does twice a second: opens the newest commit, so that an idle process too lets go of
        what was deleted, and has a writer mend what can be derived. Returns what it holds then, None where that cannot
        be opened: this does not raise for what a request would be told.
        """
        try:
            snapshot = self.snapshot()
            self._renew()
        except DerivedDamage:
            self.mend()
            return None
        except CitespanError:
            return None  # said by whoever asks: readyz, the next request
        if snapshot.damaged and self.mend():
            snapshot.damaged = False
        return snapshot

    def _renew(self) -> None:
        """Opens the same commit again if a writer asks for it: a reader that stays keeps SQLite from beginning its log
        anew, which would grow for ever."""
        try:
            asked = (self.path / RENEW).stat().st_mtime_ns
        except OSError:
            return
        with self._lock, record.guarded():
            if asked != self._renewed:
                self._renewed = asked
                self._snapshot = self._open_snapshot()

    def mend(self) -> bool:
        """Reads all of the index and makes damaged parts again from the record; whether a writer could be had at
        once."""
        try:
            with self.writer(timeout=0) as writer:
                writer.mend(thorough=True)
                return True
        except CitespanError:
            return False

    @contextmanager
    def writer(self, *, timeout: float = 10.0, recoding: bool = False) -> Iterator[Writer]:
        """The one writer; what was not committed when it is left is dropped. ``recoding``: the writer may find the
        work of another encoder (``indexer.recode``).

        Raises WriterBusy (naming the owner) after ``timeout`` seconds, EncoderMismatch, StorageFull.
        """
        try:
            for folder in (SEGMENTS, LEXICAL):
                (self.path / folder).mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise StorageFull(f"{self.path} cannot be written: {error.strerror}") from error
        with writer_lock(self.path / "writer.lock", timeout), record.guarded():
            connection = record.connect(self.path / "record.db")
            try:
                shorten_log(connection, self.path)
                if not recoding:
                    self._adopt_encoder(connection)
                writer = Writer(self.path, connection, self._encoder, recoding=recoding)
                try:
                    yield writer
                finally:
                    writer.close()
            finally:
                connection.close()

    def prepared(self, document: Document) -> Document | Prepared:
        """``document`` made ready for ``Writer.put`` while somebody else may write; as it is if nothing has changed.

        Raises LoadError (``file_no_text``).
        """
        try:
            stored = self.snapshot().current(document.doc_id)
        except CitespanError:
            stored = None
        if stored is not None and (stored.revision, stored.source) == (document.revision, document.source):
            return document
        return prepare(document, self._encoder)

    @property
    def feedback(self) -> FeedbackStore:
        """What readers said of its answers."""
        return FeedbackStore(self.path)

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
        facts: dict[str, object] = {
            "name": self.name,
            "documents": 0,
            "passages": 0,
            "commit": 0,
            "encoder": {"name": self._encoder.name, "fingerprint": self._encoder.fingerprint},
            "bytes": size_of(self.path),
            "committed_at": None,
            "segments": [],
            "calibration": self._calibration(),
            "feedback": self._feedback_counts(),
        }
        try:
            snapshot = self.snapshot()
        except NotReady:
            return facts
        facts.update(documents=snapshot.documents_count, passages=snapshot.passages_count, commit=snapshot.commit)
        facts["committed_at"] = snapshot.committed_at
        facts["segments"] = [
            {"passages": passages, "rows": rows, "kind": kind} for passages, rows, kind in snapshot.segments
        ]
        return facts

    def _calibration(self) -> dict[str, object] | None:
        """The collection's own, if it has one, without what it was fitted with."""
        try:
            told = read_calibration(self.path / CALIBRATION)
        except CorruptIndex as error:
            return {"broken": error.message}
        return told and {name: value for name, value in told.items() if name not in ("format", "basis")}

    def _feedback_counts(self) -> Mapping[str, object]:
        try:
            return self.feedback.counts()
        except CitespanError as error:
            return {"broken": error.message}

    def check_encoder(self, meta: dict[str, str]) -> None:
        """Raises EncoderMismatch, or CorruptIndex for a record that was emptied or has another schema, by what
        ``read_meta`` gave."""
        if not meta and any(any(self.path.glob(f"{kind}/*")) for kind in (SEGMENTS, LEXICAL)):
            raise CorruptIndex(
                f"the record of collection {self.name!r} is empty, but its index is not: restore a backup, or remove"
                " the collection and index the documents again"
            )
        if "schema" in meta and int(meta["schema"]) != record.SCHEMA_VERSION:
            raise CorruptIndex(
                f"collection {self.name!r} was written by another version (schema {meta['schema']},"
                f" this one reads {record.SCHEMA_VERSION}): index the documents again"
            )
        if "encoder_fingerprint" in meta and meta["encoder_fingerprint"] != self._encoder.fingerprint:
            raise EncoderMismatch(
                f"collection {self.name!r} was indexed with encoder {meta['encoder_name']!r}"
                f" ({meta['encoder_fingerprint']}), but the service runs {self._encoder.name!r}"
                f" ({self._encoder.fingerprint}): set the encoder back, or let citespan recode go over to the new one"
            )

    def _adopt_encoder(self, connection: sqlite3.Connection) -> None:
        meta = record.read_meta(connection)
        self.check_encoder(meta)
        if "encoder_fingerprint" not in meta:
            connection.execute("BEGIN IMMEDIATE")
            record.write_encoder(connection, self._encoder)
            connection.execute("COMMIT")
