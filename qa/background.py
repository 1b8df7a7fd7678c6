"""How rare words are in general text, so that a question's telling words count more than its common ones.

``data/frequencies.tsv`` holds one word (match form) and its document count a line, after a first line with the
number of documents; ``training/reader/frequencies.py`` wrote it. A word that is not listed is rarer than all that are.
"""

from __future__ import annotations

import math
from functools import cache
from pathlib import Path

_FILE = Path(__file__).parent / "data" / "frequencies.tsv"


@cache
def _table() -> tuple[dict[str, float], float]:
    """Inverse document frequencies, and that of an unlisted word, all divided by the latter."""
    with _FILE.open(encoding="utf-8") as lines:
        documents = int(next(lines))
        counts = dict(line.rstrip("\n").split("\t") for line in lines)
    unseen = math.log((documents + 1) / 1.5)
    return {word: math.log((documents + 1) / (int(count) + 0.5)) / unseen for word, count in counts.items()}, 1.0


def idf(word: str) -> float:
    """The rarity of ``word`` (a match form): about 0 for a word of every text, 1 for an unlisted one."""
    table, unseen = _table()
    return table.get(word, unseen)
