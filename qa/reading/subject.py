"""Whether an answer is about whom the question is: the names asked about, looked for as they are written.

Likeness does not do here: names of one sort (two apps, two heads of state) are alike, and what is told of one tells
nothing of the other. Only names of the glossary are looked for, whose other names are known; a name that is not there
may be spelled otherwise in the text.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import lru_cache

from indexer.normalize import fold
from qa.reading.matching import Floats, Term, presence
from qa.reading.place import Place
from qa.reading.sentence import Sentence
from qa.reading.words import PLACE
from qa.results import Alias, Passage, Query


class Subject:
    """The names that a question is about, and where they stand in its passages."""

    def __init__(self, query: Query, terms: Sequence[Term], literal: Floats) -> None:
        """``literal``, (sentences, terms): what each sentence of the passages holds of each term, as it is written."""
        proper = {(alias.start, alias.end) for alias in query.aliases if is_proper(alias)}
        kept = [number for number, term in enumerate(terms) if (term.start, term.end) in proper]
        names = [terms[number] for number in kept]
        self._query = query
        self._sentences = (literal[:, kept] == 1.0).any(axis=1)
        self._names = names
        self._titles: dict[str, bool] = {}

    def another(self, passages: Sequence[Passage], places: Sequence[Place], at: int) -> float:
        """How much speaks for sentence ``at`` telling of another than the question asks about: 1, 0.5 or 0.

        1 where it names something else and nothing asked about stands in it nor in the title of its passage; 0.5 where
        it names nothing, and nothing asked about stands in its passage or in others of that title.
        """
        own = places[at].passage
        title = passages[own].title
        if not self._names or self._sentences[at] or self._in_title(title):
            return 0.0
        if self._names_another(places[at].sentence):
            return 1.0
        same = [place.passage == own or (bool(title) and passages[place.passage].title == title) for place in places]
        return 0.0 if self._sentences[same].any() else 0.5

    def _in_title(self, title: str) -> bool:
        found = self._titles.get(title)
        if found is None:
            folded = fold(title)
            held = presence(self._names, folded, frozenset(folded.split()))
            found = self._titles[title] = bool((held == 1.0).any())
        return found

    def _names_another(self, sentence: Sentence) -> bool:
        """Whether ``sentence`` holds a name of the glossary; a place is where things happen."""
        find, words = self._query.find_names, sentence.words
        starts = () if find is None else _starts_of_names(find, sentence.text)
        return bool(set(starts) - set(words.starts[words.classes == PLACE].tolist()))


def is_proper(alias: Alias) -> bool:
    """Whether ``alias`` names one thing: it is written as a name in Latin letters (Kuaishou, but not gross profit)."""
    others = [name for name in alias.others if name.isascii()]
    if any(name.islower() for name in others):
        return False
    return bool(others) or (alias.term.isascii() and not alias.term.islower())


@lru_cache(maxsize=2048)
def _starts_of_names(find: Callable[[str], tuple[Alias, ...]], text: str) -> tuple[int, ...]:
    return tuple(alias.start for alias in find(text) if is_proper(alias))
