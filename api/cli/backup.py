"""``citespan backup``, ``restore`` and ``recode``: a collection as a whole, kept, brought back, turned over."""

from __future__ import annotations

import dataclasses
import sys
from pathlib import Path

import click

from api.cli.context import CliContext, common_options
from indexer.backup import backup, restore
from indexer.collections import Collections
from indexer.encoder import load_encoder
from indexer.recode import recode


@click.command("backup")
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
@common_options
def backup_command(context: CliContext, file: Path) -> None:
    """Write the newest commit into FILE, while the service goes on reading and writing."""
    receipt = backup(context.collections().open(context.collection), file)
    context.show(
        {"collection": context.collection, "file": str(file), **dataclasses.asdict(receipt)},
        lambda: [
            f"{file}: commit {receipt.commit} of {context.collection}, {receipt.documents} documents,"
            f" {receipt.bytes / 1e6:,.1f} MB"
        ],
    )


@click.command("restore")
@click.argument("file", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@click.option("--replace", is_flag=True, help="Put the backup in place of the collection that is there.")
@click.option("--wait", default=10.0, show_default=True, help="Seconds to wait for a writer of that collection.")
@common_options
def restore_command(context: CliContext, file: Path, replace: bool, wait: float) -> None:
    """Bring back the collection in FILE, checked to the last byte; a running service turns to it by itself."""
    receipt = restore(file, context.collections().create(context.collection), replace=replace, timeout=wait)
    context.show(
        {"collection": context.collection, "file": str(file), **dataclasses.asdict(receipt)},
        lambda: [f"{context.collection}: {receipt.documents} documents of commit {receipt.commit} are back"],
    )


@click.command("recode")
@click.option("--encoder", metavar="NAME", help="Encoder to go over to (default: the setting `encoder`).")
@click.option("--wait", default=10.0, show_default=True, help="Seconds to wait for another writer.")
@common_options
def recode_command(context: CliContext, encoder: str | None, wait: float) -> None:
    """Go over to another encoder: the new index is made beside the old one and takes its place in one commit.

    The service answers with the old one until then. Start it again with the new encoder afterwards.
    """
    name = encoder or context.settings.encoder
    chosen = load_encoder(name)
    collection = Collections(context.settings.data_dir, chosen).open(context.collection)
    hidden = context.as_json or not sys.stderr.isatty()
    with click.progressbar(length=1, label="encoding", file=sys.stderr, hidden=hidden) as bar:

        def on_batch(done: int, total: int) -> None:
            bar.length = total
            bar.update(done - bar.pos)

        receipt = recode(collection, chosen, timeout=wait, on_batch=on_batch)
    result = {"collection": context.collection, "encoder": name, **dataclasses.asdict(receipt)}
    if receipt.commit is None:
        context.show(result, lambda: [f"{context.collection} has the encoder {name!r} already"])
        return
    context.show(
        result,
        lambda: [
            f"{context.collection}: {receipt.passages} passages encoded with {name!r} (commit {receipt.commit})",
            f"start the service with encoder = {name!r} now",
        ],
    )
