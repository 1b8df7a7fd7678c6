"""``citespan feedback``: what readers said, as questions to evaluate and calibrate with."""

from __future__ import annotations

import dataclasses
import sys
from collections import Counter
from datetime import UTC, datetime
from pathlib import Path

import click
import orjson

from api.cli.context import CliContext, common_options
from indexer.errors import ConfigError, StorageFull
from indexer.feedback import Feedback, present
from qa.evaluation.feedback import Export, learned, question_lines, squad_document

_DATE = click.DateTime(["%Y-%m-%d", "%Y-%m-%dT%H:%M:%S"])
_SINCE = click.option("--since", type=_DATE, help="Only what was said then (UTC) or later.")


@click.group("feedback")
def feedback_command() -> None:
    """What readers said of answers (POST /v1/feedback)."""


@feedback_command.command("list")
@_SINCE
@common_options
def list_command(context: CliContext, since: datetime | None) -> None:
    """Show the feedback on what is still there, oldest first."""
    snapshot = context.collections().open(context.collection).snapshot()
    rows = [row for row in _rows(context, since) if row.cited is None or present(snapshot, row.cited)]
    shown = [{name: value for name, value in dataclasses.asdict(row).items() if name != "digest"} for row in rows]
    context.show({"collection": context.collection, "feedback": shown}, lambda: [_line(row) for row in rows])


@feedback_command.command("count")
@_SINCE
@common_options
def count_command(context: CliContext, since: datetime | None) -> None:
    """How much feedback there is."""
    counts = Counter(row.verdict for row in _rows(context, since))
    told = {"collection": context.collection, "right": counts["right"], "wrong": counts["wrong"]}
    context.show(told, lambda: [f"{context.collection}: {told['right']} right, {told['wrong']} wrong"])


@feedback_command.command("clear")
@click.option("--all", "everything", is_flag=True, help="Delete everything.")
@click.option("--before", type=_DATE, help="Only what was said earlier than then (UTC).")
@click.option("--containing", metavar="TEXT", help="Only what holds TEXT: in the question, an answer, the comment.")
@common_options
def clear_command(context: CliContext, everything: bool, before: datetime | None, containing: str | None) -> None:
    """Delete feedback for good."""
    if everything == bool(before or containing):
        raise click.UsageError("give --all, or --before or --containing")
    store = context.collections().open(context.collection).feedback
    gone = store.clear(before=_utc(before) if before else None, containing=containing)
    context.show({"collection": context.collection, "deleted": gone}, lambda: [f"deleted: {gone}"])


@feedback_command.command("export")
@click.argument("out", required=False, type=click.Path(dir_okay=False, path_type=Path))
@click.option("--format", "form", type=click.Choice(["citespan", "squad"]), default="citespan", show_default=True)
@_SINCE
@common_options
def export_command(context: CliContext, out: Path | None, form: str, since: datetime | None) -> None:
    """Write the feedback as evaluation questions into OUT, or to standard output.

    `citespan` is the format that `citespan eval` and `citespan calibrate` read (JSON lines: call it NAME.jsonl),
    `squad` is SQuAD 2.0 with the texts of the documents.
    """
    rows = _rows(context, since)
    snapshot = context.collections().open(context.collection).snapshot()
    export = learned(rows, snapshot)
    if form == "squad":
        data = orjson.dumps(squad_document(export, snapshot), option=orjson.OPT_APPEND_NEWLINE)
    else:
        lines = question_lines(export, snapshot)
        data = b"".join(orjson.dumps(line, option=orjson.OPT_APPEND_NEWLINE) for line in lines)
    written = len(export.questions) - export.left_out["placeless"]
    if not written:
        raise ConfigError(f"{_said(context, rows, written, export)}; nothing to export")
    if out is None:
        sys.stdout.buffer.write(data)
        sys.stdout.buffer.flush()
        click.echo(_said(context, rows, written, export), err=True)
        return
    try:
        out.write_bytes(data)
    except OSError as error:
        raise StorageFull(f"{out} cannot be written: {error.strerror or error}") from error
    told = {"collection": context.collection, "file": str(out), "questions": written, "left_out": export.left_out}
    context.show(told, lambda: [_said(context, rows, written, export)])


def _rows(context: CliContext, since: datetime | None) -> list[Feedback]:
    store = context.collections().open(context.collection).feedback
    return store.rows(_utc(since) if since else "")


def _utc(moment: datetime) -> str:
    return moment.replace(tzinfo=UTC).isoformat(timespec="milliseconds")


_REASONS = {
    "gone": "on text that is no longer there",
    "untold": "wrong without what was expected",
    "placeless": "without a place in a text",
}


def _said(context: CliContext, rows: list[Feedback], written: int, export: Export) -> str:
    left = "".join(f"; left out {number} {_REASONS[why]}" for why, number in export.left_out.items() if number)
    return f"{context.collection}: {written} questions from feedback of {len(rows)}{left}"


def _line(row: Feedback) -> str:
    expected = ""
    if row.answerable is not None:
        expected = f" (expected: {' / '.join(row.answers) or ('an answer' if row.answerable else 'no answer')})"
    comment = f" -- {' '.join(row.comment.split())}" if row.comment else ""
    question, answer = (" ".join((text or "(no answer)").split()) for text in (row.question, row.answer))
    return f"{row.at[:19]}  {row.verdict:5}  {question} -> {answer}{expected}{comment}"
