"""schemathesis sends what the OpenAPI document allows, and what it does not, to the real server."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
import requests
from small_service import DOCUMENTS, start_server

HERE = Path(__file__).parent


@pytest.fixture
def disposable(tmp_path):
    """A real server whose documents may be changed and deleted."""
    with start_server(tmp_path) as server:
        for doc_id, body in DOCUMENTS.items():
            requests.put(f"{server.url}/v1/documents/{doc_id}", json=body, timeout=30).raise_for_status()
        yield server


def test_the_service_keeps_its_contract(disposable, tmp_path):
    command = [
        *(sys.executable, "-m", "schemathesis.cli", "--config-file", str(HERE / "schemathesis.toml")),
        *("run", f"{disposable.url}/openapi.json", "--checks", "all", "--mode", "all"),
        *("--max-examples", "30", "--seed", "1", "--continue-on-failure", "--no-color"),
    ]
    environ = {**os.environ, "SCHEMATHESIS_HOOKS": str(HERE / "schemathesis_hooks.py")}
    done = subprocess.run(command, cwd=tmp_path, env=environ, capture_output=True, text=True, timeout=280)
    assert done.returncode == 0, done.stdout[-20_000:] + done.stderr[-2_000:]
    assert "warning" not in done.stdout.lower(), done.stdout[-20_000:]
    assert "Traceback" not in disposable.log.read_text()
