import subprocess
import sys
import threading
from pathlib import Path

import pytest
from small_store import KLING, doc, files_with, found_by_terms, put, remove

from indexer.collection import Collection
from indexer.compact import compact
from indexer.doctor import examine
from indexer.errors import RevisionNotFound

SECRET = "鹦鹉螺计划绝密预算九百万"
ROOT = Path(__file__).parents[2]


def test_what_was_deleted_and_superseded_leaves_every_file(collection: Collection):
    put(collection, doc("a", KLING), doc("gone", f"{SECRET}。"), doc("changed", f"{SECRET}，第一版。"))
    old = collection.snapshot().document("changed").revision
    remove(collection, "gone")
    put(collection, doc("changed", "第二版，没有秘密。"))
    assert collection.snapshot().source_text("changed", old).startswith(SECRET)
    assert files_with(collection.path, SECRET)
    receipt = compact(collection)
    assert (receipt.revisions, receipt.log_emptied) == (1, True)
    assert files_with(collection.path, SECRET) == []
    snapshot = collection.snapshot()
    with pytest.raises(RevisionNotFound):
        snapshot.document("changed", old)
    assert found_by_terms(snapshot, "专业创作者") == ["a"]
    assert snapshot.source_text("changed") == "第二版，没有秘密。"
    assert examine(collection).well


def test_compacting_gives_room_back(collection: Collection):
    put(collection, *(doc(f"d{number}", f"编号{number}。" * 200) for number in range(60)))
    remove(collection, *(f"d{number}" for number in range(1, 60)))
    receipt = compact(collection)
    assert receipt.bytes_after < receipt.bytes_before / 3
    assert collection.snapshot().documents_count == 1


def test_a_reader_that_stays_is_told_of_and_loses_nothing(collection: Collection):
    put(collection, doc("a", f"{SECRET}。"))
    held = collection.snapshot()
    remove(collection, "a")
    receipt = compact(collection, patience=0.3)
    assert not receipt.log_emptied
    assert held.source_text("a") == f"{SECRET}。"
    del held
    assert compact(collection).log_emptied
    assert files_with(collection.path, SECRET) == []


def test_another_process_that_follows_lets_go_by_itself(collection: Collection):
    put(collection, doc("a", f"{SECRET}。"), doc("b", KLING))
    script = """
import sys, time
from pathlib import Path
from fakes import HashEncoder
from indexer.collection import Collection
collection = Collection(Path(sys.argv[1]), HashEncoder())
collection.snapshot()
print("open", flush=True)
while True:
    time.sleep(0.1)
    collection.follow()
"""
    reader = subprocess.Popen(
        [sys.executable, "-c", script, str(collection.path)],
        env={"PYTHONPATH": f"{ROOT}:{ROOT / 'tests'}", "PATH": ""},
        stdout=subprocess.PIPE,
    )
    try:
        assert reader.stdout is not None
        assert reader.stdout.readline() == b"open\n"
        remove(collection, "a")
        assert compact(collection, patience=20).log_emptied
    finally:
        reader.kill()
        reader.communicate()
    assert files_with(collection.path, SECRET) == []


def test_the_log_does_not_grow_for_ever_beside_a_reader(collection: Collection, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("indexer.record.WAL_LIMIT", 300_000)
    monkeypatch.setattr("indexer.wal._AGAIN_S", 0)
    reader = Collection(collection.path, collection._encoder)
    stop = threading.Event()

    def follow() -> None:
        while not stop.wait(0.02):
            reader.follow()

    thread = threading.Thread(target=follow)
    thread.start()
    try:
        for number in range(60):
            put(collection, doc("a", f"第{number}版。" * 500))
            assert reader.snapshot().document("a").characters
    finally:
        stop.set()
        thread.join()
    assert (collection.path / "record.db-wal").stat().st_size < 1_500_000
