"""Likeness of words by their vectors: how a term is found across languages and wordings."""

from __future__ import annotations

from collections.abc import Sequence
from threading import Lock
from typing import Protocol

import numpy as np
import numpy.typing as npt

from qa.reading.matching import Floats, Term
from qa.reading.words import CLASSES, FUNCTION, MARK, NUMBER, IntArray
from qa.results import Query

_LIKE_FROM, _LIKE_TO = 0.4, 0.8
"""Cosines from which a word begins to stand for a term, and from which it fully does."""
_CONTENT = ~np.isin(np.arange(len(CLASSES)), (MARK, NUMBER, FUNCTION))


class WordEncoder(Protocol):
    """Unit vectors of words; ``indexer.encoder.Encoder`` is one."""

    def encode(self, texts: Sequence[str]) -> npt.NDArray[np.float32]: ...

    def encode_query(self, texts: Sequence[str]) -> npt.NDArray[np.float32]: ...


class _Known:
    """Vectors of words seen before; rows are only ever added."""

    def __init__(self, size: int, dim: int) -> None:
        self.rows: dict[str, int] = {}
        self.table = np.empty((size, dim), np.float32)

    def add(self, texts: Sequence[str], vectors: Floats) -> None:
        first = len(self.rows)
        self.table[first : first + len(texts)] = vectors
        self.rows.update(zip(texts, range(first, first + len(texts)), strict=True))


class SoftMatcher:
    """Likeness of words by an encoder's vectors; vectors of words seen before are kept, up to a limit. Thread safe."""

    _LIMIT = 10_000

    def __init__(self, encoder: WordEncoder) -> None:
        self._encoder = encoder
        self._lock = Lock()
        self._known = _Known(0, 0)

    def vectors(self, texts: Sequence[str]) -> Floats:
        """Unit rows, one a text."""
        known = self._known
        try:
            rows = [known.rows[text] for text in texts]
        except KeyError:
            known = self._learned(list(dict.fromkeys(texts)))
            rows = [known.rows[text] for text in texts]
        return known.table[rows]

    def _learned(self, texts: Sequence[str]) -> _Known:
        """What is known once ``texts`` are: the same object, or a new one when it is full."""
        with self._lock:
            known = self._known
            missing = [text for text in texts if text not in known.rows]
            if len(known.rows) + len(missing) > len(known.table):
                missing = list(texts)
                vectors = self._encoder.encode(missing)
                known = _Known(max(self._LIMIT, len(missing)), vectors.shape[1])
            else:
                vectors = self._encoder.encode(missing)
            known.add(missing, vectors)
            self._known = known
            return known

    def question(self, text: str) -> Floats:
        """The unit vector of a question."""
        return np.asarray(self._encoder.encode_query([text])[0], np.float32)

    def likeness(self, terms: Sequence[str], surfaces: Sequence[str]) -> Floats:
        """(terms, words), 0 to 1: nothing below a cosine of 0.4, everything from 0.8 on."""
        cosines = self.vectors(terms) @ self.vectors(surfaces).T
        return np.asarray(np.clip((cosines - _LIKE_FROM) / (_LIKE_TO - _LIKE_FROM), 0.0, 1.0), dtype=np.float32)


def soft_forms(query: Query, terms: Sequence[Term]) -> list[str]:
    """The texts whose vectors stand for the terms: the words as written."""
    return [query.folded[term.start : term.end] for term in terms]


def content(classes: IntArray) -> npt.NDArray[np.bool_]:
    """Which words of these classes can stand for a term by likeness."""
    return _CONTENT[classes]
