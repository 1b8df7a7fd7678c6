"""The examples of docs/api.md work as they stand."""

from __future__ import annotations

import re
import shlex
from io import BytesIO
from pathlib import Path

import pytest

from api.responses_explain import ExplainOut
from api.settings import Settings

DOCS = Path(__file__).parents[2] / "docs"
HOST = "http://127.0.0.1:8000"


def commands() -> list[list[str]]:
    """The arguments of every curl command of the page, in order."""
    blocks = re.findall(r"```sh\n(.*?)```", (DOCS / "api.md").read_text(encoding="utf-8"), re.DOTALL)
    words = [shlex.split(line) for block in blocks for line in re.split(r"\n(?=curl)", block.strip())]
    return [arguments[1:] for arguments in words]


def run(client, arguments: list[str]):
    """What curl would send."""
    method, url, headers, body, form = "GET", "", {}, None, {}
    rest = iter(arguments)
    for word in rest:
        if word == "-X":
            method = next(rest)
        elif word == "-H":
            name, _, value = next(rest).partition(": ")
            headers[name] = value
        elif word == "-d":
            body, method = next(rest), "POST" if method == "GET" else method
        elif word == "-F":
            name, _, value = next(rest).partition("=")
            method = "POST"
            form[name] = (BytesIO("第一季度的收入为1.5亿元。".encode()), value[1:]) if value[0] == "@" else value
        elif word != "-s":
            url = word
    assert url.startswith(HOST)
    if form:
        return client.post(url.removeprefix(HOST), data=form, content_type="multipart/form-data")
    return client.open(url.removeprefix(HOST), method=method, headers=headers, data=body)


def test_every_example_works(empty):
    deletion = None
    for arguments in commands():
        if "DELETE" in arguments:  # last, or the questions would have nothing to find
            deletion = arguments
            continue
        assert run(empty, arguments).status_code in (200, 201), arguments
    assert run(empty, deletion).get_json()["deleted"] is True


@pytest.mark.parametrize(
    "route", ["ask", "search", "citations/verify", "documents", "collections", "chat/completions", "models"]
)
def test_every_route_has_an_example(route):
    assert any(f"/v1/{route}" in " ".join(arguments) for arguments in commands())


def test_the_example_of_a_settings_file_is_one(tmp_path):
    page = (DOCS / "settings.md").read_text(encoding="utf-8")
    file = tmp_path / "citespan.toml"
    file.write_text(re.findall(r"```toml\n(.*?)```", page, re.DOTALL)[0], encoding="utf-8")
    assert Settings.load(file, {}).glossary == (tmp_path / "names.toml",)


def test_the_example_of_an_explanation_fits_its_model():
    (example,) = re.findall(r"```json\n(\{\"language\".*?)```", (DOCS / "api.md").read_text("utf-8"), re.DOTALL)
    ExplainOut.model_validate_json(example, strict=True)


def test_the_citation_of_the_examples_holds(empty):
    first, *_ = commands()
    (verification,) = (arguments for arguments in commands() if "/verify" in " ".join(arguments))
    run(empty, first)
    assert run(empty, verification).get_json()["status"] == "current"
