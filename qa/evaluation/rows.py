"""Rows of JSON read with care: whatever does not fit is a ConfigError that names the file and the line.

Inside one JSON document the path to the value stands in for the line: ``data[0].paragraphs[2]``.
"""

from __future__ import annotations

import gzip
import json
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from types import UnionType
from typing import Any

from indexer.errors import ConfigError


def read_text(path: Path) -> str:
    """The text of a plain or gzip'd file."""
    try:
        data = path.read_bytes()
        return (gzip.decompress(data) if path.suffix == ".gz" else data).decode("utf-8-sig")
    except (OSError, EOFError) as error:
        raise ConfigError(f"{path}: cannot be read ({error})") from error
    except UnicodeDecodeError as error:
        raise ConfigError(f"{path}: not UTF-8 at byte {error.start}") from error


def json_lines(path: Path, text: str) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """``("file:line", object)`` for each line that is not blank."""
    # Not splitlines(): U+2028 and its kind may stand inside a JSON string.
    for number, line in enumerate(text.split("\n"), 1):
        if line.strip():
            where = f"{path}:{number}"
            row = parse(line, where)
            if not isinstance(row, dict):
                raise ConfigError(f"{where}: must be a JSON object")
            yield where, row


def parse(text: str, where: str) -> Any:
    """The value of the JSON ``text``, or a ConfigError that says where it breaks."""
    try:
        return json.loads(text)
    except json.JSONDecodeError as error:
        place = where if "\n" not in text.strip() else f"{where}:{error.lineno}"
        raise ConfigError(f"{place}: not JSON ({error.msg}, column {error.colno})") from error


def field(where: str, row: Mapping[str, Any], name: str, kind: type | UnionType, default: Any = None) -> Any:
    """``row[name]``, checked: there, unless there is a ``default``, of ``kind``, and storable text."""
    value = row.get(name, default)
    if value is None and default is None:
        raise ConfigError(f"{where}: {name!r} is missing")
    if not isinstance(value, kind) or (kind is not bool and isinstance(value, bool)):
        raise ConfigError(f"{where}: {name!r} must be {getattr(kind, '__name__', kind)}, not {value!r:.60}")
    if isinstance(value, str) and any("\ud800" <= char <= "\udfff" for char in value):
        raise ConfigError(f"{where}: {name!r} holds half a character (a lone surrogate)")
    return value


def strings(where: str, name: str, values: Sequence[Any]) -> tuple[str, ...]:
    """``values`` as a tuple, all of them strings."""
    return tuple(field(where, {name: value}, name, str) for value in values)
