"""Retrieval of the whole pipeline, and of BM25 alone, on question-answering sets: recall@k, MRR, CPU time.

    python -m bench.retrieval --data FOLDER [--sets xquad-dev ...] [--limit N] [--json OUT]

FOLDER holds ``NAME.paragraphs.jsonl[.gz]`` and ``NAME.questions.jsonl[.gz]``. A collection is the paragraphs
of one set in one language, each a document; the gold passage of a question is its paragraph or, across
languages, the paragraph that is its translation. The rank of a paragraph is that of its first chunk. Nothing is
tuned here, and no glossary is used beyond the one in the package.
"""

from __future__ import annotations

import argparse
import json
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from functools import partial
from pathlib import Path
from statistics import fmean
from typing import Any

from indexer.encoder import Encoder, load_encoder
from indexer.lexical import LexicalQuery
from indexer.snapshot import Snapshot
from qa.assemble import assemble
from qa.evaluation.gold import Context
from qa.evaluation.metrics import hit_at, reciprocal_rank
from qa.evaluation.rows import json_lines, read_text
from qa.evaluation.temporary import indexed
from qa.pipeline import Pipeline, Request

KS = (1, 5, 10)
# Passages searched for, enough for ten paragraphs: most are one passage or two. The CPU time is that of this search.
DEPTH = 20

Row = Mapping[str, Any]
Ranking = Callable[[str], Sequence[str]]


@dataclass(frozen=True, slots=True)
class Task:
    """Questions of ``asked`` over the paragraphs of ``found``, languages of the set ``name``."""

    name: str
    asked: str
    found: str


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


TASKS = (
    Task("xquad-dev", "zh", "zh"),
    Task("xquad-dev", "en", "en"),
    Task("xquad-dev", "en", "zh"),
    Task("xquad-dev", "zh", "en"),
    Task("cmrc2018-dev-half", "zh", "zh"),
    Task("drcd-dev", "zh-Hant", "zh-Hant"),
    Task("mlqa-dev", "zh", "zh"),
    Task("mlqa-dev", "en", "zh"),
    Task("mlqa-dev", "zh", "en"),
    Task("dureader-robust-dev", "zh", "zh"),
)


def rows(folder: Path, name: str) -> list[Row]:
    """The rows of ``name``.jsonl, or of its gzip'd form. Raises ConfigError."""
    path = folder / f"{name}.jsonl"
    path = path if path.is_file() else path.with_name(path.name + ".gz")
    return [row for _, row in json_lines(path, read_text(path))]


def gold_questions(task: Task, paragraphs: Sequence[Row], questions: Sequence[Row]) -> Iterator[tuple[str, str]]:
    """``(question, id of its paragraph in the language that is searched)``."""
    by_id = {row["id"]: row for row in paragraphs}
    translated = {row["pair_id"]: row["id"] for row in paragraphs if row["lang"] == task.found and "pair_id" in row}
    for row in questions:
        if row["lang"] != task.asked or not row["answerable"]:
            continue
        own = by_id[row["paragraph_id"]]
        gold = own["id"] if own["lang"] == task.found else translated.get(own.get("pair_id"))
        if gold is not None:
            yield row["question"], gold


def pipeline_ranking(pipeline: Pipeline, snapshot: Snapshot, question: str) -> list[str]:
    """Sources of the documents of the passages, best first; a copy stands right behind what it repeats."""
    passages = pipeline.search(snapshot, Request(question, k=DEPTH)).passages
    return [place.source for found in passages for place in (found.citation, *found.copies)]


def bm25_ranking(snapshot: Snapshot, question: str) -> list[str]:
    """As ``pipeline_ranking``, by the lexical index alone."""
    chunk_ids = [chunk_id for chunk_id, _ in snapshot.lexical(LexicalQuery.of(question), DEPTH)]
    return [chunk.document.source for chunk in snapshot.chunks(chunk_ids)]


def measure(task: Task, system: str, snapshot: Snapshot, asked: Sequence[tuple[str, str]], rank: Ranking) -> Result:
    """``rank(question)`` gives the sources, best first, repeats allowed."""
    ranks = []
    began = time.process_time()
    for question, gold in asked:
        order = list(dict.fromkeys(rank(question)))
        ranks.append(order.index(gold) + 1 if gold in order else 0)
    cpu_ms = (time.process_time() - began) * 1000 / len(asked)
    return Result(
        task=f"{task.name} {task.asked}->{task.found}",
        system=system,
        paragraphs=snapshot.documents_count,
        questions=len(asked),
        recall=tuple(fmean(hit_at(k, found) for found in ranks) for k in KS),
        mrr=fmean(reciprocal_rank(found) for found in ranks),
        cpu_ms=cpu_ms,
    )


def results(task: Task, folder: Path, pipeline: Pipeline, encoder: Encoder, limit: int | None) -> Iterator[Result]:
    """Of the pipeline and of BM25 on one collection, made for ``task``."""
    paragraphs = rows(folder, f"{task.name}.paragraphs")
    asked = list(gold_questions(task, paragraphs, rows(folder, f"{task.name}.questions")))[:limit]
    contexts = [Context(row["id"], row["title"], row["text"]) for row in paragraphs if row["lang"] == task.found]
    with indexed(contexts, encoder) as snapshot:
        yield measure(task, "pipeline", snapshot, asked, partial(pipeline_ranking, pipeline, snapshot))
        yield measure(task, "BM25", snapshot, asked, partial(bm25_ranking, snapshot))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, required=True, help="folder of the question-answering sets")
    parser.add_argument("--sets", nargs="+", choices=sorted({task.name for task in TASKS}), help="only these")
    parser.add_argument("--limit", type=int, help="only the first N questions of each task")
    parser.add_argument("--encoder", default="embedded", help="encoder slot")
    parser.add_argument("--json", type=Path, metavar="OUT", help="also write the results as JSON")
    arguments = parser.parse_args()
    encoder = load_encoder(arguments.encoder)
    pipeline = assemble(encoder)
    recalls = "".join(f"{f'R@{k}':>8}" for k in KS)
    print(f"{'task':34}{'system':10}{'par.':>6}{'quest.':>8}{recalls}{'MRR':>8}{'CPU ms':>8}")
    found = []
    for task in TASKS:
        if not arguments.sets or task.name in arguments.sets:
            for result in results(task, arguments.data, pipeline, encoder, arguments.limit):
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
