"""Every command of the README does what it says: the blocks are read from the file and run, in order."""

import json
import os
import re
import shlex
import shutil
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest

from bench.service import free_port

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text("utf-8")
COMMANDS = [line for block in re.findall(r"```sh\n(.*?)```", README, re.DOTALL) for line in block.splitlines() if line]


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder in which the README's paths exist: seeds/, my-documents/ and .venv/bin/citespan."""
    folder = tmp_path_factory.mktemp("readme")
    (folder / "seeds").symlink_to(ROOT / "seeds")
    (folder / ".venv" / "bin").mkdir(parents=True)
    script = folder / ".venv" / "bin" / "citespan"
    script.write_text(f'#!/bin/sh\nPYTHONPATH={shlex.quote(str(ROOT))} exec {sys.executable} -m api "$@"\n', "utf-8")
    script.chmod(0o755)
    documents = folder / "my-documents"
    documents.mkdir()
    (documents / "about.txt").write_text("星海公司的总部在北京。公司成立于2010年。", "utf-8")
    (documents / "glossary.toml").write_text(block("toml"), "utf-8")
    return folder


def block(language: str) -> str:
    found = re.search(rf"```{language}\n(.*?)```", README, re.DOTALL)
    assert found
    return found[1]


def run(command: str, place: Path, port: int = 8000) -> str:
    command = command.replace("localhost:8000", f"127.0.0.1:{port}")
    done = subprocess.run(
        command, shell=True, cwd=place, capture_output=True, text=True, check=False, timeout=120, env=environment(place)
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def environment(place: Path) -> dict[str, str]:
    return {**os.environ, "CITESPAN_DATA": str(place / "data"), "PYTHONUTF8": "1"}


@pytest.fixture(scope="module")
def service(place: Path) -> Iterator[int]:
    """``make run``, with the environment that the tests run in and a port of its own."""
    if shutil.which("make") is None:
        pytest.fail("make is needed to test the README")
    port = free_port()
    assert "make run" in COMMANDS
    process = subprocess.Popen(
        ["make", "-o", ".venv/run.stamp", "run", f"PORT={port}", f"BIN={place / '.venv' / 'bin'}"],
        cwd=ROOT,
        env=environment(place),
        start_new_session=True,
    )
    try:
        for _ in range(240):
            try:
                with urllib.request.urlopen(f"http://127.0.0.1:{port}/readyz", timeout=2):
                    break
            except OSError:
                assert process.poll() is None, "make run ended"
                time.sleep(0.25)
        else:
            pytest.fail("the service was not ready within a minute")
        yield port
    finally:
        os.killpg(process.pid, 15)
        process.wait(timeout=30)


def test_the_first_answer_is_the_one_shown(place: Path, service: int):
    shown = block("console").splitlines()
    command, answer = shown[0].removeprefix("$ "), shown[1]
    out = run(command.replace("citespan", ".venv/bin/citespan", 1), place).splitlines()
    assert out[0].split("  ")[0] == answer.split("  ")[0]
    assert re.fullmatch(r".*\(confidence \d+%(, as of [\d-]+)?\)", out[0])
    assert out[1:4] == shown[2:5]


def test_every_curl_command_answers(place: Path, service: int):
    curls = [line for line in COMMANDS if line.startswith("curl")]
    bodies = [json.loads(run(line, place, service)) for line in curls]
    asked, put, party, deleted = bodies
    assert asked["answer"]["text"] == "近七成"
    assert put["created"] is True
    assert "12月5日" in party["answer"]["text"]
    assert deleted["doc_id"] == "note-1"


def test_the_chat_client_is_answered(place: Path, service: int):
    code = block("python").replace("127.0.0.1:8000", f"127.0.0.1:{service}")
    done = subprocess.run([sys.executable, "-c", code], cwd=place, capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stderr
    assert "**近七成**" in done.stdout


# Last: from the first key on, the service needs one.
def test_every_citespan_command_runs_and_tells_what_it_should(place: Path, service: int):
    out = {line: run(line, place) for line in COMMANDS if line.startswith(".venv/bin/citespan")}
    said = " ".join(out.values())
    assert "1 added" in said
    assert any(text.startswith("北京") for text in out.values())
    assert any("ck_" in text for text in out.values())
    assert (place / "report.html").read_text("utf-8").startswith("<!")


def test_what_is_left_names_things_that_exist():
    rest = [line for line in COMMANDS if not line.startswith(("curl", ".venv/bin/citespan", "make"))]
    dockerfile = (ROOT / "Dockerfile").read_text("utf-8")
    for line in rest:
        if line.startswith("CITESPAN_ENCODER="):
            assert "index my-documents" in line  # the extra is tested with a local model in tests/indexer
        elif line.startswith(".venv/bin/pip"):
            assert "citespan[models]" in line
        else:
            assert line.startswith("docker ")
    for target in re.findall(r"--target (\w+)", README):
        assert f" AS {target}" in dockerfile
    for linked in re.findall(r"\]\((docs/[^)]+)\)", README):
        assert (ROOT / linked).is_file()
