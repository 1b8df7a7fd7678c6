"""A record of truth appears whole or not at all, whenever its creator dies."""

from __future__ import annotations

import subprocess
import sys
import time
from pathlib import Path

from indexer import record

_CREATOR = """
import sys
from itertools import count
from pathlib import Path
from indexer import record
for number in count():
    folder = Path(sys.argv[1]) / str(number)
    folder.mkdir()
    record.connect(folder / "record.db").close()
    if number == 0:
        print("ready", flush=True)
"""
KILLS = 12


def test_a_killed_creator_leaves_a_record_that_can_be_read_or_none(tmp_path: Path):
    cut_short = 0
    for number in range(KILLS):
        folder = tmp_path / str(number)
        folder.mkdir()
        child = subprocess.Popen([sys.executable, "-c", _CREATOR, str(folder)], stdout=subprocess.PIPE)
        assert child.stdout is not None
        child.stdout.readline()
        time.sleep(number / 997)  # never at the same instant of a creation
        child.kill()
        child.wait()
        child.stdout.close()
        last = max(folder.iterdir(), key=lambda path: int(path.name))
        cut_short += [path.name for path in last.iterdir()] != ["record.db"]
        for path in folder.glob("*/record.db"):
            connection = record.connect(path, read_only=True)
            assert record.read_meta(connection) == {}
            assert connection.execute("SELECT count(*) FROM chunks").fetchone()[0] == 0
            connection.close()
        record.connect(last / "record.db").close()
        assert [path.name for path in last.iterdir()] == ["record.db"]
    assert cut_short > KILLS / 3
