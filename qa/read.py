"""The reader: passages and a question in, candidate answers out, best first.

The embedded reader needs no language model: it gathers what each sentence holds of the question, takes the spans of
the most promising sentences that could be an answer, and ranks them by a small fitted network.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Protocol

import numpy as np

from qa.asked import asked
from qa.candidates import candidate_spans
from qa.facts import Evidence, Place, gather
from qa.features import span_features
from qa.matching import Floats, SoftMatcher, WordEncoder
from qa.parts import split_parts
from qa.periods import parse_anchor
from qa.ranker import Ranker, load_ranker
from qa.results import Passage, Query, Reading, Value
from qa.values import find_values
from qa.words import IntArray

_SENTENCES = 8
"""Sentences read for spans, of the 40 or so in five passages."""
_READINGS = 10


class Reader(Protocol):
    """Anything that finds answers in passages: the embedded reader or a model with a question-answering head."""

    def read(self, query: Query, passages: Sequence[Passage]) -> list[Reading]:
        """Candidate answers, best first; spans lie inside their passage's text and hold no half words."""
        ...


class ClauseReader:
    """The embedded reader. With an ``encoder`` it also finds what is worded differently or in another language.

    Thread safe: what it remembers between questions is only ever added to or replaced as a whole.
    """

    def __init__(self, encoder: WordEncoder | None = None, ranker: Ranker | None = None) -> None:
        self._soft = SoftMatcher(encoder) if encoder is not None else None
        self._ranker = ranker or load_ranker()

    def read(self, query: Query, passages: Sequence[Passage]) -> list[Reading]:
        """At most 10 readings that do not overlap, best first; ``score`` is the share of belief among them all."""
        evidence, weights = gather(query, passages, self._soft)
        read_at = chosen_places(evidence)
        spans = [(at, *candidate_spans(evidence.places[at].sentence)) for at in read_at]
        spans = [entry for entry in spans if len(entry[1])]
        if not spans:
            return []
        ask = asked(query)
        features = np.vstack(
            [
                span_features(evidence.places[at].sentence, evidence.facts(at, weights), ask, first, last)
                for at, first, last in spans
            ]
        )
        scores = self._ranker.scores(features)
        owner = np.repeat(np.arange(len(spans)), [len(first) for _, first, _ in spans])
        firsts = np.concatenate([first for _, first, _ in spans])
        lasts = np.concatenate([last for _, _, last in spans])
        belief = np.exp(scores - scores.max())
        belief /= belief.sum()
        chosen = _best_apart(scores, owner, firsts, lasts)
        return [
            _reading(
                evidence, weights, passages, spans[owner[k]][0], int(firsts[k]), int(lasts[k]), float(belief[k]), float(scores[k])
            )
            for k in chosen
        ]


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
    evidence: Evidence,
    weights: Floats,
    passages: Sequence[Passage],
    at: int,
    first: int,
    last: int,
    belief: float,
    raw: float,
) -> Reading:
    place = evidence.places[at]
    sentence = place.sentence
    low, high = int(sentence.words.starts[first]), int(sentence.words.ends[last])
    value = _value(sentence.text[low:high])
    start = place.start + low
    end = place.start + high
    parts = split_parts(passages[place.passage].text, start, end) if evidence.query.kind == "list" else ()
    return Reading(
        passage=place.passage,
        start=start,
        end=end,
        sentence_start=place.start,
        sentence_end=place.end,
        score=belief,
        kind=str(value["kind"]) if value else "text",
        value=value,
        as_of=as_of(place, low, high, parse_anchor(passages[place.passage].published)),
        parts=parts,
        features=_measures(evidence, weights, at, belief, raw),
    )


def _value(text: str) -> Value | None:
    """The value of a span that holds exactly one."""
    found = find_values(text)
    return found[0].value if len(found) == 1 else None


def as_of(place: Place, low: int, high: int, anchor: date | None) -> str | None:
    """The end of the period that a span speaks of: the nearest one told before it in its sentence, else the first.

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


def _measures(evidence: Evidence, weights: Floats, at: int, belief: float, raw: float) -> dict[str, float]:
    """What the decision needs to know about a reading's sentence and passage."""
    place = evidence.places[at]
    rarity = np.array([term.weight for term in evidence.terms], dtype=np.float32)
    mass = max(float(rarity.sum()), 1e-6)
    row = evidence.rows[at]
    return {
        "belief": belief,
        "raw": raw,
        "cover_sentence": float(evidence.cover[at] @ rarity) / mass,
        "cover_literal": float(evidence.literal[at] @ rarity) / mass,
        "cover_passage": float(evidence.passage_cover[place.passage] @ rarity) / mass,
        "cover_around": float(row[3]),
        "cosine": float(row[6]),
        "passage_score": float(row[10]),
        "period": float(row[11]),
        "order": float(row[8]),
        "cross": float(row[17]),
    }
