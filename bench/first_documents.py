"""Questions about the documents the project began with: answers at the threshold that ships, by language and kind."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path

from bench.cards import percent
from indexer.build import build
from indexer.collection import Collection
from indexer.encoder import Encoder
from qa.evaluation.evaluate import Asker, Outcome, evaluate
from qa.evaluation.questions import read_questions
from qa.evaluation.summary import slice_figures

_SHOWN = ("hit@1", "hit@5", "em", "f1", "cover", "abst_acc", "overall")


def ask_gold(gold: Path, documents: Path, encoder: Encoder, pipeline: Asker) -> Sequence[Outcome]:
    """What the questions in ``gold`` come to over the folder ``documents``."""
    with tempfile.TemporaryDirectory(prefix="citespan-") as folder:
        collection = Collection(Path(folder) / "documents", encoder)
        build(collection, [documents])
        return evaluate(pipeline, collection.snapshot(), read_questions(gold).questions).outcomes


def table(outcomes: Sequence[Outcome]) -> Iterator[str]:
    """Markdown, in percent. Of unanswerable questions only silence counts, and ``overall``."""
    yield "| questions | how many | hit@1 | hit@5 | EM | F1 | cover | answering or not right | overall |"
    yield "|---|---|" + "---|" * len(_SHOWN)
    yield _row("all", outcomes)
    for key in (_language, _kind):
        for name in sorted({key(outcome) for outcome in outcomes}):
            yield _row(name, [outcome for outcome in outcomes if key(outcome) == name])


def _language(outcome: Outcome) -> str:
    return outcome.question.lang


def _kind(outcome: Outcome) -> str:
    return outcome.question.type


def _row(name: str, outcomes: Sequence[Outcome]) -> str:
    figures = slice_figures(outcomes)
    return f"| {name} | {len(outcomes)} | {' | '.join(percent(figures[each]) for each in _SHOWN)} |"
