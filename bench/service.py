"""The real service in a process of its own, for as long as a measurement takes."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from http.client import HTTPConnection
from pathlib import Path

COMMAND = (sys.executable, "-m", "api")


@contextmanager
def serving(data: Path, documents: Path, workers: int) -> Iterator[tuple[str, int]]:
    """Host and port of a service with ``documents`` indexed. Raises RuntimeError with its log if it does not start."""
    port = free_port()
    variables = environment(data, port, workers)
    subprocess.run([*COMMAND, "index", str(documents)], env=variables, check=True, stdout=subprocess.DEVNULL)
    with running([*COMMAND, "serve"], port, variables, data / "server.log"):
        yield "127.0.0.1", port


def environment(data: Path, port: int, workers: int, **settings: object) -> dict[str, str]:
    """The environment of this process with nothing set for the service but what is given, on one thread."""
    return {name: value for name, value in os.environ.items() if not name.startswith("CITESPAN_")} | {
        "CITESPAN_DATA": str(data),
        "CITESPAN_PORT": str(port),
        "CITESPAN_WORKERS": str(workers),
        **{f"CITESPAN_{name.upper()}": str(value) for name, value in settings.items()},
        "OMP_NUM_THREADS": "1",
    }


@contextmanager
def running(
    command: Sequence[str], port: int, variables: Mapping[str, str], log: Path, path: str = "/readyz"
) -> Iterator[subprocess.Popen[bytes]]:
    """The process of ``command``, once it answers at ``path``. Raises RuntimeError with its log if it does not."""
    with log.open("wb") as stream:
        process = subprocess.Popen(command, env=dict(variables), stdout=stream, stderr=stream)
    try:
        deadline = time.monotonic() + 60
        while not _answers(port, path):
            if process.poll() is not None or time.monotonic() > deadline:
                raise RuntimeError(log.read_text(encoding="utf-8"))
            time.sleep(0.1)
        yield process
    finally:
        process.terminate()
        process.wait(60)


def _answers(port: int, path: str) -> bool:
    connection = HTTPConnection("127.0.0.1", port, timeout=10)
    try:
        connection.request("GET", path)
        return connection.getresponse().status == 200
    except OSError:
        return False
    finally:
        connection.close()


def free_port() -> int:
    """A port of this machine that nobody listened at a moment ago."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
