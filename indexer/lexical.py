"""The lexical index: BM25 over our own terms, held by tantivy (k1 = 1.2, b = 0.75).

Robertson and Zaragoza, "The Probabilistic Relevance Framework: BM25 and Beyond" (2009).

Every commit has a folder of its own, sealed (``indexer.sealed``): a reader sees the commit that it opened and no other,
and a writer that dies leaves nothing to undo. tantivy never changes a file that it has written, so a new folder shares
the files of the one before it by hard links, and costs what is new.
"""

from __future__ import annotations

import errno
import json
import math
import re
import shutil
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import tantivy

from indexer.errors import DerivedDamage
from indexer.sealed import check_edges, check_sum, fresh, publish, share, sums
from indexer.terms import pinyin_terms, terms

_HEAP_BYTES = 32_000_000
_BODY = "body"
_NAMES = "names"
# As tantivy quotes the system. Its threads only say that they died; they do nothing but write.
_OF_THE_SYSTEM = re.compile(r"os error|\bOs \{|error occurred in a thread")
# A pinyin match is a guess (three different words may sound alike): it counts half.
_NAME_BOOST = 0.5
_COUNTS_KEPT = 20_000  # of how many terms it is remembered how many chunks hold them


def _schema() -> tantivy.Schema:
    builder = tantivy.SchemaBuilder()
    builder.add_integer_field("chunk", stored=False, indexed=False, fast=True)
    builder.add_integer_field("revision", stored=False, indexed=True)
    builder.add_text_field(_BODY, tokenizer_name="whitespace", index_option="freq")
    builder.add_text_field(_NAMES, tokenizer_name="whitespace", index_option="freq")
    return builder.build()


SCHEMA = _schema()


@dataclass(frozen=True, slots=True)
class LexicalEntry:
    """A chunk with its terms, by spaces."""

    chunk_id: int
    revision_row: int
    body: str
    names: str


def write_view(folder: Path, before: Path | None, entries: Iterable[LexicalEntry], gone: Iterable[int]) -> str:
    """Writes the index of a commit into ``folder``, which appears whole or not at all; returns its sum.

    What was in the folder ``before`` stays but for the revisions (rows) in ``gone``; ``entries`` are added. Raises
    DerivedDamage if ``before`` cannot be read, OSError if the disk does not take the new one.
    """
    temporary = fresh(folder)
    known = {}
    if before is not None:
        known = sums(before)
        for name in known:
            _share(before / name, temporary / name)
    with _told(writing=True):
        writer = tantivy.Index(SCHEMA, path=str(temporary)).writer(heap_size=_HEAP_BYTES, num_threads=1)
        for row in gone:
            writer.delete_documents_by_query(tantivy.Query.term_query(SCHEMA, "revision", row))
        for entry in entries:
            writer.add_document(_document(entry))
        writer.commit()
        writer.wait_merging_threads()
    _tidy(temporary)
    if before is not None:
        _check_used_up(before, temporary, known)
    return publish(temporary, folder, {name: sum_ for name, sum_ in known.items() if not name.endswith(".json")})


@contextmanager
def _told(*, writing: bool = False) -> Iterator[None]:
    """What tantivy says, in our own words. Raises DerivedDamage; ``writing``: OSError where it came from the
    system."""
    try:
        yield
    except ValueError as error:  # tantivy's own, whatever it was
        if writing and _OF_THE_SYSTEM.search(str(error)):
            raise OSError(errno.EIO, f"the lexical index cannot be written: {error}") from error
        raise DerivedDamage(f"the lexical index cannot be read: {error}") from error
    except BaseException as error:
        # Damaged files make tantivy panic; that is no Exception, and its class has no name to import.
        if type(error).__name__ != "PanicException":
            raise
        raise DerivedDamage(f"the lexical index cannot be read: {error}") from error


def _check_used_up(before: Path, after: Path, known: Mapping[str, str]) -> None:
    """Files of ``before`` that were merged into others had to be what they were when they were written: the sums of the
    others would seal their damage."""
    for name, expected in known.items():
        if not name.endswith(".json") and not (after / name).exists():
            check_sum(before / name, expected)


def _share(file: Path, other: Path) -> None:
    """``other`` becomes the same file. tantivy replaces its own lists, which must not be seen through the link."""
    try:
        if file.suffix == ".json":
            shutil.copyfile(file, other)
        else:
            share(file, other)
    except OSError as error:
        raise DerivedDamage(f"the lexical index cannot be read: {error}") from error


def _tidy(folder: Path) -> None:
    """Removes locks and the files of segments that were merged away."""
    listed = json.loads((folder / "meta.json").read_text(encoding="utf-8"))["segments"]
    alive = {segment["segment_id"].replace("-", "") for segment in listed}
    for path in folder.iterdir():
        if path.suffix == ".lock" or (path.suffix != ".json" and path.name.split(".")[0] not in alive):
            path.unlink()


def _document(entry: LexicalEntry) -> tantivy.Document:
    document = tantivy.Document()
    document.add_integer("chunk", entry.chunk_id)
    document.add_integer("revision", entry.revision_row)
    document.add_text(_BODY, entry.body)
    document.add_text(_NAMES, entry.names)
    return document


@dataclass(frozen=True, slots=True)
class LexicalQuery:
    """The terms of a question: of the text itself, and pinyin guesses for its Latin words."""

    body: tuple[str, ...]
    names: tuple[str, ...]

    @classmethod
    def of(cls, text: str) -> LexicalQuery:
        return _query_of(text)


@lru_cache(maxsize=1024)
def _query_of(text: str) -> LexicalQuery:
    """One question asks for the terms of the same text several times, and of the same names as other questions."""
    return LexicalQuery(tuple(dict.fromkeys(terms(text))), tuple(dict.fromkeys(pinyin_terms(text))))


class LexicalIndex:
    """A point-in-time reader."""

    def __init__(self, folder: Path, total: str) -> None:
        """``total``: the sum that the record has of it. Raises DerivedDamage."""
        check_edges(folder, total)
        with _told():
            index = tantivy.Index(SCHEMA, path=str(folder))
            index.config_reader(reload_policy="manual", num_warmers=1)
            index.reload()
            self._searcher = index.searcher()
        self._counts: dict[tuple[str, str], int] = {}

    @property
    def size(self) -> int:
        return int(self._searcher.num_docs)

    def search(
        self, query: LexicalQuery, limit: int, revisions: Sequence[int] | None = None
    ) -> list[tuple[int, float]]:
        """``(chunk_id, BM25 score)``, best first; only chunks of ``revisions`` (rows of the record) where given."""
        should = [self._term(_BODY, term, 1.0) for term in query.body]
        should += [self._term(_NAMES, term, _NAME_BOOST) for term in query.names]
        if not should or limit < 1:
            return []
        wanted = tantivy.Query.boolean_query(should)
        if revisions is not None:
            inside = tantivy.Query.term_set_query(SCHEMA, "revision", list(revisions))
            wanted = tantivy.Query.boolean_query(
                [
                    (tantivy.Occur.Must, wanted),
                    (tantivy.Occur.Must, tantivy.Query.const_score_query(inside, 0.0)),
                ]
            )
        with _told():
            hits = self._searcher.search(wanted, limit, count=False).hits
            chunks = self._searcher.fast_field_values("chunk", [address for _, address in hits])
        return [(int(chunk), float(score)) for chunk, (score, _) in zip(chunks, hits, strict=True) if chunk is not None]

    def idf(self, found: int) -> float:
        """Inverse document frequency of a term that ``found`` chunks hold."""
        return math.log1p((self.size - found + 0.5) / (found + 0.5)) if self.size else 0.0

    def frequencies(self, words: Iterable[str]) -> dict[str, int]:
        """In how many chunks each term of the body occurs."""
        return {word: self._frequency(_BODY, word) for word in words}

    def _frequency(self, field: str, term: str) -> int:
        found = self._counts.get((field, term))
        if found is None:
            with _told():
                found = int(self._searcher.doc_freq(field, term))
            if len(self._counts) >= _COUNTS_KEPT:
                self._counts.clear()
            self._counts[field, term] = found
        return found

    @staticmethod
    def _term(field: str, term: str, boost: float) -> tuple[tantivy.Occur, tantivy.Query]:
        query = tantivy.Query.term_query(SCHEMA, field, term, index_option="freq")
        return tantivy.Occur.Should, query if boost == 1.0 else tantivy.Query.boost_query(query, boost)
