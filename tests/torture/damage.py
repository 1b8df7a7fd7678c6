"""Bits turned over and ends cut off, in each kind of file that a store has."""

from __future__ import annotations

import random
import shutil
from collections.abc import Sequence
from pathlib import Path

from torture.children import Child, counters
from torture.probe import FOUND, probe_derived, probe_log, probe_other, probe_record
from torture.tally import Tally
from torture.worker import stored_for_damage
from torture.world import History

DERIVED = (
    *(f"segments/*/{name}" for name in ("dense.faiss", "chunks.npy", "first_row.npy", "manifest.json")),
    *(f"lexical/*/*.{name}" for name in ("term", "idx", "fast", "fieldnorm", "store", "pos", "del")),
    *(f"lexical/*/{name}" for name in ("meta.json", ".managed.json", "manifest.json")),
)
_LARGE = tuple(f"lexical/*/*.{name}" for name in ("term", "idx", "fast", "fieldnorm", "store"))
OTHER = ("renew", "writer.lock", "glossaries/*.toml")


def broken(data: bytes, rng: random.Random, *, cut: bool | None = None) -> bytes:
    """``data`` cut short, or with a bit turned over; by chance if ``cut`` is None."""
    if rng.random() < 0.5 if cut is None else cut:
        return data[: rng.randrange(len(data))]
    at = rng.randrange(len(data))
    return data[:at] + bytes([data[at] ^ 1 << rng.randrange(8)]) + data[at + 1 :]


def break_file(path: Path, rng: random.Random, *, cut: bool | None = None) -> None:
    """Damages ``path``, put in place of the old file: who has that open keeps it."""
    damaged = path.with_name(path.name + ".damaged")
    damaged.write_bytes(broken(path.read_bytes(), rng, cut=cut))
    damaged.rename(path)


def break_derived(root: Path, rng: random.Random) -> None:
    """Damages one derived file."""
    store = root / "collections" / "default"
    files = sorted(path for kind in ("segments", "lexical") for path in (store / kind).glob("*/*"))
    break_file(rng.choice([path for path in files if path.stat().st_size]), rng)


class DamageRounds:
    """Stores of which every fault gets a copy; ``tally`` counts them."""

    def __init__(self, folder: Path, seed: int, tally: Tally) -> None:
        self._folder, self.tally, self._rng = folder / f"damage-{seed}", tally, random.Random(seed)
        self._folder.mkdir(parents=True)
        self._number = 0
        self._whole, self._history = self._made("whole")
        self._logged, self._logs = self._made("logged")
        self._deep, self._deeds = self._made("deep")

    def _made(self, kind: str) -> tuple[Path, History]:
        """A store with segments of both kinds, merged and with deleted rows."""
        history, root = History("a", self._rng), self._folder / kind
        steps = [history.plan(new=3, replace=1, remove=int(at % 3 == 0)) for at in range(14)]
        root.mkdir()
        acknowledged = counters("q", 1)
        child = Child(stored_for_damage, root, steps, acknowledged, kind, errors=root / "worker.txt")
        if child.result()[0] != ("died" if kind == "logged" else "end") or acknowledged[0] != len(steps):
            raise RuntimeError(f"the store was not made: {(root / 'worker.txt').read_text()}")
        history.settle(len(steps))
        return root, history

    def derived(self, times: int, patterns: Sequence[str] = DERIVED) -> None:
        """Cuts and flips in derived files; some flips as if they were far
        from the edges of a large file, with commits before doctor is called."""
        for pattern in patterns:
            for at in range(times):
                cut = at % 2 == 1
                deep = not cut and at % 4 == 2 and pattern in _LARGE
                store, history = (self._deep, self._deeds) if deep else (self._whole, self._history)
                self._fault(pattern, cut, store, probe_derived, dict(history.states[-1]), deep)

    def record(self, times: int) -> None:
        for at in range(times):
            self._fault("record.db", at % 3 == 0, self._whole, probe_record, dict(self._history.states[-1]))

    def log(self, times: int) -> None:
        for at in range(times):
            self._fault("record.db-wal", at % 2 == 0, self._logged, probe_log, self._logs.states)

    def other(self, times: int) -> None:
        for pattern in OTHER:
            for at in range(times):
                self._fault(pattern, at % 2 == 0, self._whole, probe_other, dict(self._history.states[-1]))

    def _fault(self, pattern: str, cut: bool, store: Path, probe: object, *args: object) -> None:
        self._number += 1
        kind = f"{'cut' if cut else 'flip'} {pattern}"
        root = self._folder / f"copy-{self._number}"
        shutil.copytree(store, root)
        file = self._rng.choice(sorted((root / "collections" / "default").glob(pattern)))
        if file.stat().st_size:
            break_file(file, self._rng, cut=cut)
        child = Child(probe, root, *args, errors=root / "probe.txt")  # type: ignore[arg-type]
        counts = self.tally.of(kind)
        counts.tried += 1
        while (said := child.hear()) is not None and said[0] in FOUND:
            self.tally.problem(kind, said[0], f"{said[1]} ({root})")
        if said is None or said[0] != "end":
            self.tally.problem(kind, "wrong", f"the process ended with {said or child.result()} ({root})")
            child.kill()
        else:
            counts.checked += said[1]
            shutil.rmtree(root)
