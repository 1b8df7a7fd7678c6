"""Where a sentence stands."""

from __future__ import annotations

from dataclasses import dataclass

from qa.reading.sentence import Sentence


@dataclass(frozen=True, slots=True)
class Place:
    """A sentence in its passage: ``number`` counts sentences from the passage's first."""

    passage: int
    number: int
    start: int
    end: int
    sentence: Sentence
