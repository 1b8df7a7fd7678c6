"""The real service in a process of its own, for as long as a measurement takes."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.client import HTTPConnection
from pathlib import Path


@contextmanager
def serving(data: Path, documents: Path, workers: int) -> Iterator[tuple[str, int]]:
    """Host and port of a service with ``documents`` indexed. Raises RuntimeError with its log if it does not start."""
    port = free_port()
    environment = {name: value for name, value in os.environ.items() if not name.startswith("CITESPAN_")} | {
        "CITESPAN_DATA": str(data),
        "CITESPAN_PORT": str(port),
        "CITESPAN_WORKERS": str(workers),
        "OMP_NUM_THREADS": "1",
    }
    command = [sys.executable, "-m", "api"]
    subprocess.run([*command, "index", str(documents)], env=environment, check=True, stdout=subprocess.DEVNULL)
    with (data / "server.log").open("wb") as log:
        process = subprocess.Popen([*command, "serve"], env=environment, stdout=log, stderr=log)
    try:
        deadline = time.monotonic() + 60
        while not _answers(port):
            if process.poll() is not None or time.monotonic() > deadline:
                raise RuntimeError((data / "server.log").read_text(encoding="utf-8"))
            time.sleep(0.1)
        yield "127.0.0.1", port
    finally:
        process.terminate()
        process.wait(60)


def _answers(port: int) -> bool:
    connection = HTTPConnection("127.0.0.1", port, timeout=10)
    try:
        connection.request("GET", "/readyz")
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
