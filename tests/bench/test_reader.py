"""The table of ``make eval-reader``: a first reading against the marked answers."""

from __future__ import annotations

from bench.cards import into_card
from bench.reader import Result, measure, table
from qa.reading.network import FOLDER
from qa.reading.read import ClauseReader
from training.reader.questions import Cosines
from training.reader.sets import Example

TEXT = "云帆科技成立于2012年。公司创始人是林晓舟。去年营收为45.2亿元。"


def example(question: str, answer: str) -> Example:
    start = TEXT.index(answer)
    return Example(question, question, "p", TEXT, ((start, start + len(answer)),))


def test_a_right_reading_counts_whole_and_a_wrong_one_by_its_overlap() -> None:
    reader, cosines = ClauseReader(), Cosines()
    right = measure("t", [example("云帆科技去年营收是多少？", "45.2亿元")], reader, cosines)
    assert (right.questions, right.exact, right.f1, right.sentence) == (1, 1.0, 1.0, 1.0)
    wrong = measure("t", [example("云帆科技去年营收是多少？", "林晓舟")], reader, cosines)
    assert (wrong.exact, wrong.f1, wrong.sentence) == (0.0, 0.0, 0.0)
    both = measure("t", [example("云帆科技去年营收是多少？", word) for word in ("45.2亿元", "林晓舟")], reader, cosines)
    assert (both.exact, both.sentence) == (0.5, 0.5)


def test_a_row_is_in_percent() -> None:
    assert table([Result("xquad-dev en->zh", 2, 0.5, 0.625, 1.0, 3.21)])[-1] == (
        "| xquad-dev en->zh | 2 | 50.0 | 62.5 | 100.0 | 3.2 |"
    )


def test_the_card_that_ships_has_the_marks() -> None:
    into_card((FOLDER / "MODEL_CARD.md").read_text(encoding="utf-8"), [])
