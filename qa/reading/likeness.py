"""Likeness of words by their vectors: how a term is found across languages and wordings."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

import numpy as np
import numpy.typing as npt

from qa.reading.matching import Floats, Term
from qa.reading.words import FUNCTION, MARK, NUMBER
from qa.results import Query

_LIKE_FROM, _LIKE_TO = 0.4, 0.8
"""Cosines from which a word begins to stand for a term, and from which it fully does."""


class WordEncoder(Protocol):
    """Unit vectors of words; ``indexer.encoder.Encoder`` is one."""

    def encode(self, texts: Sequence[str]) -> npt.NDArray[np.float32]: ...

    def encode_query(self, texts: Sequence[str]) -> npt.NDArray[np.float32]: ...


class SoftMatcher:
    """Likeness of words by an encoder's vectors; vectors of words seen before are kept, up to a limit."""

    _LIMIT = 10_000

    def __init__(self, encoder: WordEncoder) -> None:
        self._encoder = encoder
        self._known: dict[str, Floats] = {}

    def vectors(self, texts: Sequence[str]) -> Floats:
        """Unit rows, one a text."""
        known = self._known
        missing = [text for text in dict.fromkeys(texts) if text not in known]
        if missing:
            if len(known) + len(missing) > self._LIMIT:
                known = self._known = {}
                missing = list(dict.fromkeys(texts))
            known.update(zip(missing, self._encoder.encode(missing), strict=True))
        return np.stack([known[text] for text in texts])

    def question(self, text: str) -> Floats:
        """The unit vector of a question."""
        return np.asarray(self._encoder.encode_query([text])[0], np.float32)

    def likeness(self, term_vectors: Floats, surfaces: Sequence[str]) -> Floats:
        """(terms, words), 0 to 1: nothing below a cosine of 0.4, everything from 0.8 on."""
        cosines = term_vectors @ self.vectors(surfaces).T
        return np.asarray(np.clip((cosines - _LIKE_FROM) / (_LIKE_TO - _LIKE_FROM), 0.0, 1.0), dtype=np.float32)


def soft_forms(query: Query, terms: Sequence[Term]) -> list[str]:
    """The texts whose vectors stand for the terms: the words as written."""
    return [query.folded[term.start : term.end] for term in terms]


def is_content(kind: int) -> bool:
    """Whether words of class ``kind`` can stand for a term by likeness."""
    return kind not in (MARK, NUMBER, FUNCTION)
