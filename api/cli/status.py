"""``citespan serve``, ``status`` and ``collections``."""

from __future__ import annotations

import click

from api.cli.context import CliContext, common_options
from api.server import serve
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
    """What the collection holds: documents, passages, commit, encoder, size."""
    facts = context.collections().open(context.collection).status()
    context.show(facts, lambda: [f"{name:14} {_shown(value)}" for name, value in facts.items()])


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
    facts = [collections.open(name).status() for name in collections.names()]
    context.show(
        {"collections": facts},
        lambda: (
            [f"{each['name']:24} {each['documents']:>8} documents {each['passages']:>8} passages" for each in facts]
            or ["no collections yet: citespan index FOLDER makes one"]
        ),
    )


def _shown(value: object) -> str:
    if isinstance(value, list):  # of segments
        return ", ".join(f"{each['passages']:,} passages {each['kind']}" for each in value) or "none"
    return ", ".join(f"{key} {item}" for key, item in value.items()) if isinstance(value, dict) else str(value)
