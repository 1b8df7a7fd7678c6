"""Has a child read inputs, and kills it where it hangs."""

from __future__ import annotations

import json
import os
import re
import select
import subprocess
import sys
import tempfile
from collections import Counter
from pathlib import Path
from types import TracebackType

from indexer.errors import LoadError

CODES = frozenset(re.findall(r"``(file_\w+)``", LoadError.__doc__ or ""))
_PATIENCE_S = 10.0
_FIRST_S = 60.0  # a child has to import everything first
_ROOT = Path(__file__).parents[2]


class Reader:
    """``outcomes`` counts ``indexed`` and the codes of errors."""

    def __init__(self) -> None:
        self.outcomes: Counter[str] = Counter()
        self.peak_mb = 0
        self._child: subprocess.Popen[bytes] | None = None
        self._errors = tempfile.TemporaryFile()  # noqa: SIM115 - open as long as the reader

    def __enter__(self) -> Reader:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._end()
        self._errors.close()

    def read(self, name: str, data: bytes, *, keep: bool = False) -> str:
        """``indexed`` or the code of the error; else raises AssertionError, and the next input gets a new child."""
        answer = self._ask(name, data, keep)
        outcome = answer.get("refused") or "indexed"
        assert outcome == "indexed" or outcome in CODES, f"{name}: no code of ours: {outcome}"
        self.outcomes[outcome] += 1
        return str(outcome)

    def commit(self) -> int:
        """Stores all that was kept, and has it found again; how many documents."""
        return int(str(self._ask("", b"", keep=False)["indexed"]))

    def _ask(self, name: str, data: bytes, keep: bool) -> dict[str, object]:
        patience = _PATIENCE_S if self._child else _FIRST_S
        child = self._child = self._child or self._start()
        assert child.stdin is not None
        assert child.stdout is not None
        try:
            child.stdin.write(json.dumps({"name": name, "size": len(data), "keep": keep}).encode() + b"\n" + data)
            child.stdin.flush()
        except BrokenPipeError:
            pass  # told below, by the answer that does not come
        if not select.select([child.stdout], [], [], patience)[0]:
            self._end()
            raise AssertionError(f"{name or 'a commit'} hangs: no answer after {patience:.0f} s")
        line = child.stdout.readline()
        if not line:
            self._end()
            self._errors.seek(0)
            raise AssertionError(
                f"{name or 'a commit'} ended the process: {child.returncode}, {self._errors.read()[-1500:]!r}"
            )
        answer: dict[str, object] = json.loads(line)
        self.peak_mb = max(self.peak_mb, int(str(answer.pop("peak_mb"))))
        assert "broken" not in answer, f"{name or 'a commit'}: {answer['broken']}"
        return answer

    def _start(self) -> subprocess.Popen[bytes]:
        paths = os.pathsep.join([str(_ROOT), str(_ROOT / "tests")])
        return subprocess.Popen(
            [sys.executable, "-m", "hostile.child"],
            cwd=_ROOT,
            env={**os.environ, "PYTHONPATH": paths, "OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self._errors,
        )

    def _end(self) -> None:
        if self._child is not None:
            self._child.kill()
            self._child.communicate()
            self._child = None
