"""Measures of answers and rankings; equal to the reference scorer wherever that is at hand."""

from __future__ import annotations

import importlib.util
import json
import random
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from qa.evaluation.gold import Evidence, Place
from qa.evaluation.metrics import (
    all_found,
    cover,
    exact_match,
    first_hit,
    hit_at,
    is_right,
    overlaps,
    reciprocal_rank,
    token_f1,
    tokens,
    without_readings,
)

GOLD = Path(__file__).parents[3].parent / "shared" / "gold"


@pytest.fixture(scope="module")
def scorer() -> ModuleType:
    """The reference scorer, as a module."""
    if not (GOLD / "score.py").is_file():
        pytest.skip("the reference scorer (../shared/gold/score.py) is not there")
    spec = importlib.util.spec_from_file_location("reference_scorer", GOLD / "score.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="module")
def gold(scorer: ModuleType) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = scorer.load_jsonl(str(GOLD / "seeds-dev.jsonl"))
    return rows


def variants(rng: random.Random, rows: list[dict[str, Any]]) -> list[str]:
    """Accepted answers, evidence, and what a system might make of them: cut, joined, noisy, re-cased."""
    texts = [text for row in rows for text in row["answers"]]
    texts += [place["quote"] for row in rows for place in row["evidence"]]
    noise = [
        "",
        " ",
        "，",
        "The ",
        "(chuàng)",
        "１．５億",
        "2,200",
        " ％",
        "1/9",
        "著帳意味著",
        "ＡＢＣ",
        "?/p>",
        "_",
        "é",
    ]
    made = list(texts)
    for _ in range(1500):
        text = rng.choice(texts)
        start = rng.randrange(len(text))
        piece = text[start : rng.randint(start, len(text))]
        made.append(rng.choice(noise) + piece + rng.choice(noise) + rng.choice(["", rng.choice(texts)]))
    return made + [text.upper() for text in made[:200]]


def test_tokens_equal_the_reference(scorer: ModuleType, gold: list[dict[str, Any]]) -> None:
    for text in variants(random.Random(1), gold):
        assert tokens(text) == scorer.tokens(text), text


def test_answer_measures_equal_the_reference(scorer: ModuleType, gold: list[dict[str, Any]]) -> None:
    rng = random.Random(2)
    answerable = [row for row in gold if row["answerable"]]
    compared = 0
    for answer in variants(rng, gold):
        row = rng.choice(answerable)
        accepted = row["answers"]
        assert exact_match(answer, accepted) == scorer.em(answer, accepted)
        assert token_f1(answer, accepted) == pytest.approx(scorer.f1(answer, accepted))
        assert cover(answer, row.get("parts") or [accepted]) == pytest.approx(scorer.cover(answer, row))
        compared += scorer.f1(answer, accepted) > 0
    assert compared > 100


def test_retrieval_measures_equal_the_reference(scorer: ModuleType, gold: list[dict[str, Any]]) -> None:
    rng = random.Random(3)
    files = sorted({place["file"] for row in gold for place in row["evidence"]})
    hits = 0
    for row in [row for row in gold if row["answerable"]] * 5:
        passages = []
        for _ in range(rng.randint(0, 8)):
            near = rng.choice(row["evidence"])
            start = max(0, near["start"] + rng.randint(-400, 400))
            file = rng.choice([near["file"], rng.choice(files)])
            passages.append({"file": file, "start": start, "end": start + rng.choice([1, 40, 300, 1500, 1501])})
        places = [Place(**passage) for passage in passages]
        evidence = [Evidence(e["file"], e["start"], e["end"], e.get("group", 0)) for e in row["evidence"]]
        expected = scorer.retrieval(passages, row["evidence"])
        rank = first_hit(places, evidence)
        for k in (1, 3, 5):
            assert hit_at(k, rank) == expected[f"hit@{k}"]
        assert reciprocal_rank(rank) == expected["mrr"]
        assert all_found(places[:5], evidence) == expected["all@5"]
        hits += rank > 0
    assert hits > 100


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("１．５億元", "1.5亿元"),
        ("「影視級」", "影视级"),
        ("2,200", "2200"),
        ("55 ％", "55%"),
        ("The Sora", "sora"),
        ("意味著", "意味着"),
        ("帳戶", "账户"),
    ],
)
def test_writings_of_one_thing_have_equal_tokens(one: str, other: str) -> None:
    assert tokens(one) == tokens(other)


@pytest.mark.parametrize(("one", "other"), [("1.5亿元", "15亿元"), ("55%", "55"), ("1/9", "19"), ("2,20", "220")])
def test_other_numbers_have_other_tokens(one: str, other: str) -> None:
    assert tokens(one) != tokens(other)


def test_f1_counts_repeated_tokens_once_each() -> None:
    assert token_f1("天天天", ["天天"]) == pytest.approx(0.8)
    assert token_f1("近七成收入", ["nothing", "近七成"]) == pytest.approx(2 * 3 / 8)


def test_an_empty_answer_scores_nothing() -> None:
    for empty in ("", "，。"):
        assert exact_match(empty, ["x", ""]) == token_f1(empty, ["x", ""]) == cover(empty, [["x"]]) == 0.0


def test_cover_counts_the_parts_that_the_answer_holds() -> None:
    assert cover("小米、百度", [["小米"], ["蓝色光标", "BlueFocus"]]) == 0.5
    assert cover("快手为297亿,美图为7亿", [["7亿"]]) == 1.0
    assert cover("快手为297亿", [["7亿"]]) == 0.0


@pytest.mark.parametrize(
    ("answer", "accepted", "right"),
    [
        ("目前近七成收入由P端贡献", ["近七成"], True),
        ("近2000万元", ["2000万元人民币"], True),
        ("2.5亿元", ["1.5亿元"], False),
        ("近八成", ["近七成"], False),
        ("完全无关", ["近七成"], False),
    ],
)
def test_right_is_the_whole_answer_or_most_of_it_with_the_same_numbers(
    answer: str, accepted: list[str], right: bool
) -> None:
    assert is_right(answer, accepted) is right


def test_readings_in_brackets_are_found_and_other_brackets_are_not() -> None:
    assert without_readings("短視頻營(yíng)銷 （xiāo）推廣") == ("短視頻營銷推廣", 2)
    assert without_readings("上限(max) Sora(sōra)")[1] == 0


def test_a_passage_must_share_a_character_and_not_be_too_long() -> None:
    place = Place("f", 10, 20)
    assert overlaps(Place("f", 19, 30), place)
    assert not overlaps(Place("f", 20, 30), place)
    assert not overlaps(Place("g", 10, 20), place)
    assert overlaps(Place("f", 0, 1500), place)
    assert not overlaps(Place("f", 0, 1501), place)


def test_every_group_of_evidence_is_needed_and_any_of_a_group_is_enough() -> None:
    evidence = [Evidence("f", 0, 5), Evidence("f", 50, 55), Evidence("g", 0, 5, group=1)]
    assert all_found([Place("f", 50, 60)], evidence) == 0.0
    assert all_found([Place("f", 50, 60), Place("g", 4, 9)], evidence) == 1.0
    assert first_hit([Place("h", 0, 9), Place("g", 4, 9)], evidence) == 2


def test_the_reference_questions_score_full_marks_with_their_own_answers(gold: list[dict[str, Any]]) -> None:
    assert gold
    for row in gold:
        for answer in row["answers"]:
            assert exact_match(answer, row["answers"]) == 1.0, json.dumps(row, ensure_ascii=False)
