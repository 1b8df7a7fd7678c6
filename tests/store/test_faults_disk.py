from pathlib import Path

import pytest
from torture import disk, seccomp
from torture.disk import full_rounds
from torture.syscalls import failing_rounds
from torture.tally import Tally


@pytest.mark.parametrize("failure", ["fsync", "write"])
def test_a_disk_that_fails_from_any_instant_on_refuses_and_loses_nothing(tmp_path: Path, failure: str):
    if reason := seccomp.missing():
        pytest.skip(reason)
    tally = Tally()
    failing_rounds(tmp_path, 15, 11, tally, [failure])
    assert tally.problems == [], tally.table()


def test_a_full_disk_refuses_keeps_the_last_commit_and_goes_on_when_there_is_room(tmp_path: Path):
    if reason := disk.missing(tmp_path):
        pytest.skip(reason)
    tally = Tally()
    full_rounds(tmp_path, 12, 3, tally)
    assert tally.problems == [], tally.table()
    assert tally.total.tried >= 12
