"""Looks at a store after a fault: is it one that was committed, whole, and does doctor find it well?"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from torture.children import Child
from torture.seen import disagreements, opened, state_of, superseded_lost
from torture.tally import Tally
from torture.world import History, State, marker_of, own

from indexer.collection import Collection
from indexer.doctor import examine, repair
from indexer.errors import CitespanError, NotReady
from indexer.snapshot import Snapshot

READER = "(looks of readers)"


class Judge:
    """``histories``: of every writer what it planned."""

    def __init__(self, root: Path, histories: dict[str, History], tally: Tally) -> None:
        self._root, self._histories, self._tally = root, histories, tally

    def settle(self, kind: str, acknowledged: dict[str, int], *, damaged: bool = False) -> bool:
        """After a fault: takes the commit that is there for what happened, if it may be. ``damaged``: derived parts
        were broken; then what is found is mended first. Returns whether there is a commit."""
        try:
            if damaged:
                self.mend()
            collection = opened(self._root)
            snapshot = _snapshot(collection)
        except CitespanError as error:
            self._tally.problem(kind, "lost", f"{type(error).__name__}: {error}")
            for writer, history in self._histories.items():
                history.settle(acknowledged[writer])
            return False
        state = {} if snapshot is None else state_of(snapshot)
        for writer, history in self._histories.items():
            self._compare(kind, history, own(state, writer), acknowledged[writer])
        if snapshot is not None:
            self._tally.of(kind).checked += len(state)
            wrong = disagreements(snapshot)
            for history in self._histories.values():
                wrong += superseded_lost(snapshot, history.superseded)
            for each in wrong:
                self._tally.problem(kind, "wrong", each)
        if findings := unwell(collection):
            self._tally.problem(kind, "unwell", findings)
        return snapshot is not None

    def mend(self) -> None:
        """What doctor can mend, without encoding anything."""
        collection = opened(self._root, sealed=True)
        repair(collection, examine(collection))

    def next_writer(self, kind: str) -> None:
        """The next writer leaves what the last commit knows, and nothing else."""
        collection = opened(self._root, sealed=True)
        with collection.writer():
            pass
        snapshot = collection.snapshot()
        for name, known in (("segments", {each.name for each in snapshot._segments}), ("lexical", None)):
            found = {path.name for path in (collection.path / name).iterdir()}
            if len(found) != 1 if known is None else found != known:
                self._tally.problem(kind, "wrong", f"left lying about in {name}: {found}, known {known}")

    def _compare(self, kind: str, history: History, state: State, acknowledged: int) -> None:
        # What was seen once, though its writer died before it could say so, has happened too.
        acknowledged = max(acknowledged, history.settled)
        number = marker_of(state, history.writer)
        if number < acknowledged:
            lost = {doc_id for doc_id, text in history.states[acknowledged].items() if state.get(doc_id) != text}
            for doc_id in lost or {"(what was removed is back)"}:
                self._tally.problem(
                    kind, "lost", f"{doc_id}: commit {acknowledged} was acknowledged, {number} is there"
                )
        elif number > acknowledged + 1 or number >= len(history.states) or state != history.states[number]:
            self._tally.problem(kind, "half", f"commit {number} after {acknowledged} shows {sorted(state)}")
        if number < len(history.states):
            history.settle(number)


def unwell(collection: Collection) -> str:
    """What doctor finds wrong, but for a small disk; a store without a record is none yet."""
    if not (collection.path / "record.db").exists():
        return ""
    return "; ".join(finding.message for finding in examine(collection).findings if finding.part != "disk")


def dismiss(reader: Child, stop: Any, histories: Mapping[str, History], tally: Tally) -> None:
    """Ends a reader (`reader.watch`) and counts what it has seen: nothing but commits that happened."""
    stop.value = 1
    while (said := reader.hear()) is not None and said[0] == "wrong":
        tally.problem(READER, "wrong", said[1])
    if said is None or said[0] != "end":
        tally.problem(READER, "wrong", f"the reader ended with {said or reader.result()}")
    else:
        tally.of(READER).tried += said[1]["looks"]
        tally.of(READER).checked += said[1]["documents"]
        for writer, number, digest in said[1]["seen"]:
            if number and (number, digest) not in histories[writer].seen:
                tally.problem(READER, "half", f"commit {number} of {writer} was shown otherwise")
    reader.kill()


def _snapshot(collection: Collection) -> Snapshot | None:
    """None for a store without a commit."""
    try:
        return collection.snapshot()
    except NotReady:
        return None
