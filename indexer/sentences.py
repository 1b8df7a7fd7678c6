"""Where sentences end, in Chinese and in English."""

from __future__ import annotations

import re

_WIDE = "\u2e80-\u9fff\uac00-\ud7ff\uf900-\ufaff\uff00-\uffef\u3000-\u303f"
_CLOSERS = "\u201d\u2019\u300d\u300f\uff09)\u3011\u300b\u3009\\]"
# After a closing quote these go on with the sentence that holds the quote.
_GOES_ON = "\uff0c,\u3001\uff1b;\uff1a:\u6642\u65f6\u7684\u9019\u8fd9\u90a3"
_ABBREVIATION = re.compile(
    r"(?:\b[A-Z]|\b(?:Mr|Mrs|Ms|Dr|Prof|Sr|Jr|St|vs|etc|al|No|Nos|Vol|Fig|Inc|Ltd|Co|Corp|approx|Jan|Feb|Mar|Apr|Jun|Jul"
    r"|Aug|Sept?|Oct|Nov|Dec)|\b[A-Za-z]\.[A-Za-z]|\be\.g|\bi\.e)\.$"
)
_END = re.compile(
    f"""
    \\n+ [ ]*                                                         # a line end
    | [\u3002\uff01\uff1f]+ (?P<han>[{_CLOSERS}]*)                       # Chinese full stops
    | (?<![!?]) [!?]++ (?P<mixed>[{_CLOSERS}"']*) (?= \\s | [{_WIDE}\u2018-\u201f\u2022] | \\Z )
    | (?: \uff1b | \u2026+ | (?<=[{_WIDE}{_CLOSERS}%\\d]);(?=\\s?[{_WIDE}\\d\u2022]) )
    | (?<=[^\\s.]) \\.{{1,6}} [{_CLOSERS}"']* (?P<latin>[ ]+) (?= ["'(\u2018\u201c]?[A-Z0-9{_WIDE}] )
    | (?=\u2022)                                                       # a list item
    """,
    re.VERBOSE,
)


def sentences(text: str, start: int = 0, end: int | None = None) -> list[tuple[int, int]]:
    """The sentences of ``text[start:end]`` as ranges of ``text``, without the white space around them.

    Line ends end a sentence too, so headings and list items stand alone. Together the ranges cover
    everything but white space.
    """
    end = len(text) if end is None else end
    out: list[tuple[int, int]] = []
    low = start
    for found in _END.finditer(text, start, end):
        high = found.end()
        if high <= low or not _is_end(text, found):
            continue
        if trimmed := _trimmed(text, low, high):
            out.append(trimmed)
        low = high
    if trimmed := _trimmed(text, low, end):
        out.append(trimmed)
    return out


def _is_end(text: str, found: re.Match[str]) -> bool:
    if found["latin"] is not None:
        stop = text.rfind(".", found.start(), found.end()) + 1
        return not _ABBREVIATION.search(text, max(0, stop - 12), stop)
    if found["han"] or found["mixed"]:
        return text[found.end() : found.end() + 1] not in _GOES_ON or found.end() == len(text)
    return True


def _trimmed(text: str, start: int, end: int) -> tuple[int, int] | None:
    while start < end and text[start].isspace():
        start += 1
    while end > start and text[end - 1].isspace():
        end -= 1
    return (start, end) if start < end else None
