"""Folders in, a committed index out: every file's journey, one failure at a time.

Files are read, cut and encoded while anybody may write; the writer's lock is held only to store a batch of them. So
uploads go on during a long run, and a run that was killed begins again where its last commit ended.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from indexer.collection import Collection
from indexer.documents import Document, document_id, revision_id
from indexer.errors import LoadError, NotReady
from indexer.load import LoadFailure, load_bytes, read_file, walk
from indexer.prepare import Prepared
from indexer.revisions import StoredDocument
from indexer.snapshot import Snapshot
from indexer.writer import Writer

# A commit costs a few synced files; this many chunks between two keep the cost, the memory and what a killed run has to
# do again small.
COMMIT_EVERY = 2_000


@dataclass
class BuildReport:
    """``failed`` and ``skipped``: source -> (code, reason); skipped are files of a kind that is not read."""

    added: int = 0
    updated: int = 0
    unchanged: int = 0
    removed: int = 0
    passages: int = 0
    failed: dict[str, tuple[str, str]] = field(default_factory=dict)
    skipped: dict[str, tuple[str, str]] = field(default_factory=dict)
    commit: int = 0


def build(
    collection: Collection,
    paths: Sequence[Path],
    *,
    prune: bool = False,
    glossary: Path | None = None,
    timeout: float = 10.0,
    on_file: Callable[[str, LoadError | None], None] = lambda _source, _error: None,
) -> BuildReport:
    """Indexes every document below ``paths`` into ``collection`` and commits.

    A file that fails is reported and the rest goes on; its earlier revision stays. ``prune`` removes the documents
    that came from these folders before and are no longer there (those that failed now are kept). ``glossary``
    replaces the ``glossary.toml`` that a folder may hold.
    ``on_file`` hears of every file when it is done. Raises WriterBusy, EncoderMismatch, LoadError for a path
    that does not exist.
    """
    for path in paths:
        if not path.exists():
            raise LoadError(f"{path} does not exist", code="file_unreadable")
    with collection.writer(timeout=timeout):
        pass  # what stands in the way is told before the work is done
    batch = _Batch(collection, timeout, prune)
    for path in paths:
        root = str(path.resolve())
        for item in walk(path):
            source = item.source if isinstance(item, LoadFailure) else item[1]
            error = item.error if isinstance(item, LoadFailure) else batch.add(*item, root)
            batch.seen.setdefault(root, set()).add(source)
            if error is not None:
                where = batch.report.skipped if error.error_code == "file_unsupported" else batch.report.failed
                where[source] = (error.error_code, error.message)
            on_file(source, error)
        if path.is_dir() or glossary is not None:
            collection.adopt_glossary(glossary or path / "glossary.toml", root)
        batch.seen.setdefault(root, set())
    batch.store(last=True)
    return batch.report


class _Batch:
    """Documents that wait for their commit. ``seen``: root -> the sources found there."""

    def __init__(self, collection: Collection, timeout: float, prune: bool) -> None:
        self.report = BuildReport()
        self.seen: dict[str, set[str]] = {}
        self._collection = collection
        self._timeout = timeout
        self._prune = prune
        self._taken: dict[str, Path] = {}
        self._waiting: list[tuple[Document | Prepared, str]] = []
        self._chunks = 0

    def add(self, file: Path, source: str, root: str) -> LoadError | None:
        """Reads and prepares a file; stores the batch when it is full. Returns why the file cannot be a document."""
        if self._taken.setdefault(source, file) != file:
            return LoadError(
                f"{source} was already read from {self._taken[source]}: index the folders into different collections",
                code="file_duplicate",
            )
        stored = self._stored(document_id(source))
        before = stored.root if stored else None
        if before not in (None, root) and _file_of(Path(before or ""), source).is_file():
            return LoadError(
                f"{source} was indexed from {before}, where it still is: index this folder into another collection",
                code="file_duplicate",
            )
        try:
            data = read_file(file)
            if stored and (stored.revision, stored.source, before) == (revision_id(data), source, root):
                self.report.unchanged += 1
                self.report.passages += stored.passages
                return None
            given = self._collection.prepared(load_bytes(data, source))
        except LoadError as error:
            return error
        self._waiting.append((given, root))
        self._chunks += len(given.chunks) if isinstance(given, Prepared) else 0
        if self._chunks >= COMMIT_EVERY:
            self.store()
        return None

    def store(self, *, last: bool = False) -> None:
        """One commit with everything that waits; the ``last`` one also removes what is no longer there."""
        with self._collection.writer(timeout=self._timeout) as writer:
            for given, root in self._waiting:
                self._count(writer, given, root)
            if last and self._prune:
                for root, seen in self.seen.items():
                    self.report.removed += _prune(writer, root, seen)
            self.report.commit = writer.commit()
        self._waiting, self._chunks = [], 0

    def _count(self, writer: Writer, given: Document | Prepared, root: str) -> None:
        receipt = writer.put(given, root=root)
        if receipt.unchanged:
            self.report.unchanged += 1
        elif receipt.created:
            self.report.added += 1
        else:
            self.report.updated += 1
        self.report.passages += receipt.passages

    def _stored(self, doc_id: str) -> StoredDocument | None:
        snapshot = self._snapshot()
        return snapshot.current(doc_id) if snapshot else None

    def _snapshot(self) -> Snapshot | None:
        try:
            return self._collection.snapshot()
        except NotReady:
            return None


def _file_of(root: Path, source: str) -> Path:
    """Where the file ``source`` of an indexed folder lies; a file that was indexed by itself is its own root."""
    return root if root.is_file() else root / source


def _prune(writer: Writer, root: str, seen: set[str]) -> int:
    gone = [doc_id for source, doc_id in writer.sources_under(root).items() if source not in seen]
    return sum(writer.remove(doc_id) is not None for doc_id in gone)
