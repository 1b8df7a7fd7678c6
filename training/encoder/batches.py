"""What one training step sees: two sides of n texts that belong together, row by row.

    pair        a sentence and its translation
    dictionary  a word and its gloss
    needle      a line with words dropped, and the passage of neighbouring lines that it stands in, mostly in
                the other language: teaches token weights, and questions on passages
    qa          a question and its paragraph, one language

A source of n lines is drawn with weight n ** `Recipe.source_exponent`, so that none drowns the others.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from training.encoder.data import DICTIONARIES
from training.encoder.recipe import Recipe
from training.encoder.rows import Batch, Rows, joined

Sides = tuple[Batch, Batch]
# Sources of general or business language count double: most of the others are about software.
_FAVOURED = {"tico19-tm": 2.0, "pawsx": 2.0, "osm-names": 2.0, "mkqa": 2.0, "terms": 2.0}
# A needle's share, line's side, passage's side, line's dropout, passage's dropout; side 0 English, 1 Chinese.
_NEEDLES = ((0.55, 0, 1, 0.4, 0.0), (0.20, 1, 0, 0.4, 0.0), (0.13, 1, 1, 0.5, 0.3), (0.12, 0, 0, 0.5, 0.3))


class Batches:
    """Draws batches from tokenised `pairs`, by source, and `questions` with their paragraphs."""

    def __init__(
        self,
        pairs: Mapping[str, tuple[Rows, Rows]],
        questions: tuple[Rows, Rows],
        recipe: Recipe,
        rng: np.random.Generator,
    ) -> None:
        self._pairs, self._questions, self._recipe, self._rng = pairs, questions, recipe, rng
        self._prose = [name for name in pairs if name not in DICTIONARIES]
        self._dictionaries = [name for name in pairs if name in DICTIONARIES]

    def pair(self) -> Sides:
        return self._translations(self._prose, dropout=0.1)

    def dictionary(self) -> Sides:
        return self._translations(self._dictionaries, dropout=0.0)

    def qa(self) -> Sides:
        question, paragraph = self._questions
        rows = self._rng.integers(0, len(question), self._recipe.batch // 2)
        return (
            question.take(rows).thinned(0.2, self._rng),
            paragraph.take(rows).thinned(0.2, self._rng),
        )

    def needle(self) -> Sides:
        lines, passages = [], []
        narrow, wide = self._recipe.window
        for name, size in self._shares(self._prose):
            sides = self._pairs[name]
            row = self._rng.integers(0, len(sides[0]), size)
            width = self._rng.integers(narrow, wide + 1, size)
            first = np.maximum(0, row - self._rng.integers(0, 100, size) % width)
            last = np.minimum(len(sides[0]), first + width)
            kind = self._rng.choice(len(_NEEDLES), size, p=[share for share, *_ in _NEEDLES])
            for number, (_, line, passage, line_dropout, passage_dropout) in enumerate(_NEEDLES):
                mine = kind == number
                if mine.any():
                    lines.append(sides[line].take(row[mine]).thinned(line_dropout, self._rng))
                    window = sides[passage].take(first[mine], last[mine])
                    passages.append(window.thinned(passage_dropout, self._rng))
        return joined(lines), joined(passages)

    def _translations(self, names: list[str], dropout: float) -> Sides:
        left, right = [], []
        for name, size in self._shares(names):
            english, chinese = self._pairs[name]
            rows = self._rng.integers(0, len(english), size)
            left.append(english.take(rows).thinned(dropout, self._rng))
            right.append(chinese.take(rows).thinned(dropout, self._rng))
        return joined(left), joined(right)

    def _shares(self, names: list[str]) -> list[tuple[str, int]]:
        """How many of a batch's rows each source gives."""
        exponent = self._recipe.source_exponent
        weight = np.array([len(self._pairs[name][0]) ** exponent * _FAVOURED.get(name, 1.0) for name in names])
        sizes = self._rng.multinomial(self._recipe.batch, weight / weight.sum())
        return [(name, int(size)) for name, size in zip(names, sizes, strict=True) if size]
