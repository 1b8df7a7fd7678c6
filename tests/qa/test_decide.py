"""From readings to a decision: periods, agreement, conflict, silence."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from indexer.sentences import sentences
from qa.confidence import NAMES, Calibration, load_calibration, measures
from qa.decide import decide
from qa.glossary import Glossary
from qa.query import analyse
from qa.reading.read import ClauseReader
from qa.results import Decision, Passage, Query, Reading

GLOSSARY = Glossary([["星河", "Xinghe"]])
READER = ClauseReader()


def passage(text: str, published: str | None = "2025-06-01") -> Passage:
    return Passage(text, tuple(sentences(text)), 1.0, published=published)


def asked(question: str, passages: Sequence[Passage]) -> tuple[Query, list[Reading]]:
    query = analyse(question, GLOSSARY)
    return query, READER.read(query, passages)


def answered(question: str, passages: Sequence[Passage], threshold: float = 0.0) -> tuple[Decision, str]:
    query, readings = asked(question, passages)
    decision = decide(query, passages, readings, min_confidence=threshold)
    best = decision.readings[0]
    return decision, passages[best.passage].text[best.start : best.end]


FIGURES = (
    passage("2024年第四季度，星河的日活跃用户为2900万。"),
    passage("2025年第一季度，星河的日活跃用户为3100万。"),
)


@pytest.mark.parametrize(
    ("question", "answer"),
    [("2024年第四季度星河的日活跃用户是多少？", "2900万"), ("2025年一季度星河的日活跃用户是多少？", "3100万")],
)
def test_the_period_asked_for_decides_between_similar_figures(question: str, answer: str) -> None:
    assert answered(question, FIGURES)[1] == answer


def test_another_period_is_named_as_the_reason() -> None:
    decision, _ = answered("2023年第二季度星河的日活跃用户是多少？", FIGURES, threshold=1.0)
    assert not decision.answerable
    assert decision.reason == "other_period"


def test_equal_values_of_two_passages_agree() -> None:
    passages = (passage("星河近七成收入来自企业客户。"), passage("企业客户贡献了星河70%的收入。"))
    decision, _ = answered("星河多大比例的收入来自企业客户？", passages)
    assert decision.agreement == "agree"


def test_different_values_of_two_passages_for_one_period_conflict() -> None:
    passages = (passage("2024年，星河的日活跃用户为2900万。"), passage("2024年，星河的日活跃用户为3500万。"))
    decision, _ = answered("2024年星河的日活跃用户是多少？", passages)
    assert decision.agreement == "conflict"


def test_figures_of_different_periods_do_not_conflict() -> None:
    decision, _ = answered("2025年一季度星河的日活跃用户是多少？", FIGURES)
    assert decision.agreement == "single"


@pytest.mark.parametrize("order", [FIGURES, FIGURES[::-1]])
def test_without_a_period_asked_the_newest_figure_goes_first_and_the_older_beside_it(
    order: tuple[Passage, ...],
) -> None:
    decision, answer = answered("星河的日活跃用户是多少？", order)
    assert answer == "3100万"
    assert [reading.as_of for reading in decision.readings] == ["2025-03-31", "2024-12-31"]
    assert decision.agreement == "single"


def test_what_is_expected_is_not_newer_than_what_is_known_unless_it_is_asked_for() -> None:
    passages = (
        passage("星河预计2025年全年收入为8亿元。"),
        passage("星河2024年全年收入为6亿元。"),
    )
    assert answered("星河的全年收入是多少？", passages)[1] == "6亿元"
    assert answered("星河预计全年收入是多少？", passages)[1] == "8亿元"


def test_two_counts_of_no_told_time_conflict_and_both_are_shown() -> None:
    passages = (
        passage("目前，星河已与包括白鹭出版社在内的数千家企业客户建立了合作关系。", None),
        passage("星河已经为一万家企业客户提供服务，续费率很高。", None),
    )
    decision, _ = answered("星河有多少家企业客户？", passages)
    shown = {passages[r.passage].text[r.start : r.end] for r in decision.readings}
    assert decision.agreement == "conflict"
    assert {"数千家", "一万家"} <= shown


def test_amounts_in_two_currencies_are_told_beside_each_other_and_no_conflict() -> None:
    passages = (
        passage("2025年第一季度，星河的收入超过1.5亿元。"),
        passage("星河预计2025年全年的收入约为1.4亿美元。"),
    )
    decision, answer = answered("星河的收入是多少？", passages)
    assert answer == "超过1.5亿元"
    assert [passages[r.passage].text[r.start : r.end] for r in decision.readings[1:]] == ["约为1.4亿美元"]
    assert decision.agreement == "single"


def test_nothing_found() -> None:
    query = analyse("星河是什么？", GLOSSARY)
    decision = decide(query, (), ())
    assert (decision.readings, decision.confidence, decision.answerable) == ((), 0.0, False)
    assert decision.reason == "nothing_found"


def test_the_threshold_of_the_caller_counts() -> None:
    question = "2025年一季度星河的日活跃用户是多少？"
    assert answered(question, FIGURES, threshold=0.0)[0].answerable
    silent, _ = answered(question, FIGURES, threshold=1.0)
    assert (silent.answerable, silent.reason) == (False, "low_confidence")
    assert silent.readings


@pytest.mark.parametrize(
    ("fits", "misses"),
    [
        ("2025年一季度星河的日活跃用户是多少？", "2019年星河的日活跃用户是多少？"),
        ("2025年一季度星河的日活跃用户是多少？", "2025年一季度Moonbeam的日活跃用户是多少？"),
        ("2025年一季度星河的日活跃用户是多少？", "星河9.7的日活跃用户是多少？"),
    ],
)
def test_a_name_year_or_version_that_is_nowhere_lowers_confidence(fits: str, misses: str) -> None:
    assert answered(misses, FIGURES)[0].confidence < 0.7 * answered(fits, FIGURES)[0].confidence


def test_confidence_is_a_probability_and_falls_along_the_readings_measures() -> None:
    calibration = load_calibration()
    assert len(calibration.weights) == len(NAMES)
    assert 0.0 < calibration.threshold < 1.0
    for value in (-1e6, 0.0, 1e6):
        assert 0.0 <= calibration.probability([value] * len(NAMES)) <= 1.0


def test_missing_names_and_numbers_never_speak_for_an_answer() -> None:
    weights = dict(zip(NAMES, load_calibration().weights, strict=True))
    assert max(weights[name] for name in NAMES if name.endswith("_missing")) <= 0.0
    assert min(weights["cover_passage"], weights["raw"], weights["cosine"]) >= 0.0


def test_scores_of_the_decision_are_probabilities() -> None:
    query, readings = asked("2025年一季度星河的日活跃用户是多少？", FIGURES)
    flat = Calibration((0.0,) * len(NAMES), (1.0,) * len(NAMES), (0.0,) * len(NAMES), 0.0, 0.5)
    decision = decide(query, FIGURES, readings, calibration=flat)
    assert decision.confidence == pytest.approx(0.5)
    assert decision.answerable
    assert len(measures(query, FIGURES, readings)) == len(NAMES)


def test_a_comparison_cites_the_sentences_of_both_sides() -> None:
    passages = (
        passage("Aurora的月费为66元。", None),
        passage("Borealis的月费为45元。", None),
    )
    decision, _ = answered("Aurora和Borealis的月费谁更高？", passages)
    assert {decision.readings[0].passage, *(reading.passage for reading in decision.supports)} == {0, 1}
