"""The table before training: meaning from the teacher's words, carried to Chinese by a dictionary.

English word: its teacher vector. Chinese word: the mean over its dictionary glosses of their English words.
Chinese word without a gloss: the mean of its characters. Every row is scaled by smooth inverse frequency
(Arora, Liang & Ma 2017), so that a sum of rows is already a weighted mean.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Mapping

import numpy as np

from indexer.tokens import FIRST_HAN, plain
from training.encoder.data import DICTIONARIES, Corpus
from training.encoder.recipe import Recipe
from training.encoder.rows import Rows
from training.encoder.teacher import Lessons, unit

_WORD = re.compile("[a-z]+")
_MAX_GLOSS = 5  # words; a longer gloss is a definition
_GLOSS_SOURCES = ("ecdict", "terms")


def initial_table(
    vocabulary: list[str],
    corpus: Corpus,
    features: Mapping[str, tuple[Rows, Rows]],
    lessons: Lessons,
    recipe: Recipe,
) -> np.ndarray:
    """float32 (len(vocabulary), dim); a row's length is the token's weight."""
    number = {token: i for i, token in enumerate(vocabulary)}
    weight = _inverse_frequency(len(vocabulary), features, recipe.sif)
    noise = unit(np.random.default_rng(recipe.seed).normal(size=(len(vocabulary), recipe.dim)))
    table = np.zeros((len(vocabulary), recipe.dim))
    for word, vector in zip(lessons.vocabulary, lessons.words, strict=True):
        table[number[word]] = vector
    for row, vector in _glossed(number, corpus, table, weight).items():
        table[row] = vector
    known = np.abs(table).max(1) > 0
    start = np.where(known[:, None], table + recipe.gloss_noise * noise, noise)
    for row, token in enumerate(vocabulary):
        if not known[row] and token[0] >= FIRST_HAN and len(token) > 1:
            chars = [number[char] for char in token if char in number and known[number[char]]]
            if chars:
                start[row] = unit(table[chars].mean(0) + recipe.char_noise * noise[row])
    return np.asarray(start * weight[:, None], np.float32)


def _inverse_frequency(size: int, features: Mapping[str, tuple[Rows, Rows]], smooth: float) -> np.ndarray:
    count = np.ones(size)
    for name, sides in features.items():
        if name not in DICTIONARIES:
            for side in sides:
                count += np.bincount(side.ids, minlength=size)
    return np.asarray(smooth / (smooth + count / count.sum()))


def _glossed(number: Mapping[str, int], corpus: Corpus, table: np.ndarray, weight: np.ndarray) -> dict[int, np.ndarray]:
    """Unit vectors of the Chinese tokens that stand in a dictionary, from the English rows of `table`."""
    glosses: dict[int, list[np.ndarray]] = defaultdict(list)
    for name in _GLOSS_SOURCES:
        for english, chinese in corpus.pairs.get(name, []):
            row = number.get(plain(chinese))
            words = [number[word] for word in _WORD.findall(plain(english)) if word in number]
            if row is None or not 0 < len(words) <= _MAX_GLOSS:
                continue
            vector = (table[words] * (weight[words] + 1e-3)[:, None]).sum(0)
            if vector.any():
                glosses[row].append(unit(vector))
    return {row: unit(np.mean(vectors, axis=0)) for row, vectors in glosses.items()}
