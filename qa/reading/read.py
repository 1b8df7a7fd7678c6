"""The reader: passages and a question in, candidate answers out, best first.

The embedded reader needs no language model: it gathers what each sentence holds of the question, takes the spans of
the most promising sentences that could be an answer, and scores them by a small network made here.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from functools import cache
from typing import NamedTuple, Protocol

import numpy as np

from indexer.encoder import EMBEDDED, load_encoder
from qa.reading.asked import Asked, asked
from qa.reading.candidates import candidate_spans
from qa.reading.compose import composed
from qa.reading.facts import Evidence, Place, gather
from qa.reading.features import SENTENCE_NAMES, asked_row, span_features
from qa.reading.likeness import SoftMatcher, WordEncoder
from qa.reading.matching import Floats
from qa.reading.network import SentenceView, SpanNetwork, load_network
from qa.reading.parts import split_parts
from qa.reading.unfitting import unfitting
from qa.reading.words import MARK, IntArray
from qa.results import Passage, Query, Reading, Value
from qa.values.find import find_values
from qa.values.periods import parse_anchor

_SENTENCES = 8
"""Sentences read for spans, of the 40 or so in five passages."""
_READINGS = 10


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

    def __init__(self, encoder: WordEncoder | None = None, network: SpanNetwork | None = None) -> None:
        self._soft = SoftMatcher(encoder or embedded_encoder())
        self._network = network or load_network()

    def read(self, query: Query, passages: Sequence[Passage]) -> list[Reading]:
        """At most 10 readings that do not overlap, best first; ``score`` is the share of belief among them all."""
        evidence, weights = gather(query, passages, self._soft)
        ask = asked(query)
        views = [(at, sentence_view(evidence, at, weights, ask, self._soft)) for at in chosen_places(evidence)]
        views = [entry for entry in views if len(entry[1].first)]
        if not views:
            return []
        question = self._soft.question(query.text)
        spans = [(at, view.first, view.last) for at, view in views]
        scores = self._network.scores(question, asked_row(ask), [view for _, view in views])
        scores -= unfitting(evidence, spans, np.vstack([view.features for _, view in views]))
        owner = np.repeat(np.arange(len(spans), dtype=np.int32), [len(first) for _, first, _ in spans])
        firsts = np.concatenate([first for _, first, _ in spans])
        lasts = np.concatenate([last for _, _, last in spans])
        belief = np.exp(scores - scores.max())
        belief /= belief.sum()
        found = []
        for k in _best_apart(scores, owner, firsts, lasts):
            at = spans[owner[k]][0]
            words = evidence.places[at].sentence.words
            span = int(words.starts[firsts[k]]), int(words.ends[lasts[k]])
            found.append(_Pick(at, span, float(belief[k]), float(scores[k])))
        return [_reading(evidence, passages, ask, pick, found) for pick in found]


@cache
def embedded_encoder() -> WordEncoder:
    """One for all readers of the process: most of it is a mapped file."""
    return load_encoder(EMBEDDED)


def sentence_view(evidence: Evidence, at: int, weights: Floats, ask: Asked, soft: SoftMatcher) -> SentenceView:
    """Place ``at`` with its candidate spans, as the network reads it."""
    sentence = evidence.places[at].sentence
    words = sentence.words
    facts = evidence.facts(at, weights)
    first, last = candidate_spans(sentence)
    forms = [
        "" if kind == MARK else sentence.folded[start:end]
        for start, end, kind in zip(words.starts, words.ends, words.classes, strict=True)
    ]
    is_value = (sentence.value_at >= 0).astype(np.float32)
    return SentenceView(
        vectors=soft.vectors(forms),
        classes=words.classes,
        words=np.stack([facts.match, facts.weighted, sentence.rarity, is_value], axis=1),
        first=first,
        last=last,
        features=span_features(sentence, facts, ask, first, last),
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
            if len(chosen) == _READINGS:
                break
    return chosen


def _reading(
    evidence: Evidence, passages: Sequence[Passage], ask: Asked, pick: _Pick, found: Sequence[_Pick]
) -> Reading:
    place = evidence.places[pick.at]
    others = [(other.span, other.belief) for other in found if other.at == pick.at and other is not pick]
    low, high = composed(place.sentence, ask, pick.span, others, pick.belief)
    value = _value(place.sentence.text[low:high])
    text = passages[place.passage].text
    several = ask.kind == "list" or ask.parallel
    return Reading(
        passage=place.passage,
        start=place.start + low,
        end=place.start + high,
        sentence_start=place.start,
        sentence_end=place.end,
        score=pick.belief,
        kind=str(value["kind"]) if value else "text",
        value=value,
        as_of=as_of(place, high, parse_anchor(passages[place.passage].published)),
        parts=split_parts(text, place.start + low, place.start + high) if several else (),
        features=_measures(evidence, pick.at, pick.belief, pick.raw),
    )


def _value(text: str) -> Value | None:
    """The value of a span that holds exactly one."""
    found = find_values(text)
    return found[0].value if len(found) == 1 else None


def as_of(place: Place, high: int, anchor: date | None) -> str | None:
    """The end of the period that a span ending at ``high`` speaks of, as an ISO date.

    It is the nearest period told before the span's end in its sentence, else the first one after it.
    A period that has not ended when the document was published counts up to then.
    """
    told = [(start, period) for start, _, period in place.sentence.periods if period.end[:1].isdigit()]
    if not told:
        return None
    before = [period for start, period in told if start < high]
    end = (before[-1] if before else told[0][1]).end
    if anchor is not None and not place.sentence.forecast:
        end = min(end, anchor.isoformat())
    return end


def _measures(evidence: Evidence, at: int, belief: float, raw: float) -> dict[str, float]:
    """What the decision needs to know about a reading's sentence and passage (see qa/confidence.py)."""
    place = evidence.places[at]
    rarity = np.array([term.weight for term in evidence.terms], dtype=np.float32)
    mass = max(float(rarity.sum()), 1e-6)
    row = dict(zip(SENTENCE_NAMES, evidence.rows[at], strict=True))
    here = evidence.passage_cover[place.passage]
    anywhere = evidence.passage_cover.max(axis=0, initial=0.0)
    # 1 for a term that no passage holds, a half for one that only other passages hold.
    lost = 0.5 * (1 - np.minimum(here * 2, 1)) + 0.5 * (1 - np.minimum(anywhere * 2, 1))
    sorts = np.array([term.sort for term in evidence.terms])
    return {
        "belief": belief,
        "raw": raw,
        "cover_sentence": float(evidence.cover[at] @ rarity) / mass,
        "cover_literal": float(evidence.literal[at] @ rarity) / mass,
        "cover_passage": float(here @ rarity) / mass,
        "cover_around": float(row["cover_around"]),
        "cosine": float(row["cosine"]),
        "passage_score": float(row["passage_score"]),
        "period": float(row["period"]),
        "order": float(row["order"]),
        "cross": float(row["cross"]),
        "name_missing": float(lost[sorts == "name"].max(initial=0.0)),
        "number_missing": float(lost[sorts == "number"].max(initial=0.0)),
        "word_missing": float((lost * rarity)[sorts == "word"].max(initial=0.0)),
        "period_missing": float(bool(evidence.query.periods)) * (1.0 - max(_period_near(evidence, at), 0.0)),
    }


def _period_near(evidence: Evidence, at: int) -> float:
    """Agreement of the asked period with the sentence's, or half that with the best of its passage."""
    column = SENTENCE_NAMES.index("period")
    same = [i for i, place in enumerate(evidence.places) if place.passage == evidence.places[at].passage]
    return max(float(evidence.rows[at, column]), 0.5 * max(float(evidence.rows[i, column]) for i in same))
