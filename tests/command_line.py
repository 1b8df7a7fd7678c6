"""The command line as a person uses it: a process of its own."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[1]
SEEDS = ROOT / "seeds"


def citespan(*arguments: object, data: Path, code: int = 0, **variables: str) -> subprocess.CompletedProcess[str]:
    """``citespan ARGUMENTS`` on the folder ``data``, which must exit with ``code``."""
    done = subprocess.run(
        [sys.executable, "-m", "api", *map(str, arguments)],
        cwd=ROOT,
        env={**os.environ, "CITESPAN_DATA": str(data), "PYTHONUTF8": "1", **variables},
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
    assert done.returncode == code, done.stdout + done.stderr
    return done
