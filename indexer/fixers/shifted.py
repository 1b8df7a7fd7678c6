"""GBK text that was cut between the two bytes of a character: ``??伸` `` for 。可靈.

How it arises: the first byte of a pair is lost and shown as "?", so every following pair is read one byte
off, until a single byte (ASCII, or another lost one that takes the next character with it: "?/p>" was
"</p>") brings the rows back in step. Full-width punctuation may since have been made half-width.

How it is undone: encode the run, put the rows back in step, and believe the result only if the document
itself uses those characters next to each other, and does not otherwise use what stood there. Characters of
which a byte is lost are chosen among the possible ones by the same witness, or become U+FFFD.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from itertools import pairwise

from indexer.fixers.pinyin import HAN, SYLLABLE
from indexer.fixers.remnants import TAG_REST
from indexer.fixers.witness import Witness
from indexer.offsets import Edit

LOST = "\ufffd"
FULL_STOP = "\u3002"
_START = re.compile(f"[?\uff1f]([?!\uff1f\uff01\u3002]?)([{HAN}]{{0,24}})")
_BARE_READING = re.compile(f"({SYLLABLE})[)\uff09]")
_FULL = str.maketrans("?!,;:()", "\uff1f\uff01\uff0c\uff1b\uff1a\uff08\uff09")
_HALF = str.maketrans("\uff1f\uff01\uff0c\uff1b\uff1a\uff08\uff09", "?!,;:()")
_BYTES = range(0x40, 0xFF)
_ANNOTATION_END = re.compile(rf"[(\uff08]{SYLLABLE}[)\uff09]\Z")
_UNKNOWN_IN = 4  # of so many restored characters one may be new to the document


@dataclass(frozen=True, slots=True)
class _Run:
    """A misread run put back in step. ``first`` and ``last`` are the possible characters at its ends
    (None: nothing is missing there), ``sure`` what lies between them."""

    end: int
    first: tuple[str, ...]
    sure: str
    last: tuple[str, ...] | None
    tail: str = ""


def shifted_bytes(text: str) -> list[Edit]:
    """Edits that put misread runs back in step, or mark what is lost for good with U+FFFD."""
    witness = Witness(text)
    edits: list[Edit] = []
    at = 0
    while found := _START.search(text, at):
        edit = _lost_reading(text, found.start(), witness) or _unshifted(text, found, witness)
        if edit:
            edits.append(edit)
        # A run without a repair may still hold the "?" that starts the next one.
        at = edit.end if edit else found.start() + 1
    return edits


def _unshifted(text: str, found: re.Match[str], witness: Witness) -> Edit | None:
    misread = found[1] + found[2]
    run = _in_step(text, misread, found.end(), witness) if misread else None
    if run is None:
        return None
    if not run.sure:
        return _pair(text, found.start(), run, witness)
    if not _believed(run, found[2], witness):
        return None
    first = witness.choose(run.first, _before(text, found.start()), run.sure[:2])
    if first is None:  # letters need a witness; a full stop may stand anywhere
        first = FULL_STOP if FULL_STOP in run.first else LOST
    return Edit(found.start(), run.end, first + run.sure + _last(text, run, witness) + run.tail)


def _pair(text: str, start: int, run: _Run, witness: Witness) -> Edit | None:
    """Two characters of which one byte each survives in between, before a broken tag."""
    if run.tail != "\n" or not run.last:
        return None
    best = witness.choose(witness.linked(run.first, run.last), _before(text, start), "")
    return Edit(start, run.end, (best or LOST) + run.tail)


def _before(text: str, at: int) -> str:
    """The last character before ``at`` that is no annotation; LOST at the text's start."""
    bracket = _ANNOTATION_END.search(text, max(0, at - 12), at)
    return text[: bracket.start() if bracket else at][-1:] or LOST


def _last(text: str, run: _Run, witness: Witness) -> str:
    if run.last is None:
        return ""
    after = text[run.end : run.end + 1]
    return witness.choose(run.last, run.sure[-1], after) or witness.choose(run.last, run.sure[-1], "") or LOST


def _believed(run: _Run, misread: str, witness: Witness) -> bool:
    """The restored characters are at home in the document, one pair of them too, and the misread ones are
    strangers: one occurs nowhere else, no two of them stand together elsewhere."""
    unknown = sum(witness.singles(char) == 0 for char in run.sure)
    if unknown * _UNKNOWN_IN > len(run.sure):
        return False
    if all(witness.singles(char) > misread.count(char) for char in misread):
        return False
    if any(witness.pairs(a, b) > 1 for a, b in pairwise(misread)):
        return False
    pairs = list(pairwise(run.sure))
    pairs += [(c, run.sure[0]) for c in run.first] + [(run.sure[-1], c) for c in run.last or ()]
    return any(witness.pairs(a, b) for a, b in pairs)


def _in_step(text: str, misread: str, end: int, witness: Witness) -> _Run | None:
    """``misread`` (which ends at ``end``) with its bytes paired one further on, the first one lost."""
    data = _encoded(misread)
    if data is None:
        return None
    first = _ending_in(data[0])
    sure = ""
    for i in range(1, len(data) - 1, 2):
        if data[i] < 0x80:  # a single byte: in step again, what follows was read rightly
            return _Run(end - (len(data) - i) // 2, first, sure, None, chr(data[i])) if sure else None
        char = _char(data[i], data[i + 1])
        if char is None:
            return None
        sure += char
    return _closed(text, end, first, sure, data[-1], witness)


def _closed(text: str, end: int, first: tuple[str, ...], sure: str, lead: int, witness: Witness) -> _Run | None:
    """The last byte of a run is half of a character: its other half is the ASCII character that follows,
    or lost in a "?", perhaps together with the bracket that opened a tag or a reading."""
    after = text[end : end + 1]
    if lead < 0x80:
        return _Run(end, first, sure, None, chr(lead)) if sure else None
    if after in ("?", "\uff1f"):
        last = _opening_with(lead)
        if rest := TAG_REST.match(text, end + 1):
            return _Run(rest.end(), first, sure, last, "\n")
        if reading := _BARE_READING.match(text, end + 1):
            known = tuple(c for c in last if c in witness.readings(reading[1]))
            return _Run(reading.end(), first, sure, known, "")
        return _Run(end + 1, first, sure, last) if sure else None
    if len(after) == 1 and 0x40 <= ord(after) <= 0x7E and (char := _char(lead, ord(after))):
        return _Run(end + 1, first, sure + char, None)
    return None


def _lost_reading(text: str, at: int, witness: Witness) -> Edit | None:
    """``?zhàn)略``: the character and its bracket are lost, its reading is not."""
    reading = _BARE_READING.match(text, at + 1)
    if reading is None:
        return None
    end = reading.end()
    second = _BARE_READING.match(text, end + 1) if text[end : end + 1] in ("?", "\uff1f") else None
    if second and (char := _split_by_reading(text, at, reading[1], second, witness)):
        return Edit(at, second.end(), char)
    char = witness.choose(witness.readings(reading[1]), "", text[end : end + 1])
    if char:
        return Edit(at, end, char)
    han = re.compile(f"[{HAN}]{{1,24}}").match(text, end)
    run = _in_step(text, han[0], han.end(), witness) if han else None
    if han and run and run.sure and _believed(run, han[0], witness):
        # What the false reading stood on is lost, and with it the only witness to the character behind it.
        return Edit(at, run.end, LOST + run.sure + _last(text, run, witness) + run.tail)
    return Edit(at, end, LOST)


def _split_by_reading(text: str, at: int, false_reading: str, second: re.Match[str], witness: Witness) -> str | None:
    """``X?p)?q)``: a reading was put between the two bytes of a character, because the last byte of X and
    its first one look like a character that is read p. The character itself is read q."""
    before = _encoded(text[at - 1 : at]) if at else None
    if before is None or len(before) != 2:
        return None
    fitting = []
    misread = witness.readings(false_reading)
    for char in witness.readings(second[1]):
        data = _encoded(char)
        if data and _char(before[1], data[0]) in misread:
            fitting.append(char)
    return witness.choose(fitting, "", text[second.end() : second.end() + 1])


def _encoded(text: str) -> bytes | None:
    try:
        return text.translate(_FULL).encode("gbk")
    except UnicodeEncodeError:
        return None


@cache
def _ending_in(trail: int) -> tuple[str, ...]:
    return tuple(c for lead in range(0x81, 0xFF) if (c := _char(lead, trail)))


@cache
def _opening_with(lead: int) -> tuple[str, ...]:
    return tuple(c for trail in _BYTES if (c := _char(lead, trail)))


@cache
def _char(lead: int, trail: int) -> str | None:
    """The character of a GBK pair, punctuation half-width where a half-width form exists."""
    try:
        return bytes((lead, trail)).decode("gbk").translate(_HALF)
    except UnicodeDecodeError:
        return None
