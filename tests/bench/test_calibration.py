"""What the figures of confidence count, on answers made up for it, and which questions are asked."""

from __future__ import annotations

from pathlib import Path

import pytest
from tiny_sets import paragraph_rows, question_rows, write_rows

from bench.calibration import Result, ask_set, coverage, measure, table
from indexer.encoder import EMBEDDED_FOLDER
from indexer.static_encoder import StaticEncoder
from qa.assemble import assemble
from qa.evaluation.evaluate import Outcome, judge
from qa.evaluation.gold import Question


def outcome(confidence: float, right: bool, answerable: bool = True, threshold: float = 0.5) -> Outcome:
    answer = "四" if confidence >= threshold else None
    question = Question("q", "二加二得几？", "zh", "other", answerable, ("四",) if right else ("五",) * answerable)
    return Outcome(
        question=question,
        answer=answer,
        best="四",
        best_right=right,
        confidence=confidence,
        reason=None,
        citation=None,
        context="",
        passages=(),
        cpu_ms=1.0,
        verdict=judge(question, answer, ()),
    )


def test_coverage_is_the_largest_share_at_a_risk() -> None:
    found = [outcome(0.9, True), outcome(0.8, False), *[outcome(0.7 - at / 100, True) for at in range(8)]]
    assert coverage(found, 0.05) == 0.1
    assert coverage(found, 0.10) == 1.0
    assert coverage([*found, outcome(0.1, False)], 0.10) == pytest.approx(10 / 11)
    assert coverage([outcome(0.9, False)], 0.10) == 0.0


def test_equal_confidences_are_taken_together() -> None:
    assert coverage([outcome(0.9, True), outcome(0.9, False)], 0.10) == 0.0


def test_the_figures_of_a_set() -> None:
    found = measure(
        "s",
        [
            outcome(0.95, True),
            outcome(0.55, False),
            outcome(0.45, True),
            outcome(0.05, False, answerable=False),
            outcome(0.65, False, answerable=False),
        ],
    )
    assert (found.questions, found.answerable, found.right) == (5, 0.6, 0.4)
    # Every bin holds one: 0.05 + 0.55 + 0.55 + 0.05 + 0.65.
    assert found.calibration_error == pytest.approx(1.85 / 5)
    # Right 0.95 and 0.45 against 0.55, 0.05, 0.65; answerable 0.95, 0.55, 0.45 against 0.05, 0.65.
    assert found.auroc_right == pytest.approx(4 / 6)
    assert found.auroc_answerable == pytest.approx(4 / 6)
    assert found.coverage == (0.2, 0.2)
    # At the threshold 0.5 three are answered: right, wrong, not to be answered.
    assert found.answered == 0.6
    assert found.precision == pytest.approx(1 / 3)
    assert found.silence_recall == 0.5
    assert found.accuracy == 0.6


def test_shares_of_nothing_are_left_open() -> None:
    found = measure("s", [outcome(0.1, True)])
    assert (found.precision, found.silence_recall, found.auroc_right) == (None, None, None)
    *_, row = table([found])
    assert row == "| s | 1 | 100.0 | 100.0 | 0.900 | - | - | 100.0 | 100.0 | 0.0 | - | - | 0.0 |"


def test_a_table_has_a_cell_for_each_heading() -> None:
    head, rule, row = table([Result("s", 5, 0.6, 0.4, 0.1, 0.9, 0.8, (0.2, 0.3), 0.6, 0.5, 0.5, 0.6)])
    assert head.count("|") == rule.count("|") == row.count("|")


def test_a_sample_of_the_questions_that_make_sense_by_themselves_is_asked(tmp_path: Path) -> None:
    texts = {"sails": "云帆科技去年营收为45.2亿元。", "rain": "北京今天下雨。"}
    clear = question_rows(
        "s",
        texts,
        [("云帆科技去年营收是多少？", "sails", "45.2亿元"), ("云帆科技今年营收是多少？", "sails", None)],
        "zh",
    )
    unclear = question_rows("t", texts, [("营收是多少？", "sails", "45.2亿元")], "zh", self_contained=False)
    write_rows(tmp_path, "s", paragraph_rows(texts, "zh"), [*clear, *unclear])
    encoder = StaticEncoder(EMBEDDED_FOLDER)
    found = ask_set(tmp_path, "s", encoder, assemble(encoder), None)
    assert sorted(each.question.id for each in found) == ["s:zh:0", "s:zh:1"]
    by_answerable = {each.question.answerable: each for each in found}
    assert by_answerable[True].best_right
    assert not by_answerable[False].best_right
    assert len(ask_set(tmp_path, "s", encoder, assemble(encoder), 1)) == 1
