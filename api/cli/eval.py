"""``citespan eval``: how well are the questions of a file answered?"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import click

from api.cli.context import CliContext, common_options
from indexer.errors import ConfigError
from indexer.snapshot import Snapshot
from qa.evaluation.evaluate import DEPTH, Evaluation, evaluate, missing_sources
from qa.evaluation.gold import QuestionSet
from qa.evaluation.predictions import prediction_lines
from qa.evaluation.questions import read_questions
from qa.evaluation.report import render_report
from qa.evaluation.summary import summarise
from qa.evaluation.temporary import indexed

_COLUMNS = ("hit@1", "hit@3", "hit@5", "hit@10", "mrr", "em", "f1", "cover", "abst_acc", "overall")
_FILE = click.Path(dir_okay=False, path_type=Path)


@click.command("eval")
@click.argument("questions", type=_FILE)
@click.option("--predictions", metavar="OUT.jsonl", type=_FILE, help="Write a prediction line per question.")
@click.option("--report", metavar="OUT.html", type=_FILE, help="Write a page with tables and charts.")
@click.option("-k", "--k", default=DEPTH, show_default=True, type=click.IntRange(1, 100), help="Passages asked for.")
@click.option(
    "--index-contexts/--no-index-contexts",
    default=True,
    show_default=True,
    help="Ask the texts that the file brings along (SQuAD), in a temporary collection; or the collection.",
)
@common_options
def eval_command(
    context: CliContext,
    questions: Path,
    predictions: Path | None,
    report: Path | None,
    k: int,
    index_contexts: bool,
) -> None:
    """Ask all QUESTIONS and measure retrieval, answers, abstention and confidence.

    QUESTIONS is a file of JSON lines with answers and evidence, or in the format of SQuAD 1.1 and 2.0.
    """
    asked = read_questions(questions)
    for path in (predictions, report):
        _check_folder(path)
    with _snapshot(context, asked, index_contexts) as (name, snapshot):
        missing = missing_sources(snapshot, asked.questions)
        if missing:
            click.echo(
                f"warning: {len(missing)} files of the evidence are not in {name} and count as not found:"
                f" {', '.join(missing[:3])}{', ...' if len(missing) > 3 else ''}",
                err=True,
            )
        found = _evaluate(context, snapshot, asked, k)
    if predictions is not None:
        _write(predictions, prediction_lines(found.outcomes))
    if report is not None:
        _write(report, render_report(found, title=asked.name, collection=name))
    figures = {"questions": asked.name, "collection": name, "missing_sources": missing, **summarise(found)}
    context.show(figures, lambda: table_lines(figures))


def table_lines(figures: dict[str, Any]) -> list[str]:
    """The figures as a table for a terminal."""
    lines = [f"{'':16}{'n':>6}" + "".join(f"{column:>9}" for column in _COLUMNS)]
    lines.append(_line("all", figures["all"]))
    for group in ("by_lang", "by_type"):
        lines.append(f"-- {group.replace('_', ' ').replace('lang', 'language')}")
        lines.extend(_line(name, found) for name, found in figures[group].items())
    silence, sure = figures["abstention"], figures["confidence"]
    cited, time = figures["citations"], figures["cpu_ms"]
    return [
        *lines,
        "--",
        f"abstained on {silence['abstained']}, unanswerable {silence['unanswerable']}:"
        f" precision {silence['precision']:.3f}, recall {silence['recall']:.3f}, F1 {silence['f1']:.3f}",
        f"confidence: calibration error {_share(sure['ece'])}, area under risk {_share(sure['aurc'])},"
        f" AUROC answerable {_share(sure['auroc_answerable'])}, right {_share(sure['auroc_right'])}",
        f"citations: {cited['exact']:,} of {cited['checked']:,} exact;"
        f" pinyin left in brackets: {cited['bracketed_pinyin']}",
        f"CPU per question: mean {_ms(time['mean'])}, median {_ms(time['p50'])}, p95 {_ms(time['p95'])}",
        *([f"not asked because of an error: {figures['errors']}"] if figures["errors"] else []),
    ]


@contextmanager
def _snapshot(context: CliContext, asked: QuestionSet, index_contexts: bool) -> Iterator[tuple[str, Snapshot]]:
    """What is asked, with its name: the collection, or the file's own texts."""
    if asked.contexts and index_contexts:
        click.echo(f"indexing the {len(asked.contexts):,} texts of {asked.name} ...", err=True)
        with indexed(asked.contexts, context.encoder) as snapshot:
            yield "(texts of the file)", snapshot
    else:
        yield context.collection, context.collections().open(context.collection).snapshot()


def _evaluate(context: CliContext, snapshot: Snapshot, asked: QuestionSet, k: int) -> Evaluation:
    pipeline = context.pipeline()
    bar = click.progressbar(
        length=len(asked.questions),
        label="asking",
        file=sys.stderr,
        hidden=context.as_json or not sys.stderr.isatty(),
    )
    with bar:
        return evaluate(pipeline, snapshot, asked.questions, k=k, on_progress=lambda _: bar.update(1))


def _line(name: str, found: dict[str, Any]) -> str:
    return f"{name:16}{found['questions']:>6}" + "".join(f"{_share(found[column]):>9}" for column in _COLUMNS)


def _share(value: float | None) -> str:
    return "-" if value is None else f"{value:.3f}"


def _ms(value: float | None) -> str:
    return "-" if value is None else f"{value:.1f} ms"


def _check_folder(path: Path | None) -> None:
    """Said before the questions are asked, not after."""
    if path is not None and not path.absolute().parent.is_dir():
        raise ConfigError(f"{path}: there is no folder {path.absolute().parent}")


def _write(path: Path, text: str) -> None:
    try:
        path.write_text(text, encoding="utf-8", newline="\n")
    except OSError as error:
        raise ConfigError(f"{path}: cannot be written ({error.strerror})") from error
