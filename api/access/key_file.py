"""The file of keys: one under the data folder, for its owner's eyes, replaced whole by each change.

Its first line holds the SHA-256 of the rest, so that a file which was cut or changed is told from one that was written;
it is then refused, and with it every request, rather than read in a way that nobody meant.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable, Sequence
from pathlib import Path

import orjson

from api.access.folder_lock import folder_lock, give_to_owner
from api.access.keys import Key
from indexer.errors import CitespanError, StorageFull
from indexer.sealed import sync

FILE = "keys.jsonl"
_HEAD = b"citespan keys 1 "


class KeysUnreadable(CitespanError):
    """The file of keys is damaged, gone or closed to this process: nobody can be let in."""

    code = "keys_unreadable"


def path_of(data_dir: Path) -> Path:
    return data_dir / FILE


def read_keys(path: Path) -> list[Key] | None:
    """The keys in the file at ``path``; None where there is no file. Raises KeysUnreadable."""
    try:
        data = path.read_bytes()
    except FileNotFoundError:
        return None
    except OSError as error:
        raise KeysUnreadable(f"{path} cannot be read: {error.strerror}") from error
    return parse(data, path)


def parse(data: bytes, path: Path) -> list[Key]:
    """The keys in the bytes of a file. Raises KeysUnreadable, which names ``path``."""
    head, _, rest = data.partition(b"\n")
    if head != _head(rest):
        raise KeysUnreadable(
            f"{path} is not as it was written: put it back from a backup, or delete it and create new keys"
        )
    try:
        return [Key.from_json(orjson.loads(line)) for line in rest.splitlines()]
    except (ValueError, TypeError, KeyError) as error:  # a sum that holds over what is no key: another version's file
        raise KeysUnreadable(f"{path} was written by another version of Citespan") from error


def change_keys(path: Path, change: Callable[[Sequence[Key]], Sequence[Key]]) -> None:
    """Puts ``change`` of the keys in the place of the keys; on the disk when it returns.

    Raises KeysUnreadable; StorageFull; what ``change`` raises.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with folder_lock(path.parent):
            _replace(path, change(read_keys(path) or []))
    except OSError as error:
        raise StorageFull(f"{path} cannot be written: {error.strerror}") from error


def _replace(path: Path, keys: Sequence[Key]) -> None:
    rest = b"".join(orjson.dumps(key, option=orjson.OPT_APPEND_NEWLINE) for key in keys)
    temporary = path.with_suffix(".tmp")
    temporary.unlink(missing_ok=True)
    descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(_head(rest) + b"\n" + rest)
        give_to_owner(file.fileno(), path.parent)
    sync(temporary)
    temporary.replace(path)
    sync(path.parent)


def _head(rest: bytes) -> bytes:
    return _HEAD + hashlib.sha256(rest).hexdigest().encode()
