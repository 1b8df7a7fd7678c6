"""CPU time of a question by stage, on a small and on a large collection (`bench.passages`).

Milliseconds of the thread that answers, as `explain` tells them (`qa.stages`), of questions whose paragraphs are in
both collections. Run with OMP_NUM_THREADS=1, or faiss and numpy may work in threads that are not counted.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from statistics import fmean, quantiles

from indexer.snapshot import Snapshot
from qa.evaluation.evaluate import Asker
from qa.pipeline import Request
from qa.stages import STAGES

TOTAL = "all"


@dataclass(frozen=True, slots=True)
class Cost:
    """``ms``: by stage, and ``TOTAL``, the mean and the 95th percentile over the questions."""

    passages: int
    questions: int
    ms: Mapping[str, tuple[float, float]]


def measure(snapshot: Snapshot, pipeline: Asker, questions: Sequence[str]) -> Cost:
    """Asks two questions or more, the first of them once before, untimed: it opens files and models."""
    pipeline.ask(snapshot, Request(questions[0]))
    spent: dict[str, list[float]] = {stage: [] for stage in (*STAGES, TOTAL)}
    for question in questions:
        explain = pipeline.ask(snapshot, Request(question, explain=True)).explain or {}
        stages = explain["stages_ms"]
        assert isinstance(stages, dict)
        for stage in STAGES:
            spent[stage].append(stages[stage])
        spent[TOTAL].append(sum(stages.values()))
    ms = {stage: (fmean(times), quantiles(times, n=20, method="inclusive")[18]) for stage, times in spent.items()}
    return Cost(snapshot.passages_count, len(questions), ms)


def table(found: Sequence[Cost]) -> Iterator[str]:
    """Markdown, a line a collection: mean and 95th percentile."""
    yield f"| passages | questions | {' | '.join((*STAGES, TOTAL))} |"
    yield "|---|---|" + "---|" * len((*STAGES, TOTAL))
    for each in found:
        cells = " | ".join(f"{mean:.1f} / {high:.1f}" for mean, high in (each.ms[s] for s in (*STAGES, TOTAL)))
        yield f"| {each.passages:,} | {each.questions} | {cells} |"
