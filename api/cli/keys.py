"""``citespan keys``: who may use the service over HTTP."""

from __future__ import annotations

import functools
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import click

from api.access.audit import note_key
from api.access.key_file import change_keys, path_of, read_keys
from api.access.keys import SCOPES, Key, Scope, timestamp
from api.access.tokens import digest_of, id_of, make_token
from api.cli.context import CliContext
from api.settings import Settings
from indexer.collections import check_name
from indexer.errors import CitespanError, ConfigError

_LONGEST_NAME = 100


class KeyNotFound(CitespanError):
    """No key has this id."""

    code = "key_not_found"


@click.group("keys")
def keys_command() -> None:
    """Make, list and revoke keys. A change counts in a running service at once."""


def _options(command: Callable[..., Any]) -> Callable[..., Any]:
    """Adds --json and --data; the command gets a ``CliContext`` first."""

    @click.option("--json", "as_json", is_flag=True, help="Print JSON.")
    @click.option("--data", metavar="FOLDER", type=click.Path(path_type=Path), help="Data folder (CITESPAN_DATA).")
    @functools.wraps(command)
    def wrapped(as_json: bool, data: Path | None, **arguments: Any) -> Any:
        settings = Settings.load(data_dir=data)
        return command(CliContext(settings, settings.collection, as_json), **arguments)

    return wrapped


@keys_command.command("create")
@click.argument("name")
@click.option("--scope", type=click.Choice(SCOPES), default="read", show_default=True, help="What it may do.")
@click.option("--collection", "-c", "collections", metavar="NAME", multiple=True, help="Bind it to this collection.")
@click.option("--expires", metavar="DAYS", type=click.IntRange(1, 36500), help="Days until it expires; never without.")
@_options
def create_command(
    context: CliContext, name: str, scope: Scope, collections: tuple[str, ...], expires: int | None
) -> None:
    """Make a key called NAME and print it: this once, for only its hash is kept."""
    key, token = make_key(name, scope, collections, expires)
    change_keys(path_of(context.settings.data_dir), lambda keys: [*keys, key])
    note_key(context.settings, "key_created", key)
    shown = key.public(datetime.now(UTC))
    context.show(
        {**shown, "key": token},
        lambda: [token, "", "Keep it now: it is not shown again.", _line(key)],
    )


@keys_command.command("list")
@_options
def list_command(context: CliContext) -> None:
    """List all keys, revoked ones too."""
    keys = read_keys(path_of(context.settings.data_dir)) or []
    now = datetime.now(UTC)
    context.show(
        {"keys": [key.public(now) for key in keys]},
        lambda: [_line(key) for key in keys] or ["no keys yet: citespan keys create NAME makes one"],
    )


@keys_command.command("revoke")
@click.argument("key_id", metavar="ID")
@_options
def revoke_command(context: CliContext, key_id: str) -> None:
    """Revoke the key with the ID that `keys list` shows (or the key itself), for good."""
    revoked: list[Key] = []

    def revoke(keys: Sequence[Key]) -> list[Key]:
        wanted = id_of(key_id) or key_id
        after = [_revoked(key) if key.id == wanted else key for key in keys]
        revoked.extend(key for key in after if key.id == wanted)
        if not revoked:
            raise KeyNotFound(f"there is no key {wanted[:20]!r}; citespan keys list shows all")
        return after

    change_keys(path_of(context.settings.data_dir), revoke)
    note_key(context.settings, "key_revoked", revoked[0])
    context.show(revoked[0].public(datetime.now(UTC)), lambda: [f"revoked {revoked[0].id} ({revoked[0].name})"])


def make_key(name: str, scope: Scope, collections: Sequence[str], days: int | None) -> tuple[Key, str]:
    """A new key and its text. Raises ConfigError for a name, or a collection's name, that will not do."""
    if not name.strip() or len(name) > _LONGEST_NAME or not name.isprintable():
        raise ConfigError(f"{name[:_LONGEST_NAME]!r} is no name for a key: use 1 to {_LONGEST_NAME} characters")
    for collection in collections:
        check_name(collection)
    key_id, token = make_token()
    now = datetime.now(UTC)
    key = Key(
        id=key_id,
        name=name.strip(),
        scope=scope,
        collections=tuple(dict.fromkeys(collections)),
        created=timestamp(now),
        expires=None if days is None else timestamp(now + timedelta(days=days)),
        digest=digest_of(token),
    )
    return key, token


def _revoked(key: Key) -> Key:
    return replace(key, revoked=key.revoked or timestamp(), digest="")


def _line(key: Key) -> str:
    bound = ", ".join(key.collections) or "all collections"
    state = key.state(datetime.now(UTC))
    until = key.expires[:10] if key.expires else "no end"
    return f"{key.id:10} {key.scope:6} {state:8} {until:11} {bound:24} {key.name}"
