"""Retrieval on question-answering sets: of the whole pipeline, without BM25, and of BM25 alone.

    python -m bench.retrieval --data FOLDER [--sets xquad-dev ...] [--limit N] [--json OUT]

FOLDER holds ``NAME.paragraphs.jsonl.gz`` and ``NAME.questions.jsonl.gz``. A collection is the paragraphs of one
set in one language, each a document; the gold passage of a question is its paragraph or, across languages, the
paragraph that is its translation. The rank of a paragraph is that of its first chunk. Nothing is tuned here, and no
glossary is used beyond the one in the package. Of MLQA those questions are asked that took no part in choosing the
constants of the reranker (``training.encoder.weights``).
"""

from __future__ import annotations

import argparse
import json
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass
from functools import partial
from pathlib import Path
from statistics import fmean

from indexer.encoder import Encoder, load_encoder
from indexer.lexical import LexicalQuery
from indexer.snapshot import Snapshot
from qa.assemble import assemble
from qa.evaluation.metrics import hit_at, reciprocal_rank
from qa.evaluation.temporary import indexed
from qa.pipeline import Pipeline, Request
from training.encoder.tasks import Task, among_all, load_task
from training.encoder.weights import CHOOSING

KS = (1, 5, 10)
# Passages searched for, enough for ten paragraphs: most are one passage or two. The CPU time is that of this search.
DEPTH = 20
TASKS = (
    "xquad-dev:zh:zh",
    "xquad-dev:en:en",
    "xquad-dev:en:zh",
    "xquad-dev:zh:en",
    "cmrc2018-dev-half:zh:zh",
    "drcd-dev:zh-Hant:zh-Hant",
    "mlqa-dev:zh:zh",
    "mlqa-dev:en:zh",
    "mlqa-dev:zh:en",
    "dureader-robust-dev:zh:zh",
)
# Put to every Chinese paragraph of every set at hand, translations of the same article among them.
AMONG_ALL = "xquad-dev:en:zh"
HALVED = "mlqa-dev"

Ranking = Callable[[str], Sequence[str]]


@dataclass(frozen=True, slots=True)
class Result:
    """Shares of questions; CPU milliseconds a question."""

    task: str
    system: str
    paragraphs: int
    questions: int
    recall: tuple[float, ...]
    mrr: float
    cpu_ms: float


def pipeline_ranking(pipeline: Pipeline, snapshot: Snapshot, question: str) -> list[str]:
    """Sources of the documents of the passages, best first; a copy stands right behind what it repeats."""
    passages = pipeline.search(snapshot, Request(question, k=DEPTH)).passages
    return [place.source for found in passages for place in (found.citation, *found.copies)]


def bm25_ranking(snapshot: Snapshot, question: str) -> list[str]:
    """As ``pipeline_ranking``, by the lexical index alone."""
    chunk_ids = [chunk_id for chunk_id, _ in snapshot.lexical(LexicalQuery.of(question), DEPTH)]
    return [chunk.document.source for chunk in snapshot.chunks(chunk_ids)]


def measure(task: Task, system: str, snapshot: Snapshot, rank: Ranking, limit: int | None = None) -> Result:
    """``rank(question)`` gives the sources, best first, repeats allowed."""
    ranks = []
    asked = list(zip(task.questions, task.gold.tolist(), strict=True))[:limit]
    began = time.process_time()
    for question, gold in asked:
        order = list(dict.fromkeys(rank(question)))
        source = task.paragraphs[gold].source
        ranks.append(order.index(source) + 1 if source in order else 0)
    cpu_ms = (time.process_time() - began) * 1000 / len(asked)
    return Result(
        task=task.name,
        system=system,
        paragraphs=snapshot.documents_count,
        questions=len(asked),
        recall=tuple(fmean(hit_at(k, found) for found in ranks) for k in KS),
        mrr=fmean(reciprocal_rank(found) for found in ranks),
        cpu_ms=cpu_ms,
    )


def results(task: Task, encoder: Encoder, limit: int | None) -> Iterator[Result]:
    """Of the three systems on one collection, made for ``task``."""
    pipelines = {"pipeline": assemble(encoder), "no BM25": assemble(encoder, lexical=False)}
    with indexed(task.paragraphs, encoder) as snapshot:
        for system, pipeline in pipelines.items():
            yield measure(task, system, snapshot, partial(pipeline_ranking, pipeline, snapshot), limit)
        yield measure(task, "BM25", snapshot, partial(bm25_ranking, snapshot), limit)


def load_unchosen(folder: Path, spec: str) -> Task:
    """The task ``spec``; of MLQA only the questions that no constant was chosen on."""
    task = load_task(folder, spec)
    return task.half(1 - CHOOSING) if spec.partition(":")[0] == HALVED else task


def tasks(folder: Path, sets: Sequence[str] | None = None) -> Iterator[Task]:
    """Those of ``sets``, or all."""
    for spec in TASKS:
        if not sets or spec.partition(":")[0] in sets:
            yield load_unchosen(folder, spec)
    if not sets or "all" in sets:
        yield among_all(load_task(folder, AMONG_ALL), folder, ("zh", "zh-Hant"))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, required=True, help="folder of the question-answering sets")
    names = sorted({spec.partition(":")[0] for spec in TASKS} | {"all"})
    parser.add_argument("--sets", nargs="+", choices=names, help="only these")
    parser.add_argument("--limit", type=int, help="only the first N questions of each task")
    parser.add_argument("--encoder", default="embedded", help="encoder slot")
    parser.add_argument("--json", type=Path, metavar="OUT", help="also write the results as JSON")
    arguments = parser.parse_args()
    encoder = load_encoder(arguments.encoder)
    recalls = "".join(f"{f'R@{k}':>8}" for k in KS)
    print(f"{'task':34}{'system':10}{'par.':>6}{'quest.':>8}{recalls}{'MRR':>8}{'CPU ms':>8}")
    found = []
    for task in tasks(arguments.data, arguments.sets):
        for result in results(task, encoder, arguments.limit):
            print(_line(result), flush=True)
            found.append(asdict(result))
    if arguments.json:
        arguments.json.write_text(json.dumps(found, indent=1), encoding="utf-8")


def _line(result: Result) -> str:
    recall = "".join(f"{share:8.3f}" for share in result.recall)
    return (
        f"{result.task:34}{result.system:10}{result.paragraphs:6}{result.questions:8}"
        f"{recall}{result.mrr:8.3f}{result.cpu_ms:8.2f}"
    )


if __name__ == "__main__":
    main()
