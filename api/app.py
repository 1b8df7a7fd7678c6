"""The application factory: settings, models and collections come in, a Flask application goes out."""

from __future__ import annotations

from importlib.metadata import version

from flask import Flask
from werkzeug.routing import PathConverter

import api.ask
import api.bots.routes
import api.changes
import api.chat.blueprint
import api.citations
import api.collections
import api.docs
import api.documents
import api.feedback
import api.health
import api.mcp.blueprint
import api.uploads
import api.web
from api.access.audit import register_audit
from api.access.gate import register_access, register_caller
from api.access.shared import SharedMemory
from api.answer_cache import AnswerCache
from api.bots.routes import register_bots
from api.errors import register_errors
from api.observe.metric_sources import BuildInfo, IndexGauges, ProcessGauges
from api.observe.metrics import Metrics
from api.observe.request_id import register_request_id
from api.observe.tracing import register_tracing
from api.observe.watch import register_watch
from api.reply.links import check_public_url
from api.security import register_security
from api.service import EXTENSION, Service
from api.settings import Settings
from indexer.collections import Collections
from indexer.encoder import load_encoder
from qa.assemble import assemble
from qa.pipeline import Pipeline

BLUEPRINTS = (
    api.ask.blueprint,
    api.citations.blueprint,
    api.feedback.blueprint,
    api.documents.blueprint,
    api.changes.blueprint,
    api.uploads.blueprint,
    api.collections.blueprint,
    api.bots.routes.blueprint,
    api.health.blueprint,
    api.chat.blueprint.blueprint,
    api.mcp.blueprint.blueprint,
    api.docs.blueprint,
    api.web.blueprint,
)


class DocIdConverter(PathConverter):
    """Takes slashes too, so that ``../`` in an id is refused as an id instead of missing every route.

    ``/text`` at the end belongs to the route of that name.
    """

    regex = r"[\s\S]+?(?<!/text)"
    part_isolating = False  # or werkzeug would split at slashes before it matches


def create_app(
    settings: Settings,
    pipeline: Pipeline | None = None,
    collections: Collections | None = None,
    shared: SharedMemory | None = None,
) -> Flask:
    """The service. What is not given is opened as ``settings`` say; under gunicorn that is after the fork.

    ``shared`` is made before it, by whoever starts more than one process; limits hold for one process without.

    Raises ConfigError for settings that name models or glossaries which cannot be opened, for a wrong address, and
    for a bot that is configured by half.
    """
    check_public_url(settings)
    if pipeline is None or collections is None:
        pipeline, collections = open_models(settings)
    collections.create(settings.collection)  # makes nothing yet, but a bad name stops the start
    app = Flask("api", static_folder=None)
    app.config["VERSION"] = version("citespan")
    app.config["MAX_CONTENT_LENGTH"] = settings.max_body_bytes
    app.url_map.converters["doc_id"] = DocIdConverter
    app.url_map.merge_slashes = False  # a redirect would carry a wrong id to another route
    build = BuildInfo(encoder=settings.encoder, reader=settings.reader)
    metrics = Metrics((IndexGauges(collections, settings.collection), ProcessGauges(), build))
    app.extensions[EXTENSION] = Service(settings, pipeline, collections, metrics, AnswerCache(settings.answer_cache))
    register_errors(app)
    register_tracing(app)
    register_caller(app)
    register_request_id(app)
    register_security(app, settings)
    register_watch(app, metrics.in_progress)
    register_audit(app, settings)
    register_access(app, settings, shared or SharedMemory())
    register_bots(app, settings)
    for blueprint in BLUEPRINTS:
        app.register_blueprint(blueprint)
    return app


def open_models(settings: Settings) -> tuple[Pipeline, Collections]:
    """The models and the collections that ``settings`` name, opened. Raises ConfigError."""
    encoder = load_encoder(settings.encoder)
    pipeline = assemble(
        encoder, reader=settings.reader, glossaries=settings.glossary, min_confidence=settings.min_confidence
    )
    return pipeline, Collections(settings.data_dir, encoder)
