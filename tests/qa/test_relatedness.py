import dataclasses

import pytest

from qa.relatedness import relatedness
from qa.results import Passage

PASSAGE = Passage(
    text="可灵的收入。", sentences=((0, 6),), score=1.0, sentence_scores=(0.6,), coverage=0.4, similarity=0.6
)


def like(similarity: float, sentence: float, coverage: float) -> Passage:
    return dataclasses.replace(PASSAGE, similarity=similarity, sentence_scores=(sentence,), coverage=coverage)


def test_a_corpus_about_the_question_takes_nothing_off():
    assert relatedness([like(0.6, 0.6, 0.4), like(0.0, 0.0, 0.0)]) == 1.0


def test_a_corpus_about_something_else_leaves_nearly_nothing():
    assert relatedness([like(0.1, 0.2, 0.05)] * 5) < 0.1


def test_more_likeness_never_takes_off_more():
    values = [relatedness([like(step / 10, step / 10, step / 10)]) for step in range(10)]
    assert values == sorted(values)


def test_nothing_is_said_without_passages_or_on_an_unknown_scale():
    assert relatedness([]) == 1.0
    assert relatedness([dataclasses.replace(PASSAGE, similarity=None)]) == 1.0


def test_similarities_of_several_passages_count_by_the_greatest():
    assert relatedness([like(0.1, 0.6, 0.05), like(0.5, 0.1, 0.4)]) == pytest.approx(relatedness([like(0.5, 0.6, 0.4)]))
