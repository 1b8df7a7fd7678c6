"""Source text to readable text: the format's markup goes, the fixers run, the rest is marked.

Every step is a list of edits, and every edit extends one offset map, so any span of the readable text is
known in the source text. Nothing that a reader may ask for is thrown away: boilerplate and copies are
marked, and places where characters were lost before the file reached us are marked ``broken``.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Sequence

from indexer.boilerplate import boilerplate
from indexer.dedupe import copies
from indexer.documents import Document, Mark, Readable
from indexer.fixers import FIXERS
from indexer.formats import markup_of
from indexer.offsets import OffsetMap, apply_edits

_BROKEN = re.compile("\ufffd+")


def clean(document: Document, *, skip: Collection[str] = ()) -> Readable:
    """The readable text of ``document`` without the fixers named in ``skip``.

    Raises ValueError for a name in ``skip`` that is no fixer.
    """
    if unknown := set(skip) - set(FIXERS):
        raise ValueError(f"no such fixer: {', '.join(sorted(unknown))}; there are {', '.join(FIXERS)}")
    markup = markup_of(document)
    text, offsets = apply_edits(document.text, markup.edits)
    fixes = {"markup": len(markup.edits)} if markup.edits else {}
    for name, fixer in FIXERS.items():
        edits = [] if name in skip or name in markup.settled else fixer(text)
        if edits:
            text, above = apply_edits(text, edits)
            offsets = above.over(offsets)
            fixes[name] = len(edits)
    asides = [(a, b) for a, b in lifted(markup.asides, offsets) if text[a:b].strip()]
    marks = [Mark(a, b, "boilerplate") for a, b in merged([*asides, *boilerplate(text)])]
    marks += [Mark(a, b, "copy") for a, b in copies(text)]
    marks += [Mark(found.start(), found.end(), "broken") for found in _BROKEN.finditer(text)]
    return Readable(text, offsets, tuple(sorted(marks, key=lambda mark: (mark.start, mark.end))), fixes)


def lifted(ranges: Sequence[tuple[int, int]], offsets: OffsetMap) -> Iterable[tuple[int, int]]:
    """Ordered, disjoint ranges of the lower text as ranges of the upper one, in one sweep."""
    pieces = offsets.pieces
    at = 0
    for start, end in ranges:
        while at < len(pieces) and pieces[at].lower_end <= start:
            at += 1
        low = high = None
        index = at
        while index < len(pieces) and pieces[index].lower_start < end:
            piece = pieces[index]
            shift = piece.upper_start - piece.lower_start
            a = max(start, piece.lower_start) + shift if piece.copied else piece.upper_start
            b = min(end, piece.lower_end) + shift if piece.copied else piece.upper_end
            low = a if low is None else low
            high = b
            index += 1
        if low is not None and high is not None and low < high:
            yield low, high


def merged(ranges: Iterable[tuple[int, int]]) -> list[tuple[int, int]]:
    """The union of ``ranges``, in order, without overlap."""
    out: list[tuple[int, int]] = []
    for start, end in sorted(ranges):
        if out and start <= out[-1][1]:
            out[-1] = (out[-1][0], max(end, out[-1][1]))
        else:
            out.append((start, end))
    return out
