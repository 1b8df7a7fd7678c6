"""docs/deploy.md names files, targets, variables and figures that there are."""

from __future__ import annotations

import re
import shlex

import pytest
import yaml
from container_image import ROOT, healthcheck, stages, volume

from api.settings import options

PAGE = (ROOT / "docs" / "deploy.md").read_text("utf-8")
COMMANDS = [line for block in re.findall(r"```sh\n(.*?)```", PAGE, re.DOTALL) for line in block.splitlines() if line]
CLOSED = ["--read-only", "--tmpfs /tmp", "--cap-drop ALL", "--security-opt no-new-privileges"]


def test_every_variable_is_a_setting():
    known = {declared.env for declared in options().values()}
    told = set(re.findall(r"CITESPAN_[A-Z_]+", PAGE))
    assert told
    assert told <= known


def test_every_setting_in_code_marks_is_one():
    words = set(re.findall(r"`([a-z]+_[a-z_]+)`", PAGE)) - {"stop_grace_period"}
    assert words
    assert words <= set(options())


@pytest.mark.parametrize("path", sorted(set(re.findall(r"deploy/[\w./-]+\w|[a-z]+\.md\b|requirements\.lock", PAGE))))
def test_every_file_is_there(path: str):
    if path == "deploy/citespan.env":
        pytest.skip("made by a command of the page")
    assert (ROOT / path).exists() or (ROOT / "docs" / path).exists()


def test_the_targets_are_those_of_the_dockerfile():
    table = re.findall(r"^\| `(\w+)`(?: \(default\))? \|", PAGE, re.MULTILINE)
    assert table == ["slim", "full"]
    assert set(table) <= set(stages())
    assert list(stages())[-1] == table[0]


def test_it_is_closed_as_in_the_compose_file():
    (line,) = [line for line in COMMANDS if "--read-only" in line]
    assert all(option in line for option in CLOSED)
    service = yaml.safe_load((ROOT / "deploy" / "compose.yaml").read_text("utf-8"))["services"]["citespan"]
    assert service["read_only"]
    assert service["cap_drop"] == ["ALL"]
    for text in COMMANDS:
        words = shlex.split(text)
        if "-v" in words:
            assert words[words.index("-v") + 1].endswith(volume())


def test_the_health_check_asks_what_the_page_says_a_load_balancer_sees():
    assert "/readyz" in healthcheck()[-1]
    assert "`/readyz` is 503" in PAGE
