"""What the Dockerfile says of the image, for the tests that hold others to it."""

from __future__ import annotations

import json
import re
import shlex
from pathlib import Path

ROOT = Path(__file__).parents[1]
DOCKERFILE = (ROOT / "Dockerfile").read_text("utf-8")
# An instruction may go on over several lines, with comments between them.
INSTRUCTIONS = [
    tuple(re.sub(r"\\\n", " ", found).split(maxsplit=1))
    for found in re.findall(r"^[A-Z]+ (?:.*\\\n)*.*$", re.sub(r"(?m)^\s*#.*\n", "", DOCKERFILE), re.MULTILINE)
]


def stages() -> dict[str, list[tuple[str, str]]]:
    """The instructions of each stage, by its name, in the order of the file."""
    found: dict[str, list[tuple[str, str]]] = {}
    name = ""
    for instruction, rest in INSTRUCTIONS:
        if instruction == "FROM":
            name = rest.split()[-1]
        if name:
            found.setdefault(name, []).append((instruction, rest))
    return found


def of(stage: str, instruction: str) -> list[str]:
    return [rest for name, rest in stages()[stage] if name == instruction]


def variables() -> dict[str, str]:
    """The environment of the image."""
    return dict(pair.split("=", 1) for text in of("base", "ENV") for pair in shlex.split(text))


def port() -> int:
    (text,) = of("base", "EXPOSE")
    return int(text)


def user() -> tuple[int, int]:
    (text,) = of("slim", "USER")
    uid, gid = text.split(":")
    return int(uid), int(gid)


def volume() -> str:
    (text,) = of("slim", "VOLUME")
    return text


def healthcheck() -> list[str]:
    (text,) = of("base", "HEALTHCHECK")
    command: list[str] = json.loads(text[text.index("CMD ") + 4 :])
    return command
