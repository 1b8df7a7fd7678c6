"""Every made input by its name, whose suffix tells the format; the same ones each time."""

from __future__ import annotations

import random
from functools import cache, partial
from pathlib import Path

from hostile.damage import damaged, inside, some_damage
from hostile.pages import HTML, MARKDOWN, pages
from hostile.sheets import sheets
from hostile.tables import CSV, JSON, tables
from hostile.texts import CHINESE, ENGLISH, Maker, texts
from hostile.words import whole, words
from textmaking import pdf

_ARTICLES = Path(__file__).parents[2] / "seeds" / "articles"
PARTS = ("word/document.xml", "[Content_Types].xml", "_rels/.rels", "word/styles.xml", "docProps/core.xml")
_EACH = 14  # damaged states of each sound file


@cache
def sound() -> dict[str, bytes]:
    """Files without a fault, small ones, to be damaged."""
    made = {
        "a.txt": (CHINESE + ENGLISH).encode(),
        "gbk.txt": (CHINESE * 3).encode("gb18030"),
        "utf-16.txt": CHINESE.encode("utf-16"),
        "a.html": HTML.encode(),
        "a.md": MARKDOWN.encode(),
        "a.csv": CSV.encode(),
        "a.json": JSON.encode(),
        "a.jsonl": f"{JSON}\n{JSON}\n".encode(),
        "a.pdf": pdf(["The first page ends here.", "Another line."], ["Then the second one."]),
        "a.docx": whole(),
    }
    return made | {path.name: path.read_bytes() for path in sorted(_ARTICLES.iterdir())}


def broken() -> dict[str, Maker]:
    """The sound files, damaged by chance; the parts of Word files also before they are packed."""
    chance = random.Random(20)
    out: dict[str, Maker] = {}
    for name, data in sound().items():
        for at in range(_EACH):
            out[f"damaged/{at} {name}"] = partial(damaged, data, some_damage(chance))
    for part in PARTS:
        for at in range(_EACH):
            out[f"damaged/{at} {part}.docx"] = partial(inside, whole(), part, some_damage(chance))
    return out


@cache
def corpus() -> dict[str, Maker]:
    return texts() | pages() | tables() | words() | sheets() | broken()
