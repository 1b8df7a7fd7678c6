"""Which words of a sentence the question speaks of.

A question is a list of terms: its words without question and stop words, its numbers, and its names with all the
names the glossary knows for them. A term is found in a sentence literally, in part (some of its characters), or,
across languages and wordings, by the likeness of its vector to those of the sentence's words.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
import numpy.typing as npt

from indexer.normalize import fold
from qa.background import idf
from qa.results import Query
from qa.words import FUNCTION, MARK, NUMBER, STOP_EN, STOP_ZH, Words, split

Floats = npt.NDArray[np.float32]

_HAN = re.compile(r"[\u3400-\u9fff]")
_PART = 0.5
"""What a part of a term counts: 三线城市 is half found where only 城市 stands, times its share of the bigrams."""
_LIKE_FROM, _LIKE_TO = 0.4, 0.8
"""Cosines from which a word begins to stand for a term, and from which it fully does."""
NAME_RARITY = 1.0


class WordEncoder(Protocol):
    """Unit vectors of words; ``indexer.encoder.Encoder`` is one."""

    def encode(self, texts: Sequence[str]) -> npt.NDArray[np.float32]: ...


@dataclass(frozen=True, slots=True)
class Term:
    """``forms`` are what may stand in a sentence for it; ``start``/``end`` place it in the question."""

    forms: tuple[str, ...]
    weight: float
    start: int
    end: int
    name: bool = False

    @property
    def han(self) -> bool:
        return _HAN.match(self.forms[0]) is not None


def question_terms(query: Query) -> tuple[Term, ...]:
    """The terms of ``query``, each form once; names first."""
    terms: list[Term] = []
    taken = []
    for alias in query.aliases:
        forms = tuple(dict.fromkeys(fold(name) for name in (alias.term, *alias.others)))
        terms.append(Term(forms, NAME_RARITY, alias.start, alias.end, name=True))
        taken.append((alias.start, alias.end))
    seen = {form for term in terms for form in term.forms}
    words = split(query.text, query.folded, taken)
    for form, start, end, kind in zip(words.forms, words.starts, words.ends, words.classes, strict=True):
        if kind == MARK or form in seen or form in STOP_ZH or query.folded[start:end] in STOP_EN:
            continue
        if (int(start), int(end)) in taken:
            continue
        seen.add(form)
        weight = idf(form) * (0.3 if kind == FUNCTION and _HAN.match(form) else 1.0)
        name = query.text[start:end][:1].isupper() and start > 0 and query.lang != "en"
        terms.append(Term((form,), weight, int(start), int(end), name))
    return tuple(terms)


def presence(terms: Sequence[Term], folded: str, stems: frozenset[str]) -> Floats:
    """How far each term is in a text, 0 to 1, by its characters alone. ``stems`` are the text's word forms."""
    return np.array([_present(term, folded, stems) for term in terms], dtype=np.float32)


def _present(term: Term, folded: str, stems: frozenset[str]) -> float:
    best = 0.0
    for form in term.forms:
        if _HAN.match(form):
            if form in folded:
                return 1.0
            best = max(best, _partial(form, folded))
        elif form in stems or (" " in form and form in folded):
            return 1.0
    return best


def _partial(form: str, folded: str) -> float:
    """The share of a Han word's bigrams that a text holds; single characters of a word of two count little."""
    if len(form) < 2:
        return 0.0
    if len(form) == 2:
        return _PART / 2 if form[0] in folded or form[1] in folded else 0.0
    found = sum(form[i : i + 2] in folded for i in range(len(form) - 1))
    return _PART * found / (len(form) - 1)


def word_matches(terms: Sequence[Term], words: Words, folded: str) -> Floats:
    """(terms, words): how far each word stands for each term, literally or in part."""
    out = np.zeros((len(terms), len(words)), dtype=np.float32)
    position = {int(start): number for number, start in enumerate(words.starts)}
    for row, term in enumerate(terms):
        for form in term.forms:
            if _HAN.match(form) or " " in form:
                _mark_places(out[row], form, folded, words, position)
            else:
                for column, word in enumerate(words.forms):
                    if word == form:
                        out[row, column] = 1.0
    return out


def _mark_places(row: Floats, form: str, folded: str, words: Words, position: dict[int, int]) -> None:
    pieces = [(form, 1.0)]
    if len(form) > 2 and form not in folded:
        pieces = [(form[i : i + 2], _PART) for i in range(len(form) - 1)]
    for piece, strength in pieces:
        at = folded.find(piece)
        while at >= 0:
            first = int(np.searchsorted(words.ends, at, side="right"))
            while first < len(words) and words.starts[first] < at + len(piece):
                if words.classes[first] != MARK:
                    inside = min(words.ends[first], at + len(piece)) - max(words.starts[first], at)
                    share = inside / (words.ends[first] - words.starts[first])
                    row[first] = max(row[first], strength * share)
                first += 1
            at = folded.find(piece, at + 1)


class SoftMatcher:
    """Likeness of words by an encoder's vectors; vectors of words seen before are kept, up to a limit."""

    _LIMIT = 20_000

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
