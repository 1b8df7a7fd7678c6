"""A question's whole journey: query -> retrieve -> fuse -> rerank -> read -> decide -> cite."""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from dataclasses import dataclass

import numpy as np

from indexer.encoder import Encoder, TokenEncoder
from indexer.lexical import LexicalQuery
from indexer.snapshot import Snapshot, StoredChunk
from indexer.terms import name_terms
from qa.cite import cite
from qa.copies import collapse
from qa.decide import decide
from qa.explain import Explanation, Trace
from qa.fuse import Gate, fuse
from qa.glossaries import Glossaries
from qa.glossary import Glossary
from qa.naming import in_corpus_names
from qa.query import analyse
from qa.reading.read import Reader
from qa.refit import Held, Refits
from qa.rerank import Scores, rerank
from qa.results import NO_FILTERS, Answer, AskResult, Filters, FoundPassage, Passage, Query, Reading, Verdict
from qa.retrieve import DenseRetriever, LexicalRetriever, SearchQuery, matching_documents
from qa.settings import QASettings
from qa.stages import Stages

# In standard deviations of the fused score: boilerplate sinks below what is nearly as good, not out of sight.
_BOILERPLATE_SINKS = 1.5
# Ranked chunks looked at for copies, per passage wanted.
_SPARE = 2


@dataclass(frozen=True, slots=True)
class Request:
    """``k``: passages wanted; ``min_confidence``: overrides the threshold for an answer."""

    question: str
    k: int = 5
    filters: Filters = NO_FILTERS
    min_confidence: float | None = None
    explain: bool = False


@dataclass(frozen=True, slots=True)
class Ranked:
    """A passage in its place, with its copies and everything that put it there."""

    chunk: StoredChunk
    copies: tuple[StoredChunk, ...]
    passage: Passage
    scores: dict[str, float]


class Pipeline:
    """Holds the models; every call gets the snapshot that it answers from. Thread safe."""

    def __init__(
        self,
        encoder: Encoder,
        glossaries: Glossaries,
        reader: Reader,
        settings: QASettings,
        refits: Refits | None = None,
    ) -> None:
        """Without ``refits`` the shipped confidence is used for every collection."""
        self._encoder = encoder
        self._refits = refits
        self._token_encoder = encoder if isinstance(encoder, TokenEncoder) else None
        self._glossaries = glossaries
        self._reader = reader
        self._settings = settings
        self._retrievers = (DenseRetriever(), LexicalRetriever())[: 2 if settings.lexical else 1]

    def glossary(self, snapshot: Snapshot) -> Glossary:
        """The names that questions to the collection of ``snapshot`` are read with."""
        return self._glossaries.of(snapshot)

    def ask(self, snapshot: Snapshot, request: Request) -> AskResult:
        """The answer and its passages. Raises QueryError for a question that cannot be asked."""
        stages = Stages()
        query = analyse(request.question, self.glossary(snapshot))
        trace = Trace() if request.explain else None
        wanted = max(request.k, self._settings.read)
        ranked, _ = self.rank(snapshot, query, request.filters, wanted, stages, trace)
        passages = [entry.passage for entry in ranked[: self._settings.read]]
        readings = self._reader.read(query, passages)
        stages.done("read")
        held = self._refits.of(snapshot) if self._refits else Held(None)
        decision = decide(query, passages, readings, min_confidence=self._threshold(request), refit=held.refit)
        stages.done("decide")
        answers = [
            self._answer(
                snapshot, ranked, reading, () if number else decision.supports, None if number else decision.verdict
            )
            for number, reading in enumerate(decision.readings)
        ]
        found = self._passages(snapshot, ranked[: request.k], decision.readings)
        stages.done("cite")
        return AskResult(
            question=request.question,
            answerable=decision.answerable,
            answer=answers[0] if decision.answerable else None,
            alternatives=tuple(answers[1:]) if decision.answerable else (),
            agreement=decision.agreement,
            reason=decision.reason,
            passages=found,
            commit=snapshot.commit,
            explain=None
            if trace is None
            else Explanation(query, trace).of_answer(
                _shown(ranked[: request.k]), passages, readings, decision, self._threshold(request), held, stages
            ),
            stages=tuple(stages.times),
        )

    def search(self, snapshot: Snapshot, request: Request) -> AskResult:
        """The passages alone."""
        stages = Stages()
        query = analyse(request.question, self.glossary(snapshot))
        trace = Trace() if request.explain else None
        ranked, _ = self.rank(snapshot, query, request.filters, request.k, stages, trace)
        found = self._passages(snapshot, ranked, ())
        stages.done("cite")
        return AskResult(
            question=request.question,
            passages=found,
            commit=snapshot.commit,
            explain=None if trace is None else Explanation(query, trace).of_search(_shown(ranked), stages),
            stages=tuple(stages.times),
        )

    def state(self, snapshot: Snapshot) -> Hashable:
        """Equal for two questions only if what an answer depends on, beside ``snapshot`` and the request, is the
        same."""
        refit = self._refits.of(snapshot).refit if self._refits else None
        return self._glossaries.of(snapshot), None if refit is None else (refit.slope, refit.offset, refit.threshold)

    def warm(self) -> None:
        """Opens what is otherwise opened by the first question, so that this one is answered as fast as the rest."""
        text = "快手2025年营收为12.5亿元。Revenue grew by 8% in 2025."
        for question in ("2025年营收是多少?", "How much did the revenue of Kuaishou grow in 2025?"):
            query = analyse(question, self._glossaries.of_files(()))
            self._search_query(query.text, query.expanded)
            passages = [Passage(text=text, sentences=((0, 18), (18, len(text))), score=1.0, sentence_scores=(0.5, 0.5))]
            decide(query, passages, self._reader.read(query, passages), min_confidence=None)
        name_terms(text)

    def rank(
        self,
        snapshot: Snapshot,
        query: Query,
        filters: Filters,
        k: int,
        stages: Stages | None = None,
        trace: Trace | None = None,
    ) -> tuple[list[Ranked], float]:
        """The ``k`` best passages for ``query``, and the weight that BM25 had in it; ``trace`` is told the rest."""
        stages = stages or Stages()
        own = in_corpus_names(query, snapshot)
        search = self._search_query(own, query.expanded)
        stages.done("query")
        doc_ids = matching_documents(snapshot, filters)
        limit = self._settings.candidates
        hits = [retriever.retrieve(snapshot, search, limit, doc_ids) for retriever in self._retrievers]
        stages.done("retrieve")
        candidates = snapshot.candidates(dict.fromkeys(hit.chunk_id for found in hits for hit in found))
        scores = rerank(search, candidates, self._token_encoder)
        bm25 = {hit.chunk_id: hit.score for found in hits[1:] for hit in found}
        lexical = np.asarray([bm25.get(chunk_id, 0.0) for chunk_id in candidates.chunk_ids], np.float32)
        gate = Gate()
        if bm25:
            best = max(bm25.values()) if own == query.expanded else None
            gate = self._gate(snapshot, own, doc_ids, best)
        weight = gate.weight
        fused = fuse(scores.combined, lexical, weight)
        sunk = np.float32(_BOILERPLATE_SINKS) * np.asarray(candidates.boilerplate, np.float32)
        fused -= sunk
        if trace is not None:
            found_by = {retriever.name: own_hits for retriever, own_hits in zip(self._retrievers, hits, strict=True)}
            trace.tell(own, search.terms, found_by, gate, candidates.chunk_ids, scores.combined, lexical, sunk)
        order = np.argsort(-fused, kind="stable")[: k * _SPARE + self._settings.read]
        found = collapse(snapshot.chunks([candidates.chunk_ids[at] for at in order]))
        place = {chunk_id: at for at, chunk_id in enumerate(candidates.chunk_ids)}
        ranked = [
            _ranked(chunk, copies, place[chunk.chunk_id], fused, scores, lexical, self._token_encoder is not None)
            for chunk, copies in found[:k]
        ]
        stages.done("rerank")
        return ranked, weight

    @staticmethod
    def _gate(snapshot: Snapshot, own: str, doc_ids: Sequence[str] | None, best: float | None) -> Gate:
        """By the question with one name of everything: all names together would match more than was asked.

        ``best`` is the score of its best passage, None where it is still to be searched for.
        """
        query = LexicalQuery.of(own)
        if best is None:
            found = snapshot.lexical(query, 1, doc_ids)
            best = found[0][1] if found else 0.0
        return Gate(best, sum(snapshot.idf(query.body).values()))

    def _search_query(self, text: str, expanded: str) -> SearchQuery:
        """``text`` is searched by meaning, ``expanded`` (every name of everything) by terms."""
        tokens = self._token_encoder.token_ids([text])[0] if self._token_encoder else np.zeros(0, np.int32)
        return SearchQuery(self._encoder.encode_query([text])[0], tokens, LexicalQuery.of(expanded))

    def _threshold(self, request: Request) -> float | None:
        return self._settings.min_confidence if request.min_confidence is None else request.min_confidence

    @staticmethod
    def _answer(
        snapshot: Snapshot,
        ranked: Sequence[Ranked],
        reading: Reading,
        supports: Sequence[Reading],
        verdict: Verdict | None,
    ) -> Answer:
        chunk = ranked[reading.passage].chunk
        said = (reading, *supports)
        return Answer(
            text=chunk.text[reading.start : reading.end],
            confidence=reading.score,
            value=reading.value,
            as_of=reading.as_of,
            context=chunk.text[reading.sentence_start : reading.sentence_end],
            citations=tuple(
                cite(snapshot, ranked[each.passage].chunk, each.sentence_start, each.sentence_end) for each in said
            ),
            span=cite(snapshot, chunk, reading.start, reading.end),
            parts=tuple(chunk.text[a:b] for a, b in reading.parts),
            forecast=reading.forecast,
            verdict=verdict,
        )

    @staticmethod
    def _passages(
        snapshot: Snapshot, ranked: Sequence[Ranked], readings: Sequence[Reading]
    ) -> tuple[FoundPassage, ...]:
        highlights: dict[int, list[tuple[int, int]]] = {}
        for reading in readings[:1]:
            highlights[reading.passage] = list(reading.parts) or [(reading.start, reading.end)]
        return tuple(
            FoundPassage(
                rank=number,
                score=entry.passage.score,
                citation=cite(snapshot, entry.chunk, 0, len(entry.chunk.text)),
                text=entry.chunk.text,
                highlights=tuple(highlights.get(number - 1, ())),
                scores=entry.scores,
                boilerplate=entry.chunk.boilerplate,
                copies=tuple(cite(snapshot, copy, 0, len(copy.text)) for copy in entry.copies),
            )
            for number, entry in enumerate(ranked, 1)
        )


def _ranked(
    chunk: StoredChunk,
    copies: Sequence[StoredChunk],
    at: int,
    fused: np.ndarray[tuple[int], np.dtype[np.float32]],
    scores: Scores,
    lexical: np.ndarray[tuple[int], np.dtype[np.float32]],
    embedded: bool,
) -> Ranked:
    parts = {
        "dense": round(float(scores.dense[at]), 4),
        "sentence": round(float(scores.best[at]), 4),
        "soft": round(float(scores.soft[at]), 4),
        "soft_sentence": round(float(scores.soft_sentence[at]), 4),
        "lexical": round(float(lexical[at]), 4),
    }
    passage = Passage(
        text=chunk.text,
        sentences=chunk.sentences,
        score=round(float(fused[at]), 4),
        sentence_scores=tuple(float(score) for score in scores.sentences[at]),
        coverage=float(scores.soft[at]),
        title=chunk.document.title,
        published=chunk.document.published,
        boilerplate=chunk.boilerplate,
        similarity=float(scores.dense[at]) if embedded else None,
    )
    return Ranked(chunk, tuple(copies), passage, parts)


def _shown(ranked: Sequence[Ranked]) -> list[StoredChunk]:
    return [entry.chunk for entry in ranked]
