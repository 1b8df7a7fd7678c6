"""Turns that lean on earlier ones, as people type them, and turns that must stay as they are."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from qa.followup import Turn, complete, complete_last
from qa.glossary import Glossary

ROOT = Path(__file__).parents[3]
CASES = [
    line.split("\t")
    for line in (Path(__file__).parent / "cases.tsv").read_text(encoding="utf-8").splitlines()
    if line and not line.startswith("#")
]
WHOLE = [
    json.loads(line)["question"]
    for line in (ROOT / "seeds" / "questions.jsonl").read_text(encoding="utf-8").splitlines()
]
WORDS = st.sampled_from(
    "和 那 它的 其 呢 吗 是多少 收入 2024年 Q1 第一季度 可灵 快手 的 为什么 ？ and what about its it in the Kling 's "
    "revenue members how many is ? , (' \n \u3000 720p 1.5 last year of from 同比增长了多少 谢谢".split(" ")
)


@pytest.fixture(scope="session")
def glossary() -> Glossary:
    return Glossary.load([ROOT / "qa" / "data" / "glossary.toml", ROOT / "seeds" / "glossary.toml"])


def turns_of(before: str, answer: str) -> list[Turn]:
    *others, last = before.split(" / ")
    return [*(Turn(other) for other in others), Turn(last, answer or None)]


@pytest.mark.parametrize(("before", "answer", "turn", "expected"), CASES)
def test_turns(glossary: Glossary, before: str, answer: str, turn: str, expected: str) -> None:
    found = complete_last(turns_of(before, answer), turn, glossary)
    assert (found or "=") == expected


@pytest.mark.parametrize("question", sorted({before.split(" / ")[0] for before, *_ in CASES}))
def test_whole_questions_are_left_alone_after_any_other(glossary: Glossary, question: str) -> None:
    assert complete(question, Turn("Who founded Alibaba?"), glossary) is None
    assert complete(question, Turn("腾讯2023年的利润是多少？"), glossary) is None


@pytest.mark.parametrize("question", WHOLE)
def test_questions_that_stand_alone_are_never_changed(glossary: Glossary, question: str) -> None:
    for before in WHOLE[::8]:
        assert complete(question, Turn(before, "程一笑"), glossary) is None


def test_the_first_turn_is_never_changed(glossary: Glossary) -> None:
    assert all(complete_last([], turn, glossary) is None for *_, turn, _ in CASES)


def test_what_is_completed_holds_no_word_from_elsewhere(glossary: Glossary) -> None:
    """Numbers and names above all: each stems from the turns, but for the year that "the year before" counts to."""
    for before, answer, turn, expected in CASES:
        if expected != "=" and not any(word in turn for word in ("before", "上一年", "同期")):
            said = f"{before} {answer} {turn}"
            figures = [word for word in expected.replace("？", " ").split() if word.isdigit()]
            assert all(figure in said for figure in figures)


def test_rules_need_no_glossary() -> None:
    plain = Glossary()
    assert complete("And Sora?", Turn("When was Kling released?"), plain) == "When was Sora released?"
    assert complete("病假呢？", Turn("年假有几天？"), plain) == "病假有几天？"


@settings(deadline=None)
@given(st.lists(WORDS, max_size=14).map("".join), st.lists(WORDS, max_size=14).map(" ".join))
def test_any_turns_are_taken(before: str, turn: str) -> None:
    for one, other in ((before, turn), (turn, before)):
        found = complete(other, Turn(one, one[:9]), Glossary([["可灵", "Kling"], ["快手", "Kuaishou"]]))
        assert found is None or found.strip()


@pytest.mark.parametrize(
    "noise", ["要花" * 90, "谢" * 150, "and " * 49, "的" * 199, "那么" * 99, "[" * 199, "是" * 199]
)
def test_repetition_costs_no_time_that_grows_without_bound(glossary: Glossary, noise: str) -> None:
    complete(noise, Turn(noise), glossary)
    complete(f"{noise}x", Turn(f"可灵{noise}"), glossary)


def test_long_turns_stand_alone(glossary: Glossary) -> None:
    assert complete("那它的收入呢" + "，真的很想知道" * 40, Turn("可灵什么时候上线？"), glossary) is None
    assert complete("那它的收入呢", Turn("可灵" * 2000), glossary) is None
