"""Who sent the current request, for whatever depends on it: collections, limits, the log of changes."""

from __future__ import annotations

from collections.abc import Sequence
from contextvars import ContextVar
from dataclasses import dataclass

from api.access.keys import Key
from indexer.errors import CitespanError


class CollectionForbidden(CitespanError):
    """The key is bound to other collections."""

    code = "collection_forbidden"


@dataclass(frozen=True, slots=True)
class Caller:
    """``key`` is None for those who need none: on an open route, or where there are no keys."""

    key: Key | None = None
    address: str = ""

    @property
    def collections(self) -> tuple[str, ...]:
        """Those that the caller is bound to; empty for all."""
        return self.key.collections if self.key else ()

    def check(self, collection: str) -> None:
        """Raises CollectionForbidden, also for a collection that is not there: nobody learns names by trying."""
        if self.key is not None and not self.key.sees(collection):
            allowed = ", ".join(self.key.collections)
            raise CollectionForbidden(f"This key is not for collection {collection!r}, but for: {allowed}.")

    def default(self, usual: str) -> str:
        """The collection of a request that names none: ``usual``, or the only one that the caller may see."""
        return self.collections[0] if len(self.collections) == 1 else usual

    def visible(self, names: Sequence[str]) -> list[str]:
        """Those of ``names`` that the caller may know of."""
        return [name for name in names if self.key is None or self.key.sees(name)]


# A context variable and not an attribute of the request: a streamed answer is made after Flask has let go of the
# request, in the same thread and context. Each request sets it before anything else is done.
_current: ContextVar[Caller] = ContextVar("caller")
_OPERATOR = Caller()


def caller() -> Caller:
    """Who sent the current request; outside of one, the operator, who may do everything."""
    return _current.get(_OPERATOR)


def set_caller(found: Caller) -> None:
    _current.set(found)
