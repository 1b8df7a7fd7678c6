"""The same questions over the same index give the same bytes, whatever process answers.

    python -m bench.determinism COLLECTION [--documents FOLDER] < questions

Prints a line of JSON for each line of questions: everything that `Pipeline.ask` gives but the times of its stages.
``--documents`` indexes FOLDER into COLLECTION first.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
from collections.abc import Iterator, Sequence
from dataclasses import asdict
from pathlib import Path

from indexer.build import build
from indexer.collection import Collection
from indexer.encoder import load_encoder
from indexer.snapshot import Snapshot
from qa.assemble import assemble
from qa.evaluation.evaluate import Asker
from qa.pipeline import Request

_ROOT = Path(__file__).parents[1]


def lines(snapshot: Snapshot, pipeline: Asker, questions: Sequence[str]) -> Iterator[str]:
    """An answer a line, keys in order, Chinese unescaped."""
    for question in questions:
        told = asdict(pipeline.ask(snapshot, Request(question, min_confidence=0.0, explain=True)))
        del told["explain"]["stages_ms"], told["stages"]
        yield json.dumps(told, ensure_ascii=False, sort_keys=True, default=float)


def in_another_process(
    collection: Path, questions: Sequence[str], hash_seed: int, documents: Path | None = None
) -> bytes:
    """What a process of its own prints in which strings hash by ``hash_seed``, so that sets differ in their order."""
    command = [sys.executable, "-m", "bench.determinism", str(collection)]
    return subprocess.run(
        command + (["--documents", str(documents)] if documents else []),
        input="\n".join(" ".join(question.split()) for question in questions).encode(),
        stdout=subprocess.PIPE,
        check=True,
        cwd=_ROOT,
        env={**os.environ, "PYTHONHASHSEED": str(hash_seed)},
    ).stdout


def verdict(one: bytes, other: bytes) -> str:
    """A sentence on what two processes printed, a line for each of the same questions."""
    pairs = list(zip(one.splitlines(), other.splitlines(), strict=True))
    return f"Answered in two processes: {sum(a == b for a, b in pairs)} of {len(pairs)} answers are the same bytes."


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("collection", type=Path)
    parser.add_argument("--documents", type=Path, help="indexed first")
    arguments = parser.parse_args()
    encoder = load_encoder("embedded")
    collection = Collection(arguments.collection, encoder)
    if arguments.documents:
        build(collection, [arguments.documents])
    questions = sys.stdin.buffer.read().decode().splitlines()
    for line in lines(collection.snapshot(), assemble(encoder), questions):
        sys.stdout.buffer.write(line.encode() + b"\n")


if __name__ == "__main__":
    main()
