"""``citespan index`` and ``citespan remove``."""

from __future__ import annotations

import dataclasses
import sys
from pathlib import Path

import click

from api.cli.context import CliContext, common_options
from api.cli.terminal import say
from indexer.build import BuildReport, build
from indexer.errors import DocumentNotFound, LoadError
from indexer.load import walk


@click.command("index")
@click.argument("paths", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option("--prune", is_flag=True, help="Remove documents of these folders that are no longer there.")
@click.option(
    "--glossary",
    type=click.Path(path_type=Path, exists=True, dir_okay=False),
    help="Names that mean the same thing (TOML); default: glossary.toml in the folder.",
)
@click.option("--wait", default=10.0, show_default=True, help="Seconds to wait for another writer.")
@common_options
def index_command(
    context: CliContext, paths: tuple[Path, ...], prune: bool, glossary: Path | None, wait: float
) -> None:
    """Index the documents in PATHS (files or folders).

    Files that did not change are not encoded again. A file that cannot be read is named with its reason; the
    others are committed, and the exit code is 1.
    """
    collection = context.collections().create(context.collection)
    total = sum(1 for path in paths if path.exists() for _ in walk(path))
    bar = click.progressbar(
        length=total, label="indexing", file=sys.stderr, hidden=context.as_json or not sys.stderr.isatty()
    )

    def on_file(source: str, error: LoadError | None) -> None:
        bar.update(1)
        if error is not None:
            word = "skipped" if error.error_code == "file_unsupported" else "failed"
            say(f"{word}: {source}: {error.message} [{error.error_code}]", err=True)

    with bar:
        report = build(collection, paths, prune=prune, glossary=glossary, timeout=wait, on_file=on_file)
    context.show({"collection": context.collection, **dataclasses.asdict(report)}, lambda: _lines(context, report))
    if report.failed:
        sys.exit(1)


def _lines(context: CliContext, report: BuildReport) -> list[str]:
    counts = [
        f"{number} {word}"
        for number, word in (
            (report.added, "added"),
            (report.updated, "updated"),
            (report.unchanged, "unchanged"),
            (report.removed, "removed"),
            (len(report.skipped), "skipped"),
            (len(report.failed), "failed"),
        )
        if number
    ]
    return [f"{context.collection}: {', '.join(counts) or 'no documents found'} (commit {report.commit})"]


@click.command("remove")
@click.argument("doc_ids", nargs=-1, required=True)
@click.option("--wait", default=10.0, show_default=True, help="Seconds to wait for another writer.")
@common_options
def remove_command(context: CliContext, doc_ids: tuple[str, ...], wait: float) -> None:
    """Remove documents by DOC_ID or by source (the path below the indexed folder)."""
    collection = context.collections().open(context.collection)
    receipts = []
    with collection.writer(timeout=wait) as writer:
        for wanted in doc_ids:
            receipt = writer.remove(writer.find_source(wanted) or wanted)
            if receipt is None:
                raise DocumentNotFound(f"there is no document {wanted!r} in {context.collection!r}; none was removed")
            receipts.append(receipt)
        commit = writer.commit()
    removed = [dataclasses.asdict(receipt) for receipt in receipts]
    context.show(
        {"collection": context.collection, "commit": commit, "removed": removed},
        lambda: [f"removed {receipt.doc_id} ({receipt.passages} passages)" for receipt in receipts],
    )
