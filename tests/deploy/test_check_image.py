"""deploy/check-image: whole, where an engine runs and has the image; and in parts, wherever."""

from __future__ import annotations

import json
import os
import runpy
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from container_image import ROOT, variables
from small_service import Server, start_server

FOLDER = ROOT / "deploy"
IMAGE = os.environ.get("CHECK_IMAGE", "citespan:latest")
ENGINES = [os.environ["CHECK_IMAGE_ENGINE"]] if "CHECK_IMAGE_ENGINE" in os.environ else ["docker", "podman"]


def engine() -> str:
    """One that runs the image here; skips the test where there is none."""
    reasons = []
    for name in ENGINES:
        if shutil.which(name) is None:
            reasons.append(f"no {name}")
        elif subprocess.run([name, "image", "inspect", IMAGE], capture_output=True, check=False).returncode:
            reasons.append(f"{name} does not run, or has no image {IMAGE} (CHECK_IMAGE names another)")
        elif subprocess.run([name, "run", "--rm", IMAGE, "true"], capture_output=True, check=False).returncode:
            reasons.append(f"{name} runs no containers here")
        else:
            return name
    pytest.skip("; ".join(reasons))


def probe(server: Server, *arguments: str) -> dict:
    done = subprocess.run(
        [sys.executable, FOLDER / "probe.py", *arguments],
        env={**os.environ, "CITESPAN_PORT": str(server.port)},
        check=True,
        capture_output=True,
        text=True,
        timeout=60,
    )
    return json.loads(done.stdout)


def test_the_image_stands_its_check():
    done = subprocess.run(
        [FOLDER / "check-image", IMAGE, "--engine", engine(), "--questions", "50"], capture_output=True, text=True
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert "lost 0" in done.stdout


def test_the_probe_sees_when_it_is_ready_and_what_it_answers(seeded: Server):
    assert probe(seeded, "ready")["time"] > 0
    told = probe(seeded, "ask", "3")
    assert told["answer"] == "近七成"
    assert told["citations"] >= 1


def test_a_complaint_in_the_log_is_seen_and_a_quiet_log_passes(tmp_path: Path):
    is_quiet = runpy.run_path(str(FOLDER / "check-image"))["is_quiet"]
    with start_server(tmp_path, CITESPAN_LOG_FORMAT=variables()["CITESPAN_LOG_FORMAT"]) as server:
        server.stop()
    lines = server.log.read_text("utf-8").splitlines()
    assert lines
    assert all(is_quiet(line) for line in lines)
    for level in ("warning", "error", "critical"):
        assert not is_quiet(lines[0].replace('"info"', f'"{level}"'))
    assert not is_quiet("Traceback (most recent call last):")
    assert not is_quiet('["info"]')


def fake_engine(folder: Path, answers: str) -> Path:
    script = folder / "engine"
    script.write_text(f"#!{sys.executable}\nimport sys\n{answers}\n", "utf-8")
    script.chmod(0o755)
    return script


def test_a_folder_that_can_be_written_is_seen(seeded: Server):
    assert "/tmp" in probe(seeded, "writable")["writable"]


@pytest.mark.parametrize(
    ("config", "complaint"),
    [
        ({"User": ""}, "user ''"),
        ({"User": "0:0"}, "user '0:0'"),
        ({"User": "10001", "ExposedPorts": {}}, "port 8000"),
        ({"User": "10001", "ExposedPorts": {"8000/tcp": {}}, "Volumes": {}}, "/data"),
        ({"User": "10001", "ExposedPorts": {"8000/tcp": {}}, "Volumes": {"/data": {}}, "Labels": {}}, "labels"),
    ],
)
def test_an_image_that_is_not_as_it_should_be_is_refused(tmp_path: Path, config: dict, complaint: str):
    found = json.dumps([{"Config": config, "Size": 1}])
    fake = fake_engine(tmp_path, f"print({found!r})")
    done = subprocess.run(
        [sys.executable, FOLDER / "check-image", "some", "--engine", fake], capture_output=True, text=True
    )
    assert done.returncode == 1
    assert complaint in done.stderr


def test_an_engine_that_fails_is_quoted(tmp_path: Path):
    fake = fake_engine(tmp_path, "sys.exit('no such image')")
    done = subprocess.run(
        [sys.executable, FOLDER / "check-image", "some", "--engine", fake], capture_output=True, text=True
    )
    assert done.returncode == 1
    assert "no such image" in done.stderr
