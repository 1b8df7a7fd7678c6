"""Requests a CPU second: what is asked, what is told, and the real thing in short."""

from __future__ import annotations

import os
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest

from bench.constant import constant_app
from bench.faces import (
    Rate,
    cpu_of_children,
    distinct_questions,
    measure,
    repeated_questions,
    table,
    wrk_missing,
)

SEEDS = Path(__file__).parents[2] / "seeds"


def test_no_distinct_question_comes_twice() -> None:
    questions = distinct_questions(["可灵AI近七成收入由P端贡献。商家用它制作广告，也做短剧。"], ["谁？", "谁？"])
    assert len(questions) == len(set(questions)) == 33
    assert "谁？" in questions
    assert "为什么商家用它制作广告？" in questions
    assert questions == distinct_questions(
        ["可灵AI近七成收入由P端贡献。商家用它制作广告，也做短剧。"], ["谁？", "谁？"]
    )


def test_repeated_questions_follow_zipf() -> None:
    counts = Counter(repeated_questions([str(number) for number in range(100)], 20_000))
    assert counts["0"] / counts["1"] == pytest.approx(2, rel=0.1)
    assert counts["0"] / counts["9"] == pytest.approx(10, rel=0.2)


def test_a_constant_is_json_of_the_size_wanted() -> None:
    client = constant_app({"ask": 5000}).test_client()
    answer = client.post("/ask", json={"question": "?"})
    assert (len(answer.data), answer.mimetype) == (5000, "application/json")
    assert set(answer.get_json()) == {"constant"}


def test_cpu_of_children_is_counted() -> None:
    before = cpu_of_children(os.getpid())
    code = "import time\nwhile time.process_time() < 0.3: pass\nprint(flush=True)\ninput()"
    with subprocess.Popen([sys.executable, "-c", code], stdin=subprocess.PIPE, stdout=subprocess.PIPE) as child:
        assert child.stdout is not None
        child.stdout.readline()
        assert cpu_of_children(os.getpid()) - before >= 0.25
        child.communicate(b"\n")


def test_the_ratio_is_to_the_constant_of_the_same_route() -> None:
    rates = [
        Rate("search", "constant", 4000, 1.0),
        Rate("ask", "constant", 2000, 1.0),
        Rate("ask", "distinct", 100, 2.0),
        Rate("search", "repeated", 3000, 1.5, 2500),
    ]
    *_, ask, search = table(rates)
    assert ask == "| ask | distinct | 100 | 0 % | 20.00 | 50 | 0.025 |"
    assert search == "| search | repeated | 3,000 | 83 % | 0.50 | 2,000 | 0.500 |"


@pytest.mark.skipif(wrk_missing() is not None, reason=str(wrk_missing()))
def test_the_service_is_measured_beside_a_constant() -> None:
    rates = {rate.asking: rate for rate in measure(SEEDS, seconds=1, workers=1, connections=2, routes=["search"])}
    assert set(rates) == {"constant", "distinct", "repeated, no cache", "repeated", "again"}
    assert all(rate.requests > 0 and rate.seconds > 0 for rate in rates.values())
    assert rates["constant"].a_second > rates["distinct"].a_second
    assert rates["distinct"].kept == rates["repeated, no cache"].kept == 0
    assert rates["repeated"].kept > 0
    assert rates["again"].kept > 0
