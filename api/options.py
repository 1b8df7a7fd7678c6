"""How a setting is declared, and how its value is read from TOML and from the environment.

A setting is a dataclass field made by :func:`option`: name, type, default, bounds and documentation stand in
one place. Nothing here knows which settings exist. Types: str, int, float, bool, Path, tuple[Path, ...],
tuple[str, ...], each of them ``| None`` at will.
"""

from __future__ import annotations

import math
import os
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, get_args, get_origin

from indexer.errors import ConfigError

PREFIX = "CITESPAN_"
MASK = "'***'"
_TRUE, _FALSE = {"1", "true", "yes", "on"}, {"0", "false", "no", "off"}


@dataclass(frozen=True, slots=True)
class Option:
    """A declared setting. ``env`` is the whole name of its environment variable, ``item`` the type of a tuple's."""

    name: str
    kind: type
    default: Any
    doc: str
    env: str
    minimum: float | None = None
    maximum: float | None = None
    secret: bool = False
    item: type = str
    choices: tuple[str, ...] = ()


def option(
    default: Any,
    doc: str,
    *,
    minimum: float | None = None,
    maximum: float | None = None,
    choices: tuple[str, ...] = (),
    env: str | None = None,
    secret: bool = False,
) -> Any:
    """Declare a setting. ``env``: its variable, where that is not ``CITESPAN_`` and the field's name.

    A ``secret`` one is read from the environment only, and no message or ``repr`` shows its value.
    """
    bounds = {"minimum": minimum, "maximum": maximum, "choices": choices}
    return field(default=default, metadata={"doc": doc, "env": env, "secret": secret, **bounds})


def shown(declared: Option, value: Any) -> str:
    """``value`` as a log or a message may show it."""
    return MASK if declared.secret and value is not None else repr(value)


def plain_type(annotation: Any) -> type:
    """``float`` for ``float | None``, ``tuple`` for ``tuple[Path, ...]``, a class for itself."""
    kinds = [kind for kind in get_args(annotation) if kind is not type(None)]
    if get_origin(annotation) is tuple or not kinds:
        kinds = [get_origin(annotation) or annotation]
    return kinds[0]  # type: ignore[no-any-return]


def item_type(annotation: Any) -> type:
    """``Path`` for ``tuple[Path, ...]``; ``str`` for what is no tuple."""
    items = get_args(annotation) if get_origin(annotation) is tuple else ()
    return items[0] if items else str


def from_text(declared: Option, text: str) -> Any:
    """The value of an environment variable; paths of a list are separated as in ``PATH``, other items by
    commas or white space."""
    try:
        value = _convert(declared, text.strip())
    except ValueError as error:
        raise ConfigError(f"{declared.env}={shown(declared, text)}: {error}") from None
    return _within(declared, declared.env, value)


def from_toml(declared: Option, value: Any, folder: Path) -> Any:
    """The value of a key in a TOML file that lies in ``folder``; relative paths start there."""
    if declared.secret:  # files are copied, shared and committed
        raise ConfigError(f"{declared.name} is a secret and is not read from a file: set {declared.env} instead")
    kind = declared.kind
    if kind is float and type(value) is int:
        value = float(value)
    elif kind is Path and isinstance(value, str):
        value = folder / value
    elif kind is tuple and isinstance(value, list) and all(isinstance(item, str) for item in value):
        value = tuple(folder / item if declared.item is Path else item for item in value)
    if not isinstance(value, kind) or (kind is int and isinstance(value, bool)):
        raise ConfigError(f"{declared.name} = {value!r}: not {_article(declared)}")
    return _within(declared, declared.name, value)


_ARTICLE = {
    str: "a string", int: "a whole number", float: "a number", bool: "true or false",
    Path: "a path",
}  # fmt: skip


def _article(declared: Option) -> str:
    if declared.kind is tuple:
        return "a list of paths" if declared.item is Path else "a list of strings"
    return _ARTICLE[declared.kind]


def _convert(declared: Option, text: str) -> Any:
    kind = declared.kind
    if kind is bool:
        if text.lower() not in _TRUE | _FALSE:
            raise ValueError("not true or false")
        return text.lower() in _TRUE
    if kind is tuple:
        parts = text.split(os.pathsep) if declared.item is Path else text.replace(",", " ").split()
        return tuple(declared.item(part) for part in parts if part)
    if not text:
        raise ValueError("empty")
    try:
        return kind(text)
    except ValueError:
        raise ValueError(f"not {_article(declared)}") from None


def _within(declared: Option, name: str, value: Any) -> Any:
    """``value``, if it is one of the declared choices or lies inside the declared bounds (both ends included)."""
    if isinstance(value, float) and not math.isfinite(value):
        raise ConfigError(f"{name}={value}: not a finite number")
    if declared.minimum is not None and value < declared.minimum:
        raise ConfigError(f"{name}={value}: the least is {declared.minimum}")
    if declared.maximum is not None and value > declared.maximum:
        raise ConfigError(f"{name}={value}: the most is {declared.maximum}")
    if declared.choices and value not in declared.choices:
        raise ConfigError(f"{name}={shown(declared, value)}: not one of {', '.join(declared.choices)}")
    return value
