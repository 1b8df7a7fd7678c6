"""Why the answer came out as it did, for people who tune and debug.

``Trace`` is filled in while passages are ranked, and only where an explanation is asked for: without one, nothing here
is run. Ranks count from 1. Places (``start``, ``end``) are in the question, or in the readable ``text`` of a passage.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

import numpy as np

from indexer.lexical import LexicalQuery
from indexer.snapshot import StoredChunk
from indexer.terms import names, terms
from qa.confidence import NAMES, Calibration, load_calibration, measures, period_agreement
from qa.decide import first_ones, groups_of, weigh
from qa.doubt import doubts
from qa.fuse import Floats, Gate, standardise
from qa.glossary import Glossary
from qa.refit import Held
from qa.relatedness import relatedness
from qa.results import Decision, Hit, Passage, Query, Reading
from qa.rivals import Group
from qa.stages import Stages

Facts = dict[str, object]

_READINGS = 10
_PINYIN = "py:"


@dataclass(slots=True)
class Trace:
    """What the ranking went by. ``searched``: the question with the names that the corpus uses; ``place``: of each
    candidate, where its ``meaning``, ``lexical`` and ``sunk`` (parts of the fused score) stand."""

    searched: str = ""
    terms: LexicalQuery = field(default_factory=lambda: LexicalQuery((), ()))
    hits: dict[str, dict[int, Hit]] = field(default_factory=dict)
    gate: Gate = field(default_factory=Gate)
    place: dict[int, int] = field(default_factory=dict)
    meaning: Floats = field(default_factory=lambda: np.zeros(0, np.float32))
    lexical: Floats = field(default_factory=lambda: np.zeros(0, np.float32))
    sunk: Floats = field(default_factory=lambda: np.zeros(0, np.float32))

    def tell(
        self,
        searched: str,
        asked: LexicalQuery,
        hits: Mapping[str, Sequence[Hit]],
        gate: Gate,
        chunk_ids: Sequence[int],
        meaning: Floats,
        lexical: Floats,
        sunk: Floats,
    ) -> None:
        """``hits``: by retriever; ``meaning`` and ``lexical`` as ``fuse`` gets them, ``sunk`` as it is taken off their
        sum."""
        self.searched, self.terms, self.gate, self.sunk = searched, asked, gate, sunk
        self.hits = {name: {hit.chunk_id: hit for hit in found} for name, found in hits.items()}
        self.place = {chunk_id: at for at, chunk_id in enumerate(chunk_ids)}
        self.meaning = standardise(meaning)
        self.lexical = np.asarray(np.float32(gate.weight) * standardise(lexical), np.float32)


class _Match(NamedTuple):
    """``[start, end)`` of a passage is what the question calls ``asked``."""

    asked: str
    by: str
    start: int
    end: int


class Explanation:
    """Of one question."""

    def __init__(self, query: Query, trace: Trace) -> None:
        self._query = query
        self._trace = trace

    def of_search(self, found: Sequence[StoredChunk], stages: Stages) -> Facts:
        """``found``: the passages given out, best first."""
        return self._question() | {
            "passages": [self._passage(rank, chunk) for rank, chunk in enumerate(found, 1)],
            "readings": [],
            "decision": None,
            "calibration": None,
            "stages_ms": {each.stage: round(each.cpu_ms, 3) for each in stages.times},
        }

    def of_answer(
        self,
        found: Sequence[StoredChunk],
        passages: Sequence[Passage],
        readings: Sequence[Reading],
        decision: Decision,
        min_confidence: float | None,
        held: Held,
        stages: Stages,
    ) -> Facts:
        """``passages`` are those that were read, ``readings`` what was read in them; ``held`` is what the collection
        says of its confidence."""
        groups = groups_of(self._query, passages, readings)
        number = {id(reading): at for at, group in enumerate(groups, 1) for reading in group}
        told = sorted(readings, key=lambda reading: -reading.score)[:_READINGS]
        return self.of_search(found, stages) | {
            "readings": [self._reading(passages, reading, number[id(reading)]) for reading in told],
            "decision": self._decision(passages, groups, decision, min_confidence, held),
            "calibration": _calibration(held),
        }

    def _question(self) -> Facts:
        query, trace = self._query, self._trace
        return {
            "language": query.lang,
            "kind": query.kind,
            "searched": trace.searched,
            "expanded": query.expanded,
            "names": [
                {"term": alias.term, "start": alias.start, "end": alias.end, "others": list(alias.others)}
                for alias in query.aliases
            ],
            "pinyin": [term.removeprefix(_PINYIN) for term in trace.terms.names],
            "periods": [{"text": p.text, "start": p.start, "end": p.end} for p in query.periods],
            "lexical_weight": round(trace.gate.weight, 4),
            "gate": {"best": round(trace.gate.best, 4), "mass": round(trace.gate.mass, 4)},
        }

    def _passage(self, rank: int, chunk: StoredChunk) -> Facts:
        trace = self._trace
        at = trace.place[chunk.chunk_id]
        held = set(terms(chunk.text))
        return {
            "rank": rank,
            "retrievers": {
                name: None if (hit := found.get(chunk.chunk_id)) is None else _place(hit)
                for name, found in trace.hits.items()
            },
            "fused": {
                "meaning": round(float(trace.meaning[at]), 4),
                "lexical": round(float(trace.lexical[at]), 4),
                "boilerplate": 0.0 - float(trace.sunk[at]),
            },
            "terms": [term for term in trace.terms.body if term in held],
            "names": _matches(chunk.text, [*self._by_glossary(chunk.text), *self._by_pinyin(chunk.text)]),
        }

    def _by_glossary(self, text: str) -> Iterator[_Match]:
        """Where ``text`` holds a name of the question, or another name of the same thing."""
        for alias in self._query.aliases:
            for found in Glossary([(alias.term, *alias.others)]).find(text):
                same = found.term.casefold() == alias.term.casefold()
                yield _Match(alias.term, "question" if same else "glossary", found.start, found.end)

    def _by_pinyin(self, text: str) -> Iterator[_Match]:
        asked = set(self._trace.terms.names)
        for start, end, spelled in names(text) if asked else ():
            for term in dict.fromkeys(spelled):
                if term in asked:
                    yield _Match(term.removeprefix(_PINYIN), "pinyin", start, end)

    def _reading(self, passages: Sequence[Passage], reading: Reading, answer: int) -> Facts:
        agreement = period_agreement(self._query, passages, reading)
        return {
            "passage": reading.passage + 1,
            "start": reading.start,
            "end": reading.end,
            "text": passages[reading.passage].text[reading.start : reading.end],
            "kind": reading.kind,
            "score": round(reading.score, 4),
            "answer": answer,
            "period": "asked" if agreement > 0 else "other" if agreement < 0 else None,
            "as_of": reading.as_of,
            "forecast": reading.forecast,
        }

    def _decision(
        self,
        passages: Sequence[Passage],
        groups: Sequence[Group],
        decision: Decision,
        min_confidence: float | None,
        held: Held,
    ) -> Facts | None:
        if not decision.readings:
            return None
        calibration = load_calibration()
        told = weigh(self._query, passages, groups, calibration, held.refit)
        scores = [each.reading.score for each in told]
        first = decision.readings[0]
        taken = next(at for at, each in enumerate(told) if _same(each.reading, first))
        return {
            "answer": taken + 1,
            "by": "likeliest" if scores[taken] == max(scores) else "newest",
            "confidence": round(decision.confidence, 4),
            "threshold": round((held.refit or calibration).threshold if min_confidence is None else min_confidence, 4),
            "relatedness": round(relatedness(passages), 4),
            "answers": [
                {
                    "answer": at,
                    "text": passages[each.reading.passage].text[each.reading.start : each.reading.end],
                    "readings": len(each.group),
                    "confidence": round(each.reading.score, 4),
                    "log_odds": self._log_odds(passages, groups, at - 1, calibration),
                }
                for at, each in enumerate(told, 1)
            ],
        }

    def _log_odds(
        self, passages: Sequence[Passage], groups: Sequence[Group], at: int, calibration: Calibration
    ) -> dict[str, float]:
        """What each measure and doubt adds to the confidence before ``relatedness``, the weightiest first."""
        found = calibration.shares(measures(self._query, passages, first_ones(groups), at))
        shares = {"bias": calibration.bias, **dict(zip(NAMES, found, strict=True)), **doubts(groups[at][0])}
        return {name: round(share, 3) for name, share in sorted(shares.items(), key=lambda item: -abs(item[1]))}


def _calibration(held: Held) -> Facts:
    """Where the confidence comes from, and from which one on there is an answer unless the request says otherwise."""
    refit = held.refit
    own: Facts | None = None
    if refit is not None:
        own = {name: round(getattr(refit, name), 4) for name in ("slope", "offset")}
        own |= {"questions": refit.questions, "fitted_at": refit.fitted_at}
    return {"threshold": round((refit or load_calibration()).threshold, 4), "ignored": held.ignored, "refit": own}


def _place(hit: Hit) -> Facts:
    return {"rank": hit.rank, "score": round(hit.score, 4)}


def _matches(text: str, found: Iterable[_Match]) -> list[Facts]:
    """Each pair of names once, with all its places."""
    places: dict[tuple[str, str, str], list[list[int]]] = {}
    for match in found:
        key = (match.asked, text[match.start : match.end], match.by)
        places.setdefault(key, []).append([match.start, match.end])
    return [{"asked": asked, "found": name, "by": by, "at": at} for (asked, name, by), at in places.items()]


def _same(one: Reading, other: Reading) -> bool:
    return (one.passage, one.start, one.end) == (other.passage, other.start, other.end)
