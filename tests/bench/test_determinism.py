"""The same questions over the same documents come to the same bytes, whatever process indexes and answers."""

from __future__ import annotations

import json
from pathlib import Path

from bench.determinism import in_another_process, verdict

SEEDS = Path(__file__).parents[2] / "seeds"
_ASKED = 12


def test_two_processes_index_and_answer_alike(tmp_path: Path) -> None:
    rows = (SEEDS / "questions.jsonl").read_text(encoding="utf-8").splitlines()
    asked = [json.loads(row)["question"] for row in rows[:: len(rows) // _ASKED]]
    one, other = (in_another_process(tmp_path / f"by-{seed}", asked, seed, SEEDS) for seed in (1, 2))
    assert one == other
    told = [json.loads(line) for line in one.splitlines()]
    assert [each["question"] for each in told] == asked
    assert all(each["answer"]["citations"] and each["explain"]["readings"] for each in told)
    assert not any("stages_ms" in each["explain"] for each in told)


def test_what_differs_is_counted() -> None:
    assert verdict(b"a\nb\n", b"a\nc\n") == "Answered in two processes: 1 of 2 answers are the same bytes."
