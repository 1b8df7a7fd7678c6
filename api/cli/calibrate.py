"""``citespan calibrate``: the confidence of a collection, fitted on questions of its own."""

from __future__ import annotations

import dataclasses
import sys
from pathlib import Path

import click

from api.cli.context import CliContext, common_options
from indexer.calibration import CALIBRATION, remove_calibration, write_calibration
from qa.assemble import assemble
from qa.evaluation.evaluate import Evaluation, evaluate
from qa.evaluation.gold import Question
from qa.evaluation.questions import read_questions
from qa.evaluation.refitting import Figures, Refitting, refitting
from qa.refit import basis_of


@click.command("calibrate")
@click.argument("questions", required=False, type=click.Path(dir_okay=False, path_type=Path))
@click.option("--reset", is_flag=True, help="Go back to the confidence that ships.")
@common_options
def calibrate_command(context: CliContext, questions: Path | None, reset: bool) -> None:
    """Fit the confidence of the collection on QUESTIONS, such as `citespan feedback export` writes.

    The collection is asked all of them, with the confidence that ships; two figures then correct it. A running service
    uses them from the next question on. Exit code 1, and nothing changes, where they would make it no better.
    """
    if reset == (questions is not None):
        raise click.UsageError("give either QUESTIONS or --reset")
    collection = context.collections().open(context.collection)
    file = collection.path / CALIBRATION
    if questions is None:
        removed = remove_calibration(file)
        told = f"{context.collection}: {'back to' if removed else 'has'} the confidence that ships"
        context.show({"collection": context.collection, "removed": removed}, lambda: [told])
        return
    asked = read_questions(questions).questions
    found = refitting(_ask(context, asked).outcomes, basis_of(context.encoder, context.settings.reader))
    if found.better:
        write_calibration(file, found.refit.told())
    told_json = {"collection": context.collection, "asked": len(asked), **dataclasses.asdict(found)}
    context.show(told_json, lambda: _lines(context.collection, found))
    if not found.better:
        sys.exit(1)


def _ask(context: CliContext, asked: tuple[Question, ...]) -> Evaluation:
    pipeline = assemble(
        context.encoder, reader=context.settings.reader, glossaries=context.settings.glossary, refits=False
    )
    snapshot = context.collections().open(context.collection).snapshot()
    hidden = context.as_json or not sys.stderr.isatty()
    with click.progressbar(length=len(asked), label="asking", file=sys.stderr, hidden=hidden) as bar:
        return evaluate(pipeline, snapshot, asked, k=1, on_progress=lambda _: bar.update(1))


def _lines(name: str, found: Refitting) -> list[str]:
    refit = found.refit
    return [
        f"{found.questions} questions led to an answer, {found.right} to a right one",
        f"{'':10}{'calibration error':>18}{'log loss':>10}{'threshold':>11}{'F0.5':>7}",
        _line("before", found.before),
        _line("after", found.after),
        "(after: each fifth of the questions by a fit on the others)",
        f"{name}: log-odds x {refit.slope:.2f} {refit.offset:+.2f}, an answer from {refit.threshold:.2f} up"
        if found.better
        else f"{name}: not better, nothing was written",
    ]


def _line(name: str, figures: Figures) -> str:
    return f"{name:10}{figures.error:>18.3f}{figures.loss:>10.3f}{figures.threshold:>11.2f}{figures.f_half:>7.3f}"
