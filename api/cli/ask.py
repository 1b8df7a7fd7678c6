"""``citespan ask`` and ``citespan search``."""

from __future__ import annotations

import time

import click

from api.cli.context import CliContext, common_options
from api.render import ask_result, search_result
from qa.pipeline import Request
from qa.results import Answer, AskResult, Citation


@click.command("ask")
@click.argument("question")
@click.option("-k", default=5, show_default=True, type=click.IntRange(1, 100), help="Passages to show.")
@click.option("--min-confidence", type=click.FloatRange(0, 1), help="Least confidence of an answer.")
@click.option("--explain", is_flag=True, help="Say why (with --json).")
@common_options
def ask_command(context: CliContext, question: str, k: int, min_confidence: float | None, explain: bool) -> None:
    """Answer QUESTION with a quote from the documents, or say that they do not tell."""
    pipeline = context.pipeline()
    snapshot = context.collections().open(context.collection).snapshot()
    began = time.perf_counter()
    result = pipeline.ask(snapshot, Request(question, k=k, min_confidence=min_confidence, explain=explain))
    took = time.perf_counter() - began
    context.show(ask_result(result, context.collection, took), lambda: _answer_lines(result))


@click.command("search")
@click.argument("question")
@click.option("-k", default=5, show_default=True, type=click.IntRange(1, 100), help="Passages to show.")
@common_options
def search_command(context: CliContext, question: str, k: int) -> None:
    """Show the passages that fit QUESTION best."""
    pipeline = context.pipeline()
    snapshot = context.collections().open(context.collection).snapshot()
    began = time.perf_counter()
    result = pipeline.search(snapshot, Request(question, k=k))
    took = time.perf_counter() - began
    context.show(search_result(result, context.collection, took), lambda: _passage_lines(result))


def _answer_lines(result: AskResult) -> list[str]:
    if result.answer is None:
        lines = ["Not in these documents (as far as can be told). The nearest passages:", ""]
        return lines + _passage_lines(result)
    lines = [
        click.style(result.answer.text, bold=True)
        + f"   (confidence {result.answer.confidence:.0%}{_told(result.answer)})",
        *_source_lines(result.answer),
    ]
    if result.alternatives:
        word = "The sources disagree" if result.agreement == "conflict" else "Also found"
        lines += ["", f"{word}:"]
        for other in result.alternatives:
            lines += [f"  {other.text}{_told(other)}", *(f"  {line}" for line in _source_lines(other))]
    return lines


def _told(answer: Answer) -> str:
    """What the answer's sentence tells beside its words."""
    told = [answer.verdict, answer.as_of and f"as of {answer.as_of}", "a forecast" if answer.forecast else None]
    return "".join(f", {each}" for each in told if each)


def _source_lines(answer: Answer) -> list[str]:
    return [f"  「{answer.context.strip()}」", *(f"  -- {_place(citation)}" for citation in answer.citations)]


def _passage_lines(result: AskResult) -> list[str]:
    if not result.passages:
        return ["No passages found."]
    lines: list[str] = []
    for passage in result.passages:
        lines += [f"{passage.rank}. {_place(passage.citation)}", f"   {passage.text.strip()}", ""]
    return lines


def _place(citation: Citation) -> str:
    page = f", page {citation.page}" if citation.page else ""
    day = f", {citation.published}" if citation.published else ""
    return f"{citation.title}{day} [{citation.source}:{citation.start}-{citation.end}{page}]"
