from pathlib import Path

import pytest

from indexer.lexical import LexicalEntry, LexicalIndex, LexicalQuery, LexicalWriter

TEXTS = {
    1: "可灵AI近七成收入由专业创作者贡献",
    2: "快手平均日活跃用户达到4.08亿",
    3: "程一笑表示可灵将继续出海",
    4: "Kling revenue grew quickly in the first quarter",
}


@pytest.fixture
def index(tmp_path: Path) -> Path:
    write(tmp_path, TEXTS)
    return tmp_path


def write(path: Path, texts: dict[int, str]) -> None:
    writer = LexicalWriter(path)
    writer.add(LexicalEntry(chunk, chunk, f"doc{chunk}", text) for chunk, text in texts.items())
    writer.commit()
    writer.close()


def found(path: Path, question: str, **options: object) -> list[int]:
    return [chunk for chunk, _ in LexicalIndex(path).search(LexicalQuery.of(question), 10, **options)]  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("question", "best"),
    [("專業創作者的收入", 1), ("日活跃用户", 2), ("Cheng Yixiao", 3), ("revenues", 4), ("4.08", 2)],
)
def test_the_right_chunk_is_first(index: Path, question: str, best: int):
    assert found(index, question)[0] == best


def test_only_the_documents_asked_for_are_searched(index: Path):
    assert found(index, "可灵 快手", doc_ids=["doc3"]) == [3]
    assert found(index, "可灵 快手", doc_ids=[]) == []


def test_a_removed_revision_is_gone(index: Path):
    writer = LexicalWriter(index)
    writer.remove_revisions([1])
    writer.commit()
    writer.close()
    assert found(index, "专业创作者") == []
    assert LexicalIndex(index).size == 3


def test_what_a_dead_writer_left_behind_is_removed(index: Path):
    writer = LexicalWriter(index)
    writer.remove_after(2)
    writer.commit()
    writer.close()
    assert sorted(found(index, "可灵 快手 Kling")) == [1, 2]


def test_nothing_is_seen_before_commit(index: Path):
    writer = LexicalWriter(index)
    writer.add([LexicalEntry(9, 9, "doc9", "鹦鹉")])
    assert found(index, "鹦鹉") == []
    writer.close()
    assert found(index, "鹦鹉") == []


def test_coverage_is_the_share_of_the_question_that_the_corpus_knows(index: Path):
    def coverage(text: str) -> float:
        return LexicalIndex(index).coverage(LexicalQuery.of(text))

    assert coverage("可灵收入") > 0.6
    assert coverage("seldom uttered vocabulary") == 0
    assert 0 < coverage("可灵 seldom uttered") < 0.6
    assert coverage("Kuaishou") == 1.0


def test_scores_are_bm25(tmp_path: Path):
    """Against the formula, by hand: one rare term in two texts of different length."""
    import math

    write(tmp_path, {1: "aa bb", 2: "aa cc dd ee", 3: "ff gg hh ii"})
    index = LexicalIndex(tmp_path)
    scores = dict(index.search(LexicalQuery.of("aa"), 10))
    idf = math.log(1 + (3 - 2 + 0.5) / (2 + 0.5))
    mean = (2 + 4 + 4) / 3

    def bm25(length: int) -> float:
        return idf * 2.2 / (1 + 1.2 * (0.25 + 0.75 * length / mean))

    assert scores[1] == pytest.approx(bm25(2), rel=1e-4)
    assert scores[2] == pytest.approx(bm25(4), rel=1e-4)
