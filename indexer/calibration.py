"""``calibration.json``: how a collection's own questions corrected the confidence. Only figures, no text.

It lies beside the record and belongs to no commit. What the figures mean is said in ``qa/refit.py``.
"""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from indexer.errors import CorruptIndex, StorageFull
from indexer.sealed import sync

CALIBRATION = "calibration.json"


def read_calibration(file: Path) -> dict[str, Any] | None:
    """What the file holds; None where there is none. Raises CorruptIndex."""
    try:
        told = json.loads(file.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return None
    except (OSError, ValueError) as error:
        raise CorruptIndex(f"{file.name} cannot be read ({error}): citespan calibrate --reset removes it") from error
    if not isinstance(told, dict):
        raise CorruptIndex(f"{file.name} holds no object: citespan calibrate --reset removes it")
    return told


def write_calibration(file: Path, told: Mapping[str, Any]) -> None:
    """Puts ``told`` in place of what was there, whole and on the disk, or raises StorageFull."""
    fresh = file.with_suffix(".new")
    try:
        with fresh.open("w", encoding="utf-8") as stream:
            json.dump(told, stream, indent=1)
            stream.flush()
            os.fsync(stream.fileno())
        fresh.replace(file)
        sync(file.parent)
    except OSError as error:
        fresh.unlink(missing_ok=True)
        raise StorageFull(f"{file} cannot be written: {error.strerror or error}") from error


def remove_calibration(file: Path) -> bool:
    """Whether there was one."""
    try:
        file.unlink()
        sync(file.parent)
    except FileNotFoundError:
        return False
    except OSError as error:
        raise StorageFull(f"{file} cannot be removed: {error.strerror or error}") from error
    return True
