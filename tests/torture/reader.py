"""Somebody who asks all the while: what it sees must be one commit, whole, and never older than what it was told."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any

from torture.seen import disagreements, opened, state_of
from torture.worker import Tell, shrink
from torture.world import digest, marker_of, own

from indexer.collection import Collection
from indexer.errors import CorruptIndex, NotReady

_PAUSE_S = 0.03
_HELD = 5  # looks for which a snapshot is kept and then looked at again


def watch(tell: Tell, root: Path, writers: list[str], acknowledged: Any, stop: Any, damaged: Any) -> dict[str, Any]:
    """Looks until ``stop``; tells of what is wrong. Returns how many ``looks`` and ``documents`` there were, and the
    commits ``seen``: (writer, number, digest).

    ``acknowledged``: of each writer the last commit that returned; ``damaged``: set while derived parts are broken on
    purpose, when damage may be told (but nothing wrong shown).
    """
    shrink()
    watching = Watching(opened(root), writers)
    while not stop.value:
        told, broken = list(acknowledged), bool(damaged.value)
        try:
            wrong = watching.look(told)
            if broken or damaged.value:  # what is broken may hide something
                wrong, watching.held = [], None
        except NotReady as error:
            wrong = [f"not ready after a commit: {error}"] if any(told) else []
        except CorruptIndex as error:
            wrong = [] if broken or damaged.value else [f"damage where there is none: {error}"]
        for each in wrong:
            tell("wrong", each)
        if watching.looks % _HELD == 0:
            watching.collection = opened(root)  # also as one that has just begun
        time.sleep(_PAUSE_S)
    return {"looks": watching.looks, "documents": watching.documents, "seen": sorted(watching.seen)}


class Watching:
    def __init__(self, collection: Collection, writers: list[str]) -> None:
        self.collection = collection
        self.looks = self.documents = 0
        self.seen: set[tuple[str, int, str]] = set()
        self._writers = writers
        self.held: tuple[Any, str] | None = None

    def look(self, told: list[int]) -> list[str]:
        """What is wrong with the newest snapshot, of which ``told`` is the least it must show."""
        self.collection.follow()
        snapshot = self.collection.snapshot()
        state = state_of(snapshot)
        wrong = disagreements(snapshot, thorough=self.looks % _HELD == 0)
        for writer, least in zip(self._writers, told, strict=True):
            number = marker_of(state, writer)
            if number < least:
                wrong.append(f"commit {least} of {writer} was acknowledged, but {number} is shown")
            self.seen.add((writer, number, digest(own(state, writer))))
        self.looks += 1
        self.documents += len(state)
        if self.held is None:
            self.held = snapshot, digest(state)
        elif self.looks % _HELD == 0:
            held, before = self.held
            if digest(state_of(held)) != before or disagreements(held, thorough=False):
                wrong.append("a snapshot that is held has changed")
            self.held = None
        return wrong
