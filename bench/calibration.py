"""How far the confidence of an answer can be trusted, through the whole pipeline.

Sets with questions that have no answer: the collection is all paragraphs of a set, of its questions at most 600 are
asked (a seeded sample). A question that a set marks as meaningless without its text is left out. The marks are about
the paragraph of a question alone: now and then another paragraph answers what is marked unanswerable. So it is for the
questions about our own first documents, which are marked over all of them.

*Right* is what `citespan eval` counts as right (`qa.evaluation.metrics.is_right`: the accepted answer, or a token F1
of at least a half with the same numbers); an answer to a question that has none never is. The measures of the
confidence look at the best answer to every question, held back or not.
"""

from __future__ import annotations

import random
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from bench.cards import percent
from indexer.encoder import Encoder
from qa.evaluation.calibration import abstention, risk_coverage
from qa.evaluation.evaluate import Asker, Outcome, evaluate
from qa.evaluation.questions import read_questions
from qa.evaluation.summary import confidence_figures
from qa.evaluation.temporary import indexed
from training.encoder.data import squad_files
from training.jsonl import read_jsonl

SETS = ("dureader-checklist-dev", "finqa-zh-half", "squad2zh-dev-part")
RISKS = (0.05, 0.10)
_MOST = 600
_SEED = 7


@dataclass(frozen=True, slots=True)
class Result:
    """``answerable``, ``right``: shares of the questions. ``coverage``: the share that can be answered at each of
    ``RISKS``. The rest at the threshold that ships: the share answered, of these the right ones, of the unanswerable
    those left unanswered, of all those where answering, or not, was right; None where it is a share of nothing."""

    name: str
    questions: int
    answerable: float
    right: float
    calibration_error: float
    auroc_right: float | None
    auroc_answerable: float | None
    coverage: tuple[float, ...]
    answered: float
    precision: float | None
    silence_recall: float | None
    accuracy: float


def coverage(outcomes: Sequence[Outcome], risk: float) -> float:
    """The largest share of all questions, the most confident first, of which at most the share ``risk`` is not
    answered right; those of equal confidence are taken or left together."""
    losses = [float(not outcome.best_right) for outcome in outcomes]
    points = risk_coverage([outcome.confidence for outcome in outcomes], losses)
    return max((point.coverage for point in points if point.risk <= risk), default=0.0)


def measure(name: str, outcomes: Sequence[Outcome]) -> Result:
    """The figures of at least one outcome."""
    count = len(outcomes)
    answered = [outcome for outcome in outcomes if outcome.answer is not None]
    known = [outcome.question.answerable for outcome in outcomes]
    confidence = confidence_figures(outcomes)
    silence = abstention([outcome.answer is None for outcome in outcomes], known)
    return Result(
        name=name,
        questions=count,
        answerable=sum(known) / count,
        right=sum(outcome.best_right for outcome in outcomes) / count,
        calibration_error=confidence["ece"],
        auroc_right=confidence["auroc_right"],
        auroc_answerable=confidence["auroc_answerable"],
        coverage=tuple(coverage(outcomes, risk) for risk in RISKS),
        answered=len(answered) / count,
        precision=sum(outcome.best_right for outcome in answered) / len(answered) if answered else None,
        silence_recall=silence.recall if silence.due else None,
        accuracy=silence.accuracy,
    )


def ask_set(folder: Path, name: str, encoder: Encoder, pipeline: Asker, limit: int | None) -> Sequence[Outcome]:
    """What a sample of the questions of a set comes to over all its paragraphs."""
    file = squad_files(folder, name)[1]
    found = read_questions(file)
    clear = {row["id"] for row in read_jsonl(file) if row.get("self_contained", True)}
    asked = [question for question in found.questions if question.id in clear]
    chosen = random.Random(_SEED).sample(asked, min(len(asked), limit or _MOST))
    with indexed(found.contexts, encoder) as snapshot:
        return evaluate(pipeline, snapshot, chosen).outcomes


def table(found: Iterable[Result]) -> Iterator[str]:
    """Markdown, a line a set; shares in percent, areas and errors from 0 to 1."""
    risks = " | ".join(f"answered at {risk:.0%} risk" for risk in RISKS)
    yield (
        f"| questions | how many | answerable | right | calibration error | AUROC right | AUROC answerable | {risks} "
        "| answered | right of these | unanswerable left | answering or not right |"
    )
    yield "|---|" + "---|" * (9 + len(RISKS) + 1)
    for each in found:
        shares = map(percent, (*each.coverage, each.answered, each.precision, each.silence_recall, each.accuracy))
        figures = map(_figure, (each.calibration_error, each.auroc_right, each.auroc_answerable))
        cells = [each.name, str(each.questions), percent(each.answerable), percent(each.right), *figures, *shares]
        yield f"| {' | '.join(cells)} |"


def _figure(value: float | None) -> str:
    return "-" if value is None else f"{value:.3f}"
