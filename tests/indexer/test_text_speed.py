"""Work on hostile text grows with its length, not with its square."""

from __future__ import annotations

import time

import pytest
from textmaking import document

from indexer.chunk import chunk
from indexer.clean import clean
from indexer.decode import decode

SMALL, TIMES = 12_000, 8
UNITS = [
    "(", "?", "<", "[", "<a ", "<a '", '"', "*", "`", "&", " ", "\n", "a", "汉", "汉(", "?汉", "?汉`", "ï¿", "。", "a. ", "A.", "•",
    "_a ", "**a ", "[a](", "<!--", "![", "\\", '{"a":', "汉 ", "1,", "- ", "|-", "> ", "<div>", '<p "', "<nav>", "；", "hǎo)", "?hǎo)",
    "\ufffd", "<script>", "--", "公约", "&amp", "\\u", "((a", "]]", "<b><i>",
]  # fmt: skip


def seconds(text: str, media_type: str) -> float:
    best = float("inf")
    for _ in range(2):
        start = time.process_time()
        decode(b"." + text.encode())
        chunk(clean(document(text, media_type)))
        best = min(best, time.process_time() - start)
    return best


@pytest.mark.parametrize("media_type", ["text/plain", "text/html", "text/markdown", "text/csv", "application/json"])
def test_time_is_linear_in_hostile_text(media_type: str) -> None:
    clean(document("warm up?汉", media_type))
    slow = []
    for unit in UNITS:
        text = unit * (SMALL // len(unit))
        ratio = seconds(text * TIMES, media_type) / max(seconds(text, media_type), 0.002)
        if ratio > 4 * TIMES:
            slow.append((unit, round(ratio, 1)))
    assert not slow
