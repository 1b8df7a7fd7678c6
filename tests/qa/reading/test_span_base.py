"""What is remembered of a sentence's spans is what would be worked out again."""

import numpy as np
import pytest

from indexer.bounded import Bounded
from qa.reading import span_base as module
from qa.reading.candidates import candidate_spans
from qa.reading.sentence import analyse_sentence
from qa.reading.span_base import MARK_NAMES, span_base

TEXT = "2025年第一季度，《星河》与“云帆”营收为3.5亿元，同比增长8%，主要由会员贡献、广告贡献。"


@pytest.fixture(autouse=True)
def nothing_known(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "_KNOWN", Bounded(module._REMEMBERED))


def test_a_sentence_that_comes_again_is_not_worked_out_again():
    base = span_base(analyse_sentence(TEXT, "2025-06-01"))
    assert span_base(analyse_sentence(TEXT, "2020-01-01")) is base


def test_spans_and_marks_are_those_of_the_sentence():
    sentence = analyse_sentence(TEXT)
    base = span_base(sentence)
    first, last = candidate_spans(sentence)
    assert np.array_equal(base.first, first)
    assert np.array_equal(base.last, last)
    rows = np.empty((len(MARK_NAMES), len(first)), np.float32)
    base.write_marks(rows)
    named = dict(zip(MARK_NAMES, rows, strict=True))
    words = sentence.words
    for at in range(len(first)):
        classes = words.classes[first[at] : last[at] + 1]
        assert named["holds_number"][at] == pytest.approx(min(int((classes == 6).sum()), 3) / 3)
        assert named["first_noun"][at] == float(words.classes[first[at]] == 0)
    money = next(at for at in range(len(first)) if words.forms[first[at]] == "3.5亿元" and first[at] == last[at])
    assert (named["value_money"][money], named["value_ratio"][money]) == (1.0, 0.0)
    assert named["cue_copula"][money] == 1.0
    assert dict(zip(base.names, base.numbers, strict=True))["exact_value"][money] == 1.0


def test_a_sentence_without_spans_has_none():
    base = span_base(analyse_sentence("。！"))
    assert (len(base.first), base.marks.shape) == (0, (len(MARK_NAMES), 0))


def test_memory_is_bounded(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(module, "_KNOWN", Bounded(100_000))
    for number in range(60):
        span_base(analyse_sentence(f"第{number}家公司{TEXT}"))
    assert 50_000 < module._KNOWN.weight <= 100_000
