"""The lexical index: BM25 over our own terms, held by tantivy (k1 = 1.2, b = 0.75).

Robertson and Zaragoza, "The Probabilistic Relevance Framework: BM25 and Beyond" (2009). The index is
derived from the record of truth: a chunk id found here counts only if the record knows it.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

import tantivy

from indexer.terms import name_terms, pinyin_terms, terms

_HEAP_BYTES = 32_000_000
_BODY = "body"
_NAMES = "names"
# A pinyin match is a guess (three different words may sound alike): it counts half.
_NAME_BOOST = 0.5


def _schema() -> tantivy.Schema:
    builder = tantivy.SchemaBuilder()
    builder.add_integer_field("chunk", stored=True, indexed=True, fast=True)
    builder.add_integer_field("revision", stored=False, indexed=True)
    builder.add_text_field("doc", tokenizer_name="raw", index_option="basic")
    builder.add_text_field(_BODY, tokenizer_name="whitespace", index_option="freq")
    builder.add_text_field(_NAMES, tokenizer_name="whitespace", index_option="freq")
    return builder.build()


SCHEMA = _schema()


def open_index(path: Path) -> tantivy.Index:
    """The index in ``path``, made if it is not there."""
    path.mkdir(parents=True, exist_ok=True)
    return tantivy.Index(SCHEMA, path=str(path))


@dataclass(frozen=True, slots=True)
class LexicalEntry:
    chunk_id: int
    revision_row: int
    doc_id: str
    text: str


class LexicalWriter:
    """Adds and removes; nothing is seen before ``commit``. One at a time (the caller holds the lock)."""

    def __init__(self, path: Path) -> None:
        self._writer = open_index(path).writer(heap_size=_HEAP_BYTES, num_threads=1)

    def add(self, entries: Iterable[LexicalEntry]) -> None:
        for entry in entries:
            document = tantivy.Document()
            document.add_integer("chunk", entry.chunk_id)
            document.add_integer("revision", entry.revision_row)
            document.add_text("doc", entry.doc_id)
            document.add_text(_BODY, " ".join(terms(entry.text)))
            document.add_text(_NAMES, " ".join(name_terms(entry.text)))
            self._writer.add_document(document)

    def remove_revisions(self, revision_rows: Iterable[int]) -> None:
        for row in revision_rows:
            self._writer.delete_documents_by_query(tantivy.Query.term_query(SCHEMA, "revision", row))

    def remove_after(self, revision_row: int) -> None:
        """Removes what a writer that died before the record of truth was committed has left behind."""
        query = tantivy.Query.range_query(
            SCHEMA, "revision", tantivy.FieldType.Integer, revision_row, 2**62, include_lower=False
        )
        self._writer.delete_documents_by_query(query)

    def commit(self) -> None:
        self._writer.commit()

    def close(self) -> None:
        """Waits for merges; uncommitted entries are dropped."""
        self._writer.wait_merging_threads()


@dataclass(frozen=True, slots=True)
class LexicalQuery:
    """The terms of a question: of the text itself, and pinyin guesses for its Latin words."""

    body: tuple[str, ...]
    names: tuple[str, ...]

    @classmethod
    def of(cls, text: str) -> LexicalQuery:
        return cls(tuple(dict.fromkeys(terms(text))), tuple(dict.fromkeys(pinyin_terms(text))))


class LexicalIndex:
    """A point-in-time reader."""

    def __init__(self, path: Path) -> None:
        index = open_index(path)
        index.config_reader(reload_policy="manual", num_warmers=1)
        index.reload()
        self._searcher = index.searcher()

    @property
    def size(self) -> int:
        return int(self._searcher.num_docs)

    def search(self, query: LexicalQuery, limit: int, doc_ids: Sequence[str] | None = None) -> list[tuple[int, float]]:
        """``(chunk_id, BM25 score)``, best first; only chunks of ``doc_ids`` where given."""
        should = [self._term(_BODY, term, 1.0) for term in query.body]
        should += [self._term(_NAMES, term, _NAME_BOOST) for term in query.names]
        if not should or limit < 1:
            return []
        wanted = tantivy.Query.boolean_query(should)
        if doc_ids is not None:
            inside = tantivy.Query.term_set_query(SCHEMA, "doc", list(doc_ids))
            wanted = tantivy.Query.boolean_query(
                [
                    (tantivy.Occur.Must, wanted),
                    (tantivy.Occur.Must, tantivy.Query.const_score_query(inside, 0.0)),
                ]
            )
        hits = self._searcher.search(wanted, limit, count=False).hits
        chunks = self._searcher.fast_field_values("chunk", [address for _, address in hits])
        return [(int(chunk), float(score)) for chunk, (score, _) in zip(chunks, hits, strict=True) if chunk is not None]

    def coverage(self, query: LexicalQuery) -> float:
        """The share of the idf mass of ``query`` whose terms the corpus knows, 0 to 1 (1: it knows every one of them).

        A Latin word known by its pinyin alone counts as known where ``query.names`` holds that pinyin.
        """
        known = total = 0.0
        names = set(query.names)
        for term in query.body:
            found = self._frequency(_BODY, term)
            if not found and "py:" + term in names:
                found = self._frequency(_NAMES, "py:" + term)
            weight = self.idf(found)
            total += weight
            known += weight if found else 0.0
        return known / total if total else 0.0

    def idf(self, found: int) -> float:
        """Inverse document frequency of a term that ``found`` chunks hold."""
        return math.log1p((self.size - found + 0.5) / (found + 0.5)) if self.size else 0.0

    def frequencies(self, words: Iterable[str]) -> dict[str, int]:
        """In how many chunks each term of the body occurs."""
        return {word: self._frequency(_BODY, word) for word in words}

    def _frequency(self, field: str, term: str) -> int:
        return int(self._searcher.doc_freq(field, term))

    @staticmethod
    def _term(field: str, term: str, boost: float) -> tuple[tantivy.Occur, tantivy.Query]:
        query = tantivy.Query.term_query(SCHEMA, field, term, index_option="freq")
        return tantivy.Occur.Should, query if boost == 1.0 else tantivy.Query.boost_query(query, boost)
