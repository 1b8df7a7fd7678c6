"""The arithmetic of a refit, on answers whose true probability is known."""

import dataclasses
import math
from collections.abc import Callable

import numpy as np
import pytest
from scipy.optimize import minimize

from indexer.errors import ConfigError
from qa.evaluation.calibration import calibration_error, reliability
from qa.evaluation.evaluate import Outcome, judge
from qa.evaluation.gold import Question
from qa.evaluation.refitting import LEAST, best_threshold, fit, refitting
from qa.refit import Refit, logit


def answered(confidence: float, right: bool, number: int) -> Outcome:
    """A question that an answer was found for."""
    question = Question(f"q{number}", "?", "en", "other", True, ("yes",))
    return Outcome(
        question, None, "yes" if right else "no", right, confidence, None, None, "", (), 0.0, judge(question, None, ())
    )


def drawn(true: Callable[[float], float], count: int, seed: int = 0) -> list[Outcome]:
    """Answers with all confidences, of which one of confidence p is right with the probability ``true(p)``."""
    random = np.random.default_rng(seed)
    confidences = random.uniform(0.02, 0.98, count)
    return [answered(p, bool(random.random() < true(p)), number) for number, p in enumerate(confidences.tolist())]


def overconfident(p: float) -> float:
    return 1 / (1 + math.exp(-(0.6 * logit(p) - 1.2)))


def error_of(outcomes: list[Outcome], refit: Refit | None = None) -> float:
    p = [refit.probability(each.confidence) if refit else each.confidence for each in outcomes]
    return calibration_error(reliability(p, [each.best_right for each in outcomes]))


def test_a_refit_lowers_the_error_on_answers_that_it_has_not_seen():
    found = refitting(drawn(overconfident, 200), {})
    held_out = drawn(overconfident, 2000, seed=1)
    assert found.better
    assert found.after.error < found.before.error
    assert found.after.loss < found.before.loss
    assert error_of(held_out, found.refit) < error_of(held_out) / 3


def test_many_questions_give_the_true_figures():
    found = refitting(drawn(overconfident, 20_000), {}).refit
    assert found.slope == pytest.approx(0.6, abs=0.05)
    assert found.offset == pytest.approx(-1.2, abs=0.05)


def test_a_few_questions_move_it_less_than_many():
    outcomes = drawn(overconfident, 20)
    x, right = np.array([logit(each.confidence) for each in outcomes]), np.array([each.best_right for each in outcomes])
    few, many = fit(x, right), fit(np.tile(x, 100), np.tile(right, 100))
    assert abs(few[1]) < abs(many[1])
    assert abs(few[0] - 1) < abs(many[0] - 1)


def test_a_confidence_that_is_right_already_is_left_alone():
    judged = [refitting(drawn(lambda p: p, 60, seed), {}).better for seed in range(20)]
    assert sum(judged) < 10
    assert not refitting(drawn(lambda p: 0.5 + 0.1 * math.sin(40 * p), 300), {}).refit.slope > 0.5


def test_newton_finds_what_a_general_minimiser_finds():
    outcomes = drawn(overconfident, 50)
    x = np.array([logit(each.confidence) for each in outcomes])
    right = np.array([each.best_right for each in outcomes])

    def objective(at):
        z = at[0] * x + at[1]
        return np.sum(np.logaddexp(0, z) - right * z) + (at[0] - 1) ** 2 / (2 * 0.5**2) + at[1] ** 2 / (2 * 1.5**2)

    assert fit(x, right) == pytest.approx(minimize(objective, [1, 0], tol=1e-12).x, abs=1e-5)


def test_newton_ends_where_right_and_wrong_are_wholly_apart():
    x = np.array([-12.0] * 20 + [12.0] * 20)
    slope, offset = fit(x, x > 0)
    assert 0 < slope < 5
    assert offset == pytest.approx(0, abs=1e-6)


def test_the_order_of_the_questions_does_not_matter():
    outcomes = drawn(overconfident, 80)
    one, two = refitting(outcomes, {}), refitting(outcomes[::-1], {})
    assert dataclasses.astuple(one.after) == pytest.approx(dataclasses.astuple(two.after), abs=1e-6)
    assert one.refit.slope == pytest.approx(two.refit.slope, abs=1e-6)


def test_the_order_of_answers_stays():
    refit = Refit(0.6, -1.2, 0.5, 0, "", {})
    told = [refit.probability(p) for p in (0.0, 0.1, 0.5, 0.9, 1.0)]
    assert told == sorted(told)
    assert 0 < told[0] < told[-1] < 1


@pytest.mark.parametrize(
    ("outcomes", "message"),
    [
        ([], "too few"),
        (drawn(overconfident, LEAST - 1), "too few"),
        ([answered(0.9, True, number) for number in range(100)], "one-sided"),
        ([answered(0.9, False, number) for number in range(100)], "one-sided"),
    ],
)
def test_too_few_questions_are_refused(outcomes, message):
    with pytest.raises(ConfigError, match=message):
        refitting(outcomes, {})


def test_of_equally_good_thresholds_the_nearest_is_taken():
    p, right = np.array([0.1, 0.9]), np.array([False, True])
    assert best_threshold(p, right) == pytest.approx(0.11, abs=0.011)
    assert best_threshold(p, right, near=0.6) == pytest.approx(0.6)
