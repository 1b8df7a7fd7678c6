"""A disk that is full: a small file system in memory, of which something else leaves only some bytes."""

from __future__ import annotations

import ctypes
import os
import random
from pathlib import Path

from torture.children import Child
from torture.damage import break_derived
from torture.judge import Judge
from torture.seen import disagreements, opened, state_of
from torture.tally import Tally
from torture.worker import Tell, commit_step, shrink
from torture.world import History

from indexer.compact import compact
from indexer.doctor import examine, repair
from indexer.errors import CitespanError, StorageFull

_NEW_MOUNTS, _NEW_USER = 0x00020000, 0x10000000
_PRIVATE, _RECURSIVE = 1 << 18, 1 << 14
_BYTES = 6_000_000
_PAGE = 4096
JOBS = ("index", "compact", "repair")


def mount_small(tell: Tell, folder: Path) -> None:
    """Mounts it at ``folder``, seen by this process alone and gone with it. Raises OSError."""
    libc = ctypes.CDLL(None, use_errno=True)

    def call(result: int) -> None:
        if result:
            raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()))

    user = os.getuid()
    call(libc.unshare(_NEW_MOUNTS if user == 0 else _NEW_MOUNTS | _NEW_USER))
    if user:
        Path("/proc/self/uid_map").write_text(f"0 {user} 1")
    call(libc.mount(b"none", b"/", None, ctypes.c_ulong(_PRIVATE | _RECURSIVE), None))
    call(libc.mount(b"none", os.fsencode(folder), b"tmpfs", ctypes.c_ulong(0), f"size={_BYTES}".encode()))


def missing(folder: Path) -> str:
    """Why no such file system can be had here; empty if it can."""
    said = Child(mount_small, folder, errors=folder / "mount.txt").result()
    return "" if said[0] == "end" else f"no small file system can be mounted: {said[1]}"


def full_rounds(folder: Path, faults: int, seed: int, tally: Tally) -> None:
    """``faults`` times a disk that takes no more, in the midst of a job; then there is room again."""
    root = folder / f"disk-{seed}"
    root.mkdir(parents=True)
    child = Child(_rounds, root, faults, seed, errors=folder / "disk.txt")
    said = child.result(60 + 5 * faults)
    if said[0] != "end":
        tally.problem("full disk", "wrong", f"the process ended with {said}")
        child.kill()
        return
    tally.add(said[1])


def _rounds(tell: Tell, root: Path, faults: int, seed: int) -> Tally:
    mount_small(tell, root)
    shrink()
    rng, tally, history = random.Random(seed), Tally(), History("a", random.Random(seed))
    judge = Judge(root, {"a": history}, tally)
    held = opened(root)
    refused = number = 0
    while refused < faults and number < 20 * faults:
        number += 1
        job = rng.choice(JOBS if history.settled else JOBS[:1])
        kind = f"full disk ({job})"
        if job == "repair":
            break_derived(root, rng)
        try:
            full = _try(root, job, history, rng)
        except CitespanError as error:
            full = True
            tally.problem(kind, "wrong", f"{type(error).__name__}: {error}")
        if full:
            refused += 1
            tally.of(kind).tried += 1
            for each in _while_full(root, held, history, judged=job != "repair"):
                tally.problem(kind, "wrong", each)
        (root / "ballast").unlink()
        if job == "compact":
            history.superseded.clear()
        judge.settle(kind, {"a": history.settled}, damaged=job == "repair")
        if full and job == "index":
            # What was refused is taken as soon as there is room.
            step = history.plan(new=2)
            commit_step(opened(root), step)
            history.settle(step.number)
            judge.settle(kind, {"a": step.number})
    return tally


def _try(root: Path, job: str, history: History, rng: random.Random) -> bool:
    """Whether the job was refused, with so little room that it may be."""
    collection = opened(root)
    room = rng.choice((0, _PAGE, 10 * _PAGE, 40 * _PAGE, 80 * _PAGE)) + rng.randrange(10 * _PAGE)
    fill(root / "ballast", room)
    try:
        if job == "compact":
            compact(collection, patience=0.1)
        elif job == "repair":
            repair(collection, examine(collection))
        else:
            for _ in range(3):
                step = history.plan(new=3, remove=rng.randint(0, 4))
                commit_step(collection, step)
                history.settle(step.number)
    except StorageFull:
        return True
    return False


def fill(file: Path, room: int) -> None:
    """Writes ``file`` until only ``room`` bytes are free."""
    with file.open("wb") as out:
        left = os.statvfs(file.parent).f_bavail * os.statvfs(file.parent).f_frsize - room
        out.write(b"\0" * max(0, left))


def _while_full(root: Path, held: object, history: History, *, judged: bool) -> list[str]:
    """What is wrong with the last commit while the disk is full, as a process that was there before sees it."""
    if not history.settled or not judged:
        return []
    snapshot = held.snapshot()  # type: ignore[attr-defined]
    if state_of(snapshot) not in history.states[history.settled :]:
        return ["another commit than the last one is shown"]
    return disagreements(snapshot)
