"""Several writers at once, each with documents of its own, and a reader who watches them all."""

from __future__ import annotations

import os
import random
import re
import shutil
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from torture.children import Child, counters, flag
from torture.judge import Judge, dismiss
from torture.reader import watch
from torture.seen import opened
from torture.tally import Tally
from torture.worker import Tell, commit_step, shrink
from torture.world import History, Step

from indexer.errors import WriterBusy

_OWNER = re.compile(r"process (\d+) \(")


def insist(tell: Tell, root: Path, steps: Sequence[Step], acknowledged: Any, slot: int, pids: Any) -> int:
    """Commits ``steps``, however often it is told that somebody else is at work; returns how often. Each time it must
    be told who: one of ``pids``."""
    shrink()
    collection = opened(root)
    pids[slot] = os.getpid()
    tell("begin")
    busy = 0
    for step in steps:
        while True:
            try:
                commit_step(collection, step, timeout=0.01)
            except WriterBusy as error:
                busy += 1
                owner = _OWNER.search(str(error))
                # The owner writes its name once it has the lock: for a moment there is an older one, or none.
                if owner is None and "an unknown process" not in str(error):
                    tell("wrong", f"who is at work? {error}")
                elif owner is not None and int(owner[1]) not in list(pids):
                    tell("wrong", f"process {owner[1]} never wrote")
                continue
            break
        acknowledged[slot] = step.number
    return busy


def crowd_round(folder: Path, writers: int, commits: int, seed: int, tally: Tally, *, kill: bool = False) -> None:
    """``writers`` processes with ``commits`` commits each; ``kill``: the first dies at some instant, the others go
    on."""
    rng = random.Random(seed)
    kind = f"{writers} writers" + (", one killed" if kill else "")
    root = folder / f"crowd-{writers}-{seed}-{kill}"
    root.mkdir(parents=True)
    names = [f"w{at}" for at in range(writers)]
    histories = {name: History(name, random.Random(rng.random())) for name in names}
    acknowledged, pids = counters("q", writers), counters("q", writers)
    stop, damaged = flag("b", 0), flag("b", 0)
    reader = Child(watch, root, names, acknowledged, stop, damaged, errors=root / "reader.txt")
    children = []
    for slot, history in enumerate(histories.values()):
        steps = [history.plan(new=2, replace=1, remove=rng.randint(0, 1)) for _ in range(commits)]
        children.append(Child(insist, root, steps, acknowledged, slot, pids, errors=root / f"{slot}.txt"))
    if kill:
        children[0].hear()
        children[0].hear(rng.uniform(0, 0.1 * commits))
        children[0].kill()
    for child in children:
        while (said := child.hear()) is not None and said[0] in ("begin", "wrong"):
            if said[0] == "wrong":
                tally.problem(kind, "wrong", said[1])
        if (said is None or said[0] != "end") and not (kill and child is children[0]):
            tally.problem(kind, "wrong", f"a writer ended with {said or child.result()}")
        child.kill()
    tally.of(kind).tried += writers * commits
    judge = Judge(root, histories, tally)
    told = dict(zip(names, acknowledged, strict=True))
    judge.settle(kind, told)
    judge.next_writer(kind)
    dismiss(reader, stop, histories, tally)
    if not tally.problems:
        shutil.rmtree(root)
