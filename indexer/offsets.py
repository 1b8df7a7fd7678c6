"""The map between a text and a text made from it, so that a span never has to be searched for again.

A map is a list of pieces. A *copied* piece is the same text on both sides and maps character by character; a
*replaced* piece (an entity, a repaired run) maps as a whole. Text of the lower layer that no
piece covers was removed. All offsets are half-open code-point ranges.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True, slots=True)
class Piece:
    """``upper`` is a range of the derived text, ``lower`` the range of the text it came from."""

    upper_start: int
    upper_end: int
    lower_start: int
    lower_end: int
    copied: bool


class OffsetMap:
    """Immutable; pieces are in order on both sides and do not overlap."""

    __slots__ = ("_starts", "pieces")

    def __init__(self, pieces: Iterable[Piece]) -> None:
        self.pieces: tuple[Piece, ...] = tuple(_joined(pieces))
        self._starts = [piece.upper_start for piece in self.pieces]

    @classmethod
    def identity(cls, length: int) -> OffsetMap:
        return cls([Piece(0, length, 0, length, True)] if length else [])

    def to_lower(self, start: int, end: int) -> tuple[int, int]:
        """The smallest range below that holds everything ``[start, end)`` was made from.

        Text removed at the edges of the span stays outside of it, text removed inside belongs to it.
        Raises ValueError for an empty span or one that leaves the text.
        """
        if not self.pieces or not 0 <= start < end <= self.pieces[-1].upper_end:
            raise ValueError(f"span [{start}, {end}) is empty or leaves the text")
        first = self.pieces[bisect_right(self._starts, start) - 1]
        last = self.pieces[bisect_right(self._starts, end - 1) - 1]
        low = first.lower_start + (start - first.upper_start if first.copied else 0)
        high = last.lower_start + end - last.upper_start if last.copied else last.lower_end
        return low, max(low, high)

    def to_upper(self, start: int, end: int) -> tuple[int, int] | None:
        """The range above that was made from ``[start, end)`` below, or None if all of it was removed."""
        low = high = None
        for piece in self.pieces:
            if piece.lower_end <= start and piece.lower_end > piece.lower_start:
                continue
            if piece.lower_start >= end:
                break
            if piece.lower_start == piece.lower_end and not start <= piece.lower_start < end:
                continue
            shift = piece.upper_start - piece.lower_start
            a = max(start, piece.lower_start) + shift if piece.copied else piece.upper_start
            b = min(end, piece.lower_end) + shift if piece.copied else piece.upper_end
            low = a if low is None else low
            high = b
        return None if low is None or high is None or low == high else (low, high)

    def upper_point(self, at: int) -> int:
        """Where in the derived text begins what was made from the text at or behind ``at`` below.

        A replaced piece belongs to the place where it begins, so the ranges between the points of rising offsets
        hold the derived text once, whole.
        """
        index = bisect_left(self.pieces, at, key=lambda piece: piece.lower_start)
        if index:
            before = self.pieces[index - 1]
            if before.copied and before.lower_end > at:
                return before.upper_start + at - before.lower_start
            return before.upper_end
        return 0

    def over(self, below: OffsetMap) -> OffsetMap:
        """This map (text C from B) on top of ``below`` (B from A): the map from C to A."""
        pieces: list[Piece] = []
        for piece in self.pieces:
            if piece.lower_start == piece.lower_end:
                at = below._lower_point(piece.lower_start)
                pieces.append(Piece(piece.upper_start, piece.upper_end, at, at, False))
            elif not piece.copied:
                low, high = below.to_lower(piece.lower_start, piece.lower_end)
                pieces.append(Piece(piece.upper_start, piece.upper_end, low, high, False))
            else:
                pieces.extend(_through(piece, below))
        return OffsetMap(pieces)

    def _lower_point(self, at: int) -> int:
        index = bisect_right(self._starts, at) - 1
        if index < 0:
            return 0
        piece = self.pieces[index]
        if at >= piece.upper_end:
            return piece.lower_end
        return piece.lower_start + (at - piece.upper_start if piece.copied else 0)

    def part(self, start: int, end: int) -> OffsetMap:
        """The map of ``[start, end)`` of the derived text; its upper offsets count from ``start``."""
        pieces: list[Piece] = []
        index = max(0, bisect_right(self._starts, start) - 1)
        while index < len(self.pieces) and self.pieces[index].upper_start < end:
            piece = self.pieces[index]
            a, b = max(start, piece.upper_start), min(end, piece.upper_end)
            if a < b:
                low, high = piece.lower_start, piece.lower_end
                if piece.copied:
                    low, high = low + a - piece.upper_start, low + b - piece.upper_start
                pieces.append(Piece(a - start, b - start, low, high, piece.copied))
            index += 1
        return OffsetMap(pieces)

    def to_bytes(self) -> bytes:
        rows = [(p.upper_start, p.upper_end, p.lower_start, p.lower_end, p.copied) for p in self.pieces]
        return np.asarray(rows, dtype="<i4").tobytes()

    @classmethod
    def from_bytes(cls, data: bytes) -> OffsetMap:
        rows: list[list[int]] = np.frombuffer(data, dtype="<i4").reshape(-1, 5).tolist()
        return cls(Piece(a, b, low, high, bool(copied)) for a, b, low, high, copied in rows)


def _through(piece: Piece, below: OffsetMap) -> Iterable[Piece]:
    """A copied piece cut where the map below changes."""
    index = max(0, bisect_right(below._starts, piece.lower_start) - 1)
    shift = piece.upper_start - piece.lower_start
    while index < len(below.pieces) and below.pieces[index].upper_start < piece.lower_end:
        under = below.pieces[index]
        a, b = max(piece.lower_start, under.upper_start), min(piece.lower_end, under.upper_end)
        if a < b:
            if under.copied:
                down = under.lower_start - under.upper_start
                yield Piece(a + shift, b + shift, a + down, b + down, True)
            else:
                yield Piece(a + shift, b + shift, under.lower_start, under.lower_end, False)
        index += 1


def _joined(pieces: Iterable[Piece]) -> Iterable[Piece]:
    """Neighbouring copied pieces become one; empty ones vanish."""
    held: Piece | None = None
    for piece in pieces:
        if piece.upper_start == piece.upper_end:
            continue
        if (
            held is not None
            and held.copied
            and piece.copied
            and held.upper_end == piece.upper_start
            and held.lower_end == piece.lower_start
        ):
            held = Piece(held.upper_start, piece.upper_end, held.lower_start, piece.lower_end, True)
            continue
        if held is not None:
            yield held
        held = piece
    if held is not None:
        yield held


@dataclass(frozen=True, slots=True)
class Edit:
    """Replace ``[start, end)`` of a text by ``text``; equal ends insert, an empty text removes."""

    start: int
    end: int
    text: str = ""


def apply_edits(text: str, edits: Sequence[Edit]) -> tuple[str, OffsetMap]:
    """``text`` with ``edits`` (in order, not overlapping) made, and the map from the result to ``text``."""
    out: list[str] = []
    pieces: list[Piece] = []
    at = length = 0
    for edit in edits:
        if edit.start < at or edit.end < edit.start or edit.end > len(text):
            raise ValueError(f"edit {edit} overlaps the one before it or leaves the text")
        if edit.start > at:
            pieces.append(Piece(length, length + edit.start - at, at, edit.start, True))
            out.append(text[at : edit.start])
            length += edit.start - at
        if edit.text:
            pieces.append(Piece(length, length + len(edit.text), edit.start, edit.end, False))
            out.append(edit.text)
            length += len(edit.text)
        at = edit.end
    if at < len(text):
        pieces.append(Piece(length, length + len(text) - at, at, len(text), True))
        out.append(text[at:])
    return "".join(out), OffsetMap(pieces)
