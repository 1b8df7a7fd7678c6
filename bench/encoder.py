"""Everything that is claimed of the embedded encoder, measured in one run: ``make eval-encoder``.

    python -m bench.encoder --data FOLDER [--gold QUESTIONS --documents FOLDER] [--card MODEL_CARD.md]

Prints one Markdown section: retrieval of the whole pipeline, without BM25, and of BM25 alone; of the encoder by
itself; of the questions about our first documents with and without a glossary; cost beside sentence-transformers
reading the same table; the file that was measured. ``--card`` puts the section into a model card, between its two
marks. All sets of the tables must be in the data folder: a missing one is an error. Without questions and documents,
or without sentence-transformers, their part is left out, which is said on stderr.
"""

from __future__ import annotations

import argparse
import hashlib
import sys
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path

from bench.cards import percent, printed, task_title
from bench.retrieval import Result, load_unchosen, results, tasks
from indexer.build import build
from indexer.collection import Collection
from indexer.encoder import EMBEDDED_FOLDER, TokenEncoder
from indexer.static_encoder import StaticEncoder
from qa.assemble import load_reader
from qa.evaluation.evaluate import evaluate
from qa.evaluation.questions import read_questions
from qa.evaluation.summary import summarise
from qa.glossaries import Glossaries
from qa.pipeline import Pipeline
from qa.settings import QASettings
from training.encoder.evaluate import looks
from training.encoder.tasks import Task, load_task, recall

ALONE = (
    "xquad-dev:en:zh",
    "xquad-dev:zh:en",
    "xquad-dev:zh:zh",
    "xquad-dev:en:en",
    "mlqa-dev:en:zh",
    "mlqa-dev:zh:en",
    "mlqa-dev:zh:zh",
    "cmrc2018-dev-half:zh:zh",
    "drcd-dev:zh-Hant:zh-Hant",
)
_TEXTS = 400  # of each kind whose encoding is timed
_ROUNDS = 5


def pipeline_table(found: Iterable[Result]) -> Iterator[str]:
    """Recall@1 / recall@10 of the systems, a line a task."""
    by_task: dict[str, list[Result]] = {}
    for result in found:
        by_task.setdefault(result.task, []).append(result)
    yield "| questions -> paragraphs | how many | pipeline | without BM25 | BM25 alone |"
    yield "|---|---|---|---|---|"
    for task, systems in by_task.items():
        cells = " | ".join(percent(each.recall[0], each.recall[-1]) for each in systems)
        yield f"| {task_title(task)} | {systems[0].questions} -> {systems[0].paragraphs} | {cells} |"


def alone_table(folder: Path, encoder: TokenEncoder) -> Iterator[str]:
    """Recall@1 / recall@10 of the encoder, every paragraph of a collection scored."""
    yield "| questions -> paragraphs | dense | sentence | full |"
    yield "|---|---|---|---|"
    for spec in ALONE:
        task = load_unchosen(folder, spec)
        ways = looks(encoder, task)[0].ways().values()
        cells = (percent(recall(score, task.gold, 1), recall(score, task.gold, 10)) for score in ways)
        yield f"| {task_title(task.name)} | {' | '.join(cells)} |"


def questions_part(gold: Path | None, documents: Path | None, encoder: StaticEncoder) -> Iterator[str]:
    """The glossary table under its heading; nothing without questions or documents."""
    if gold is None or documents is None or not gold.is_file() or not documents.exists():
        _leave_out(f"questions about the first documents, not found: --gold {gold}, --documents {documents}")
        return
    yield from ("", "### Questions about the first documents, whole pipeline", "")
    yield from glossary_table(gold, documents, encoder)


def _leave_out(what: str) -> None:
    print(f"left out: {what}", file=sys.stderr)


def glossary_table(gold: Path, documents: Path, encoder: StaticEncoder) -> Iterator[str]:
    """hit@1 / hit@5 by language, with the glossary that ships and with none."""
    questions = read_questions(gold).questions
    figures = {}
    with tempfile.TemporaryDirectory(prefix="citespan-") as folder:
        collection = Collection(Path(folder) / "documents", encoder)
        build(collection, [documents])
        for name, shipped in (("with the glossary", True), ("without", False)):
            glossaries = Glossaries(shipped=shipped)
            pipeline = Pipeline(encoder, glossaries, load_reader("embedded", encoder), QASettings())
            found = summarise(evaluate(pipeline, collection.snapshot(), questions))
            figures[name] = {"all": found["all"], **found["by_lang"]}
    languages = list(figures["without"])
    yield f"| {gold.stem} | {' | '.join(f'{lang} ({_answerable(figures, lang)})' for lang in languages)} |"
    yield "|---|" + "---|" * len(languages)
    for name, by_lang in figures.items():
        cells = (percent(by_lang[lang]["hit@1"], by_lang[lang]["hit@5"]) for lang in languages)
        yield f"| {name} | {' | '.join(cells)} |"


def _answerable(figures: dict[str, dict[str, dict[str, int]]], lang: str) -> int:
    return figures["without"][lang]["answerable"]


def cost_table(folder: Path, encoder: StaticEncoder) -> Iterator[str]:
    """Microseconds of CPU time a text, one thread, the best of a few rounds."""
    texts = {
        "Chinese paragraph": _texts(load_task(folder, "cmrc2018-dev-half:zh:zh")),
        "English paragraph": _texts(load_task(folder, "mlqa-dev:en:en")),
        "Chinese question": load_task(folder, "cmrc2018-dev-half:zh:zh").questions[:_TEXTS],
        "English question": load_task(folder, "xquad-dev:en:en").questions[:_TEXTS],
    }
    readers: dict[str, Callable[[Sequence[str]], object]] = {"ours (numpy)": encoder.encode}
    other = _sentence_transformer()
    if other is not None:
        readers["sentence-transformers, the same table"] = other
    yield "| | characters | " + " | ".join(f"{name}, together | one by one" for name in readers) + " |"
    yield "|---|---|" + "---|---|" * len(readers)
    for kind, some in texts.items():
        cells = []
        for reader in readers.values():
            cells += [f"{_micros(reader, [some]):.0f}", f"{_micros(reader, [[text] for text in some]):.0f}"]
        yield f"| {kind} | {sum(map(len, some)) / len(some):.0f} | {' | '.join(cells)} |"


def _texts(task: Task) -> list[str]:
    return [paragraph.text for paragraph in task.paragraphs[:_TEXTS]]


def _sentence_transformer() -> Callable[[Sequence[str]], object] | None:
    try:
        import torch
        from sentence_transformers import SentenceTransformer
    except ImportError as error:
        _leave_out(f"the cost of sentence-transformers: {error}")
        return None
    torch.set_num_threads(1)
    model = SentenceTransformer(str(EMBEDDED_FOLDER), device="cpu", trust_remote_code=True)
    return lambda texts: model.encode(list(texts), batch_size=_TEXTS)


def _micros(encode: Callable[[Sequence[str]], object], batches: Sequence[Sequence[str]]) -> float:
    taken = []
    for _ in range(_ROUNDS):
        began = time.process_time()
        for batch in batches:
            encode(batch)
        taken.append(time.process_time() - began)
    return min(taken) * 1e6 / sum(map(len, batches))


def identity(folder: Path) -> Iterator[str]:
    """Size and checksum of what was measured."""
    files = [folder / name for name in ("config.json", "vocab.txt", "model.safetensors")]
    size = sum(path.stat().st_size for path in files)
    checksum = hashlib.sha256(files[-1].read_bytes()).hexdigest()
    yield f"Measured: `model.safetensors` of sha256 `{checksum}`; the model is {size / 1e6:.2f} MB."


def section(folder: Path, gold: Path | None, documents: Path | None, limit: int | None) -> Iterator[str]:
    """The lines of the section, as they are measured."""
    encoder = StaticEncoder(EMBEDDED_FOLDER)
    yield from identity(EMBEDDED_FOLDER)
    yield "Recall@1 / recall@10, hit@1 / hit@5 in percent. *half*: the questions that no constant was chosen on."
    yield from ("", "### The pipeline, and what its halves do alone", "")
    yield from pipeline_table(result for task in tasks(folder) for result in results(task, encoder, limit))
    yield from ("", "### The encoder alone, every paragraph scored", "")
    yield from alone_table(folder, encoder)
    yield from questions_part(gold, documents, encoder)
    yield from ("", "### CPU microseconds a text, one thread", "")
    yield from cost_table(folder, encoder)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, required=True, help="folder of the question-answering sets")
    parser.add_argument("--gold", type=Path, help="questions about --documents, as citespan eval reads them")
    parser.add_argument("--documents", type=Path, help="the documents they are about")
    parser.add_argument("--card", type=Path, help="the model card that the section is put into")
    parser.add_argument("--limit", type=int, help="only the first N questions of each task, for a quick look")
    arguments = parser.parse_args()
    printed(section(arguments.data, arguments.gold, arguments.documents, arguments.limit), arguments.card)


if __name__ == "__main__":
    main()
