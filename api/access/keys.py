"""A key as it is kept, and what its holder may do."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from typing import Any, Literal, get_args

Scope = Literal["read", "write", "admin"]
"""Each includes the ones before it."""
SCOPES: tuple[Scope, ...] = get_args(Scope)


@dataclass(frozen=True, slots=True, kw_only=True)
class Key:
    """A key without its text. ``collections``: those that it is bound to; empty where it is bound to none and sees all.

    Times are ISO 8601 with their offset, UTC. ``digest`` is empty once the key is revoked: it cannot come back.
    """

    id: str
    name: str
    scope: Scope
    collections: tuple[str, ...] = ()
    created: str = ""
    expires: str | None = None
    revoked: str | None = None
    digest: str = ""

    def state(self, now: datetime) -> Literal["active", "expired", "revoked"]:
        if self.revoked is not None or not self.digest:
            return "revoked"
        return "expired" if self.expires is not None and datetime.fromisoformat(self.expires) <= now else "active"

    def may(self, scope: Scope) -> bool:
        """Whether the key's scope includes ``scope``."""
        return SCOPES.index(self.scope) >= SCOPES.index(scope)

    def sees(self, collection: str) -> bool:
        return not self.collections or collection in self.collections

    def public(self, now: datetime) -> dict[str, Any]:
        """All but the digest, and the state, for people and for logs."""
        shown = {name: value for name, value in asdict(self).items() if name != "digest"}
        return shown | {"collections": list(self.collections), "state": self.state(now)}

    @classmethod
    def from_json(cls, value: Any) -> Key:
        """Raises ValueError, TypeError or KeyError where ``value`` is no key."""
        key = cls(**{**value, "collections": tuple(value["collections"])})
        texts = [key.id, key.name, key.digest, key.created, *key.collections]
        if key.scope not in SCOPES or not all(isinstance(text, str) for text in texts):
            raise ValueError("no key")
        for time in (key.expires, key.revoked):
            if time is not None and datetime.fromisoformat(time).tzinfo is None:
                raise ValueError("a time without its offset")
        return key


def timestamp(now: datetime | None = None) -> str:
    return (now or datetime.now(UTC)).isoformat(timespec="seconds")
