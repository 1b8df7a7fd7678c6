"""``citespan serve``, ``status`` and ``collections``."""

from __future__ import annotations

from typing import Any

import click

from api.cli.context import CliContext, common_options
from api.collection_state import collection_state
from api.serving.server import serve
from api.settings import Settings


@click.command("serve")
@click.option("--host", help="Address to listen on (setting `host`).")
@click.option("--port", type=click.IntRange(1, 65535), help="TCP port to listen on (setting `port`).")
@click.option("--workers", type=click.IntRange(1, 256), help="Worker processes (setting `workers`).")
@click.option("--data", metavar="FOLDER", type=click.Path(), help="Data folder (CITESPAN_DATA).")
def serve_command(host: str | None, port: int | None, workers: int | None, data: str | None) -> None:
    """Serve the HTTP API and the web page (gunicorn)."""
    serve(Settings.load(host=host, port=port, workers=workers, data_dir=data))


@click.command("status")
@common_options
def status_command(context: CliContext) -> None:
    """What the collection holds: documents, passages, commit, encoder, size, feedback, and its own calibration."""
    facts = _state(context, context.collection)
    shown = {**facts, "calibration": _calibration(facts["calibration"])}
    context.show(facts, lambda: [f"{name:14} {_shown(value)}" for name, value in shown.items()])


@click.command("collections")
@click.option("--remove", metavar="NAME", help="Delete the collection NAME with everything in it.")
@common_options
def collections_command(context: CliContext, remove: str | None) -> None:
    """List the collections, or delete one."""
    collections = context.collections()
    if remove is not None:
        collections.remove(remove)
        context.show({"removed": remove}, lambda: [f"removed collection {remove}"])
        return
    facts = [_state(context, name) for name in collections.names()]
    context.show(
        {"collections": facts},
        lambda: (
            [f"{each['name']:24} {each['documents']:>8} documents {each['passages']:>8} passages" for each in facts]
            or ["no collections yet: citespan index FOLDER makes one"]
        ),
    )


def _state(context: CliContext, name: str) -> dict[str, Any]:
    return collection_state(context.collections().open(name), context.encoder, context.settings.reader)


def _calibration(told: dict[str, Any] | None) -> str:
    if told is None:
        return "as shipped"
    if not told["in_use"]:
        return f"not in use: {told['ignored']}"
    return f"in use: fitted on {told['questions']} questions, {told['fitted_at'][:19]}"


def _shown(value: object) -> str:
    if isinstance(value, list):  # of segments
        return ", ".join(f"{each['passages']:,} passages {each['kind']}" for each in value) or "none"
    return ", ".join(f"{key} {item}" for key, item in value.items()) if isinstance(value, dict) else str(value)
