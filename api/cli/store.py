"""``citespan doctor`` and ``compact``: the store's health and its size."""

from __future__ import annotations

import dataclasses
import sys

import click

from api.cli.beside import examine_beside, repair_beside
from api.cli.context import CliContext, common_options
from indexer.compact import CompactReceipt, compact
from indexer.doctor import RECORD, Examination, examine, repair


@click.command("doctor")
@click.option("--repair", "mend", is_flag=True, help="Make damaged parts again that the record can give back.")
@click.option("--wait", default=10.0, show_default=True, help="Seconds to wait for another writer.")
@common_options
def doctor_command(context: CliContext, mend: bool, wait: float) -> None:
    """Look for damage: every checksum, and whether record, segments and lexical index hold the same.

    Feedback, the collection's own calibration and the keys are looked at too. Exit code 0 only if all is well (with
    --repair: if all is well afterwards). Nothing is encoded again.
    """
    collection = context.collections().open(context.collection)
    said = not context.as_json and sys.stderr.isatty()

    def on_step(part: str) -> None:
        if said:
            click.echo(f"reading the {part} ...", err=True)

    def look() -> Examination:
        looked = examine(collection, on_step)
        return dataclasses.replace(looked, findings=(*looked.findings, *examine_beside(context, collection)))

    found = look()
    commit, done = None, []
    if mend and not found.well:
        commit = repair(collection, found, timeout=wait)
        done = repair_beside(collection, list(found.findings))
        after = look()
    else:
        after = found
    result = {
        "collection": context.collection,
        "well": after.well,
        "findings": [dataclasses.asdict(finding) for finding in found.findings],
        "left": [dataclasses.asdict(finding) for finding in after.findings],
        "repaired_in_commit": commit,
        "repaired_beside": done,
        **{name: getattr(after, name) for name in ("documents", "revisions", "passages", "segments")},
    }
    context.show(result, lambda: _lines(context.collection, found, after, commit, done, mend))
    if not after.well:
        sys.exit(1)


def _lines(
    name: str, found: Examination, after: Examination, commit: int | None, done: list[str], mend: bool
) -> list[str]:
    lines = [f"{finding.part}: {finding.message}" for finding in found.findings]
    mended = [*([f"made again from the record (commit {commit})"] if commit is not None else []), *done]
    if mended:
        lines += [*mended, *(f"still wrong: {finding.part}: {finding.message}" for finding in after.findings)]
    elif any(finding.repairable for finding in found.findings) and not mend:
        lines.append("citespan doctor --repair mends what can be mended")
    if after.well:
        held = f"documents {after.documents}, passages {after.passages}, segments {after.segments}"
        lines.append(f"{name}: all is well ({held})")
    elif any(finding.part == RECORD for finding in after.findings):
        lines.append("what the record itself has lost only a backup brings back, or indexing the document again")
    return lines


@click.command("compact")
@click.option("--wait", default=10.0, show_default=True, help="Seconds to wait for another writer.")
@click.option("--patience", default=30.0, show_default=True, help="Seconds to wait for readers of older commits.")
@common_options
def compact_command(context: CliContext, wait: float, patience: float) -> None:
    """Take deleted and superseded text off the disk, and give back the room.

    Readers go on; other writers wait. Citations of superseded revisions can no longer be read afterwards.
    """
    collection = context.collections().open(context.collection)
    receipt = compact(collection, timeout=wait, patience=patience)
    context.show({"collection": context.collection, **dataclasses.asdict(receipt)}, lambda: _receipt(context, receipt))
    if not receipt.log_emptied:
        sys.exit(1)


def _receipt(context: CliContext, receipt: CompactReceipt) -> list[str]:
    before, after = (size / 1e6 for size in (receipt.bytes_before, receipt.bytes_after))
    lines = [
        f"{context.collection}: {before:,.1f} MB -> {after:,.1f} MB,"
        f" {receipt.revisions} superseded revisions gone (commit {receipt.commit})"
    ]
    if receipt.feedback:
        lines.append(f"feedback on text that is gone: {receipt.feedback} deleted")
    if not receipt.log_emptied:
        lines.append("a reader still holds an older commit: its pages leave the log when it goes; compact again then")
    return lines
