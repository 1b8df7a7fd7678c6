"""What a worker process holds open: settings, models and collections, made once and shared by its threads."""

from __future__ import annotations

from dataclasses import dataclass, field
from threading import Event

from flask import current_app

from api.metrics import Metrics
from api.settings import Settings
from indexer.collection import Collection
from indexer.collections import Collections
from qa.pipeline import Pipeline

EXTENSION = "citespan"


@dataclass(frozen=True, slots=True)
class Service:
    settings: Settings
    pipeline: Pipeline
    collections: Collections
    metrics: Metrics
    stopping: Event = field(default_factory=Event)
    """Set once this process was asked to stop: it still answers, but should be sent no more."""

    def collection(self, name: str | None) -> Collection:
        """The collection ``name``, or the default one. CollectionNotFound; ConfigError for a bad name.

        The default one is always there, empty at first, and begins with its first document. Others are not:
        a mistyped name would start a collection and seem to have lost the documents.
        """
        if name is None or name == self.settings.collection:
            return self.collections.create(self.settings.collection)
        return self.collections.open(name)


def service() -> Service:
    """The service of the application that handles the current request."""
    held: Service = current_app.extensions[EXTENSION]
    return held
