"""Yes and no: said by the sentence, or not at all."""

from __future__ import annotations

import pytest

from indexer.sentences import sentences
from qa.decide import decide
from qa.glossary import Glossary
from qa.query import analyse
from qa.reading.read import ClauseReader
from qa.results import Passage

GLOSSARY, READER = Glossary(), ClauseReader()


def verdict_of(question: str, text: str) -> str | None:
    passages = [Passage(text, tuple(sentences(text)), 1.0)]
    query = analyse(question, GLOSSARY)
    return decide(query, passages, READER.read(query, passages), min_confidence=0.0).verdict


@pytest.mark.parametrize(
    ("question", "text", "expected"),
    [
        ("星河在2024年实现盈利了吗？", "星河在2024年实现盈利。", "yes"),
        ("星河是否在2024年实现盈利？", "星河在2024年没有实现盈利。", "no"),
        ("星河有没有推出手机应用？", "星河尚未推出手机应用。", "no"),
        ("Did Xinghe launch a phone app?", "Xinghe launched a phone app.", "yes"),
        ("Did Xinghe launch a phone app?", "Xinghe did not launch a phone app.", "no"),
    ],
)
def test_a_sentence_that_states_or_negates_what_is_asked_decides(question: str, text: str, expected: str) -> None:
    assert verdict_of(question, text) == expected


@pytest.mark.parametrize(
    ("question", "text"),
    [
        ("星河在2024年实现盈利了吗？", "星河在2024年的亏损收窄。"),  # implied at most
        ("星河不是盈利了吗？", "星河没有盈利。"),  # what would a yes mean?
        ("星河在2024年有多少盈利？", "星河在2024年有盈利2亿元。"),  # another kind of question
        ("星河推出手机应用了吗？", "星河不仅推出平板应用，还计划出海。"),
    ],
)
def test_what_is_only_implied_is_left_to_the_quote(question: str, text: str) -> None:
    assert verdict_of(question, text) is None


def test_a_word_that_only_looks_like_a_negation_does_not_turn_the_verdict() -> None:
    assert verdict_of("星河推出手机应用了吗？", "星河不仅推出手机应用，还降低了价格。") == "yes"
