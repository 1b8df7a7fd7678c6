"""schemathesis sends what the OpenAPI document allows, and what it does not, to the real server."""

from __future__ import annotations

import os
import subprocess
import sys
from contextlib import ExitStack
from pathlib import Path

import pytest
import requests
from key_helpers import add_key, bearer
from small_service import DOCUMENTS, Server, start_server

HERE = Path(__file__).parent


@pytest.fixture
def disposable(tmp_path):
    """Starts a real server whose documents may be changed and deleted, and gives it with a key, if it has any."""
    with ExitStack() as stack:

        def start(*, keys: bool) -> tuple[Server, dict[str, str]]:
            headers = bearer(add_key(tmp_path, "admin")) if keys else {}
            server = stack.enter_context(start_server(tmp_path))
            for doc_id, body in DOCUMENTS.items():
                url = f"{server.url}/v1/documents/{doc_id}"
                requests.put(url, json=body, headers=headers, timeout=30).raise_for_status()
            return server, headers

        yield start


# With keys it is the refusals that count (the check `ignored_auth`), which one phase shows.
@pytest.mark.parametrize(
    ("keys", "phases"), [(False, "examples,coverage,fuzzing,stateful"), (True, "coverage")], ids=["open", "with keys"]
)
def test_the_service_keeps_its_contract(disposable, tmp_path, keys, phases):
    server, headers = disposable(keys=keys)
    command = [
        *(sys.executable, "-m", "schemathesis.cli", "--config-file", str(HERE / "schemathesis.toml")),
        *("run", f"{server.url}/openapi.json", "--checks", "all", "--mode", "all"),
        *("--phases", phases, "--max-examples", "30", "--seed", "1", "--continue-on-failure", "--no-color"),
        *(("--warnings", "off") if keys else ()),  # that few documents are found, without the phases that make them
        *(word for name, value in headers.items() for word in ("--header", f"{name}: {value}")),
    ]
    environ = {**os.environ, "SCHEMATHESIS_HOOKS": str(HERE / "schemathesis_hooks.py")}
    done = subprocess.run(command, cwd=tmp_path, env=environ, capture_output=True, text=True, timeout=280)
    assert done.returncode == 0, done.stdout[-20_000:] + done.stderr[-2_000:]
    assert "warning" not in done.stdout.lower(), done.stdout[-20_000:]
    assert "Traceback" not in server.log.read_text()
