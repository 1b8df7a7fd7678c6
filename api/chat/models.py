"""Models of the protocol are collections: ``citespan`` is the default one, ``citespan/NAME`` any."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from api.errors import RequestError
from api.service import Service
from indexer.collection import Collection
from indexer.errors import CollectionNotFound, ConfigError, NotReady, StoreError

MODEL = "citespan"


def model_names(held: Service) -> list[str]:
    """All models that the request may use, the default collection first."""
    default = held.default_collection
    return [MODEL, *(f"{MODEL}/{name}" for name in held.collection_names() if name != default)]


def collection_of(held: Service, model: str) -> Collection:
    """The collection that ``model`` stands for. RequestError ``model_not_found``, CollectionForbidden."""
    head, _, name = model.partition("/")
    if head == MODEL and (name or "/" not in model):
        try:
            return held.collection(name or None)
        except (CollectionNotFound, ConfigError):  # gone, never there, or no name at all
            pass
    raise RequestError(
        "model_not_found",
        f"There is no model {model[:100]!r}; there are: {', '.join(model_names(held)[:20])}.",
        [{"loc": ["model"], "message": "no such model"}],
    )


def model_object(held: Service, model: str) -> dict[str, Any]:
    """The object ``model``. Raises as ``collection_of`` does."""
    created = _created(collection_of(held, model))
    return {"id": model, "object": "model", "created": created, "owned_by": MODEL}


def _created(collection: Collection) -> int:
    """The time of the last commit in seconds; 0 where there is none, or none that can be read."""
    try:
        committed = collection.snapshot().committed_at
        return int(datetime.fromisoformat(committed).timestamp()) if committed else 0
    except (NotReady, StoreError, ValueError):
        return 0
