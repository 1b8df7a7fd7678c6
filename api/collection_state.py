"""The state of a collection as people are told it: what it holds, and whether its own calibration is in use."""

from __future__ import annotations

from typing import Any

from indexer.calibration import CALIBRATION
from indexer.collection import Collection
from indexer.encoder import Encoder
from qa.refit import basis_of, held_refit


def collection_state(collection: Collection, encoder: Encoder, reader: str) -> dict[str, Any]:
    """``Collection.status``; its ``calibration`` also says ``in_use``, and if it is not, why it is ``ignored``.

    ``encoder`` and ``reader`` are those of the service. Raises as ``Collection.status``.
    """
    facts: dict[str, Any] = collection.status()
    if facts["calibration"] is not None:
        ignored = held_refit(collection.path / CALIBRATION, basis_of(encoder, reader)).ignored
        facts["calibration"] |= {"in_use": ignored is None, **({} if ignored is None else {"ignored": ignored})}
    return facts
