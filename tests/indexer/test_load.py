from __future__ import annotations

import os
from pathlib import Path

import pytest
from textmaking import docx, pdf, zipped

from indexer.documents import document_id, revision_id
from indexer.errors import LoadError
from indexer.load import LoadFailure, LoadLimits, count_files, load_bytes, load_file, walk


def code_of(data: bytes, source: str, limits: LoadLimits | None = None) -> str:
    with pytest.raises(LoadError) as raised:
        load_bytes(data, source, limits=limits or LoadLimits())
    assert raised.value.message.endswith(tuple("abcdefghijklmnopqrstuvwxyz)")), "a message is a plain sentence"
    return raised.value.error_code


def test_ids_come_from_source_and_bytes() -> None:
    page = load_bytes("正文。".encode(), "a/b.txt")
    assert page.doc_id == document_id("a/b.txt")
    assert page.revision == revision_id("正文。".encode())
    assert (page.title, page.source, page.media_type) == ("b", "a/b.txt", "text/plain")


def test_what_the_caller_says_goes_first_and_belongs_to_the_revision() -> None:
    plain = load_bytes(b"# Own title\n\ntext", "a.md")
    told = load_bytes(b"# Own title\n\ntext", "a.md", doc_id="d", title="T", published="2025-01-02", metadata={"k": 1})
    assert (told.doc_id, told.title, told.published, told.metadata) == ("d", "T", "2025-01-02", {"k": 1})
    assert plain.title == "Own title"
    assert told.revision != plain.revision
    again = load_bytes(b"# Own title\n\ntext", "a.md", title="T", published="2025-01-02", metadata={"k": 1})
    assert again.revision == told.revision


def test_titles_of_plain_text_are_short_opening_lines() -> None:
    assert load_bytes("标题在此\n\n正文很长。".encode(), "x.txt").title == "标题在此"
    assert load_bytes("正在阅读:\n\n标题在此\n\n正文。".encode(), "x.txt").title == "标题在此"
    assert load_bytes("第一句就是正文。\n作者|某人\n第三行也是正文。".encode(), "x.txt").title == "x"


def test_a_labelled_date_is_the_publication_date() -> None:
    assert load_bytes("标题\n发布时间:2025-05-29 10:00\n正文".encode(), "x.txt").published == "2025-05-29"
    assert load_bytes("标题\n2025-05-29 发生了一件事。".encode(), "x.txt").published is None


def test_formats_without_a_suffix_need_a_type_or_are_sniffed() -> None:
    assert load_bytes(b"<p>x</p>", "page", media_type="text/html; charset=utf-8").media_type == "text/html"
    assert load_bytes(b"<html>x</html>", "page").media_type == "text/html"
    assert load_bytes(b"x", "page", media_type="application/octet-stream").media_type == "text/plain"
    assert code_of(b"x", "a.exe") == "file_unsupported"
    with pytest.raises(LoadError) as raised:
        load_bytes(b"x", "page", media_type="video/mp4")
    assert raised.value.error_code == "file_unsupported"


def bomb() -> bytes:
    return zipped({"[Content_Types].xml": b"<Types/>", "word/document.xml": b"<a>" + b" " * 30_000_000})


def entity_bomb() -> bytes:
    declared = b'<?xml version="1.0"?><!DOCTYPE a [<!ENTITY b "bbbb"><!ENTITY c "&b;&b;">]><a>&c;</a>'
    return zipped({"[Content_Types].xml": b"<Types/>", "word/document.xml": declared})


HOSTILE = {
    "empty.txt": (b"", "file_empty"),
    "empty.pdf": (b"", "file_empty"),
    "blank.txt": (b"\n\n \t", "file_empty"),
    "image.txt": (b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 9, "file_binary"),
    "renamed.txt": (docx("x"), "file_binary"),
    "torn.pdf": (pdf(["Some text."])[:60], "file_broken"),
    "nothing.pdf": (b"no pdf at all", "file_broken"),
    "blank.pdf": (pdf([]), "file_no_text"),
    "locked.pdf": (pdf(["Some text."], encrypt=True), "file_encrypted"),
    "torn.docx": (docx("x" * 500)[:900], "file_broken"),
    "no.docx": (b"plain words", "file_broken"),
    "other.docx": (zipped({"a.txt": b"x"}), "file_broken"),
    "old.docx": (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600), "file_encrypted"),
    "blank.docx": (docx(""), "file_no_text"),
    "bomb.docx": (bomb(), "file_bomb"),
    "entities.docx": (entity_bomb(), "file_bomb"),
    "deep.json": (b"[" * 200_000, "file_broken"),
    "closed.json": (b"[" * 200_000 + b"]" * 200_000, "file_broken"),
    "torn.json": (b'{"a": ', "file_broken"),
    "torn.jsonl": (b'{"a": 1}\n{"a"', "file_broken"),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_files_are_refused_with_their_code(name: str) -> None:
    data, code = HOSTILE[name]
    assert code_of(data, name) == code


def test_limits_hold() -> None:
    small = LoadLimits(max_bytes=1000, max_chars=20, max_pages=1)
    assert code_of(b"x" * 1001, "a.txt", small) == "file_too_large"
    assert code_of(b"x" * 21, "a.txt", small) == "file_too_large"
    assert code_of(pdf(["One."], ["Two."]), "a.pdf", LoadLimits(max_pages=1)) == "file_too_large"
    assert code_of(pdf(["A line that is longer."]), "a.pdf", LoadLimits(max_chars=5)) == "file_too_large"
    assert code_of(docx("A line that is longer."), "a.docx", LoadLimits(max_chars=5)) == "file_too_large"
    assert code_of(docx("x"), "a.docx", LoadLimits(max_members=2)) == "file_bomb"


def test_a_file_that_cannot_be_opened_is_a_load_error(tmp_path: Path) -> None:
    with pytest.raises(LoadError) as raised:
        load_file(tmp_path / "none.txt", "none.txt")
    assert raised.value.error_code == "file_unreadable"


def test_a_file_on_disk_is_checked_before_it_is_read(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_bytes(b"x" * 100)
    with pytest.raises(LoadError) as raised:
        load_file(tmp_path / "a.txt", "a.txt", limits=LoadLimits(max_bytes=99))
    assert raised.value.error_code == "file_too_large"


def seen(path: Path) -> list[str]:
    return [
        f"{entry.source} {entry.error.error_code}" if isinstance(entry, LoadFailure) else entry[1]
        for entry in walk(path)
    ]


def test_walk_gives_sources_in_order_and_names_what_it_leaves_out(tmp_path: Path) -> None:
    folder = tmp_path / "docs"
    for name in (
        "b.txt",
        "a/z.md",
        "a/b.md",
        "a-1.txt",
        ".hidden.txt",
        ".git/x.txt",
        "glossary.toml",
        "v.mp4",
    ):
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text("x")
    assert seen(folder) == ["a-1.txt", "a/b.md", "a/z.md", "b.txt", "v.mp4 file_unsupported"]
    assert count_files(folder) == 5
    assert seen(folder / "b.txt") == ["b.txt"]
    assert seen(folder / "none") == ["none file_unreadable"]


def test_walk_does_not_follow_links_out_or_round(tmp_path: Path) -> None:
    folder = tmp_path / "docs"
    (folder / "sub").mkdir(parents=True)
    (tmp_path / "secret.txt").write_text("x")
    (folder / "sub" / "a.txt").write_text("x")
    (folder / "alias.txt").symlink_to(folder / "sub" / "a.txt")
    (folder / "dead.txt").symlink_to(folder / "gone.txt")
    (folder / "loop").symlink_to(folder)
    (folder / "out").symlink_to(tmp_path)
    (folder / "secret.txt").symlink_to(tmp_path / "secret.txt")
    (folder / "self.txt").symlink_to(folder / "self.txt")
    assert seen(folder) == [
        "alias.txt",
        "dead.txt file_unreadable",
        "out file_outside",
        "secret.txt file_outside",
        "self.txt file_unreadable",
        "sub/a.txt",
    ]


def test_walk_waits_for_no_pipe(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.txt")
    assert seen(tmp_path) == ["pipe.txt file_unsupported"]
