"""fsync that fails, and a disk that is full, from a random instant on."""

from __future__ import annotations

import random
import shutil
import threading
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from torture.children import Child, counters
from torture.damage import break_derived
from torture.judge import Judge
from torture.seccomp import FAILURES, fail
from torture.seen import opened
from torture.tally import Tally
from torture.worker import Tell, commit_step, shrink
from torture.world import History, Step

from indexer.compact import compact
from indexer.doctor import examine, repair
from indexer.errors import StorageFull

JOBS = ("index", "compact", "repair")


def work(
    tell: Tell, root: Path, job: str, steps: Sequence[Step], acknowledged: Any, failure: str, delay: float
) -> tuple[bool, float]:
    """Whether it was refused, and how long it took. Nothing but StorageFull may refuse it."""
    shrink()
    collection = opened(root)

    def later() -> None:
        time.sleep(delay)
        fail(failure, (2, tell.descriptor))  # type: ignore[attr-defined]

    threading.Thread(target=later, daemon=True).start()
    begun = time.perf_counter()
    try:
        if job == "compact":
            compact(collection, patience=0.1)
        elif job == "repair":
            repair(collection, examine(collection))
        for step in steps:
            commit_step(collection, step)
            acknowledged[0] = step.number
    except StorageFull:
        return True, time.perf_counter() - begun
    return False, time.perf_counter() - begun


def failing_rounds(
    folder: Path, faults: int, seed: int, tally: Tally, failures: Sequence[str] = tuple(FAILURES)
) -> None:
    """``faults`` workers whose system calls fail; then another process looks."""
    rng = random.Random(seed)
    root = folder / f"syscalls-{seed}"
    root.mkdir(parents=True)
    acknowledged, history = counters("q", 1), History("a", rng)
    judge = Judge(root, {"a": history}, tally)
    lengths: dict[str, float] = {}
    done = 0
    while done < faults:
        failure, job = rng.choice(list(failures)), rng.choice(JOBS if history.settled else JOBS[:1])
        kind = f"failing {failure} ({job})"
        if job == "repair":
            break_derived(root, rng)
        steps = [history.plan(new=2, replace=1, remove=rng.randint(0, 2)) for _ in range(3 if job == "index" else 0)]
        delay = rng.uniform(0, lengths[job]) if job in lengths else 60.0
        child = Child(work, root, job, steps, acknowledged, failure, delay, errors=root / "worker.txt")
        said = child.result()
        if said[0] != "end":
            tally.problem(kind, "wrong", f"the worker ended with {said}")
            child.kill()
        elif said[1][0]:
            tally.of(kind).tried += 1
            done += 1
        else:
            lengths[job] = max(lengths.get(job, 0.0), said[1][1])
        if job == "compact":
            history.superseded.clear()
        judge.settle(kind, {"a": acknowledged[0]}, damaged=job == "repair")
    if not tally.problems:
        shutil.rmtree(root)
