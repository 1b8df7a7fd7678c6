"""Keep evaluation text out of training text.

A training text is dropped when it shares 12 Chinese characters or 30 English characters in a row with a
question or paragraph of an evaluation set. Compared on folded text: Han characters alone (so spacing and
punctuation cannot hide a copy), and letters and digits with single spaces.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from pathlib import Path

from indexer.normalize import fold
from training.encoder.data import Corpus, listing, squad_files
from training.jsonl import read_jsonl

HAN_RUN, LATIN_RUN = 12, 30
_NOT_HAN = re.compile(r"[^\u3400-\u9fff]+")
_NOT_LATIN = re.compile(r"[^a-z0-9]+")


def runs(text: str) -> Iterator[str]:
    """Every run of 12 Han characters and of 30 Latin characters in `text`."""
    folded = fold(text)
    for pattern, filler, size in ((_NOT_HAN, "", HAN_RUN), (_NOT_LATIN, " ", LATIN_RUN)):
        kept = pattern.sub(filler, folded)
        for start in range(len(kept) - size + 1):
            yield kept[start : start + size]


def evaluation_texts(folder: Path) -> Iterator[str]:
    """Questions and paragraphs of the evaluation sets that are present below `folder`."""
    held = listing()["evaluation"]
    for name in held["squad"]:
        for path, key in zip(squad_files(folder, name), ("text", "question"), strict=True):
            if path.is_file():
                yield from (row[key] for row in read_jsonl(path))
    for name in held["questions"]:
        path = folder / name
        if path.is_file():
            yield from (row["question"] for row in read_jsonl(path))


def decontaminate(corpus: Corpus, texts: Iterable[str]) -> dict[str, int]:
    """Drop from `corpus`, in place, what shares a run with `texts`; the number dropped by source.

    Of a question set the pair goes when either side is contaminated.
    """
    held = {run for text in texts for run in runs(text)}
    verdicts: dict[str, bool] = {}  # a paragraph stands once per question

    def dirty(text: str) -> bool:
        if text not in verdicts:
            verdicts[text] = not held.isdisjoint(runs(text))
        return verdicts[text]

    dropped = {}
    for group in (corpus.pairs, corpus.questions):
        for name, rows in group.items():
            kept = [(left, right) for left, right in rows if not dirty(left) and not dirty(right)]
            if len(kept) < len(rows):
                dropped[name] = len(rows) - len(kept)
            group[name] = kept
    return dropped
