"""kill -9 at any instant of indexing, deleting, merging, compacting, repairing, with a reader all the while."""

from __future__ import annotations

import random
import shutil
from collections.abc import Sequence
from pathlib import Path

from torture.children import Child, counters, flag
from torture.damage import break_derived
from torture.judge import Judge, dismiss
from torture.reader import watch
from torture.tally import Tally
from torture.worker import compacted, repaired, write
from torture.world import History, Step

KINDS = ("create", "index", "delete", "merge", "compact", "repair")
_A_STORE = 20  # faults after which the store has grown enough
_WRITER = "a"


def kill_rounds(folder: Path, faults: int, seed: int, tally: Tally, kinds: Sequence[str] = KINDS) -> None:
    """Kills ``faults`` workers, each at a random instant of the length that such work was seen to take."""
    rng = random.Random(seed)
    lengths: dict[str, float] = {}
    done, number = 0, 0
    while done < faults:
        number += 1
        store = _Store(folder / f"kills-{seed}-{number}", rng, tally, lengths)
        try:
            done += store.first() if "create" in kinds else store.begin()
            for at in range(_A_STORE):
                if done < faults and len(kinds) > ("create" in kinds):
                    done += store.round(rng.choice([kind for kind in kinds if kind != "create"]), check=at % 4 == 0)
        finally:
            store.close()


class _Store:
    """One store through a row of killed workers."""

    def __init__(self, root: Path, rng: random.Random, tally: Tally, lengths: dict[str, float]) -> None:
        root.mkdir(parents=True)
        self._root, self._rng, self._tally, self._lengths = root, rng, tally, lengths
        self._acknowledged = counters("q", 1)
        self._stop, self._damaged = flag("b", 0), flag("b", 0)
        self._history = History(_WRITER, rng)
        self._judge = Judge(root, {_WRITER: self._history}, tally)
        self._reader = Child(
            watch, root, [_WRITER], self._acknowledged, self._stop, self._damaged, errors=root / "reader.txt"
        )

    def first(self) -> int:
        """Killed while the store comes to be."""
        return self.round("create") + self.begin()

    def begin(self) -> int:
        while self._history.settled == 0:
            self._run("begin", write, self._steps("index"), kill=False)
        return 0

    def round(self, kind: str, *, check: bool = False) -> int:
        """One worker; 1 if it was killed. ``check``: also that the next writer leaves nothing of it lying about."""
        if kind == "repair":
            self._damaged.value = 1
            break_derived(self._root, self._rng)
        if kind in ("compact", "repair"):
            killed = self._run(kind, compacted if kind == "compact" else repaired)
        else:
            killed = self._run(kind, write, self._steps(kind))
        if check and self._history.settled:
            self._judge.next_writer(kind)
        return killed

    def _run(self, kind: str, work: object, steps: list[Step] | None = None, *, kill: bool = True) -> int:
        args = (self._root,) if steps is None else (self._root, steps, self._acknowledged, 0)
        child = Child(work, *args, errors=self._root / "worker.txt")  # type: ignore[arg-type]
        said = child.hear()
        if kill and said == ("begin", None) and kind in self._lengths:
            said = child.hear(self._rng.uniform(0, self._lengths[kind]))
            child.kill()
        if said is not None and said[0] == "begin":
            said = child.result()
        child.kill()
        if said is not None and said[0] == "end":
            self._lengths[kind] = max(self._lengths.get(kind, 0.0), said[1])
        elif said is not None:
            self._tally.problem(kind, "wrong", f"the worker ended with {said}")
        killed = int(kill and child.exitcode == -9 and (said is None or said[0] == "died"))
        if killed:
            self._tally.of(kind).tried += 1
        if kind == "compact":
            self._history.superseded.clear()  # gone, or as good as gone
        self._judge.settle(kind, {_WRITER: self._acknowledged[0]}, damaged=bool(self._damaged.value))
        self._damaged.value = 0
        return killed

    def _steps(self, kind: str) -> list[Step]:
        draw, plan = self._rng.randint, self._history.plan
        if kind == "delete":
            return [plan(new=0, remove=draw(1, 4)) for _ in range(draw(1, 3))]
        if kind == "merge":
            return [plan(new=draw(1, 2)) for _ in range(draw(3, 5))]
        return [plan(new=draw(1, 5), replace=draw(0, 2), remove=draw(0, 1)) for _ in range(draw(1, 2))]

    def close(self) -> None:
        dismiss(self._reader, self._stop, {_WRITER: self._history}, self._tally)
        if not self._tally.problems:
            shutil.rmtree(self._root)
