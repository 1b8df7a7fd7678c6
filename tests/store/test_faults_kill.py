from pathlib import Path

from torture.kills import kill_rounds
from torture.tally import Tally


def test_a_process_killed_at_any_instant_loses_nothing_and_leaves_nothing_half(tmp_path: Path):
    tally = Tally()
    kill_rounds(tmp_path, 200, 20, tally)
    assert tally.problems == [], tally.table()
    kinds = ("create", "index", "delete", "merge", "compact", "repair")
    assert sum(tally.of(kind).tried for kind in kinds) >= 200
    assert all(tally.of(kind).tried and tally.of(kind).checked for kind in kinds[1:])
    assert tally.of("(looks of readers)").tried > 100
