"""Space: runs become one, lines lose their margins, letter-spaced Chinese closes up."""

from __future__ import annotations

import re

from indexer.fixers.pinyin import HAN
from indexer.offsets import Edit

_BLANK = " \t\u00a0\u1680\u2000-\u200a\u202f\u205f\u3000"
_BREAK = "\n\r\x0b\x0c\x85\u2028\u2029"
_RUN = re.compile(f"[{_BLANK}{_BREAK}]+")
# Four and more single characters, each set apart: nobody writes words so, but headings are set so.
_SPREAD = re.compile(f"(?<![{HAN}])[{HAN}](?:[ \u3000][{HAN}]){{3,}}(?![{HAN}])")
_LOST = re.compile("\ufffd{2,}")


def spacing(text: str) -> list[Edit]:
    """One space inside a line, one line feed at its end, two between paragraphs, none at the edges."""
    spread = {at for found in _SPREAD.finditer(text) for at in range(found.start() + 1, found.end(), 2)}
    edits: list[Edit] = []
    for found in _RUN.finditer(text):
        run, start, end = found[0], found.start(), found.end()
        if start in spread or start == 0 or end == len(text):
            new = ""
        elif run.isascii() and " " in run and len(run) == 1:
            continue
        else:
            breaks = _breaks(run)
            new = "\n" * min(breaks, 2) if breaks else " "
        if new != run:
            edits.append(Edit(start, end, new))
    return edits


def _breaks(run: str) -> int:
    if run.isascii() and "\r" not in run:
        return run.count("\n") + run.count("\x0b") + run.count("\x0c")
    return len((run + ".").replace("\x1c", "").splitlines()) - 1


def lost_runs(text: str) -> list[Edit]:
    """A run of replacement characters says no more than one."""
    return [Edit(found.start() + 1, found.end()) for found in _LOST.finditer(text)]
