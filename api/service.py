"""What a worker process holds open: settings, models and collections, made once and shared by its threads."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from threading import Event
from typing import TYPE_CHECKING

from flask import current_app

from api.access.caller import caller
from api.answer_cache import AnswerCache
from api.settings import Settings
from indexer.collection import Collection
from indexer.collections import Collections
from indexer.errors import CollectionNotFound
from indexer.writer import Writer
from qa.pipeline import Pipeline

if TYPE_CHECKING:
    # The command line comes by here, and Prometheus' library decides at its import how it counts (`api/serving`).
    from api.observe.metrics import Metrics

EXTENSION = "citespan"


@dataclass(frozen=True, slots=True)
class Service:
    settings: Settings
    pipeline: Pipeline
    collections: Collections
    metrics: Metrics
    answers: AnswerCache
    stopping: Event = field(default_factory=Event)
    """Set once this process was asked to stop: it still answers, but should be sent no more."""

    def collection(self, name: str | None) -> Collection:
        """The collection ``name``, or the default one. CollectionNotFound; ConfigError for a bad name.

        CollectionForbidden where the request's key is bound to others: asked here, so that no route can forget to.

        The default one is always there, empty at first, and begins with its first document. Others are not:
        a mistyped name would start a collection and seem to have lost the documents.
        """
        name = name or self.default_collection
        caller().check(name)
        if name == self.settings.collection:
            return self.collections.create(name)
        try:
            return self.collections.open(name)
        except CollectionNotFound:
            if not caller().collections:
                raise
        raise CollectionNotFound(f"there is no collection {name!r}")  # the other message names all that there are

    @property
    def default_collection(self) -> str:
        """That of a request which names none: the setting, or the only one that the request's key is bound to."""
        return caller().default(self.settings.collection)

    def collection_names(self) -> list[str]:
        """The collections that the current request may know of, sorted."""
        return caller().visible(self.collections.names())

    @contextmanager
    def writer(self, collection: Collection) -> Iterator[Writer]:
        """The one writer of ``collection``, waited for as long as the settings say. Raises as ``Collection.writer``."""
        with (
            self.metrics.writer_turn() as granted,
            collection.writer(timeout=self.settings.writer_timeout) as writer,
        ):
            granted()
            yield writer


def service() -> Service:
    """The service of the application that handles the current request."""
    held: Service = current_app.extensions[EXTENSION]
    return held
