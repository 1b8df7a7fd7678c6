"""Plain text: the source text is the decoded file."""

from __future__ import annotations

import re

from indexer.decode import decode
from indexer.formats.base import Format, Loaded, no_markup
from indexer.formats.dates import labelled_date
from indexer.limits import LoadLimits

_MAX_TITLE = 60
_NO_TITLE_END = "。.;；:：,，、…|"
_BYLINE = re.compile(
    r"^(?:作者|编辑|編輯|责编|責編|来源|來源|图片|圖片|文|by|author|editor|source)\s*[|\uff5c:\uff1a/ ]", re.I
)


def first_heading(text: str) -> str | None:
    """A short opening line that reads like a title (no sentence, no byline), or None."""
    lines = [line.strip(" \t\u3000\ufeff\r\x00") for line in text[:2000].split("\n")[:20]]
    for line in [line for line in lines if line][:3]:
        if 2 <= len(line) <= _MAX_TITLE and line[-1] not in _NO_TITLE_END and not _BYLINE.match(line):
            return line
    return None


def read(data: bytes, limits: LoadLimits) -> Loaded:
    decoded = decode(data, max_chars=limits.max_chars)
    return Loaded(
        decoded.text,
        encoding=decoded.encoding,
        title=first_heading(decoded.text),
        published=labelled_date(decoded.text),
    )


FORMAT = Format("text/plain", (".txt", ".text"), read, no_markup)
