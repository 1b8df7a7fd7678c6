"""Asking every question of a set, and keeping what is needed to judge the answers.

Nothing is asked in a special way: ``Outcome.answer`` is what ``Pipeline.ask`` gives with the settings of
the service. Only where it abstains is it asked once more, without a threshold, for the answer that it held
back and its confidence; that second call is not timed.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Protocol

from indexer.errors import QueryError
from indexer.snapshot import Snapshot
from qa.evaluation.exactness import TextCheck, check_text
from qa.evaluation.gold import Place, Question
from qa.evaluation.metrics import all_found, cover, exact_match, first_hit, is_right, token_f1
from qa.pipeline import Request
from qa.results import Answer, AskResult, Citation

#: Passages asked for: enough for hit@10.
DEPTH = 10
_NEEDS = 5
# Source texts held while quotes are compared with them.
_TEXTS = 100


class Asker(Protocol):
    """What is measured; ``qa.pipeline.Pipeline`` is one."""

    def ask(self, snapshot: Snapshot, request: Request) -> AskResult: ...


@dataclass(frozen=True, slots=True)
class Verdict:
    """How right it is, from 0 to 1; ``rank`` of the first hit counts from 1, 0 without one.

    Of a question that has no answer only ``silence`` (was abstaining, or not, right?) and ``overall`` count.
    ``overall`` is F1 where there is an answer and ``silence`` where there is none.
    """

    rank: int
    all_found: float
    exact_match: float
    f1: float
    cover: float
    silence: float
    overall: float


@dataclass(frozen=True, slots=True)
class Outcome:
    """``best`` is the answer held back below the threshold, else ``answer``; ``best_right`` says whether it
    is right (``metrics.is_right``), and ``confidence`` estimates the probability of that.

    ``cpu_ms`` is processor time of the whole process. ``citation`` is the exact place of ``best`` and
    ``context`` its readable sentence. ``error`` is set for a question that could not be asked.
    """

    question: Question
    answer: str | None
    best: str | None
    best_right: bool
    confidence: float
    reason: str | None
    citation: Citation | None
    context: str
    passages: tuple[Place, ...]
    cpu_ms: float
    verdict: Verdict
    error: str | None = None


@dataclass(frozen=True, slots=True)
class Evaluation:
    outcomes: tuple[Outcome, ...]
    text: TextCheck
    commit: int


def evaluate(
    pipeline: Asker,
    snapshot: Snapshot,
    questions: Sequence[Question],
    *,
    k: int = DEPTH,
    on_progress: Callable[[int], None] = lambda _: None,
) -> Evaluation:
    """Asks the ``questions`` for ``k`` passages each; ``on_progress`` is told how many are done."""
    outcomes: list[Outcome] = []
    text = TextCheck()
    source_text = lru_cache(maxsize=_TEXTS)(snapshot.source_text)
    for done, question in enumerate(questions, 1):
        outcome, results = _ask(pipeline, snapshot, question, k)
        outcomes.append(outcome)
        text = sum((check_text(result, source_text) for result in results), text)
        on_progress(done)
    return Evaluation(tuple(outcomes), text, snapshot.commit)


def missing_sources(snapshot: Snapshot, questions: Sequence[Question]) -> list[str]:
    """Files of the evidence that are no documents of ``snapshot``: every question about them counts as not found,
    most often because another folder was indexed than the one that the files are relative to."""
    files = sorted({place.file for question in questions for place in question.evidence})
    return [file for file in files if not snapshot.matching(source=(file,))]


def judge(question: Question, answer: str | None, passages: Sequence[Place]) -> Verdict:
    """The verdict on ``answer`` (None or blank: abstained) and on ``passages``, best first."""
    said = (answer or "").strip()
    silence = float(bool(said) == question.answerable)
    if not question.answerable:
        return Verdict(0, 0.0, 0.0, 0.0, 0.0, silence, silence)
    f1 = token_f1(said, question.answers)
    return Verdict(
        rank=first_hit(passages, question.evidence),
        all_found=all_found(passages[:_NEEDS], question.evidence),
        exact_match=exact_match(said, question.answers),
        f1=f1,
        cover=cover(said, question.parts or (question.answers,)),
        silence=silence,
        overall=f1,
    )


def _ask(pipeline: Asker, snapshot: Snapshot, question: Question, k: int) -> tuple[Outcome, tuple[AskResult, ...]]:
    began = time.process_time()
    try:
        result = pipeline.ask(snapshot, Request(question.text, k=k))
    except QueryError as error:
        return _outcome(question, None, None, (time.process_time() - began) * 1000, error.message), ()
    cpu_ms = (time.process_time() - began) * 1000
    if result.answer is not None:
        return _outcome(question, result, result.answer, cpu_ms), (result,)
    held_back = pipeline.ask(snapshot, Request(question.text, k=k, min_confidence=0.0))
    return _outcome(question, result, held_back.answer, cpu_ms), (result, held_back)


def _outcome(
    question: Question, result: AskResult | None, best: Answer | None, cpu_ms: float, error: str | None = None
) -> Outcome:
    answer = result.answer.text if result and result.answer else None
    cited = [passage.citation for passage in result.passages] if result else []
    passages = tuple(Place(each.source, each.start, each.end) for each in cited)
    return Outcome(
        question=question,
        answer=answer,
        best=best.text if best else None,
        best_right=best is not None and is_right(best.text, question.answers, question.parts),
        confidence=best.confidence if best else 0.0,
        reason=result.reason if result else None,
        citation=best.span if best else None,
        context=best.context if best else "",
        passages=passages,
        cpu_ms=cpu_ms,
        verdict=judge(question, answer, passages),
        error=error,
    )
