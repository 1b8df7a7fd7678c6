"""GET /v1/collections: what is indexed, how much of it, and with which encoder."""

from __future__ import annotations

from collections.abc import Mapping

from flask import Blueprint, Response

from api import render
from api.collection_state import collection_state
from api.operation import Operation, operation
from api.problems import known_code
from api.responses import CollectionList
from api.service import Service, service
from indexer.errors import CollectionNotFound, StoreError

blueprint = Blueprint("collections", __name__)


@blueprint.get("/v1/collections")
@operation(
    Operation(
        summary="List collections",
        tag="Collections",
        description="Those that the key may see.",
        scope="read",
        answers={200: CollectionList},
    )
)
def list_collections() -> Response:
    held = service()
    statuses = [_status(held, name) for name in held.collection_names()]
    return render.json_response(
        {"collections": [status for status in statuses if status], "default": held.default_collection}
    )


def _status(held: Service, name: str) -> Mapping[str, object] | None:
    """The state of a collection; one that is damaged says so and does not hide the others."""
    try:
        return collection_state(held.collection(name), held.collections.encoder, held.settings.reader)
    except CollectionNotFound:  # removed since it was listed
        return None
    except StoreError as error:
        return {"name": name, "code": known_code(error.error_code), "detail": error.message}
