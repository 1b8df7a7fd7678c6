"""From a chosen span to a ``Reading``: what every reader tells about its answers, and in the same way.

The measures are what ``qa/confidence.py`` weighs; a reader only brings its share of belief and its raw score.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from functools import lru_cache
from typing import NamedTuple

import numpy as np

from qa.reading.asked import Asked
from qa.reading.facts import Evidence
from qa.reading.features import SENTENCE_NAMES
from qa.reading.matching import Floats
from qa.reading.parts import split_parts
from qa.reading.place import Place
from qa.reading.qualifiers import contrary
from qa.results import Passage, Reading, Value
from qa.values.find import find_values
from qa.values.periods import parse_anchor

READINGS = 10
"""Most that a reader gives."""


class Chosen(NamedTuple):
    """``[start, end)`` of the text of a passage, in the sentence at place ``at`` (most of it, where it spans several),
    with its share of belief and its raw score."""

    at: int
    start: int
    end: int
    belief: float
    raw: float


def as_reading(evidence: Evidence, passages: Sequence[Passage], ask: Asked, chosen: Chosen) -> Reading:
    """The reading of a span that lies in sentences of its passage."""
    place = evidence.places[chosen.at]
    passage, start, end = passages[place.passage], chosen.start, chosen.end
    held = [p for p in evidence.places if p.passage == place.passage and p.start < end and start < p.end]
    value = _value(passage.text[start:end])
    several = ask.kind == "list" or ask.parallel
    return Reading(
        passage=place.passage,
        start=start,
        end=end,
        sentence_start=held[0].start,
        sentence_end=held[-1].end,
        score=chosen.belief,
        kind=str(value["kind"]) if value else "text",
        value=value,
        as_of=as_of(place, end - place.start, parse_anchor(passage.published)),
        forecast=any(each.sentence.forecast for each in held),
        parts=split_parts(passage.text, start, end) if several else (),
        features=_measures(evidence, passages, chosen),
    )


@lru_cache(maxsize=4096)
def _value(text: str) -> Value | None:
    """The value of a span that holds exactly one."""
    found = find_values(text)
    return found[0].value if len(found) == 1 else None


def as_of(place: Place, high: int, anchor: date | None) -> str | None:
    """The end of the period that a span ending at ``high`` speaks of, as an ISO date.

    It is the nearest period told before the span's end in its sentence, else the first one after it.
    A period that has not ended when the document was published counts up to then.
    """
    told = [(start, period) for start, _, period in place.sentence.periods]
    told = [each for each in told or [(0, period) for period in place.carried] if each[1].end[:1].isdigit()]
    if not told:
        return None
    before = [period for start, period in told if start < high]
    end = (before[-1] if before else told[0][1]).end
    if anchor is not None and not place.sentence.forecast:
        end = min(end, anchor.isoformat())
    return end


def _measures(evidence: Evidence, passages: Sequence[Passage], chosen: Chosen) -> dict[str, float]:
    """What the decision needs to know about a reading's clause, sentence and passage (see qa/confidence.py)."""
    at = chosen.at
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
        "belief": chosen.belief,
        "raw": chosen.raw,
        "cover_clause": float(_clause_cover(evidence, chosen) @ rarity) / mass,
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
        "other_subject": evidence.subject.another(passages, evidence.places, at),
        "other_qualifier": _contrary(evidence, chosen),
        "period_missing": float(bool(evidence.query.periods)) * (1.0 - max(_period_near(evidence, at), 0.0)),
    }


def _contrary(evidence: Evidence, chosen: Chosen) -> float:
    """1 where the span begins under another qualifier than the question's (monthly for daily, 2.0 for 2.1)."""
    place = evidence.places[chosen.at]
    words = place.sentence.words
    if not evidence.scales or not len(words):
        return 0.0
    first = int(np.searchsorted(words.ends, chosen.start - place.start, side="right"))
    return float(contrary(place.sentence, evidence.scales)[min(first, len(words) - 1)])


def _clause_cover(evidence: Evidence, chosen: Chosen) -> Floats:
    """What the clauses that the span stands in hold of each term, float32 (terms,), softly."""
    place = evidence.places[chosen.at]
    words, clauses = place.sentence.words, place.sentence.clauses
    matches = evidence.matches(chosen.at)
    first = int(np.searchsorted(words.ends, chosen.start - place.start, side="right"))
    last = int(np.searchsorted(words.starts, chosen.end - place.start, side="left")) - 1
    low = np.searchsorted(clauses, clauses[min(first, len(clauses) - 1)], side="left")
    high = np.searchsorted(clauses, clauses[max(last, 0)], side="right")
    return np.asarray(matches[:, low:high].max(axis=1, initial=0.0), np.float32)


def _period_near(evidence: Evidence, at: int) -> float:
    """Agreement of the asked period with the sentence's, or half that with the best of its passage."""
    column = SENTENCE_NAMES.index("period")
    same = [i for i, place in enumerate(evidence.places) if place.passage == evidence.places[at].passage]
    return max(float(evidence.rows[at, column]), 0.5 * max(float(evidence.rows[i, column]) for i in same))
