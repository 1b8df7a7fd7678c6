from __future__ import annotations

import errno
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import pytest

from indexer.errors import DerivedDamage
from indexer.lexical import LexicalEntry, LexicalIndex, LexicalQuery, write_view
from indexer.prepare import lexical_terms
from indexer.sealed import check_sums

TEXTS = {
    1: "可灵AI近七成收入由专业创作者贡献",
    2: "快手平均日活跃用户达到4.08亿",
    3: "程一笑表示可灵将继续出海",
    4: "Kling revenue grew quickly in the first quarter",
}


@dataclass
class View:
    folder: Path
    total: str

    def next(self, name: str, texts: dict[int, str], gone: Sequence[int] = ()) -> View:
        folder = self.folder.with_name(name)
        return View(folder, write_view(folder, self.folder, entries(texts), gone))

    def open(self) -> LexicalIndex:
        return LexicalIndex(self.folder, self.total)


@pytest.fixture
def index(tmp_path: Path) -> View:
    return View(tmp_path / "1", write_view(tmp_path / "1", None, entries(TEXTS), ()))


def entries(texts: dict[int, str]) -> Iterator[LexicalEntry]:
    return (LexicalEntry(chunk, chunk, *lexical_terms(text)) for chunk, text in texts.items())


def found(view: View, question: str, **options: object) -> list[int]:
    return [chunk for chunk, _ in view.open().search(LexicalQuery.of(question), 10, **options)]  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("question", "best"),
    [("專業創作者的收入", 1), ("日活跃用户", 2), ("Cheng Yixiao", 3), ("revenues", 4), ("4.08", 2)],
)
def test_the_right_chunk_is_first(index: View, question: str, best: int):
    assert found(index, question)[0] == best


def test_only_the_documents_asked_for_are_searched(index: View):
    assert found(index, "可灵 快手", revisions=[3]) == [3]
    assert found(index, "可灵 快手", revisions=[]) == []


def test_a_removed_revision_is_gone_and_the_view_before_still_has_it(index: View):
    after = index.next("2", {}, [1])
    assert found(after, "专业创作者") == []
    assert after.open().size == 3
    assert found(index, "专业创作者") == [1]


def test_a_view_shares_the_files_of_the_one_before_it(index: View):
    after = index.next("2", {5: "新的一段话"})
    shared = {path.name for path in index.folder.iterdir()} & {path.name for path in after.folder.iterdir()}
    files = [name for name in shared if not name.endswith((".json", ".lock"))]
    assert files
    assert all((index.folder / name).stat().st_ino == (after.folder / name).stat().st_ino for name in files)
    assert found(after, "新的") == [5]
    assert found(index, "新的") == []


def test_many_views_hold_few_files_and_lose_nothing(index: View):
    view, texts = index, dict(TEXTS)
    for number in range(5, 45):
        fresh = {number: f"编号{number}的文件"}
        view = view.next(str(number), fresh)
        texts |= fresh
    assert sorted(chunk for chunk, _ in view.open().search(LexicalQuery.of("编号"), 100)) == list(range(5, 45))
    assert len(list(view.folder.iterdir())) < 120
    check_sums(view.folder, view.total)


def test_without_links_the_files_are_copied(index: View, monkeypatch: pytest.MonkeyPatch):
    def refuse(*_: object) -> None:
        raise OSError(errno.EPERM, "no links here")

    monkeypatch.setattr("os.link", refuse)
    assert found(index.next("2", {5: "新的一段话"}), "专业创作者 新的") == [1, 5]


@pytest.mark.parametrize("ending", ["idx", "term", "json"])
def test_a_truncated_file_is_refused(index: View, ending: str):
    path = next(path for path in index.folder.glob(f"*.{ending}") if path.stat().st_size > 8)
    path.write_bytes(path.read_bytes()[:-4])
    with pytest.raises(DerivedDamage):
        index.open()


def test_in_how_many_chunks_a_term_occurs(index: View):
    found = index.open()
    assert found.frequencies(["收入", "没有", "收入"]) == {"收入": 1, "没有": 0}
    assert found.frequencies(["收入"]) == {"收入": 1}  # from what it remembers


def test_scores_are_bm25(tmp_path: Path):
    """Against the formula, by hand: one rare term in two texts of different length."""
    import math

    folder = tmp_path / "1"
    texts = {1: "aa bb", 2: "aa cc dd ee", 3: "ff gg hh ii"}
    index = LexicalIndex(folder, write_view(folder, None, entries(texts), ()))
    scores = dict(index.search(LexicalQuery.of("aa"), 10))
    idf = math.log(1 + (3 - 2 + 0.5) / (2 + 0.5))
    mean = (2 + 4 + 4) / 3

    def bm25(length: int) -> float:
        return idf * 2.2 / (1 + 1.2 * (0.25 + 0.75 * length / mean))

    assert scores[1] == pytest.approx(bm25(2), rel=1e-4)
    assert scores[2] == pytest.approx(bm25(4), rel=1e-4)
