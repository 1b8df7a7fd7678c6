"""Expressions in sentences of our own: which characters are a value, and what it is worth. See expressions.tsv."""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

import pytest

from qa.results import Value
from qa.values.find import find_values

FOLDER = Path(__file__).parent


class Row(NamedTuple):
    """A sentence without its marks, the ranges that were marked, and the values told for them."""

    text: str
    spans: list[tuple[int, int]]
    values: list[Value]


def read_rows(name: str) -> list[Row]:
    lines = (FOLDER / name).read_text(encoding="utf-8").splitlines()
    return [read_row(line) for line in lines if line and not line.startswith("#")]


def read_row(line: str) -> Row:
    marked, *cells = line.split("\t")
    text, spans = "", []
    for piece in marked.split("⟦"):
        inside, closed, after = piece.partition("⟧")
        if closed:
            spans.append((len(text), len(text) + len(inside)))
        text += inside + after
    row = Row(text, spans, [read_cell(cell) for cell in cells])
    assert len(row.spans) == len(row.values), line
    return row


def read_cell(cell: str) -> Value:
    kind, told = cell.split(" ", 1)
    if kind == "date":
        return {"kind": kind, "date": None if told == "?" else told}
    if kind == "version":
        return {"kind": kind, "min": None, "max": None, "unit": told}
    told, _, per = told.partition(" / ")
    worth, _, unit = told.partition(" ")
    low, ranged, high = worth.partition("..")
    value = {"kind": kind, "min": number(low), "max": number(high if ranged else low), "unit": unit or None}
    return {**value, "per": per} if per else value


def number(written: str) -> float | None:
    return float(written) if written else None


def approximately(value: Value) -> dict[str, object]:
    """``value`` with its numbers as good as the table writes them: two thirds is 0.6666667."""
    return {key: pytest.approx(item, rel=1e-6) if isinstance(item, float) else item for key, item in value.items()}


ROWS, MISSES = read_rows("expressions.tsv"), read_rows("misses.tsv")


def check(row: Row) -> None:
    found = find_values(row.text)
    assert [row.text[one.start : one.end] for one in found] == [row.text[start:end] for start, end in row.spans]
    assert [(one.start, one.end) for one in found] == row.spans
    assert [one.value for one in found] == [approximately(value) for value in row.values]


@pytest.mark.parametrize("row", ROWS, ids=[row.text for row in ROWS])
def test_values_of_a_sentence_are_what_a_careful_reader_says(row: Row) -> None:
    check(row)


@pytest.mark.parametrize("row", MISSES, ids=[row.text for row in MISSES])
@pytest.mark.xfail(strict=True, reason="only knowing the name or idiom would tell")
def test_known_misses(row: Row) -> None:
    check(row)


def test_known_misses_are_few() -> None:
    assert len(MISSES) <= 0.02 * len(ROWS)
