"""What the store costs as it grows: adding, opening, memory of a worker, disk.

    python -m bench.store --data FOLDER --large FOLDER

``--large``: a collection of 100,000 passages (`bench.passages`), made there if missing. The same 100 documents are
added to a copy of it and to a collection of 1,000 passages; each step runs in a process of its own, on one thread.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from itertools import islice
from pathlib import Path

from bench.cards import printed
from bench.passages import contexts, fill
from indexer.collection import Collection
from indexer.encoder import EMBEDDED, load_encoder
from indexer.load import load_bytes
from indexer.sealed import size_of
from qa.assemble import assemble
from qa.pipeline import Request

SMALL, LARGE, ADDED = 1_000, 100_000, 100
_WORD = "编号"
_QUESTIONS = ("快手2025年第一季度的收入是多少？", "When was the university founded?", "谁是这部电影的导演？")


def section(data: Path, large: Path) -> Iterator[str]:
    """The tables, line by line."""
    with tempfile.TemporaryDirectory(prefix="citespan-store-") as name:
        folders = {SMALL: Path(name) / "small", LARGE: Path(name) / "large"}
        fill(Collection(folders[SMALL], load_encoder(EMBEDDED)), contexts(data), SMALL)
        fill(Collection(large, load_encoder(EMBEDDED)), contexts(data), LARGE)
        shutil.copytree(large, folders[LARGE])
        os.sync()  # or pages that wait for the disk would count as the process's own
        yield f"| passages | adding {ADDED}: CPU s | bytes written (MB) | opening: CPU s | private MB of a worker |"
        yield "|---|---|---|---|---|"
        for passages, folder in folders.items():
            opened = _in_process("open", folder, data)
            added = _in_process("add", folder, data)
            yield (
                f"| {passages:,} | {added['cpu']:.2f} | {added['written'] / 1e6:.2f} | {opened['cpu']:.3f}"
                f" | {opened['private'] / 1e6:.1f} |"
            )
        yield ""
        yield from _disk(large)


def _disk(folder: Path) -> Iterator[str]:
    snapshot = Collection(folder, load_encoder(EMBEDDED)).snapshot()
    passages = snapshot.passages_count
    text = sum(
        len(snapshot.read_source(document).encode())
        for document in snapshot.documents(limit=10 * snapshot.documents_count)
    )
    parts = {name: size_of(folder / name) for name in ("segments", "lexical")}
    whole = size_of(folder)
    parts["record"] = whole - sum(parts.values())
    yield "| bytes a passage | whole | text | besides the text | record | segments | lexical index |"
    yield "|---|---|---|---|---|---|---|"
    yield (
        f"| {passages:,} passages | {whole / passages:,.0f} | {text / passages:,.0f} | {(whole - text) / passages:,.0f}"
        f" | {parts['record'] / passages:,.0f} | {parts['segments'] / passages:,.0f}"
        f" | {parts['lexical'] / passages:,.0f} |"
    )


def _in_process(step: str, folder: Path, data: Path) -> dict[str, float]:
    done = subprocess.run(
        [sys.executable, "-m", "bench.store", "--step", step, "--large", str(folder), "--data", str(data)],
        env={**os.environ, "OMP_NUM_THREADS": "1"},
        check=True,
        capture_output=True,
        text=True,
    )
    found: dict[str, float] = json.loads(done.stdout)
    return found


def _add(folder: Path, data: Path) -> dict[str, float]:
    """New documents in one commit: words of real texts under new names, so that none is a copy."""
    collection = Collection(folder, load_encoder(EMBEDDED))
    texts = [context.text for context in islice(contexts(data), 50_000, 50_000 + ADDED)]
    documents = [
        load_bytes(f"{_WORD}{number}。{text}".encode(), f"added-{number}.txt") for number, text in enumerate(texts)
    ]
    collection.prepared(documents[0])  # what a process reads once is not counted
    with collection.writer():
        pass
    cpu, written = time.process_time(), _written()
    prepared = [collection.prepared(document) for document in documents]
    with collection.writer() as writer:
        for each in prepared:
            writer.put(each)
        writer.commit()
    return {"cpu": time.process_time() - cpu, "written": _written() - written}


def _open(folder: Path) -> dict[str, float]:
    """CPU of opening, and the private memory that the index and some questions add to a process with warm models."""
    encoder = load_encoder(EMBEDDED)
    pipeline = assemble(encoder)
    pipeline.warm()
    before = _private()
    cpu = time.process_time()
    snapshot = Collection(folder, encoder).snapshot()
    cpu = time.process_time() - cpu
    for question in _QUESTIONS:
        pipeline.ask(snapshot, Request(question))
    return {"cpu": cpu, "private": _private() - before}


def _written() -> int:
    """Bytes that this process has handed to the disk (Linux)."""
    lines = Path("/proc/self/io").read_text(encoding="utf-8").splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("write_bytes"))


def _private() -> int:
    """Bytes of memory that no other process shares (Linux)."""
    lines = Path("/proc/self/smaps_rollup").read_text(encoding="utf-8").splitlines()
    return sum(int(line.split()[1]) * 1024 for line in lines if line.startswith(("Private_Dirty", "Private_Hugetlb")))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, required=True, help="folder of the question sets")
    parser.add_argument("--large", type=Path, required=True, help=f"collection of {LARGE:,} passages, made if missing")
    parser.add_argument(
        "--step", choices=("add", "open"), help="one measurement, as JSON (used by this program itself)"
    )
    arguments = parser.parse_args()
    if arguments.step:
        print(json.dumps(_add(arguments.large, arguments.data) if arguments.step == "add" else _open(arguments.large)))
        return
    printed(section(arguments.data, arguments.large), None)


if __name__ == "__main__":
    main()
