"""Compaction: what was deleted or superseded leaves the disk, and the files shrink to what is in use.

SQLite zeroes deleted rows at once, but its log keeps older pages until it begins anew, tantivy keeps the terms of
deleted passages until their segment is merged, and segments keep their dead rows. Compaction writes the lexical index
and the segments anew from the record, rewrites the record without gaps and empties its log. It costs about what the
lexical part of indexing cost; readers go on. Feedback on what is gone goes too.
"""

from __future__ import annotations

import time
from dataclasses import dataclass

from indexer.collection import Collection
from indexer.feedback import FEEDBACK
from indexer.sealed import size_of

_POLL_S = 0.2


@dataclass(frozen=True, slots=True)
class CompactReceipt:
    """``revisions``: superseded ones whose text is gone now; ``feedback``: what readers said of text that is gone;
    sizes in bytes; ``log_emptied``: False where a reader held on to an older commit for longer than ``compact`` waited,
    and the log still holds its pages."""

    commit: int
    revisions: int
    feedback: int
    bytes_before: int
    bytes_after: int
    log_emptied: bool


def compact(collection: Collection, *, timeout: float = 10.0, patience: float = 30.0) -> CompactReceipt:
    """Compacts ``collection``; waits up to ``patience`` seconds for readers to let go of older commits.

    Raises WriterBusy after ``timeout`` seconds, CorruptIndex, StorageFull (it needs as much room as the index takes).
    """
    before = size_of(collection.path)
    with collection.writer(timeout=timeout) as writer:
        said = _settle(collection)  # while superseded text can still be read
        revisions = writer.forget_superseded()
        writer.derive()
        writer.commit()
        commit = writer.vacuum()
        said += _settle(collection)  # what was said since
        collection.feedback.vacuum()
        deadline = time.monotonic() + patience
        while not (emptied := writer.empty_log()) and time.monotonic() < deadline:
            collection.follow()  # this process may be such a reader itself
            time.sleep(_POLL_S)
    return CompactReceipt(commit, revisions, said, before, size_of(collection.path), emptied)


def _settle(collection: Collection) -> int:
    return collection.feedback.settle(collection.snapshot()) if (collection.path / FEEDBACK).exists() else 0
