"""What a question finds in each sentence of the passages: the evidence before any span is chosen."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import compress

import numpy as np

from indexer.normalize import fold
from indexer.terms import name_terms
from qa.reading.features import SENTENCE_NAMES
from qa.reading.likeness import SoftMatcher, content, soft_forms
from qa.reading.matching import Floats, Term, presence, presences, question_terms, word_matches
from qa.reading.place import Place, places_of
from qa.reading.qualifiers import Scale, asked_names, asked_scales
from qa.reading.sentence import Sentence
from qa.reading.subject import Subject
from qa.reading.surroundings import Facts
from qa.results import Passage, Query
from qa.values.periods import best_agreement


@dataclass(frozen=True, slots=True)
class Evidence:
    """Everything the question finds. ``cover[i]`` (terms,) is what place ``i`` holds of each term, softly;
    ``passage_cover`` the same for passages, titles included; ``likeness[i]`` (terms, words) is that of place ``i``'s
    words to the terms; ``strength`` orders the places for reading. ``subject`` is whom the question is
    about; ``scales`` are the qualifiers and ``names`` the names it gives. ``matched`` remembers ``matches``."""

    query: Query
    terms: tuple[Term, ...]
    places: tuple[Place, ...]
    cover: Floats
    literal: Floats
    passage_cover: Floats
    likeness: list[Floats]
    strength: Floats
    rows: Floats
    subject: Subject
    scales: tuple[Scale, ...]
    names: tuple[tuple[str, ...], ...]
    matched: dict[int, Floats] = field(default_factory=dict)

    def matches(self, at: int) -> Floats:
        """(terms, words): how far each word of place ``at`` stands for each term, literally or by likeness."""
        found = self.matched.get(at)
        if found is None:
            sentence = self.places[at].sentence
            literal = word_matches(self.terms, sentence.words, sentence.folded)
            found = self.matched[at] = np.maximum(literal, self.likeness[at])
        return found

    def facts(self, at: int, weights: Floats) -> Facts:
        """What the network needs to know about place ``at``."""
        sentence = self.places[at].sentence
        match = self.matches(at)
        if not len(match):
            nothing = np.zeros(len(sentence.words), np.float32)
            return Facts(self.rows[at], nothing, nothing, self.query.periods)
        best = match.max(axis=0)
        return Facts(
            self.rows[at], best, np.asarray((match * weights[:, None]).max(axis=0), np.float32), self.query.periods
        )


def gather(query: Query, passages: Sequence[Passage], soft: SoftMatcher) -> tuple[Evidence, Floats]:
    """The evidence, and the weights of the terms within these passages (a term of every sentence tells little)."""
    terms = question_terms(query)
    places = tuple(place for number, passage in enumerate(passages) for place in places_of(number, passage))
    literal = _literal(terms, [place.sentence for place in places])
    likeness = _likenesses(query, terms, places, soft)
    alike = np.array([like.max(axis=1, initial=0.0) for like in likeness], np.float32)
    cover = np.maximum(literal, alike.reshape(literal.shape))
    rarity = np.array([term.weight for term in terms], dtype=np.float32)
    holding = (cover > 0.5).sum(axis=0)
    local = (
        np.log((len(places) + 1) / (holding + 0.5)) / np.log((len(places) + 1) / 0.5) if places else np.ones(len(terms))
    )
    weights = np.asarray(rarity * (0.3 + 0.7 * local), np.float32)
    passage_cover = _passage_cover(passages, places, terms, cover)
    rows, strength = _rows(query, passages, places, terms, cover, literal, passage_cover, weights)
    found = Evidence(
        query,
        terms,
        places,
        cover,
        literal,
        passage_cover,
        likeness,
        strength,
        rows,
        Subject(query, terms, literal),
        asked_scales(query, terms),
        asked_names(query, terms),
    )
    return found, weights


def _literal(terms: Sequence[Term], sentences: Sequence[Sentence]) -> Floats:
    """What stands in each sentence of each term, (sentences, terms), a Latin name also as the Han name that it spells
    in pinyin."""
    found = presences(terms, [own.folded for own in sentences], [own.stems for own in sentences])
    for number, term in enumerate(terms):
        if term.sort == "name" and term.forms[0].isascii():
            for at in np.flatnonzero(found[:, number] < 1.0).tolist():
                if term.pinyin in pinyin_names(sentences[at].folded):
                    found[at, number] = 1.0
    return found


@lru_cache(maxsize=2048)
def pinyin_names(folded: str) -> frozenset[str]:
    """The pinyin of everything in a sentence that may be a Han name."""
    return frozenset(name_terms(folded))


def _likenesses(query: Query, terms: Sequence[Term], places: Sequence[Place], soft: SoftMatcher) -> list[Floats]:
    """Per place (terms, words): likeness of the sentence's words to the terms."""
    if not terms or not places:
        return [np.zeros((0, len(place.sentence.words)), np.float32) for place in places]
    counts = np.concatenate([content(place.sentence.words.classes) for place in places])
    surfaces = [surface for place in places for surface in place.sentence.surfaces]
    likeness = np.zeros((len(terms), len(surfaces)), np.float32)
    likeness[:, counts] = soft.likeness(soft_forms(query, terms), list(compress(surfaces, counts)))
    return np.split(likeness, np.cumsum([len(place.sentence.words) for place in places])[:-1], axis=1)


def _passage_cover(
    passages: Sequence[Passage], places: Sequence[Place], terms: Sequence[Term], cover: Floats
) -> Floats:
    out = np.zeros((len(passages), len(terms)), dtype=np.float32)
    for at, place in enumerate(places):
        out[place.passage] = np.maximum(out[place.passage], cover[at])
    for number, passage in enumerate(passages):
        if passage.title:
            folded = fold(passage.title)
            title = presence(terms, folded, frozenset(folded.split()))
            # A title tells what the passage is about, less surely than its own words do.
            out[number] = np.maximum(out[number], np.float32(0.8) * title)
    return out


def _share(cover: Floats, weights: Floats) -> Floats:
    return np.asarray(cover @ weights / max(float(weights.sum()), 1e-6), np.float32)


def _rows(
    query: Query,
    passages: Sequence[Passage],
    places: Sequence[Place],
    terms: Sequence[Term],
    cover: Floats,
    literal: Floats,
    passage_cover: Floats,
    weights: Floats,
) -> tuple[Floats, Floats]:
    """The SENTENCE_NAMES features of every place, and the order in which places are worth reading."""
    if not places:
        return np.zeros((0, len(SENTENCE_NAMES)), np.float32), np.zeros(0, np.float32)
    share, here = _share(cover, weights), _share(literal, weights)
    passage_share = _share(passage_cover, weights)
    around = _share(_neighbours(places, cover), weights)
    cosine = np.array([_cosine(passages[p.passage], p.number) for p in places], np.float32)
    top = max((passage.score for passage in passages), default=0.0)
    low = min((passage.score for passage in passages), default=0.0)
    strength = (_share(_continued(places, cover), weights) if query.periods else share) + 0.3 * around + 0.5 * cosine
    order = np.argsort(np.argsort(-strength, kind="stable"), kind="stable")
    names = np.array([term.sort == "name" for term in terms], dtype=bool)
    missing = (weights * names * (1 - passage_cover)).sum(axis=1) / max(float(weights.sum()), 1e-6)
    own = np.array([place.passage for place in places])
    sentences = [place.sentence for place in places]
    scores = np.array([passage.score for passage in passages])
    columns = (
        share,
        share - share.max(),
        here,
        around,
        passage_share[own],
        (passage_share - passage_share.max())[own],
        cosine,
        cosine - cosine.max(),
        1 / (1 + order),
        1 / (1 + own),
        ((scores - low) / (top - low) if top > low else np.ones(len(passages)))[own],
        [best_agreement(query.periods, place.periods) for place in places],
        [sentence.forecast for sentence in sentences],
        [place.number == 0 for place in places],
        np.array([passage.boilerplate for passage in passages])[own],
        [sentence.text.rstrip().endswith(("?", "？")) for sentence in sentences],
        np.log1p([len(sentence.words) for sentence in sentences]) / 4,
        np.full(len(places), _is_cross(query, places)),
        missing[own],
    )
    return np.array(columns, dtype=np.float32).T.copy(), np.asarray(strength, np.float32)


def _neighbours(places: Sequence[Place], cover: Floats) -> Floats:
    """What each sentence and the ones before and after it in the passage hold together, (places, terms)."""
    passage = np.array([place.passage for place in places])
    together = (passage[1:] == passage[:-1])[:, None]
    held = cover.copy()
    held[1:] = np.where(together, np.maximum(held[1:], cover[:-1]), held[1:])
    held[:-1] = np.where(together, np.maximum(held[:-1], cover[1:]), held[:-1])
    return held


def _continued(places: Sequence[Place], cover: Floats) -> Floats:
    """What each sentence holds of each term, one that continues another with what that holds, (places, terms)."""
    held = cover.copy()
    for at, place in enumerate(places):
        if place.continues:
            held[at] = np.maximum(held[at], held[at - 1])
    return held


def _cosine(passage: Passage, number: int) -> float:
    return passage.sentence_scores[number] if number < len(passage.sentence_scores) else 0.0


def _is_cross(query: Query, places: Sequence[Place]) -> float:
    """Whether question and passages are written in different languages, mostly."""
    han = sum(any(char > "\u2e80" for char in place.sentence.folded[:40]) for place in places) > len(places) / 2
    return float(han == (query.lang == "en"))
