"""Work on hostile text grows with its length, not with its square."""

from __future__ import annotations

import time

import pytest
from textmaking import document

from indexer.chunk import chunk
from indexer.clean import clean
from indexer.decode import decode

SMALL, TIMES = 2_500, 8
UNITS = [
    *"(?<[\"*`& \na汉。•；\ufffd\\",
    *("<a ", "<a '", "汉(", "?汉", "?汉`", "ï¿", "a. ", "A.", "_a ", "**a ", "[a](", "<!--", "![", '{"a":'),
    *("汉 ", "1,", "- ", "|-", "> ", "<div>", '<p "', "<nav>", "hǎo)", "?hǎo)", "<script>", "--", "公约"),
    *("&amp", "\\u", "((a", "]]", "<b><i>"),
]  # fmt: skip


def seconds(text: str, media_type: str) -> float:
    start = time.process_time()
    decode(b"." + text.encode())
    chunk(clean(document(text, media_type)))
    return time.process_time() - start


def growth(unit: str, media_type: str) -> float:
    text = unit * (SMALL // len(unit))
    return seconds(text * TIMES, media_type) / max(seconds(text, media_type), 0.002)


@pytest.mark.parametrize("media_type", ["text/plain", "text/html", "text/markdown", "text/csv", "application/json"])
def test_time_is_linear_in_hostile_text(media_type: str) -> None:
    clean(document("warm up?汉", media_type))
    suspects = [unit for unit in UNITS if growth(unit, media_type) > 4 * TIMES]
    # A second look, and a third: other work on the machine may have slowed the first.
    assert not [unit for unit in suspects if min(growth(unit, media_type) for _ in range(2)) > 4 * TIMES]
