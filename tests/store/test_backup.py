import io
import json
import tarfile
import threading
from pathlib import Path

import pytest
from fakes import HashEncoder
from small_store import KLING, KUAISHOU, doc, found_by_terms, put

from indexer.backup import FORMAT, backup, restore
from indexer.collection import Collection
from indexer.collections import Collections
from indexer.doctor import examine
from indexer.errors import BackupBroken, CollectionExists, EncoderMismatch, NotReady


@pytest.fixture
def filled(collection: Collection) -> Collection:
    put(collection, doc("a", KLING), doc("b", KUAISHOU))
    put(collection, doc("b", "快手的新文本。"))
    return collection


def other(tmp_path: Path, name: str = "other") -> Collection:
    return Collections(tmp_path / "elsewhere", HashEncoder()).create(name)


def test_a_collection_comes_back_whole_with_its_old_revisions(filled: Collection, tmp_path: Path):
    old = filled.snapshot()
    receipt = backup(filled, tmp_path / "file")
    assert receipt.bytes == (tmp_path / "file").stat().st_size
    back = other(tmp_path)
    assert restore(tmp_path / "file", back).commit == 2
    assert examine(back).well
    assert found_by_terms(back.snapshot(), "专业创作者") == ["a"]
    assert back.snapshot().source_text("b") == "快手的新文本。"
    assert back.snapshot().commit == old.commit
    put(back, doc("c", "还能写入。"))
    assert back.snapshot().documents_count == 3


def test_the_same_commit_gives_the_same_bytes(filled: Collection, tmp_path: Path):
    for name in ("one", "two"):
        backup(filled, tmp_path / name)
    assert (tmp_path / "one").read_bytes() == (tmp_path / "two").read_bytes()


def test_a_backup_made_while_others_write_is_of_one_commit(collection: Collection, tmp_path: Path):
    put(collection, doc("d0", "编号0。"))
    stop = threading.Event()

    def write() -> None:
        number = 0
        while not stop.is_set():
            number += 1
            put(collection, doc(f"d{number}", f"编号{number}。"), doc(f"e{number}", f"另一个{number}。"))

    thread = threading.Thread(target=write)
    thread.start()
    try:
        for number in range(5):
            backup(collection, tmp_path / f"file{number}")
    finally:
        stop.set()
        thread.join()
    for number in range(5):
        back = other(tmp_path, f"back{number}")
        restore(tmp_path / f"file{number}", back)
        assert examine(back).well
        ids = {document.doc_id for document in back.snapshot().documents(limit=10_000)}
        assert {name[1:] for name in ids if name[0] == "e"} == {name[1:] for name in ids if name[0] == "d"} - {"0"}


def test_what_is_there_is_only_replaced_on_demand_and_readers_turn_to_it(filled: Collection, tmp_path: Path):
    backup(filled, tmp_path / "file")
    put(filled, doc("c", "之后写入的。"))
    assert filled.snapshot().documents_count == 3
    with pytest.raises(CollectionExists, match="--replace"):
        restore(tmp_path / "file", filled)
    reader = Collection(filled.path, HashEncoder())
    held = reader.snapshot()
    restore(tmp_path / "file", filled, replace=True)
    assert held.source_text("c") == "之后写入的。"
    assert reader.snapshot().documents_count == 2
    put(filled, doc("d", "恢复之后。"))
    assert reader.snapshot().documents_count == 3
    assert [path.name for path in filled.path.parent.iterdir()] == [filled.path.name]


def test_an_empty_collection_has_nothing_to_keep(collection: Collection, tmp_path: Path):
    with pytest.raises(NotReady):
        backup(collection, tmp_path / "file")
    assert not (tmp_path / "file").exists()


def test_another_encoder_is_refused_before_anything_is_replaced(filled: Collection, tmp_path: Path):
    backup(filled, tmp_path / "file")
    strange = Collections(tmp_path / "elsewhere", HashEncoder(name="strange")).create("default")
    with pytest.raises(EncoderMismatch):
        restore(tmp_path / "file", strange)
    assert not strange.path.exists()


@pytest.mark.parametrize("share", [0.0, 0.001, 0.3, 0.9])
def test_a_file_that_was_cut_short_is_refused(filled: Collection, tmp_path: Path, share: float):
    backup(filled, tmp_path / "file")
    data = (tmp_path / "file").read_bytes()
    (tmp_path / "file").write_bytes(data[: int(share * len(data))])
    with pytest.raises(BackupBroken):
        restore(tmp_path / "file", other(tmp_path))
    assert not other(tmp_path).path.exists()


def test_every_flipped_bit_of_a_member_is_noticed(filled: Collection, tmp_path: Path):
    backup(filled, tmp_path / "file")
    data = (tmp_path / "file").read_bytes()
    with tarfile.open(tmp_path / "file") as archive:
        members = [(member.offset_data, member.size) for member in archive if member.size]
    for start, size in members:
        broken = bytearray(data)
        broken[start + size // 2] ^= 4
        (tmp_path / "file").write_bytes(broken)
        with pytest.raises(BackupBroken):
            restore(tmp_path / "file", other(tmp_path))


@pytest.mark.parametrize(
    "name", ["../outside", "/etc/passwd", "segments/../../outside/x", "record.db/../x", "glossaries/a/b.toml"]
)
def test_members_that_could_leave_the_folder_are_refused(tmp_path: Path, name: str):
    content = b"text"
    manifest = {"format": FORMAT, "commit": 1, "documents": 1, "passages": 1, "files": {name: {"bytes": 4}}}
    with tarfile.open(tmp_path / "file", "w") as archive:
        for member, data in (("manifest.json", json.dumps(manifest).encode()), (name, content)):
            info = tarfile.TarInfo(member)
            info.size = len(data)
            archive.addfile(info, io.BytesIO(data))
    with pytest.raises(BackupBroken, match="belongs to no backup"):
        restore(tmp_path / "file", other(tmp_path))


@pytest.mark.parametrize("data", [b"", b"not a tar at all" * 100, b"\x00" * 20_000, b"PK\x03\x04" + b"\x00" * 600])
def test_what_is_no_backup_says_so(tmp_path: Path, data: bytes):
    (tmp_path / "file").write_bytes(data)
    with pytest.raises(BackupBroken):
        restore(tmp_path / "file", other(tmp_path))
