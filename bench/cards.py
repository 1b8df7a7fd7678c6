"""Model cards: what a measurement prints stands between two marks, and is replaced by the next one."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path

MARKS = ("<!-- what follows is measured: see the Makefile -->", "<!-- end of what is measured -->")


def into_card(card: str, lines: Sequence[str]) -> str:
    """`card` with what stands between its marks replaced. Raises `ValueError` if a mark is missing."""
    before, _, rest = card.partition(MARKS[0])
    _, found, after = rest.partition(MARKS[1])
    if not found:
        raise ValueError(f"the card lacks the marks {MARKS[0]} and {MARKS[1]}")
    return "\n".join([before + MARKS[0], *lines, MARKS[1] + after])


def printed(lines: Iterable[str], card: Path | None) -> None:
    """Prints ``lines`` as they are measured; in the end they stand in ``card``, too."""
    kept = []
    for line in lines:
        print(line, flush=True)
        kept.append(line)
    if card:
        card.write_text(into_card(card.read_text(encoding="utf-8"), kept), encoding="utf-8")


def task_title(spec: str) -> str:
    """``xquad-dev:en:zh (half)`` as ``xquad-dev en->zh (half)``."""
    name, asked, read = spec.split(":")
    found, *rest = read.split(" ", 1)
    return " ".join([name, f"{asked}->{found}", *rest])


def percent(*shares: float | None) -> str:
    """Shares in percent, ``-`` for None: ``50.0 / 97.5``."""
    return " / ".join("-" if share is None else f"{share * 100:.1f}" for share in shares)
