"""All faults, many times: ``make torture``. Prints a table; its exit status tells of problems."""

from __future__ import annotations

import argparse
import logging
import random
import shutil
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from torture import disk, seccomp
from torture.crowd import crowd_round
from torture.damage import DamageRounds
from torture.disk import full_rounds
from torture.kills import kill_rounds
from torture.resume import resume_round
from torture.syscalls import failing_rounds
from torture.tally import Tally

_BATCH = 400  # faults of all kinds


def batch(folder: Path, seed: int, tally: Tally, say: Callable[[str], None]) -> None:
    """About ``_BATCH`` faults of every kind."""
    rng = random.Random(seed)
    kill_rounds(folder, 240, seed, tally)
    damage = DamageRounds(folder, seed, tally)
    damage.derived(3)
    damage.record(20)
    damage.log(10)
    damage.other(1)
    for writers in (2, 5):
        crowd_round(folder, writers, 4, seed, tally)
        crowd_round(folder, writers, 4, seed, tally, kill=True)
    resume_round(folder, 40, 0.6, seed, tally)
    resume_round(folder, 40, rng.uniform(0.05, 0.95), seed, tally)
    if reason := seccomp.missing():
        say(reason)
    else:
        failing_rounds(folder, 40, seed, tally)
    if reason := disk.missing(folder):
        say(reason)
    else:
        full_rounds(folder, 20, seed, tally)


def main() -> int:
    parser = argparse.ArgumentParser(prog="torture", description=__doc__)
    parser.add_argument("--faults", type=int, default=4_000, help="about so many, of all kinds (default: 4,000)")
    parser.add_argument("--seed", type=int, default=1, help="of the first batch; each next one has the next seed")
    parser.add_argument("--folder", type=Path, help="where the stores are made; one with problems is left there")
    options = parser.parse_args()
    logging.disable(logging.CRITICAL)
    folder = Path(tempfile.mkdtemp(prefix="torture-", dir=options.folder))
    tally, begun = Tally(), time.monotonic()
    for number in range(max(1, round(options.faults / _BATCH))):
        batch(folder, options.seed + number, tally, lambda reason: print(f"left out: {reason}"))
        spent = time.monotonic() - begun
        print(
            f"batch {number + 1}: {tally.total.tried:,} tried, {len(tally.problems)} problems, {spent:,.0f} s",
            flush=True,
        )
    print("damage and refusal are told as such; lost, half, wrong and unwell are problems")
    print(tally.table())
    for problem in tally.problems[:50]:
        print(problem)
    if tally.problems:
        print(f"the stores are kept in {folder}")
    else:
        shutil.rmtree(folder)
    return 1 if tally.problems else 0


if __name__ == "__main__":
    sys.exit(main())
