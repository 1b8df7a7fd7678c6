"""The reader: passages and a question in, candidate answers out, best first.

The embedded reader needs no language model: it gathers what each sentence holds of the question, takes the spans of
the most promising sentences that could be an answer, and scores them by a small network made here.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from typing import NamedTuple, Protocol

import numpy as np

from indexer.encoder import EMBEDDED, Encoder, load_encoder
from qa.reading.asked import Asked, asked
from qa.reading.compose import composed
from qa.reading.facts import Evidence, gather
from qa.reading.features import asked_row, span_features
from qa.reading.likeness import SoftMatcher, WordEncoder
from qa.reading.matching import Floats
from qa.reading.network import SentenceView, load_network
from qa.reading.reading import READINGS, Chosen, as_reading
from qa.reading.span_base import span_base
from qa.reading.unfitting import unfitting
from qa.reading.words import IntArray
from qa.results import Passage, Query, Reading

_SENTENCES = 8
"""Sentences read for spans, of the 40 or so in five passages."""


class _Pick(NamedTuple):
    """A chosen span of the sentence at place ``at``, with its share of belief and its raw score."""

    at: int
    span: tuple[int, int]
    belief: float
    raw: float


class Reader(Protocol):
    """Anything that finds answers in passages: the embedded reader or a model with a question-answering head."""

    def read(self, query: Query, passages: Sequence[Passage]) -> list[Reading]:
        """Candidate answers, best first; spans lie inside their passage's text and hold no half words."""
        ...


class ClauseReader:
    """The embedded reader; it reads with the embedded encoder's word vectors, whatever encoder finds the passages.

    Thread safe: what it remembers between questions is only ever added to or replaced as a whole.
    """

    def __init__(self, encoder: WordEncoder | None = None) -> None:
        self._soft = SoftMatcher(encoder or embedded_encoder())
        self._network = load_network()

    def read(self, query: Query, passages: Sequence[Passage]) -> list[Reading]:
        """At most 10 readings that do not overlap, best first; ``score`` is the share of belief among them all."""
        evidence, weights = gather(query, passages, self._soft)
        ask = asked(query)
        places = chosen_places(evidence)
        self._soft.vectors([surface for at in places for surface in evidence.places[at].sentence.surfaces])  # at once
        views = [(at, sentence_view(evidence, at, weights, ask, self._soft)) for at in places]
        views = [entry for entry in views if len(entry[1].first)]
        if not views:
            return []
        question = self._soft.question(query.text)
        scores = self._network.scores(question, asked_row(ask), [view for _, view in views])
        scores -= unfitting(evidence, ask, views)
        owner = np.repeat(np.arange(len(views), dtype=np.int32), [len(view.first) for _, view in views])
        firsts = np.concatenate([view.first for _, view in views])
        lasts = np.concatenate([view.last for _, view in views])
        belief = np.exp(scores - scores.max())
        belief /= belief.sum()
        found = []
        for k in _best_apart(scores, owner, firsts, lasts):
            at = views[owner[k]][0]
            words = evidence.places[at].sentence.words
            span = int(words.starts[firsts[k]]), int(words.ends[lasts[k]])
            found.append(_Pick(at, span, float(belief[k]), float(scores[k])))
        return [_reading(evidence, passages, ask, pick, found) for pick in found]


@cache
def embedded_encoder() -> Encoder:
    """One for all readers of the process: most of it is a mapped file."""
    return load_encoder(EMBEDDED)


def sentence_view(evidence: Evidence, at: int, weights: Floats, ask: Asked, soft: SoftMatcher) -> SentenceView:
    """Place ``at`` with its candidate spans, as the network reads it."""
    sentence = evidence.places[at].sentence
    words = sentence.words
    facts = evidence.facts(at, weights)
    base = span_base(sentence)
    is_value = (sentence.value_at >= 0).astype(np.float32)
    return SentenceView(
        surfaces=sentence.surfaces,
        vectors=soft.vectors(sentence.surfaces),
        classes=words.classes,
        words=np.stack([facts.match, facts.weighted, sentence.rarity, is_value], axis=1),
        first=base.first,
        last=base.last,
        features=span_features(sentence, facts, ask, base),
    )


def chosen_places(evidence: Evidence) -> list[int]:
    """The places to look for spans in, most promising first."""
    order = np.argsort(-evidence.strength, kind="stable")
    return [int(at) for at in order[:_SENTENCES]]


def _best_apart(scores: Floats, owner: IntArray, firsts: IntArray, lasts: IntArray) -> list[int]:
    """The best spans that do not overlap one another."""
    chosen: list[int] = []
    for k in np.argsort(-scores, kind="stable")[:400]:
        if all(owner[k] != owner[c] or lasts[k] < firsts[c] or firsts[k] > lasts[c] for c in chosen):
            chosen.append(int(k))
            if len(chosen) == READINGS:
                break
    return chosen


def _reading(
    evidence: Evidence, passages: Sequence[Passage], ask: Asked, pick: _Pick, found: Sequence[_Pick]
) -> Reading:
    place = evidence.places[pick.at]
    others = [(other.span, other.belief) for other in found if other.at == pick.at and other is not pick]
    low, high = composed(place.sentence, ask, pick.span, others, pick.belief)
    chosen = Chosen(pick.at, place.start + low, place.start + high, pick.belief, pick.raw)
    return as_reading(evidence, passages, ask, chosen)
