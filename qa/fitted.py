"""Numbers that ``training/reader/`` fitted, read back: each file tells the names of what it was fitted on."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from indexer.errors import ConfigError


def read_fitted(path: Path, names: Sequence[str], what: str) -> dict[str, Any]:
    """The content of ``path``. ConfigError if it was fitted on other ``what`` than ``names``, in that order."""
    stored: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    if tuple(stored["names"]) != tuple(names):
        raise ConfigError(f"{path} was fitted on other {what}; run training/reader/{path.stem}.py again")
    return stored
