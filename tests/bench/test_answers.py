"""Answers of the whole pipeline against the marked ones, and where their paragraph was found."""

from __future__ import annotations

from pathlib import Path

import pytest
from tiny_sets import write_set

from bench import reader
from bench.answers import Result, results, table
from indexer.encoder import EMBEDDED_FOLDER
from indexer.static_encoder import StaticEncoder
from qa.assemble import assemble

TEXTS = {
    "sails": "云帆科技成立于2012年。公司创始人是林晓舟。去年营收为45.2亿元。",
    "cats": "猫喜欢晒太阳。它们每天睡十六个小时。",
    "again": "猫喜欢晒太阳。它们每天睡十六个小时！",
    "rain": "北京今天下雨，气温十二度。",
}


def measured(folder: Path, *questions: tuple[str, str, str]) -> Result:
    write_set(folder, "s", TEXTS, questions)
    encoder = StaticEncoder(EMBEDDED_FOLDER)
    (found,) = results(folder, encoder, assemble(encoder), None, ["s:zh:zh"])
    return found


def test_an_answer_found_among_all_paragraphs(tmp_path: Path) -> None:
    found = measured(tmp_path, ("云帆科技去年营收是多少？", "sails", "45.2亿元"))
    assert found == Result("s:zh:zh", 1, 4, 1.0, 1.0, 1.0, 1.0)


def test_the_answer_of_another_paragraph_counts_by_its_words(tmp_path: Path) -> None:
    found = measured(
        tmp_path, ("云帆科技去年营收是多少？", "sails", "45.2亿元"), ("云帆科技去年营收是多少？", "rain", "十二度")
    )
    assert (found.hit1, found.exact, found.f1) == (0.5, 0.5, 0.5)
    assert found.hit5 == 1.0


@pytest.mark.parametrize("marked", ["cats", "again"])
def test_a_copy_is_as_good_as_the_paragraph(tmp_path: Path, marked: str) -> None:
    assert measured(tmp_path, ("猫每天睡多少个小时？", marked, "十六个小时")).hit1 == 1.0


def test_a_low_confidence_holds_no_answer_back(tmp_path: Path) -> None:
    write_set(tmp_path, "s", TEXTS, [("云帆科技去年营收是多少？", "sails", "45.2亿元")])
    encoder = StaticEncoder(EMBEDDED_FOLDER)
    (found,) = results(tmp_path, encoder, assemble(encoder, min_confidence=1.0), None, ["s:zh:zh"])
    assert found.f1 == 1.0


def test_a_row_shows_what_finding_the_paragraph_costs() -> None:
    given = reader.Result("xquad-dev:en:zh", 2, 0.5, 0.6, 1.0, 3.0)
    *_, row = table([Result("xquad-dev:en:zh", 2, 120, 0.5, 1.0, 0.25, 0.575)], {given.task: given})
    assert row == "| xquad-dev en->zh | 2 -> 120 | 50.0 / 100.0 | 25.0 | 57.5 | 60.0 | -2.5 |"
