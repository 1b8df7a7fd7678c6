from pathlib import Path

import pytest
from torture.crowd import crowd_round
from torture.resume import resume_round
from torture.tally import Tally


@pytest.mark.parametrize("writers", [2, 5])
def test_writers_at_once_lose_nothing_of_each_other(tmp_path: Path, writers: int):
    tally = Tally()
    crowd_round(tmp_path, writers, 4, 5, tally)
    assert tally.problems == [], tally.table()


def test_a_writer_that_is_killed_holds_up_nobody(tmp_path: Path):
    tally = Tally()
    crowd_round(tmp_path, 5, 3, 6, tally, kill=True)
    assert tally.problems == [], tally.table()


@pytest.mark.parametrize("share", [0.1, 0.6, 0.61, 0.9])
def test_a_bulk_run_that_was_killed_goes_on_where_its_last_commit_ended(tmp_path: Path, share: float):
    tally = Tally()
    resume_round(tmp_path, 40, share, 8, tally)
    assert tally.problems == [], tally.table()
