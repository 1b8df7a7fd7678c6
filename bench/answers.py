"""Answers of the whole pipeline: the reader sees what retrieval finds among all paragraphs of a set.

A collection is all paragraphs of the set in one language, each a document, indexed like any other. An answer is what
`Pipeline.ask` gives without a threshold, so that the figures stand beside those of the paragraph given
(`bench.reader`, the same questions, counted alike); the difference is what retrieval and the choice between passages
cost. hit@k: among the first k passages, as many as the reader sees, is one of the paragraph or a copy of one.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from bench import reader
from bench.cards import percent
from indexer.encoder import Encoder
from indexer.snapshot import Snapshot
from qa.evaluation.evaluate import Asker
from qa.evaluation.metrics import exact_match, hit_at, token_f1
from qa.evaluation.temporary import indexed
from qa.pipeline import Request
from qa.results import AskResult
from training.encoder.tasks import load_task
from training.reader.sets import Example

TASKS = tuple(task for task in reader.TASKS if not task.startswith("mlqa"))
"""MLQA is left out: the reranker's constants were chosen on its retrieval."""
_SEEN = 5


@dataclass(frozen=True, slots=True)
class Result:
    """Shares of the questions."""

    task: str
    questions: int
    paragraphs: int
    hit1: float
    hit5: float
    exact: float
    f1: float


def measure(task: str, asked: Sequence[Example], snapshot: Snapshot, pipeline: Asker) -> Result:
    """The answer to each question; none counts as wrong."""
    exact = f1 = hit1 = hit5 = 0.0
    for example in asked:
        result = pipeline.ask(snapshot, Request(example.question, k=_SEEN, min_confidence=0.0))
        rank = paragraph_rank(result, example.paragraph_id)
        hit1 += hit_at(1, rank)
        hit5 += hit_at(5, rank)
        answers = [example.text[a:b] for a, b in example.answers]
        if result.answer:
            exact += exact_match(result.answer.text, answers)
            f1 += token_f1(result.answer.text, answers)
    count = len(asked)
    return Result(task, count, snapshot.documents_count, hit1 / count, hit5 / count, exact / count, f1 / count)


def paragraph_rank(result: AskResult, source: str) -> int:
    """The rank, from 1, of the first passage that stands in the document ``source``; 0 without one."""
    for number, passage in enumerate(result.passages, 1):
        if any(place.source == source for place in (passage.citation, *passage.copies)):
            return number
    return 0


def results(
    folder: Path, encoder: Encoder, pipeline: Asker, limit: int | None, tasks: Sequence[str] = TASKS
) -> Iterator[Result]:
    for task in tasks:
        with indexed(load_task(folder, task).paragraphs, encoder) as snapshot:
            yield measure(task, reader.questions(folder, task, limit), snapshot, pipeline)


def table(found: Iterable[Result], given: Mapping[str, reader.Result]) -> Iterator[str]:
    """Markdown, in percent, a line a task; ``given`` holds the results of the same tasks, the paragraph given."""
    yield "| questions -> all paragraphs | how many | hit@1 / hit@5 | EM | F1 | F1, paragraph given | difference |"
    yield "|---|---|---|---|---|---|---|"
    for each in found:
        count = f"{each.questions} -> {each.paragraphs}"
        beside = given[each.task].f1
        shares = " | ".join([percent(each.hit1, each.hit5), *map(percent, (each.exact, each.f1, beside))])
        yield f"| {reader.title(each.task)} | {count} | {shares} | {100 * (each.f1 - beside):+.1f} |"
