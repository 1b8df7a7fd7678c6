"""The embedded reader with the right paragraph given.

    python -m bench.reader --data FOLDER [--limit N]

Each question is put to the chunks of its own paragraph, and the first reading is compared with the marked answers:
exact match and F1 as `qa.evaluation.metrics` counts them (normalised, Chinese by character), whether the reading's
sentence holds an answer, and CPU time. DRCD and MLQA are asked on the paragraphs that training never saw. A quick look
at the first table of `bench.reader_card`.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from bench.cards import percent, task_title
from qa.evaluation.metrics import exact_match, token_f1
from qa.glossary import Glossary
from qa.query import analyse
from qa.reading.read import ClauseReader
from training.reader.questions import Cosines, askable
from training.reader.retrieval import pieces
from training.reader.sets import READER, Example, examples, held_out

# Set, language of the question, of the paragraph.
TASKS = (
    "cmrc2018-dev-half:zh:zh",
    "xquad-dev:zh:zh",
    "xquad-dev:en:zh",
    "xquad-dev:en:en",
    "xquad-dev:zh:en",
    "drcd-dev:zh-Hant:zh-Hant",
    "mlqa-dev:zh:zh",
    "mlqa-dev:en:zh",
    "mlqa-dev:en:en",
)
_TRAINED_ON = frozenset(name for name, *_ in READER)


@dataclass(frozen=True, slots=True)
class Result:
    """Shares of the questions; CPU milliseconds a question."""

    task: str
    questions: int
    exact: float
    f1: float
    sentence: float
    cpu_ms: float


def questions(folder: Path, task: str, limit: int | None = None) -> list[Example]:
    """The first ``limit`` questions of ``task``; of a set that was trained on, of those kept from training."""
    name, lang, paragraph_lang = task.split(":")
    found = [e for e in examples(folder, name, lang, paragraph_lang[:2]) if askable(e.question)]
    return [e for e in found if name not in _TRAINED_ON or held_out(e.paragraph_id)][:limit]


def title(task: str) -> str:
    """``drcd-dev zh-Hant->zh-Hant (kept from training)``."""
    return task_title(task) + (" (kept from training)" if task.partition(":")[0] in _TRAINED_ON else "")


def measure(task: str, asked: Sequence[Example], reader: ClauseReader, cosines: Cosines) -> Result:
    """The first reading of each question on the chunks of its paragraph; none counts as wrong."""
    exact = f1 = sentence = spent = 0.0
    for example in asked:
        chunks = pieces(example.paragraph_id, example.text)
        passages = [cosines.passage(example.question, chunk, 1.0) for chunk in chunks]
        began = time.process_time()
        readings = reader.read(analyse(example.question, Glossary()), passages)
        spent += time.process_time() - began
        answers = [example.text[a:b] for a, b in example.answers]
        if readings:
            best = readings[0]
            text = passages[best.passage].text
            exact += exact_match(text[best.start : best.end], answers)
            f1 += token_f1(text[best.start : best.end], answers)
            shift = chunks[best.passage].start
            low, high = best.sentence_start + shift, best.sentence_end + shift
            sentence += any(low <= a and b <= high for a, b in example.answers)
    count = len(asked)
    return Result(task, count, exact / count, f1 / count, sentence / count, 1000 * spent / count)


def results(folder: Path, limit: int | None, tasks: Sequence[str] = TASKS) -> Iterator[Result]:
    reader, cosines = ClauseReader(), Cosines()
    for task in tasks:
        yield measure(task, questions(folder, task, limit), reader, cosines)


def table(found: Iterable[Result]) -> Iterator[str]:
    """Markdown, in percent, a line a task."""
    yield "| questions -> paragraph given | how many | EM | F1 | right sentence | CPU ms |"
    yield "|---|---|---|---|---|---|"
    for each in found:
        shares = " | ".join(map(percent, (each.exact, each.f1, each.sentence)))
        yield f"| {title(each.task)} | {each.questions} | {shares} | {each.cpu_ms:.1f} |"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, required=True, help="folder of the question-answering sets")
    parser.add_argument("--limit", type=int, help="only the first N questions of each task")
    arguments = parser.parse_args()
    for line in table(results(arguments.data, arguments.limit)):
        print(line, flush=True)


if __name__ == "__main__":
    main()
