"""No hostile text hangs the cleaning: its work grows with the length of the text, not with its square.

There is no clock in these tests, only a limit at which a test is stopped. Linear work on these texts takes a
fraction of a second; a regular expression that starts over at every character needs 40,000,000,000 steps.
"""

from __future__ import annotations

import pytest
from textmaking import document

from indexer.chunk import chunk
from indexer.clean import clean
from indexer.decode import decode

LENGTH = 200_000
UNITS = [
    *"(?<[\"*`& \na汉。•；\ufffd\\",
    *("<a ", "<a '", "汉(", "?汉", "?汉`", "ï¿", "a. ", "A.", "_a ", "**a ", "[a](", "<!--", "![", '{"a":'),
    *("汉 ", "1,", "- ", "|-", "> ", "<div>", '<p "', "<nav>", "hǎo)", "?hǎo)", "<script>", "--", "公约"),
    *("&amp", "\\u", "((a", "]]", "<b><i>"),
]  # fmt: skip


@pytest.mark.timeout(30)
@pytest.mark.parametrize("media_type", ["text/plain", "text/html", "text/markdown", "text/csv", "application/json"])
@pytest.mark.parametrize("unit", UNITS)
def test_hostile_text_is_cleaned_and_cut(unit: str, media_type: str) -> None:
    text = unit * (LENGTH // len(unit))
    assert decode(b"." + text.encode()).text
    readable = clean(document(text, media_type))
    for span in chunk(readable):
        assert 0 <= span.text_start < span.text_end <= len(readable.text)
