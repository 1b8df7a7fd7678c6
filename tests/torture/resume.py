"""A folder that is indexed by a run that is killed, and then by one that goes on."""

from __future__ import annotations

import random
import shutil
from pathlib import Path

from torture.children import Child
from torture.encoder import QuickEncoder
from torture.judge import unwell
from torture.seen import disagreements, opened, state_of
from torture.tally import Tally
from torture.worker import Tell, shrink
from torture.world import State, text_of

from indexer import build
from indexer.collections import Collections
from indexer.documents import document_id
from indexer.errors import NotReady
from indexer.load import load_bytes
from indexer.prepare import prepare

_KIND = "killed bulk run"


def run(tell: Tell, root: Path, folder: Path) -> tuple[int, int, int]:
    """Indexes ``folder``; tells of each file, and of the sources of each commit. Returns how many were added, how many
    unchanged, and how many texts were encoded."""
    shrink()
    encoder = QuickEncoder()
    store = build._Batch.store

    def told(batch: build._Batch, *, last: bool = False) -> None:
        sources = [getattr(given, "document", given).source for given, _ in batch._waiting]
        store(batch, last=last)
        tell("stored", sources)

    build._Batch.store = told  # type: ignore[method-assign]
    collection = Collections(root, encoder).create("default")
    report = build.build(collection, [folder], on_file=lambda source, _: tell("file", source))
    return report.added, report.unchanged, encoder.encoded


def resume_round(folder: Path, files: int, share: float, seed: int, tally: Tally) -> None:
    """A run over ``files`` files, killed when about ``share`` of them were read, and another one."""
    rng = random.Random(seed)
    root = folder / f"bulk-{seed}-{share:.3f}"
    texts = _write_files(root / "files", files, rng)
    child = Child(run, root, root / "files", errors=root / "worker.txt")
    acknowledged: set[str] = set()
    heard = 0
    while (said := child.hear()) is not None and said[0] in ("file", "stored"):
        heard += said[0] == "file"
        if said[0] == "stored":
            acknowledged.update(said[1])
        if heard >= share * files:
            child.hear(rng.uniform(0, 0.02))
            break
    child.kill()
    while (said := child.hear(0.0)) is not None:
        if said[0] == "stored":
            acknowledged.update(said[1])
    tally.of(_KIND).tried += 1
    there = _state(root)
    _compare(tally, there, texts, acknowledged)
    said = Child(run, root, root / "files", errors=root / "again.txt").result()
    rest = {source: text for source, text in texts.items() if source not in there}
    counting = QuickEncoder()
    for source, text in rest.items():
        prepare(load_bytes(text.encode(), source), counting)
    expected = ("end", (len(rest), len(there), counting.encoded))
    if said != expected:
        tally.problem(_KIND, "wrong", f"the second run ended with {said}, not {expected}")
    _compare(tally, _state(root), texts, set(texts))
    for each in disagreements(opened(root).snapshot()):
        tally.problem(_KIND, "wrong", each)
    if findings := unwell(opened(root)):
        tally.problem(_KIND, "unwell", findings)
    if not tally.problems:
        shutil.rmtree(root)


def _write_files(folder: Path, files: int, rng: random.Random) -> State:
    folder.mkdir(parents=True)
    texts = {f"{at:04}.txt": text_of(rng.randrange(10**9), rng.choice((1, 2, 3, 12))) for at in range(files)}
    for source, text in texts.items():
        (folder / source).write_text(text, encoding="utf-8")
    return texts


def _state(root: Path) -> State:
    """Texts by source."""
    try:
        snapshot = opened(root).snapshot()
    except NotReady:
        return {}
    by_id = state_of(snapshot)
    return {each.source: by_id[document_id(each.source)] for each in snapshot.documents(limit=100_000)}


def _compare(tally: Tally, state: State, texts: State, acknowledged: set[str]) -> None:
    tally.of(_KIND).checked += len(acknowledged)
    for source in acknowledged - state.keys():
        tally.problem(_KIND, "lost", source)
    for source, text in state.items():
        if texts.get(source) != text:
            tally.problem(_KIND, "half", source)
