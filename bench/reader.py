"""The embedded reader with the right paragraph given: ``make eval-reader``.

    python -m bench.reader --data FOLDER [--limit N] [--card MODEL_CARD.md]

Each question is put to the chunks of its own paragraph, and the first reading is compared with the marked answers:
exact match and F1 as `qa.evaluation.metrics` counts them (normalised, Chinese by character), whether the reading's
sentence holds an answer, and CPU time. DRCD and MLQA are asked on the paragraphs that training never saw. ``--card``
puts the table into a model card, between its marks.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from bench.cards import into_card
from qa.evaluation.metrics import exact_match, token_f1
from qa.glossary import Glossary
from qa.query import analyse
from qa.reading.read import ClauseReader
from training.reader.questions import Cosines, askable
from training.reader.retrieval import pieces
from training.reader.sets import Example, examples, held_out

# Name, language of the question, of the paragraph, and whether only paragraphs kept from training count.
TASKS = (
    ("cmrc2018-dev-half", "zh", "zh", False),
    ("xquad-dev", "zh", "zh", False),
    ("xquad-dev", "en", "zh", False),
    ("xquad-dev", "en", "en", False),
    ("xquad-dev", "zh", "en", False),
    ("drcd-dev", "zh", "zh", True),
    ("mlqa-dev", "zh", "zh", True),
    ("mlqa-dev", "en", "zh", True),
    ("mlqa-dev", "en", "en", True),
)


@dataclass(frozen=True, slots=True)
class Result:
    """Shares of the questions; CPU milliseconds a question."""

    task: str
    questions: int
    exact: float
    f1: float
    sentence: float
    cpu_ms: float


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


def results(folder: Path, limit: int | None) -> Iterator[Result]:
    reader, cosines = ClauseReader(), Cosines()
    for name, lang, paragraph_lang, kept in TASKS:
        found = [e for e in examples(folder, name, lang, paragraph_lang) if askable(e.question)]
        found = [e for e in found if not kept or held_out(e.paragraph_id)][:limit]
        title = f"{name} {lang}->{paragraph_lang}" + (" (kept from training)" if kept else "")
        yield measure(title, found, reader, cosines)


def table(found: Sequence[Result]) -> list[str]:
    """Markdown, in percent."""
    lines = [
        "| questions -> paragraph given | how many | EM | F1 | right sentence | CPU ms |",
        "|---|---|---|---|---|---|",
    ]
    for each in found:
        shares = " | ".join(f"{100 * share:.1f}" for share in (each.exact, each.f1, each.sentence))
        lines.append(f"| {each.task} | {each.questions} | {shares} | {each.cpu_ms:.1f} |")
    return lines


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, required=True, help="folder of the question-answering sets")
    parser.add_argument("--limit", type=int, help="only the first N questions of each task")
    parser.add_argument("--card", type=Path, help="the model card that the table is put into")
    arguments = parser.parse_args()
    lines = table(list(results(arguments.data, arguments.limit)))
    print("\n".join(lines))
    if arguments.card:
        card = into_card(arguments.card.read_text(encoding="utf-8"), lines)
        arguments.card.write_text(card, encoding="utf-8")


if __name__ == "__main__":
    main()
