import json
import subprocess
import sys
import threading
from pathlib import Path

import numpy as np
import pytest
from fakes import HashEncoder
from small_store import KLING, KUAISHOU, doc, found_by_meaning, found_by_terms, put

from indexer.collection import Collection
from indexer.collections import Collections
from indexer.encoded import search_rows
from indexer.errors import (
    CollectionNotFound,
    ConfigError,
    CorruptIndex,
    DocumentNotFound,
    EncoderMismatch,
    LoadError,
    NotReady,
    RevisionNotFound,
    WriterBusy,
)
from indexer.lexical import LexicalQuery
from indexer.segment import Segment


@pytest.fixture
def collection(tmp_path: Path) -> Collection:
    return Collections(tmp_path, HashEncoder()).create("default")


def test_an_empty_collection_is_not_ready_and_says_how_to_fill_it(collection: Collection):
    with pytest.raises(NotReady, match="index some documents"):
        collection.snapshot()
    assert collection.status()["documents"] == 0


def test_one_commit_makes_a_document_found_in_both_indexes(collection: Collection):
    assert put(collection, doc("kling", KLING), doc("ks", KUAISHOU)) == 1
    snapshot = collection.snapshot()
    assert (snapshot.commit, snapshot.documents_count) == (1, 2)
    assert found_by_terms(snapshot, "专业创作者")[0] == "kling"
    assert found_by_meaning(snapshot, "近七成收入由专业创作者贡献")[0] == "kling"


def test_chunk_text_maps_to_the_source(collection: Collection):
    raw = "可靈AI近七成(chéng)收入<br />由專業創(chuàng)作者貢獻。"
    put(collection, doc("a", raw))
    (chunk,) = collection.snapshot().chunks([1])
    assert "(ch" not in chunk.text
    start = chunk.text.index("近七成")
    low, high = chunk.map.to_lower(start, start + 3)
    assert collection.snapshot().source_text("a", start=low, end=high) == raw[low:high] == "近七成"


def test_source_text_of_a_long_document_is_read_in_parts(collection: Collection):
    text = "".join(f"第{number}句话讲了一件事。" for number in range(4000))
    put(collection, doc("long", text))
    snapshot = collection.snapshot()
    assert snapshot.source_text("long") == text
    for start, end in ((0, 5), (8190, 8195), (8192, 16384), (20000, 40000), (len(text) - 3, len(text))):
        assert snapshot.source_text("long", start=start, end=end) == text[start:end]


def test_an_unchanged_document_is_not_encoded_again_and_makes_no_commit(tmp_path: Path):
    encoder = HashEncoder()
    collection = Collections(tmp_path, encoder).create("default")
    put(collection, doc("a", KLING))
    before = encoder.encoded
    with collection.writer() as writer:
        assert writer.put(doc("a", KLING)).unchanged
        assert writer.commit() == 1
    assert encoder.encoded == before


def test_a_new_revision_replaces_the_old_one_and_keeps_its_text(collection: Collection):
    put(collection, doc("a", KLING))
    old = collection.snapshot().document("a").revision
    assert put(collection, doc("a", KUAISHOU)) == 2
    snapshot = collection.snapshot()
    assert found_by_terms(snapshot, "专业创作者 快手") == ["a"]
    assert all("快手" in chunk.text or "管理层" in chunk.text for chunk in snapshot.chunks([1, 2, 3]))
    assert snapshot.source_text("a", old) == KLING
    assert not snapshot.document("a", old).current


def test_a_removed_document_is_nowhere(collection: Collection):
    put(collection, doc("a", KLING), doc("b", KUAISHOU))
    with collection.writer() as writer:
        receipt = writer.remove("a")
        assert receipt is not None
        assert receipt.doc_id == "a"
        assert writer.remove("a") is None
        writer.commit()
    snapshot = collection.snapshot()
    assert "a" not in found_by_terms(snapshot, KLING) + found_by_meaning(snapshot, KLING)
    with pytest.raises(DocumentNotFound):
        snapshot.document("a")


def test_a_document_put_and_removed_before_the_commit_leaves_nothing(collection: Collection):
    with collection.writer() as writer:
        writer.put(doc("a", KLING))
        writer.put(doc("b", KUAISHOU))
        writer.remove("a")
        writer.commit()
    assert set(found_by_meaning(collection.snapshot(), KLING)) == {"b"}


def test_what_is_not_committed_is_dropped(collection: Collection):
    put(collection, doc("a", KLING))
    with collection.writer() as writer:
        writer.put(doc("b", KUAISHOU))
        writer.remove("a")
    snapshot = collection.snapshot()
    assert [document.doc_id for document in snapshot.documents()] == ["a"]
    assert set(found_by_meaning(snapshot, KUAISHOU) + found_by_terms(snapshot, KUAISHOU)) <= {"a"}


def test_an_error_while_writing_drops_everything(collection: Collection):
    put(collection, doc("a", KLING))

    def fail() -> None:
        with collection.writer() as writer:
            writer.put(doc("b", KUAISHOU))
            raise LoadError("the disk burned")

    with pytest.raises(LoadError, match="burned"):
        fail()
    assert collection.snapshot().documents_count == 1


def test_a_snapshot_that_is_held_does_not_change(collection: Collection):
    put(collection, doc("a", KLING))
    held = collection.snapshot()
    put(collection, doc("a", KUAISHOU))
    with collection.writer() as writer:
        writer.remove("a")
        writer.put(doc("c", "完全不同的内容在这里。"))
        writer.commit()
    assert found_by_terms(held, "专业创作者") == ["a"]
    assert found_by_meaning(held, KLING) == ["a"]
    assert held.source_text("a") == KLING
    assert collection.snapshot().commit == 3


def test_a_folder_that_goes_while_it_is_opened_means_a_newer_commit(
    collection: Collection, monkeypatch: pytest.MonkeyPatch
):
    """Between the record and the first of its segments, a writer commits and removes them."""
    for number in range(2):
        put(
            collection,
            *(doc(f"d{number}-{part}", f"编号{number}之{part}的文件。") for part in range(1 + 9 * (not number))),
        )
    assert len(list((collection.path / "segments").iterdir())) == 2
    opened: list[Path] = []

    class Slow(Segment):
        def __init__(self, folder: Path, total: str) -> None:
            opened.append(folder)
            if len(opened) == 1:
                put(Collection(collection.path, HashEncoder()), *(doc(f"e{n}", f"新的{n}。") for n in range(20)))
            super().__init__(folder, total)

    monkeypatch.setattr("indexer.snapshot.Segment", Slow)
    fresh = Collection(collection.path, HashEncoder())
    assert fresh.snapshot().documents_count == 31
    assert len(opened) > 1


def test_many_small_commits_end_in_few_segments_and_nothing_is_lost(collection: Collection):
    for number in range(40):
        put(collection, doc(f"d{number:02}", f"编号{number}的文件讲述第{number}个故事。"))
    with collection.writer() as writer:
        for number in range(0, 40, 2):
            writer.remove(f"d{number:02}")
        writer.commit()
    put(collection, doc("last", "最后一个文件。"))
    folders = list((collection.path / "segments").iterdir())
    assert len(folders) <= 6
    snapshot = collection.snapshot()
    kept = {f"d{number:02}" for number in range(1, 40, 2)} | {"last"}
    assert {document.doc_id for document in snapshot.documents()} == kept
    vector = HashEncoder().encode_query(["编号故事文件"])[0]
    found = snapshot.chunks([chunk_id for chunk_id, _ in snapshot.dense(vector, 100)])
    assert {chunk.document.doc_id for chunk in found} == kept


def test_filters_reach_into_both_searches(collection: Collection):
    put(
        collection,
        doc("a", KLING, published="2025-05-01", metadata={"tags": "ai, video"}),
        doc("b", KUAISHOU, published="2025-06-01", metadata={"tags": "results"}),
    )
    snapshot = collection.snapshot()
    assert snapshot.matching(tag=["ai"]) == ["a"]
    assert snapshot.matching(published_from="2025-05-02") == ["b"]
    assert snapshot.matching(source=["a.txt"], published_to="2025-04-30") == []
    vector = HashEncoder().encode_query([KLING])[0]
    only = [chunk_id for chunk_id, _ in snapshot.dense(vector, 10, ["b"])]
    assert {chunk.document.doc_id for chunk in snapshot.chunks(only)} == {"b"}
    assert snapshot.lexical(LexicalQuery.of("专业创作者"), 10, ["b"]) == []


def test_copies_of_a_whole_document_are_named(collection: Collection):
    put(collection, doc("a", KLING), doc("b", KLING.replace("发布", "發布")))
    snapshot = collection.snapshot()
    assert snapshot.document("b").copy_of == "a"
    assert snapshot.document("a").copy_of is None


def test_an_unknown_revision_is_told_from_an_unknown_document(collection: Collection):
    put(collection, doc("a", KLING))
    with pytest.raises(RevisionNotFound):
        collection.snapshot().document("a", "nope")
    with pytest.raises(DocumentNotFound):
        collection.snapshot().document("b")


def test_another_encoder_is_refused_by_both_names(tmp_path: Path):
    put(Collections(tmp_path, HashEncoder(name="one")).create("default"), doc("a", KLING))
    other = Collections(tmp_path, HashEncoder(name="two")).open("default")
    with pytest.raises(EncoderMismatch, match=r"'one'.*'two'"):
        other.snapshot()
    with pytest.raises(EncoderMismatch, match=r"'one'.*'two'"), other.writer():
        pass


def test_a_second_writer_is_told_who_is_at_work(collection: Collection):
    with collection.writer(), pytest.raises(WriterBusy, match=r"process \d+"), collection.writer(timeout=0.1):
        pass


def test_a_second_writer_waits_its_turn(collection: Collection):
    done = threading.Event()

    def second() -> None:
        put(collection, doc("b", KUAISHOU))
        done.set()

    with collection.writer() as writer:
        thread = threading.Thread(target=second)
        thread.start()
        assert not done.wait(0.2)
        writer.put(doc("a", KLING))
        writer.commit()
    thread.join(timeout=10)
    assert {document.doc_id for document in collection.snapshot().documents()} == {"a", "b"}


def test_a_writer_killed_between_the_indexes_and_the_record_leaves_the_last_commit(tmp_path: Path):
    """The process dies at the very moment before SQLite commits: segment and lexical entries are on disk."""
    collection = Collections(tmp_path, HashEncoder()).create("default")
    put(collection, doc("a", KLING))
    script = """
import os, sys
from pathlib import Path
from fakes import HashEncoder
from indexer import record
from indexer.collections import Collections
from indexer.load import load_bytes
from indexer.segment import Segment

collection = Collections(Path(sys.argv[1]), HashEncoder()).open("default")
real = record.write_meta
record.write_meta = lambda *a, **k: os.kill(os.getpid(), 9)
with collection.writer() as writer:
    writer.put(load_bytes("鹦鹉学舌从未提交。".encode(), "ghost.txt", doc_id="ghost"))
    writer.commit()
"""
    root = Path(__file__).parents[2]
    died = subprocess.run(
        [sys.executable, "-c", script, str(tmp_path)],
        env={"PYTHONPATH": f"{root}:{root / 'tests'}", "PATH": ""},
        capture_output=True,
        text=True,
        check=False,
    )
    assert died.returncode == -9, died.stderr
    fresh = Collections(tmp_path, HashEncoder()).open("default")
    assert [document.doc_id for document in fresh.snapshot().documents()] == ["a"]
    assert found_by_terms(fresh.snapshot(), "鹦鹉") == []
    assert len(list((collection.path / "segments").iterdir())) == 2
    put(fresh, doc("b", KUAISHOU))
    assert len(list((collection.path / "segments").iterdir())) == 1
    assert set(found_by_terms(fresh.snapshot(), "鹦鹉 快手 可灵")) == {"a", "b"}
    assert set(found_by_meaning(fresh.snapshot(), "鹦鹉学舌")) == {"a", "b"}


@pytest.mark.parametrize("file", ["record.db", "segments/*/dense.faiss", "lexical/*/meta.json", "lexical/*/*.idx"])
def test_a_damaged_file_is_named_not_served(collection: Collection, file: str):
    put(collection, doc("a", KLING))
    (path,) = collection.path.glob(file)
    path.write_bytes(b"\x00" * 100)
    (collection.path / "record.db-wal").unlink(missing_ok=True)
    with pytest.raises(CorruptIndex):
        Collections(collection.path.parents[1], HashEncoder()).open("default").snapshot()


@pytest.mark.parametrize("name", ["", "..", "A", "a/b", "x" * 65, "-a", "a b", "可灵"])
def test_collection_names_that_could_leave_the_folder_are_refused(tmp_path: Path, name: str):
    with pytest.raises(ConfigError) as caught:
        Collections(tmp_path, HashEncoder()).create(name)
    assert caught.value.error_code == "collection_name_invalid"


def test_an_unknown_collection_is_named_with_those_that_are_there(collection: Collection):
    put(collection, doc("a", KLING))
    with pytest.raises(CollectionNotFound, match="default"):
        Collections(collection.path.parents[1], HashEncoder()).open("other")


def test_a_removed_collection_is_gone(collection: Collection):
    put(collection, doc("a", KLING))
    collections = Collections(collection.path.parents[1], HashEncoder())
    collections.remove("default")
    assert collections.names() == []
    with pytest.raises(CollectionNotFound):
        collections.open("default")


def test_what_is_kept_of_the_encoder_gives_its_vectors(collection: Collection):
    put(collection, doc("a", KLING))
    tokens = collection.snapshot().candidates([1]).tokens
    assert tokens is not None
    (chunk,) = collection.snapshot().chunks([1])
    encoder = HashEncoder()
    sentences = [chunk.text[a:b] for a, b in chunk.sentences]
    own = encoder.token_ids(sentences)
    assert tokens.ids.tolist() == np.concatenate(own).tolist()
    assert tokens.counts.tolist() == [len(ids) for ids in own]
    rows, counts = search_rows(encoder, [tokens.pack()])
    assert counts.tolist() == [len(rows)]
    assert float(rows[0] @ encoder.encode([chunk.text])[0]) == pytest.approx(1.0, abs=1e-5)


def test_status_is_json(collection: Collection):
    put(collection, doc("a", KLING))
    status = json.loads(json.dumps(collection.status()))
    assert (status["documents"], status["commit"]) == (1, 1)
    assert status["encoder"]["name"] == "hash"


def test_without_any_collection_it_is_told_how_to_make_one(tmp_path: Path):
    with pytest.raises(CollectionNotFound, match="citespan index"):
        Collections(tmp_path, HashEncoder()).open("default")
