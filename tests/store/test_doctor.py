import os
import sqlite3
from pathlib import Path

import pytest
from small_store import KLING, KUAISHOU, doc, found_by_meaning, found_by_terms, put, remove

from indexer import doctor as doctor_module
from indexer.collection import Collection
from indexer.doctor import examine, repair
from indexer.errors import CorruptIndex

DERIVED = ["segments/*/dense.faiss", "segments/*/chunks.npy", "segments/*/manifest.json", "lexical/*/meta.json"]


@pytest.fixture
def filled(collection: Collection) -> Collection:
    put(collection, doc("a", KLING), doc("b", KUAISHOU))
    put(collection, doc("b", "快手的新文本。"))
    remove(collection, "a")
    put(collection, doc("c", KLING))
    return collection


def flip(path: Path, at: float = 0.5) -> None:
    data = bytearray(path.read_bytes())
    data[int(at * (len(data) - 1))] ^= 8
    path.write_bytes(data)


def change(collection: Collection, sql: str) -> None:
    """As no program of ours would."""
    connection = sqlite3.connect(collection.path / "record.db")
    connection.execute(sql)
    connection.commit()
    connection.close()


def test_a_sound_collection_is_well(filled: Collection):
    steps: list[str] = []
    found = examine(filled, steps.append)
    assert found.well
    assert (found.documents, found.revisions, found.passages) == (2, 3, 2)
    assert steps == ["record", "segments", "lexical"]
    assert repair(filled, found) is None


@pytest.mark.parametrize("file", [*DERIVED, "lexical/*/*.idx", "lexical/*/*.term"])
def test_a_flipped_bit_of_what_is_derived_is_found_and_mended_without_encoding(filled: Collection, file: str):
    flip(next(filled.path.glob(file)))
    found = examine(filled)
    assert [finding.part for finding in found.findings] == [file.split("/")[0]]
    encoder = filled._encoder
    before = encoder.encoded
    assert repair(filled, found) is not None
    assert encoder.encoded == before
    assert examine(filled).well
    assert found_by_terms(filled.snapshot(), "专业创作者") == ["c"]
    assert found_by_meaning(filled.snapshot(), KLING)[0] == "c"


@pytest.mark.parametrize("file", DERIVED)
def test_what_is_missing_is_made_again_by_the_next_writer(filled: Collection, file: str):
    path = next(filled.path.glob(file))
    path.unlink()
    fresh = Collection(filled.path, filled._encoder)
    with pytest.raises(CorruptIndex):
        fresh.snapshot()
    put(fresh, doc("d", "之后的文件。"))
    assert examine(fresh).well
    assert fresh.snapshot().documents_count == 3


def test_a_serving_process_mends_what_it_meets(filled: Collection):
    os.truncate(next(filled.path.glob("segments/*/dense.faiss")), 5)
    fresh = Collection(filled.path, filled._encoder)
    fresh.follow()
    assert found_by_meaning(fresh.snapshot(), KLING)[0] == "c"
    assert examine(fresh).well


@pytest.mark.parametrize(
    ("sql", "told"),
    [
        ("UPDATE blocks SET text = replace(text, '近七成', '近八成')", "has changed on the disk"),
        ("UPDATE chunks SET start = start + 1", "has changed on the disk"),
        ("UPDATE chunks SET encoded = zeroblob(4)", "has changed on the disk"),
        ("DELETE FROM blocks", "has 0 characters"),
        ("DELETE FROM chunks", "passages are on record|but 0 are on record"),
    ],
)
def test_damage_of_the_record_is_named_and_not_called_mendable(filled: Collection, sql: str, told: str):
    change(filled, sql)
    found = examine(filled)
    record = [finding for finding in found.findings if finding.part == "record"]
    assert record
    assert any(part in finding.message for finding in record for part in told.split("|"))
    assert not any(finding.repairable for finding in record)


def test_a_text_that_has_changed_is_refused_not_quoted(filled: Collection):
    change(filled, "UPDATE blocks SET text = replace(text, '近七成', '近八成')")
    snapshot = Collection(filled.path, filled._encoder).snapshot()
    with pytest.raises(CorruptIndex):
        found_by_terms(snapshot, "专业创作者")
    with pytest.raises(CorruptIndex):
        snapshot.source_text("c")


@pytest.mark.parametrize("data", [b"", b"garbage" * 1000])
def test_a_record_that_is_none_is_said_to_be(filled: Collection, data: bytes):
    for name in ("record.db-wal", "record.db-shm"):
        (filled.path / name).unlink(missing_ok=True)
    (filled.path / "record.db").write_bytes(data)
    found = examine(Collection(filled.path, filled._encoder))
    assert [finding.part for finding in found.findings] == ["record"]


def test_little_room_is_told(filled: Collection, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(doctor_module, "_LEAST_FREE", 2**62)
    assert [finding.part for finding in examine(filled).findings] == ["disk"]
