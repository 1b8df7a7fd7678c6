"""What a process that opens a damaged store sees, what doctor says, and what there is after it was mended.

Run in a child: damage must not kill it. Each tells of what must not be, under the name of its column in the tally, and
returns how many documents it looked for.
"""

from __future__ import annotations

import random
from collections.abc import Callable
from pathlib import Path

from torture.seen import disagreements, opened, state_of
from torture.worker import Tell, commit_step, shrink, without_edges
from torture.world import History, State, passages

from indexer.collection import Collection
from indexer.doctor import examine, repair
from indexer.errors import CitespanError, CorruptIndex, DerivedDamage, NotReady

FOUND = ("lost", "half", "wrong", "unwell")


def probe_derived(tell: Tell, root: Path, expected: State, deep: bool) -> int:
    """``deep``: where opening does not see it; and commits are made before doctor is called."""
    shrink()
    if deep:
        without_edges()
    told = _served(tell, root, expected)
    collection = opened(root, sealed=True)
    examination = examine(collection)
    if examination.well:
        tell("unwell", "doctor does not see the damage" + (", though a reader did" if told else ""))
    if deep:
        expected = {**expected, **_more(root)}
    repair(collection, examine(collection))
    return _whole(tell, collection, expected)


def probe_record(tell: Tell, root: Path, expected: State) -> int:
    """Nothing brings it back but a backup; but nothing wrong may be shown, and doctor must see what is not right."""
    shrink()
    looked = _served(tell, root, expected)
    collection = opened(root, sealed=True)
    examination = examine(collection)
    if examination.well and looked:
        tell("unwell", f"doctor does not see what a reader saw: {looked}")
    _documented(tell, lambda: repair(collection, examination))
    _documented(tell, lambda: _written(collection))
    if examination.well:
        return _whole(tell, collection, expected)
    _served(tell, root, expected)
    return len(expected)


def probe_log(tell: Tell, root: Path, states: list[State]) -> int:
    """An earlier commit may be there, but whole; the index is brought in line with it."""
    shrink()
    collection = opened(root, sealed=True)
    try:
        repair(collection, examine(collection))
        _written(collection)
        snapshot = collection.snapshot()
    except NotReady:
        return 0
    except CorruptIndex as error:
        tell("half", f"the log leaves a record that cannot be read: {error}")
        return 0
    state = state_of(snapshot)
    if state not in states:
        tell("half", f"what is there was never committed: {sorted(state)}")
    return _whole(tell, collection, state)


def probe_other(tell: Tell, root: Path, expected: State) -> int:
    """Files that hold nothing of the index."""
    shrink()
    collection = opened(root, sealed=True)
    _written(collection)
    return _whole(tell, collection, expected)


def _whole(tell: Tell, collection: Collection, expected: State) -> int:
    snapshot = collection.snapshot()
    state = state_of(snapshot)
    for doc_id in state.keys() | expected.keys():
        if state.get(doc_id) != expected.get(doc_id):
            tell("lost", f"{doc_id} is not what was acknowledged")
    for each in disagreements(snapshot):
        tell("wrong", f"after mending: {each}")
    examination = examine(collection)
    if not examination.well:
        tell("unwell", f"after mending: {examination.findings}")
    return len(expected)


def _served(tell: Tell, root: Path, expected: State) -> list[str]:
    """What a reader is told or misses; it tells of what is shown otherwise than it was written."""
    missed = []
    try:
        snapshot = opened(root).snapshot()
        for stored in snapshot.documents(limit=100_000):
            if stored.doc_id not in expected or stored.source != f"{stored.doc_id}.txt":
                tell("wrong", f"a document {stored.doc_id} from {stored.source} is shown")
        missed = [f"{doc_id} is missing" for doc_id in expected.keys() - state_of(snapshot).keys()]
        for chunk in snapshot.chunks(range(1, 2_000)):
            text = expected.get(chunk.document.doc_id, "")
            if (chunk.start, chunk.end, chunk.text) not in passages(text):
                tell("wrong", f"a passage of {chunk.document.doc_id} is shown as {chunk.text!r}")
        for doc_id, text in state_of(snapshot).items():
            if text != expected.get(doc_id):
                tell("wrong", f"{doc_id} is shown as {text!r}")
        missed += disagreements(snapshot)
    except (CorruptIndex, NotReady) as error:
        missed.append(str(error))
    return missed


def _documented(tell: Tell, work: Callable[[], object]) -> None:
    try:
        work()
    except (CorruptIndex, NotReady):
        pass
    except CitespanError as error:
        tell("wrong", f"{type(error).__name__} for a damaged record: {error}")


def _written(collection: Collection) -> None:
    with collection.writer():
        pass


def _more(root: Path) -> State:
    """Commits that merge the damaged files, if the store takes them for whole."""
    history = History("b", random.Random(1))
    collection = opened(root)
    for _ in range(4):
        try:
            commit_step(collection, history.plan(new=2))
        except DerivedDamage:
            collection.mend()
            raise
    return history.states[-1]
