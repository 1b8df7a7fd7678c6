"""Training data named by ``sources.toml``: read, checked by checksum, never guessed.

`Pair` is (English, Chinese). A source's lines keep their order, because neighbours in a source are
neighbours in a document and a needle's passage is cut from them.
"""

from __future__ import annotations

import hashlib
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from training.jsonl import read_jsonl

Pair = tuple[str, str]
SOURCES = Path(__file__).with_name("sources.toml")
TERMS = Path(__file__).with_name("terms.tsv")  # English, Chinese: of business and technology, our own list
DICTIONARIES = frozenset({"ecdict", "cldr", "osm-names", "terms"})


class DataError(ValueError):
    """A file of the listing is missing or is not the one that was listed."""


@dataclass
class Corpus:
    """``pairs[source]``: lines (en, zh); ``questions[source]``: (question, paragraph) of one language."""

    pairs: dict[str, list[Pair]] = field(default_factory=dict)
    questions: dict[str, list[Pair]] = field(default_factory=dict)

    def prose(self) -> Iterator[tuple[str, str]]:
        """(source, text) of everything that is running text, each text once."""
        for name, rows in self.pairs.items():
            if name not in DICTIONARIES:
                for pair in rows:
                    yield from ((name, side) for side in pair)
        for name, rows in self.questions.items():
            yield from ((name, question) for question, _ in rows)
            yield from ((name, text) for text in dict.fromkeys(text for _, text in rows))


def listing() -> dict[str, Any]:
    """``sources.toml`` as it stands."""
    return tomllib.loads(SOURCES.read_text(encoding="utf-8"))


def squad_files(folder: Path, name: str) -> tuple[Path, Path]:
    """Paragraph and question file of a question-answering set."""
    return folder / f"{name}.paragraphs.jsonl.gz", folder / f"{name}.questions.jsonl.gz"


def load_corpus(folder: Path) -> Corpus:
    """Everything `sources.toml` lists, read from `folder`, and ``terms.tsv``. Raises `DataError`."""
    corpus = Corpus()
    terms = (line.split("\t") for line in TERMS.read_text(encoding="utf-8").splitlines())
    corpus.pairs["terms"] = [(english, chinese) for english, chinese in terms]
    for source in listing()["source"]:
        if source["kind"] == "pairs":
            path = folder / source["file"]
            _check(path, source["sha256"])
            for row in read_jsonl(path):
                inner = row.get("source", source["name"])
                chinese = _gloss(row["zh"]) if inner in DICTIONARIES else row["zh"]
                if chinese and inner in source.get("only", [inner]):
                    corpus.pairs.setdefault(inner, []).append((row["en"], chinese))
            continue
        files = squad_files(folder, source["file"])
        for path, digest in zip(files, source["sha256"], strict=True):
            _check(path, digest)
        texts = {row["id"]: row["text"] for row in read_jsonl(files[0])}
        corpus.questions[source["name"]] = [
            (row["question"], texts[row["paragraph_id"]]) for row in read_jsonl(files[1])
        ]
    return corpus


def _gloss(text: str) -> str:
    """A dictionary's gloss without the marks that its columns left behind; nothing if it only names a class."""
    kept = text.rstrip("\\” ：:!").strip()
    return "" if kept == "人名" or kept.startswith("来源于") else kept


def _check(path: Path, digest: str) -> None:
    if not path.is_file():
        raise DataError(f"{path} is missing; --data must name the folder that sources.toml speaks of")
    with path.open("rb") as stream:
        found = hashlib.file_digest(stream, "sha256").hexdigest()
    if found != digest:
        raise DataError(f"{path} has sha256 {found}, but sources.toml lists {digest}")
