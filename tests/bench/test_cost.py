"""The table of costs: mean and 95th percentile of what `explain` tells."""

from __future__ import annotations

import pytest
from fakes import HashEncoder

from bench.cost import TOTAL, Cost, measure, table
from indexer.snapshot import Snapshot
from qa.evaluation.gold import Context
from qa.evaluation.temporary import indexed
from qa.pipeline import Request
from qa.results import AskResult
from qa.stages import STAGES


class Clock:
    """Answers nothing; the n-th question that is explained takes n milliseconds to read, and 2 to find."""

    asked = 0

    def ask(self, snapshot: Snapshot, request: Request) -> AskResult:
        self.asked += request.explain
        told = {**dict.fromkeys(STAGES, 0.0), "read": float(self.asked), "retrieve": 2.0}
        return AskResult(
            request.question, (), snapshot.commit, explain={"stages_ms": told} if request.explain else None
        )


def test_the_mean_and_the_95th_percentile_of_each_stage() -> None:
    with indexed([Context("a", "", "北京今天下雨。")], HashEncoder()) as snapshot:
        found = measure(snapshot, Clock(), ["?"] * 101)
    assert (found.passages, found.questions) == (1, 101)
    assert found.ms["read"] == (51.0, pytest.approx(96.0))
    assert found.ms["retrieve"] == (2.0, 2.0)
    assert found.ms[TOTAL] == (53.0, pytest.approx(98.0))


def test_a_row_is_a_collection() -> None:
    head, _, row = table([Cost(100_000, 200, {stage: (at, at + 0.55) for at, stage in enumerate((*STAGES, TOTAL))})])
    assert head == "| passages | questions | query | retrieve | rerank | read | decide | cite | all |"
    assert row.startswith("| 100,000 | 200 | 0.0 / 0.6 | 1.0 / 1.6 |")
    assert head.count("|") == row.count("|")
