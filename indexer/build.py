"""Folders in, a committed index out: every file's journey, one failure at a time."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from indexer.collection import Collection
from indexer.documents import document_id
from indexer.errors import LoadError
from indexer.load import LoadFailure, load_file, walk
from indexer.writer import Writer

# A commit costs a few synced files; this many chunks between two keeps both the cost and the memory small.
COMMIT_EVERY = 5_000


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
    report = BuildReport()
    with collection.writer(timeout=timeout) as writer:
        taken: dict[str, Path] = {}
        for path in paths:
            root = str(path.resolve())
            seen = set()
            for item in walk(path):
                source = item.source if isinstance(item, LoadFailure) else item[1]
                seen.add(source)
                error = _index_one(writer, item, root, taken, report)
                if error is not None:
                    where = report.skipped if error.error_code == "file_unsupported" else report.failed
                    where[source] = (error.error_code, error.message)
                on_file(source, error)
                if writer.pending >= COMMIT_EVERY:
                    report.commit = writer.commit()
            if prune:
                report.removed += _prune(writer, root, seen)
            if path.is_dir() or glossary is not None:
                collection.adopt_glossary(glossary or path / "glossary.toml", root)
        report.commit = writer.commit()
    return report


def _index_one(
    writer: Writer,
    item: tuple[Path, str] | LoadFailure,
    root: str,
    taken: dict[str, Path],
    report: BuildReport,
) -> LoadError | None:
    if isinstance(item, LoadFailure):
        return item.error
    file, source = item
    if taken.setdefault(source, file) != file:
        return LoadError(
            f"{source} was already read from {taken[source]}: index the folders into different collections",
            code="file_duplicate",
        )
    before = writer.root_of(document_id(source))
    if before not in (None, root) and _file_of(Path(before), source).is_file():
        return LoadError(
            f"{source} was indexed from {before}, where it still is: index this folder into another collection",
            code="file_duplicate",
        )
    try:
        receipt = writer.put(load_file(file, source), root=root)
    except LoadError as error:
        return error
    if receipt.unchanged:
        report.unchanged += 1
    elif receipt.created:
        report.added += 1
    else:
        report.updated += 1
    report.passages += receipt.passages
    return None


def _file_of(root: Path, source: str) -> Path:
    """Where the file ``source`` of an indexed folder lies; a file that was indexed by itself is its own root."""
    return root if root.is_file() else root / source


def _prune(writer: Writer, root: str, seen: set[str]) -> int:
    gone = [doc_id for source, doc_id in writer.sources_under(root).items() if source not in seen]
    return sum(writer.remove(doc_id) is not None for doc_id in gone)
