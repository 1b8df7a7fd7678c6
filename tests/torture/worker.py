"""What a child does to the store until it is done or killed. It acknowledges a commit once ``commit`` has returned, in
memory that it shares with its parent and that outlives it."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from torture.seen import opened
from torture.world import Step, document

from indexer import build, derive, sealed, segment
from indexer.collection import Collection
from indexer.compact import compact
from indexer.doctor import examine, repair

Tell = Callable[..., None]


def shrink() -> None:
    """What takes a hundred thousand passages happens with a few dozen: cells, and segments that are full."""
    segment.FLAT_ROWS = derive.FLAT_ROWS = 60
    segment._ROWS_A_CELL = 10
    build.COMMIT_EVERY = 12


def write(tell: Tell, root: Path, steps: Sequence[Step], acknowledged: Any, slot: int) -> float:
    """Commits ``steps``; returns how long that took."""
    return _timed(tell, root, lambda collection: _commit_all(collection, steps, acknowledged, slot))


def without_edges() -> None:
    """As in files so large that opening does not read where they are damaged."""
    sealed._BEGINNING = sealed._END = 0


def stored_for_damage(tell: Tell, root: Path, steps: Sequence[Step], acknowledged: Any, kind: str) -> None:
    """As ``write``. Kinds: ``whole``; ``logged``, which dies and leaves its log; ``deep``, without edges."""
    shrink()
    if kind == "deep":
        without_edges()
    collection = opened(root)
    _commit_all(collection, steps[: len(steps) // 2], acknowledged, 0)
    reader = opened(root)
    reader.snapshot()  # keeps the log from being taken over
    glossary = root / "glossary.toml"
    glossary.write_text("[[names]]\n")
    collection.adopt_glossary(glossary, "root")
    (collection.path / "renew").write_text("renew")
    _commit_all(collection, steps[len(steps) // 2 :], acknowledged, 0)
    if kind == "logged":
        os.kill(os.getpid(), signal.SIGKILL)


def compacted(tell: Tell, root: Path) -> float:
    return _timed(tell, root, lambda collection: compact(collection, patience=0.2))


def repaired(tell: Tell, root: Path) -> float:
    return _timed(tell, root, lambda collection: repair(collection, examine(collection)))


def built(tell: Tell, root: Path, folder: Path) -> float:
    return _timed(tell, root, lambda collection: build.build(collection, [folder], prune=True))


def _timed(tell: Tell, root: Path, job: Callable[[Collection], object]) -> float:
    shrink()
    collection = opened(root)
    tell("begin")
    begun = time.perf_counter()
    job(collection)
    return time.perf_counter() - begun


def _commit_all(collection: Collection, steps: Sequence[Step], acknowledged: Any, slot: int) -> None:
    for step in steps:
        commit_step(collection, step)
        acknowledged[slot] = step.number


def commit_step(collection: Collection, step: Step, *, timeout: float = 30.0) -> None:
    """One commit: all of it, or nothing."""
    prepared = [collection.prepared(document(doc_id, text)) for doc_id, text in step.puts]
    with collection.writer(timeout=timeout) as writer:
        for each in prepared:
            writer.put(each)
        for doc_id in step.removes:
            writer.remove(doc_id)
        writer.commit()
