from pathlib import Path

import pytest
from fakes import HashEncoder

from indexer.build import BuildReport, build
from indexer.collection import Collection
from indexer.collections import Collections
from indexer.errors import LoadError


@pytest.fixture
def collection(tmp_path: Path) -> Collection:
    return Collections(tmp_path / "data", HashEncoder()).create("default")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    folder = tmp_path / "docs"
    (folder / "deep").mkdir(parents=True)
    (folder / "a.txt").write_text("可灵发布了2.1版本。", "utf-8")
    (folder / "deep" / "b.md").write_text("# 快手\n\n一季度日活4.08亿。\n", "utf-8")
    return folder


def sources(collection: Collection) -> list[str]:
    return sorted(document.source for document in collection.snapshot().documents())


def test_sources_are_paths_below_the_folder(collection: Collection, folder: Path):
    report = build(collection, [folder])
    assert (report.added, report.failed, report.commit) == (2, {}, 1)
    assert sources(collection) == ["a.txt", "deep/b.md"]


def test_a_second_run_changes_nothing(collection: Collection, folder: Path):
    build(collection, [folder])
    report = build(collection, [folder])
    assert (report.added, report.updated, report.unchanged, report.commit) == (0, 0, 2, 1)


def test_a_changed_file_is_a_new_revision(collection: Collection, folder: Path):
    build(collection, [folder])
    (folder / "a.txt").write_text("可灵发布了3.0版本。", "utf-8")
    assert build(collection, [folder]).updated == 1
    assert collection.snapshot().documents_count == 2


def test_a_failing_file_is_named_and_the_rest_goes_on(collection: Collection, folder: Path):
    (folder / "empty.txt").write_bytes(b"")
    (folder / "broken.pdf").write_bytes(b"%PDF-1.7 nothing")
    (folder / "picture.png").write_bytes(b"\x89PNG")
    heard: list[tuple[str, LoadError | None]] = []
    report = build(collection, [folder], on_file=lambda source, error: heard.append((source, error)))
    assert {source: code for source, (code, _) in report.failed.items()} == {
        "broken.pdf": "file_broken",
        "empty.txt": "file_empty",
    }
    assert list(report.skipped) == ["picture.png"]
    assert len(heard) == 5
    assert sources(collection) == ["a.txt", "deep/b.md"]


def test_a_file_that_breaks_later_keeps_its_last_revision_even_with_prune(collection: Collection, folder: Path):
    build(collection, [folder])
    (folder / "a.txt").write_bytes(b"\x00\x01\x02" * 1000)
    report = build(collection, [folder], prune=True)
    assert list(report.failed) == ["a.txt"]
    assert sources(collection) == ["a.txt", "deep/b.md"]


def test_prune_removes_what_left_the_folder_and_only_that(collection: Collection, folder: Path, tmp_path: Path):
    other = tmp_path / "other"
    other.mkdir()
    (other / "c.txt").write_text("另一个文件夹里的文件。", "utf-8")
    build(collection, [folder, other])
    (folder / "a.txt").unlink()
    assert build(collection, [folder]).removed == 0
    assert build(collection, [folder], prune=True).removed == 1
    assert sources(collection) == ["c.txt", "deep/b.md"]


def test_a_link_out_of_the_folder_is_not_followed(collection: Collection, folder: Path, tmp_path: Path):
    (tmp_path / "secret.txt").write_text("秘密内容不应被索引。", "utf-8")
    (folder / "link.txt").symlink_to(tmp_path / "secret.txt")
    report = build(collection, [folder])
    assert report.failed["link.txt"][0] == "file_outside"
    assert "link.txt" not in sources(collection)


def test_two_files_of_one_source_are_told_apart(collection: Collection, folder: Path, tmp_path: Path):
    other = tmp_path / "other"
    other.mkdir()
    (other / "a.txt").write_text("同名的另一个文件。", "utf-8")
    report = build(collection, [folder, other])
    assert report.failed["a.txt"][0] == "file_duplicate"


def test_a_file_of_another_folder_does_not_replace_one_of_the_same_name(
    collection: Collection, folder: Path, tmp_path: Path
):
    build(collection, [folder])
    other = tmp_path / "other"
    other.mkdir()
    (other / "a.txt").write_text("同名的另一个文件。", "utf-8")
    report = build(collection, [other])
    assert report.failed["a.txt"][0] == "file_duplicate"
    (document,) = (each for each in collection.snapshot().documents() if each.source == "a.txt")
    assert "2.1" in collection.snapshot().source_text(document.doc_id)


def test_a_folder_that_moved_is_the_same_folder(collection: Collection, folder: Path, tmp_path: Path):
    build(collection, [folder])
    report = build(collection, [folder.rename(tmp_path / "moved")])
    assert (report.unchanged, report.failed) == (2, {})


def test_a_path_that_is_not_there_stops_before_anything_is_written(collection: Collection, folder: Path):
    with pytest.raises(LoadError, match="does not exist"):
        build(collection, [folder, folder / "nope"])
    assert collection.status()["commit"] == 0


def test_the_glossary_of_a_folder_comes_along_and_follows_its_file(collection: Collection, folder: Path):
    (folder / "glossary.toml").write_text('[[entry]]\nterms = ["可灵", "Kling"]\n', "utf-8")
    report: BuildReport = build(collection, [folder])
    assert report.added == 2
    (file,) = collection.snapshot().glossary_files()
    assert "Kling" in file.read_text("utf-8")
    (folder / "glossary.toml").unlink()
    build(collection, [folder])
    assert collection.snapshot().glossary_files() == []
