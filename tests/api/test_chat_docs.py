"""The snippets of docs/chat.md run as they stand, and its table of turns is true."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import pytest
import requests

from qa.followup import Turn, complete
from qa.glossary import Glossary

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "chat.md").read_text(encoding="utf-8")
HOST = "http://127.0.0.1:8000"
OUTPUTS = ["4.08亿", "1269亿元", "model_not_found"]


def blocks(kind):
    return re.findall(rf"```{kind}\n(.*?)```", PAGE, re.DOTALL)


@pytest.mark.parametrize(("code", "expected"), list(zip(blocks("python"), OUTPUTS, strict=True)))
def test_the_python_snippets_run(live_server, capsys, code, expected):
    names = {}
    exec(code.replace(HOST, live_server.url), names)
    names["client"].close()
    assert expected in capsys.readouterr().out


def test_the_commands_run(live_server):
    (block,) = blocks("sh")
    for command in re.split(r"\n(?=curl)", block.strip()):
        words = shlex.split(command)
        url = next(word for word in words if word.startswith(HOST)).replace(HOST, live_server.url)
        if "-d" in words:
            data = words[words.index("-d") + 1].encode()
            answer = requests.post(url, data=data, headers={"Content-Type": "application/json"}, timeout=30)
            assert "1269亿元" in answer.json()["choices"][0]["message"]["content"]
        else:
            answer = requests.get(url, timeout=30)
        assert answer.status_code == 200


def test_the_reply_shown_is_the_reply(live_server):
    (code, *_), (shown,) = blocks("python"), blocks("text")
    question = re.search(r'"content": "(.*?)"', code)[1]
    body = {"model": "citespan", "messages": [{"role": "user", "content": question}]}
    answer = requests.post(f"{live_server.url}/v1/chat/completions", json=body, timeout=30).json()
    content = answer["choices"][0]["message"]["content"]
    pattern = re.sub(r"about \d+", r"about \\d+", re.escape(shown.strip().replace(HOST, live_server.url)))
    assert re.fullmatch(pattern.replace("…", ".*?"), content)


@pytest.mark.parametrize("row", re.findall(r"^\| (.+?[?？]) \| (.+?) \| (.+?[?？]) \|$", PAGE, re.MULTILINE))
def test_the_turns_of_the_table_are_completed_so(row):
    before, turn, asked = row
    glossary = Glossary.load([ROOT / "qa" / "data" / "glossary.toml", ROOT / "seeds" / "glossary.toml"])
    assert complete(turn, Turn(before), glossary) == asked
