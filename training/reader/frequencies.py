"""Write qa/data/frequencies.tsv: in how many paragraphs of the training sets each word stands.

    python -m training.reader.frequencies DATA_FOLDER

Only sets that may be shipped in derived form are counted (see sets.py). Words of a single paragraph are left
out: an unlisted word counts as rarer than all listed ones.
"""

from __future__ import annotations

import sys
from collections import Counter
from pathlib import Path

from indexer.normalize import fold
from qa.reading.words import MARK, split
from training.reader.sets import TRAINING, paragraphs

_OUT = Path("qa/data/frequencies.tsv")
_LEAST = 3


def main(folder: Path) -> None:
    """Count and write."""
    counts: Counter[str] = Counter()
    documents = 0
    for name in TRAINING:
        for text in paragraphs(folder, name).values():
            words = split(text, fold(text))
            counts.update({w for w, c in zip(words.forms, words.classes, strict=True) if c != MARK and len(w) < 16})
            documents += 1
    with _OUT.open("w", encoding="utf-8") as out:
        out.write(f"{documents}\n")
        for word, count in sorted(counts.items(), key=lambda item: (-item[1], item[0])):
            if count >= _LEAST and not word[0].isdigit():
                out.write(f"{word}\t{count}\n")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
