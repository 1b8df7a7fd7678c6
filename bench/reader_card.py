"""Everything that is claimed of the embedded reader, measured in one run: ``make eval-reader``.

    python -m bench.reader_card --data FOLDER [--gold QUESTIONS --documents FOLDER] [--large FOLDER]
        [--card MODEL_CARD.md] [--limit N]

Prints one Markdown section: answers with the paragraph given and through the whole pipeline, on the questions about
our first documents, how far a confidence can be trusted, what a question costs, whether two processes agree. ``--card``
puts the section into a model card, between its two marks. All sets of the tables must be in the data folder: a missing
one is an error. Without questions and documents their part is left out, without ``--large`` the cost on 100,000
passages, which is said on stderr. ``--large`` names the folder where that collection is kept between runs; where it is
missing, or was broken off, it is built.
"""

from __future__ import annotations

import argparse
import hashlib
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from bench import answers, calibration, cost, determinism, first_documents, reader
from bench.cards import printed
from bench.passages import answered_in, contexts, fill
from indexer.collection import Collection
from indexer.encoder import Encoder, load_encoder
from qa.assemble import assemble
from qa.pipeline import Pipeline
from qa.reading.network import FOLDER

CARD = "MODEL_CARD.md"
SMALL, LARGE = 2_000, 100_000
_ASKED = 200


def identity(folder: Path) -> str:
    """Checksum and size of what was measured."""
    size = sum(path.stat().st_size for path in folder.iterdir() if path.name != CARD)
    checksum = hashlib.sha256((folder / "model.safetensors").read_bytes()).hexdigest()
    return f"Measured: `model.safetensors` of sha256 `{checksum}`; the model is {size / 1e6:.2f} MB."


def section(
    folder: Path,
    gold: Path | None = None,
    documents: Path | None = None,
    large: Path | None = None,
    limit: int | None = None,
) -> Iterator[str]:
    """The lines of the section, as they are measured."""
    encoder = load_encoder("embedded")
    pipeline = assemble(encoder)
    yield identity(FOLDER)
    yield "EM, F1, hits and shares in percent. *Kept from training*: paragraphs of that set that training never saw."
    yield from ("", "### The paragraph given, the first reading", "")
    given = {}
    for result in reader.results(folder, limit):
        given[result.task] = result
    yield from reader.table(given.values())
    yield from ("", "### The whole pipeline over all paragraphs of the set, no threshold", "")
    yield from answers.table(answers.results(folder, encoder, pipeline, limit), given)
    measured = [
        calibration.measure(name, calibration.ask_set(folder, name, encoder, pipeline, limit))
        for name in calibration.SETS
    ]
    if gold and documents and gold.is_file() and documents.exists():
        outcomes = first_documents.ask_gold(gold, documents, encoder, pipeline)
        measured.append(calibration.measure(gold.stem, outcomes))
        yield from ("", f"### {gold.stem}, the whole pipeline at the threshold that ships", "")
        yield from first_documents.table(outcomes)
    else:
        _leave_out(f"questions about the first documents, not found: --gold {gold}, --documents {documents}")
    yield from ("", "### Confidence, the whole pipeline", "")
    yield from ("Right is what `citespan eval` counts as right; the last four are at the threshold that ships.", "")
    yield from calibration.table(measured)
    yield from ("", "### CPU milliseconds a question by stage, one thread: mean / 95th percentile", "")
    yield from cost_part(folder, large, encoder, pipeline)


def cost_part(folder: Path, large: Path | None, encoder: Encoder, pipeline: Pipeline) -> Iterator[str]:
    """The table of costs, and whether two processes answer alike."""
    with tempfile.TemporaryDirectory(prefix="citespan-") as temporary:
        small = Collection(Path(temporary) / "small", encoder)
        fill(small, contexts(folder), SMALL)
        held = small.snapshot().documents(limit=SMALL)
        asked = answered_in(folder, (document.source for document in held), _ASKED)
        found = [cost.measure(small.snapshot(), pipeline, asked)]
        if large:
            collection = Collection(large, encoder)
            fill(collection, contexts(folder), LARGE)
            found.append(cost.measure(collection.snapshot(), pipeline, asked))
        else:
            _leave_out(f"the cost on {LARGE:,} passages: --large names no folder")
        yield from cost.table(found)
        yield ""
        yield determinism.verdict(*(determinism.in_another_process(small.path, asked, seed) for seed in (1, 2)))


def _leave_out(what: str) -> None:
    print(f"left out: {what}", file=sys.stderr)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, required=True, help="folder of the question-answering sets")
    parser.add_argument("--gold", type=Path, help="questions about --documents, as citespan eval reads them")
    parser.add_argument("--documents", type=Path, help="the documents they are about")
    parser.add_argument("--large", type=Path, help=f"folder of a collection of {LARGE:,} passages, made if missing")
    parser.add_argument("--card", type=Path, help="the model card that the section is put into")
    parser.add_argument("--limit", type=int, help="only N questions of each set, for a quick look")
    arguments = parser.parse_args()
    lines = section(arguments.data, arguments.gold, arguments.documents, arguments.large, arguments.limit)
    printed(lines, arguments.card)


if __name__ == "__main__":
    main()
