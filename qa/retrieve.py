"""Candidates for a question: the nearest chunks by meaning and the best by terms, filters applied inside."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
import numpy.typing as npt

from indexer.lexical import LexicalQuery
from indexer.snapshot import Snapshot
from qa.results import Filters, Hit


@dataclass(frozen=True, slots=True)
class SearchQuery:
    """A question made ready for search. ``vector``: float32 (dim,), normalised; ``tokens``: encoder tokens
    (int32, empty for an encoder without a token table); ``terms``: of the lexical index."""

    vector: npt.NDArray[np.float32]
    tokens: npt.NDArray[np.int32]
    terms: LexicalQuery


class Retriever(Protocol):
    """Finds at most ``limit`` chunks, best first; only chunks of ``doc_ids`` where given."""

    name: str

    def retrieve(
        self, snapshot: Snapshot, query: SearchQuery, limit: int, doc_ids: Sequence[str] | None
    ) -> list[Hit]: ...


class DenseRetriever:
    """By the cosine of question and passage, or question and best sentence."""

    name = "dense"

    def retrieve(self, snapshot: Snapshot, query: SearchQuery, limit: int, doc_ids: Sequence[str] | None) -> list[Hit]:
        return _ranked(self.name, snapshot.dense(query.vector, limit, doc_ids))


class LexicalRetriever:
    """By BM25 over the terms of the question and of its glossary names."""

    name = "lexical"

    def retrieve(self, snapshot: Snapshot, query: SearchQuery, limit: int, doc_ids: Sequence[str] | None) -> list[Hit]:
        return _ranked(self.name, snapshot.lexical(query.terms, limit, doc_ids))


def _ranked(name: str, found: Sequence[tuple[int, float]]) -> list[Hit]:
    return [Hit(chunk_id, score, rank, name) for rank, (chunk_id, score) in enumerate(found, 1)]


def matching_documents(snapshot: Snapshot, filters: Filters) -> list[str] | None:
    """Ids of the documents that pass ``filters``; None when nothing is filtered."""
    if not filters:
        return None
    return snapshot.matching(
        doc_id=filters.doc_id,
        source=filters.source,
        tag=filters.tag,
        published_from=filters.published_from,
        published_to=filters.published_to,
    )
