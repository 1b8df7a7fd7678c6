import numpy as np
import pytest

from qa.fuse import fuse, gate, standardise


def test_scores_are_standardised():
    out = standardise(np.asarray([1, 2, 3, 10], np.float32))
    assert out.mean() == pytest.approx(0, abs=1e-6)
    assert out.std() == pytest.approx(1, abs=1e-6)


def test_equal_scores_say_nothing():
    assert not standardise(np.full(5, 3.0, np.float32)).any()


def test_no_candidates_are_no_error():
    assert fuse(np.zeros(0, np.float32), np.zeros(0, np.float32), 1.0).tolist() == []


def test_the_gate_opens_with_what_the_best_passage_matches():
    values = [gate(best, 10.0) for best in (0.0, 1.0, 3.0, 5.0, 8.0, 22.0)]
    assert values == sorted(values)
    assert values[0] == 0
    assert values[1] < 0.01
    assert values[-1] == values[-2] == 1


def test_a_question_without_terms_leaves_the_gate_shut():
    assert gate(0.0, 0.0) == 0


def test_a_closed_gate_leaves_the_order_of_meaning():
    meaning, lexical = np.asarray([3, 2, 1], np.float32), np.asarray([0, 5, 9], np.float32)
    assert np.argsort(-fuse(meaning, lexical, 0.0)).tolist() == [0, 1, 2]
    assert np.argmax(fuse(meaning, lexical, 3.0)) == 2
