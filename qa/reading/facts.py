"""What a question finds in each sentence of the passages: the evidence before any span is chosen."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import compress

import numpy as np

from indexer.normalize import fold
from indexer.terms import name_terms
from qa.reading.features import SENTENCE_NAMES
from qa.reading.likeness import SoftMatcher, content, soft_forms
from qa.reading.matching import Floats, Term, presence, question_terms, word_matches
from qa.reading.sentence import Sentence, analyse_sentence
from qa.reading.surroundings import Facts
from qa.results import Passage, Query
from qa.values.periods import best_agreement


@dataclass(frozen=True, slots=True)
class Place:
    """A sentence in its passage: ``number`` counts sentences from the passage's first."""

    passage: int
    number: int
    start: int
    end: int
    sentence: Sentence


@dataclass(frozen=True, slots=True)
class Evidence:
    """Everything the question finds. ``cover[i]`` (terms,) is what place ``i`` holds of each term, softly;
    ``passage_cover`` the same for passages, titles included; ``likeness[i]`` (terms, words) is that of place ``i``'s
    words to the terms; ``strength`` orders the places for reading."""

    query: Query
    terms: tuple[Term, ...]
    places: tuple[Place, ...]
    cover: Floats
    literal: Floats
    passage_cover: Floats
    likeness: list[Floats]
    strength: Floats
    rows: Floats

    def facts(self, at: int, weights: Floats) -> Facts:
        """What the network needs to know about place ``at``."""
        sentence = self.places[at].sentence
        match = word_matches(self.terms, sentence.words, sentence.folded)
        if not len(match):
            nothing = np.zeros(len(sentence.words), np.float32)
            return Facts(self.rows[at], nothing, nothing, self.query.periods)
        match = np.maximum(match, self.likeness[at])
        best = match.max(axis=0)
        return Facts(
            self.rows[at], best, np.asarray((match * weights[:, None]).max(axis=0), np.float32), self.query.periods
        )


def gather(query: Query, passages: Sequence[Passage], soft: SoftMatcher) -> tuple[Evidence, Floats]:
    """The evidence, and the weights of the terms within these passages (a term of every sentence tells little)."""
    terms = question_terms(query)
    places = tuple(
        Place(number, index, start, end, analyse_sentence(passage.text[start:end], passage.published))
        for number, passage in enumerate(passages)
        for index, (start, end) in enumerate(passage.sentences)
        if start < end
    )
    literal = np.array([_literal(terms, place.sentence) for place in places], np.float32)
    literal = literal.reshape(len(places), len(terms))
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
    return Evidence(query, terms, places, cover, literal, passage_cover, likeness, strength, rows), weights


def _literal(terms: Sequence[Term], sentence: Sentence) -> Floats:
    """What stands in the sentence of each term, a Latin name also as the Han name that it spells in pinyin."""
    found = presence(terms, sentence.folded, sentence.stems)
    for number, term in enumerate(terms):
        if term.sort == "name" and found[number] < 1.0 and term.forms[0].isascii():
            found[number] = max(found[number], float(term.pinyin in pinyin_names(sentence.folded)))
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
    around = np.array([_share(_neighbours(places, cover, at), weights) for at in range(len(places))], np.float32)
    cosine = np.array([_cosine(passages[p.passage], p.number) for p in places], np.float32)
    top = max((passage.score for passage in passages), default=0.0)
    low = min((passage.score for passage in passages), default=0.0)
    strength = share + 0.3 * around + 0.5 * cosine
    order = np.argsort(np.argsort(-strength, kind="stable"), kind="stable")
    names = np.array([term.sort == "name" for term in terms], dtype=bool)
    cross = _is_cross(query, places)
    rows = []
    for at, place in enumerate(places):
        passage, sentence = passages[place.passage], place.sentence
        missing = float((weights * names * (1 - passage_cover[place.passage])).sum() / max(float(weights.sum()), 1e-6))
        rows.append(
            (
                share[at],
                share[at] - share.max(),
                here[at],
                around[at],
                passage_share[place.passage],
                passage_share[place.passage] - passage_share.max(),
                cosine[at],
                cosine[at] - cosine.max(),
                1 / (1 + order[at]),
                1 / (1 + place.passage),
                (passage.score - low) / (top - low) if top > low else 1.0,
                best_agreement(query.periods, [period for _, _, period in sentence.periods]),
                float(sentence.forecast),
                float(place.number == 0),
                float(passage.boilerplate),
                float(sentence.text.rstrip().endswith(("?", "？"))),
                np.log1p(len(sentence.words)) / 4,
                cross,
                missing,
            )
        )
    return np.array(rows, dtype=np.float32), np.asarray(strength, np.float32)


def _neighbours(places: Sequence[Place], cover: Floats, at: int) -> Floats:
    """What the sentence and the ones before and after it in the passage hold together."""
    held: Floats = cover[at]
    for near in (at - 1, at + 1):
        if 0 <= near < len(places) and places[near].passage == places[at].passage:
            held = np.maximum(held, cover[near])
    return held


def _cosine(passage: Passage, number: int) -> float:
    return passage.sentence_scores[number] if number < len(passage.sentence_scores) else 0.0


def _is_cross(query: Query, places: Sequence[Place]) -> float:
    """Whether question and passages are written in different languages, mostly."""
    han = sum(any(char > "\u2e80" for char in place.sentence.folded[:40]) for place in places) > len(places) / 2
    return float(han == (query.lang == "en"))
