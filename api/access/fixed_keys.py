"""Keys by their value, out of the environment: for containers, where a secret comes as a variable."""

from __future__ import annotations

import re

from api.access.keys import SCOPES, Key
from api.access.tokens import digest_of
from indexer.errors import ConfigError

_ENTRY = re.compile(r"(read|write|admin)(?:@([a-z0-9_+-]+))?:([!-~]{32,256})")
_COLLECTION = re.compile(r"[a-z0-9][a-z0-9_-]{0,63}")


def fixed_keys(text: str | None) -> tuple[Key, ...]:
    """The keys in ``text``: ``scope:value`` or ``scope@collection+collection:value``, by commas or white space apart.

    A value has 32 to 256 printable characters without a comma: nothing slows a guess at it down, so it must be random.
    Raises ConfigError, which shows no value.
    """
    keys = tuple(_key(number, entry) for number, entry in enumerate((text or "").replace(",", " ").split(), 1))
    if text is not None and not keys:
        raise ConfigError("CITESPAN_API_KEYS is empty: leave it out, or name keys as scope:value")
    if len({key.digest for key in keys}) < len(keys):
        raise ConfigError("CITESPAN_API_KEYS names the same value twice")
    return keys


def _key(number: int, entry: str) -> Key:
    found = _ENTRY.fullmatch(entry)
    collections = tuple((found[2] or "").split("+")) if found and found[2] else ()
    if found is None or not all(_COLLECTION.fullmatch(name) for name in collections):
        raise ConfigError(
            f"entry {number} of CITESPAN_API_KEYS is no key: write scope:value or scope@collection:value, with a scope"
            f" of {', '.join(SCOPES)} and a value of 32 to 256 printable characters (openssl rand -hex 24 makes one)"
        )
    digest = digest_of(found[3])
    scope = next(scope for scope in SCOPES if scope == found[1])
    return Key(id=f"env-{digest[:8]}", name="CITESPAN_API_KEYS", scope=scope, collections=collections, digest=digest)
