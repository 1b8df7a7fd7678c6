"""Processes that may die: forked from a small server that has everything imported, so that one costs milliseconds."""

from __future__ import annotations

import multiprocessing
import multiprocessing.forkserver
import os
import sys
import time
from collections.abc import Callable
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

HUNG_S = 120.0  # a child that says nothing for so long hangs
_CONTEXT = multiprocessing.get_context("forkserver")
_TESTS = Path(__file__).parents[1]
# Shared with children as they start, and still there when one of them dies at any instant.
flag, counters = _CONTEXT.RawValue, _CONTEXT.RawArray


def _serve() -> None:
    """Starts the server of forks. It looks for modules where its environment says."""
    wanted = {
        "PYTHONPATH": os.pathsep.join([str(_TESTS.parent), str(_TESTS)]),
        "OMP_NUM_THREADS": "1",
        "OPENBLAS_NUM_THREADS": "1",
        "RUST_BACKTRACE": "0",
    }
    before = {name: os.environ.get(name) for name in wanted}
    os.environ.update(wanted)
    try:
        # Every child imports the main module of this process, which may be pytest's.
        _CONTEXT.set_forkserver_preload(["torture.warm", *(["pytest"] if "pytest" in sys.modules else [])])
        multiprocessing.forkserver.ensure_running()
    finally:
        for name, value in before.items():
            if value is None:
                del os.environ[name]
            else:
                os.environ[name] = value


class Child:
    """Runs ``work(tell, *args)``; what it tells, and then ``("end", result)`` or ``("error", (type, code, message))``,
    can be heard here, also after its death. What it writes to standard error goes to the file ``errors``."""

    def __init__(self, work: Callable[..., object], *args: object, errors: Path) -> None:
        _serve()
        self._hears, tells = _CONTEXT.Pipe(duplex=False)
        self._process = _CONTEXT.Process(target=_run, args=(work, args, tells, str(errors)), daemon=True)
        self._process.start()
        tells.close()

    @property
    def exitcode(self) -> int | None:
        """Minus the signal that it died of; None while it lives."""
        return self._process.exitcode

    def hear(self, timeout: float = HUNG_S) -> tuple[str, Any] | None:
        """The next thing told; None where nothing came in time, or nothing comes any more."""
        try:
            return self._hears.recv() if self._hears.poll(timeout) else None  # type: ignore[no-any-return]
        except (EOFError, OSError):
            return None

    def kill(self) -> None:
        """SIGKILL, if it still lives."""
        self._process.kill()
        self._process.join(HUNG_S)

    def result(self, timeout: float = HUNG_S) -> tuple[str, Any]:
        """How it ended: ``end``, ``error``, or ``died`` with the exit code. One that hangs is killed: ``hung``."""
        deadline = time.monotonic() + timeout
        while (said := self.hear(max(0.0, deadline - time.monotonic()))) is not None:
            if said[0] in ("end", "error"):
                self._process.join(HUNG_S)
                return said
        hung = self._process.exitcode is None and time.monotonic() >= deadline
        if hung:
            self.kill()
        self._process.join(HUNG_S)
        return ("hung", None) if hung else ("died", self._process.exitcode)


def _run(work: Callable[..., object], args: tuple[object, ...], tells: Connection, errors: str) -> None:
    descriptor = os.open(errors, os.O_WRONLY | os.O_CREAT | os.O_APPEND)
    os.dup2(descriptor, 2)
    os.close(descriptor)

    def tell(kind: str, what: object = None) -> None:
        tells.send((kind, what))

    tell.descriptor = tells.fileno()  # type: ignore[attr-defined]
    try:
        tell("end", work(tell, *args))
    except BaseException as error:  # noqa: BLE001 - whatever it was, it is what the parent asks about
        tell("error", (type(error).__name__, getattr(error, "error_code", ""), str(error)[:2000]))
