"""Who could reach a service, and whether it may start like that."""

from __future__ import annotations

from api.access.fixed_keys import fixed_keys
from api.access.hosts import is_loopback
from api.access.key_file import path_of, read_keys
from api.access.shared import SharedMemory
from api.settings import Settings
from indexer.errors import ConfigError


def check_exposure(settings: Settings, shared: SharedMemory) -> str:
    """Who is let in, in words for the log. Keys that are found are noted in ``shared``, for the workers.

    Raises ConfigError for an address beyond this machine without any key, and without `allow_anonymous`;
    KeysUnreadable where there are keys that cannot be read.
    """
    keys = read_keys(path_of(settings.data_dir))
    fixed = fixed_keys(settings.api_keys)
    if keys is not None:
        shared.note_keys()
    if keys is not None or fixed:
        return f"keys are needed ({len([key for key in keys or () if key.revoked is None]) + len(fixed)} in force)"
    if is_loopback(settings.host):
        return "open to this machine, and to it alone: there are no keys (citespan keys create NAME makes one)"
    if settings.allow_anonymous:
        return "OPEN TO EVERYBODY who can reach this address: there are no keys, and allow_anonymous is set"
    raise ConfigError(
        f"will not listen at {settings.host} without a key, for everybody who can reach it could read and change the"
        " documents. Make a key with `citespan keys create NAME --scope admin`, or give one in CITESPAN_API_KEYS; or"
        " listen at 127.0.0.1; or, behind a gateway that asks who comes, set CITESPAN_ALLOW_ANONYMOUS=1."
        " See docs/security.md."
    )
