"""How rare words are in general text, so that a question's telling words count more than its common ones.

``data/frequencies.tsv`` holds one word (match form) and its document count a line, after a first line with the
number of documents; ``training/reader/frequencies.py`` wrote it. A word that is not listed is rarer than all that are.
"""

from __future__ import annotations

import math
from functools import cache
from pathlib import Path

_FILE = Path(__file__).parents[1] / "data" / "frequencies.tsv"


@cache
def _table() -> dict[str, float]:
    """Inverse document frequencies, divided by that of an unlisted word."""
    with _FILE.open(encoding="utf-8") as lines:
        documents = int(next(lines))
        counts = dict(line.rstrip("\n").split("\t") for line in lines)
    unlisted = math.log((documents + 1) / 1.5)
    return {word: math.log((documents + 1) / (int(count) + 0.5)) / unlisted for word, count in counts.items()}


def idf(word: str) -> float:
    """The rarity of ``word`` (a match form): about 0 for a word of every text, 1 for an unlisted one."""
    return _table().get(word, 1.0)
