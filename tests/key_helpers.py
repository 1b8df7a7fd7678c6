"""Keys for tests, made as the command line makes them, without its start."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from api.access.key_file import change_keys, path_of
from api.access.keys import Key
from api.access.tokens import id_of
from api.cli.keys import make_key


def add_key(data_dir: Path, scope: str, *collections: str, name: str = "test", **changes: object) -> str:
    """The text of a new key in ``data_dir``; ``changes`` are made to it first."""
    key, token = make_key(name, scope, collections, None)
    change_keys(path_of(data_dir), lambda keys: [*keys, replace(key, **changes)])
    return token


def revoke_key(data_dir: Path, token: str) -> None:
    def without(keys: Sequence[Key]) -> list[Key]:
        wanted = id_of(token)
        return [
            replace(key, revoked="2026-01-01T00:00:00+00:00", digest="") if key.id == wanted else key for key in keys
        ]

    change_keys(path_of(data_dir), without)


def bearer(token: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {token}"}
