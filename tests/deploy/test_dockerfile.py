"""The Dockerfile, as far as it can be held to the rest without building it; deploy/check-image does what is left."""

from __future__ import annotations

import fnmatch
import os
import shlex
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest
from container_image import DOCKERFILE, INSTRUCTIONS, ROOT, healthcheck, of, port, stages, user, variables
from small_service import start_server

from api.settings import Settings
from bench.service import free_port

PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
TARGETS = ("slim", "full")


def health(port: int) -> int:
    command = [sys.executable if word == "python3" else word for word in healthcheck()]
    done = subprocess.run(
        command, env={**os.environ, "CITESPAN_PORT": str(port)}, capture_output=True, check=False, timeout=30
    )
    return done.returncode


def test_slim_is_what_is_built_without_a_target():
    assert list(stages())[-1] == "slim"


@pytest.mark.parametrize("target", TARGETS)
def test_version_and_licence_are_those_of_the_project(target: str):
    assert f"VERSION={PROJECT['version']}" in of(target, "ARG")
    assert any('image.version="${VERSION}"' in text and "image.revision=" in text for text in of(target, "LABEL"))
    (labels,) = of("base", "LABEL")
    assert f'image.licenses="{PROJECT["license"]}"' in labels
    assert f'image.description="{PROJECT["description"]}"' in labels


@pytest.mark.parametrize("target", TARGETS)
def test_it_does_not_run_as_root(target: str):
    (text,) = of(target, "USER")
    assert text.split(":") == [str(user()[0]), str(user()[1])]
    assert user()[0] > 0
    assert f"--uid {user()[0]}" in of("base", "RUN")[0]


@pytest.mark.parametrize("target", TARGETS)
def test_a_change_of_the_code_leaves_the_layer_of_the_dependencies(target: str):
    steps = [rest for name, rest in stages()[target] if name in ("COPY", "ARG")]
    order = [next(at for at, step in enumerate(steps) if word in step) for word in ("dependencies", "code", "VERSION")]
    assert order == sorted(order)
    assert order[0] == 0


def test_what_it_copies_exists_and_is_sent_to_the_builder():
    lines = (ROOT / ".dockerignore").read_text("utf-8").split()
    sent = [line[1:] for line in lines if line.startswith("!")]
    sources = {
        source
        for name, rest in INSTRUCTIONS
        if name == "COPY" and "--from" not in rest
        for source in shlex.split(rest)[:-1]
    }
    assert {"pyproject.toml", "api", "seeds", "deploy/sbom.py"} <= sources
    for source in sources:
        assert (ROOT / source).exists()
        assert any(fnmatch.fnmatch(source, pattern) for pattern in sent), f"{source} is ignored"
    assert lines[0] == "*"  # and nothing else: no environment, no data, no tests


def test_its_variables_are_settings():
    own = {name: text for name, text in variables().items() if name.startswith("CITESPAN_")}
    settings = Settings.load(environ=own)
    assert (settings.host, str(settings.data_dir), settings.port) == ("0.0.0.0", "/data", port())
    assert settings.log_format == "json"


def test_it_is_healthy_only_while_it_can_answer(seeded, tmp_path: Path):
    assert health(seeded.port) == 0
    assert health(free_port()) != 0
    with start_server(tmp_path) as empty:
        assert health(empty.port) != 0


def test_every_stage_begins_with_the_base_that_can_be_given():
    assert DOCKERFILE.index("ARG BASE_IMAGE=") < DOCKERFILE.index("FROM ")
    bases = {rest.split()[0] for name, rest in INSTRUCTIONS if name == "FROM"}
    assert bases - set(stages()) == {"${BASE_IMAGE}"}
