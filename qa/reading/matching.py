"""Which words of a sentence the question speaks of.

A question is a list of terms: its words without question and stop words, its numbers, and its names with all the
names the glossary knows for them. A term is found in a sentence literally, in part (some of its characters), or,
across languages and wordings, by the likeness of its vector to those of the sentence's words.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
import numpy.typing as npt

from indexer.normalize import fold
from indexer.terms import stem
from qa.reading.background import idf
from qa.reading.words import (
    FUNCTION,
    LATIN,
    MARK,
    NAME,
    PERSON,
    PLACE,
    STOP_EN,
    STOP_ZH,
    Words,
    split,
)
from qa.results import Query
from qa.values.periods import find_periods

Floats = npt.NDArray[np.float32]
Sort = Literal["word", "name", "number", "period"]

_HAN = re.compile(r"[\u3400-\u9fff]")
_PART = 0.5
"""What a part of a term counts: 三线城市 is half found where only 城市 stands, times its share of the bigrams."""
NAME_RARITY = 1.0
_FUNCTION_WEIGHT = 0.3
_DEPUTY = "副"
_NAME_WORDS = 3


@dataclass(frozen=True, slots=True)
class Term:
    """``forms`` are what may stand in a sentence for it; ``start``/``end`` place it in the question, where it is
    ``written`` so (folded)."""

    forms: tuple[str, ...]
    weight: float
    start: int
    end: int
    sort: Sort = "word"
    written: str = ""

    @property
    def pinyin(self) -> str:
        """The search term of a Han name that this Latin one may spell."""
        return "py:" + "".join(char for char in self.written if char.isalpha())


def question_terms(query: Query) -> tuple[Term, ...]:
    """The terms of ``query``, each form once; names of the glossary first."""
    terms: list[Term] = []
    for alias in query.aliases:
        names = (fold(name) for name in (alias.term, *alias.others))
        forms = tuple(dict.fromkeys(stem(name) if name.isascii() and name.isalpha() else name for name in names))
        terms.append(Term(forms, NAME_RARITY, alias.start, alias.end, "name", fold(alias.term)))
    taken = [(alias.start, alias.end) for alias in query.aliases]
    periods = [(start, end) for start, end, _ in find_periods(query.text)]
    seen = {form for term in terms for form in term.forms}
    words = split(query.text, query.folded, taken)
    for low, high in _runs(query, words):
        start, end = int(words.starts[low]), int(words.ends[high])
        form = words.forms[low] if low == high else query.folded[start:end]
        if form in seen or form in STOP_ZH or form in STOP_EN or (start, end) in taken:
            continue
        kind = int(words.classes[high])
        if kind == MARK or query.folded[start:end] in STOP_EN:
            continue
        seen.add(form)
        weight = idf(form) * (_FUNCTION_WEIGHT if kind == FUNCTION and _HAN.match(form) else 1.0)
        terms.append(
            Term((form,), weight, start, end, _sort(query, start, end, kind, periods), query.folded[start:end])
        )
    return tuple(terms)


def _runs(query: Query, words: Words) -> Iterator[tuple[int, int]]:
    """Words, but Latin names of several words (Gai Kun) together, as (first, last)."""
    low = 0
    while low < len(words):
        high = low
        while _is_title(query, words, low) and high + 1 < len(words) and high - low < _NAME_WORDS - 1:
            gap = query.text[words.ends[high] : words.starts[high + 1]]
            if gap != " " or not _is_title(query, words, high + 1):
                break
            high += 1
        yield low, high
        low = high + 1


def _is_title(query: Query, words: Words, at: int) -> bool:
    written = query.text[words.starts[at] : words.ends[at]]
    return bool(words.classes[at] == LATIN and written[:1].isupper() and written[1:].islower())


def _sort(query: Query, start: int, end: int, kind: int, periods: Sequence[tuple[int, int]]) -> Sort:
    if any(low <= start and end <= high for low, high in periods):
        return "period"
    if any(char.isdigit() for char in query.folded[start:end]):
        return "number"
    if kind in (PERSON, PLACE, NAME) or (kind == LATIN and (start > 0 or end - start < len(query.text) / 3)):
        return "name"
    return "word"


def presence(terms: Sequence[Term], folded: str, stems: frozenset[str]) -> Floats:
    """How far each term is in a text, 0 to 1, by its characters alone. ``stems`` are the text's word forms."""
    return np.asarray(presences(terms, [folded], [stems])[0], np.float32)


def presences(terms: Sequence[Term], texts: Sequence[str], stems: Sequence[frozenset[str]]) -> Floats:
    """``presence`` in each of ``texts`` (match texts), float32 (texts, terms). ``stems``: the word forms of each."""
    out = np.zeros((len(texts), len(terms)), np.float32)
    whole = texts
    deputies = any(_DEPUTY in text for text in texts)
    for column, term in enumerate(terms):
        for form in term.forms:
            if deputies and form[0] != _DEPUTY:
                texts = [text.replace(_DEPUTY + form, "") if _DEPUTY + form in text else text for text in whole]
            found = _han_form(form, texts) if _HAN.match(form) else _other_form(form, texts, stems)
            np.maximum(out[:, column], found, out=out[:, column])
    return out


def _han_form(form: str, texts: Sequence[str]) -> list[float]:
    """1 where ``form`` stands (a 副总裁 is no 总裁), else the share of its bigrams; one character of a word of two
    counts little."""
    if len(form) < 2:
        return [float(form in text) for text in texts]
    if len(form) == 2:
        one, other = form[0], form[1]
        return [1.0 if form in text else _PART / 2 if one in text or other in text else 0.0 for text in texts]
    parts = [form[i : i + 2] for i in range(len(form) - 1)]
    return [1.0 if form in text else _PART * sum(part in text for part in parts) / len(parts) for text in texts]


def _other_form(form: str, texts: Sequence[str], stems: Sequence[frozenset[str]]) -> list[float]:
    """1 where ``form`` is a word or stands on its own, else the share of its words."""
    if _is_word(form):
        return [1.0 if form in own else 0.0 for own in stems]
    found = [1.0 if form in own or _stands(form, text) else 0.0 for text, own in zip(texts, stems, strict=True)]
    if " " in form:
        words = [stem(word) for word in form.split()]
        share = [_PART * sum(word in own for word in words) / len(words) for own in stems]
        found = list(map(max, found, share))
    return found


def _is_word(form: str) -> bool:
    """Whether ``form`` is one word of a sentence; B站 and AI创作 are two."""
    return form.isalpha() and not _HAN.search(form)


def _stands(form: str, folded: str) -> bool:
    """Whether ``form`` stands in a text on its own: 2.1 is not in 12.15, 20 in 2025, or B站 in Web站."""
    at = folded.find(form)
    while at >= 0:
        before, after = folded[at - 1 : at] if at else "", folded[at + len(form) : at + len(form) + 1]
        if not (_glued(before, form[0]) or _glued(form[-1], after)):
            return True
        at = folded.find(form, at + 1)
    return False


def _glued(left: str, right: str) -> bool:
    if left.isascii() and left.isalpha() and right.isascii() and right.isalpha():
        return True
    return ((left.isdigit() or left == ".") and right.isdigit()) or (left.isdigit() and right == ".")


def word_matches(terms: Sequence[Term], words: Words, folded: str) -> Floats:
    """(terms, words): how far each word stands for each term, literally or in part."""
    out = np.zeros((len(terms), len(words)), dtype=np.float32)
    for row, term in enumerate(terms):
        for form in term.forms:
            if _HAN.match(form) or not _is_word(form):
                _mark_places(out[row], form, folded, words)
            else:
                for column, word in enumerate(words.forms):
                    if word == form:
                        out[row, column] = 1.0
    return out


def _mark_places(row: Floats, form: str, folded: str, words: Words) -> None:
    pieces = [(form, 1.0)]
    if form[0].isdigit() and not _stands(form, folded):
        return
    if " " in form and form not in folded:
        pieces = [(word, _PART) for word in form.split()]
    elif len(form) > 2 and form not in folded:
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
