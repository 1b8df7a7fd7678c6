"""Answers that were given before: the same index gives the same answer, so a repeated question need not be worked out.

An answer depends on the commit, on the request, and on what the pipeline names in ``Pipeline.state`` (glossary,
calibration); nothing else goes into it, not even the date. Each worker keeps its own.
"""

from __future__ import annotations

import weakref
from collections.abc import Hashable
from itertools import count
from threading import RLock

from indexer.bounded import Bounded
from indexer.snapshot import Snapshot
from qa.results import AskResult, Filters

MAX_BYTES = 16 * 1024 * 1024
_OVERHEAD = 4000
"""Bytes of an answer beside its texts, about."""
_A_CHARACTER = 2
"""Bytes that Python keeps a Chinese character in."""
_A_STRING, _THE_WIDEST = 88, 4
"""Bytes of a string and its place in a tuple beside its characters, and of a character in one that holds an emoji."""


class AnswerCache:
    """The answers asked for last: at most ``entries``, and about ``max_bytes`` in all. Thread safe.

    Answers go with the snapshot that they were made from: what was deleted does not stay behind in memory.
    """

    def __init__(self, entries: int, max_bytes: int = MAX_BYTES) -> None:
        self._enabled = entries > 0
        self._kept: Bounded[tuple[int, Hashable], AskResult] = Bounded(max_bytes, entries)
        self._lock = RLock()
        self._numbers: weakref.WeakKeyDictionary[Snapshot, int] = weakref.WeakKeyDictionary()
        self._next = count()

    def __bool__(self) -> bool:
        """Whether it keeps anything at all."""
        return self._enabled

    def __len__(self) -> int:
        return len(self._kept)

    def get(self, snapshot: Snapshot, request: Hashable) -> AskResult | None:
        """What was kept for ``request`` on this very ``snapshot``."""
        return self._kept.get((self._number(snapshot), request))

    def put(self, snapshot: Snapshot, request: Hashable, answer: AskResult, beside: int = 0) -> None:
        """Keeps ``answer``; the ones that were not asked for the longest make room. ``beside``: bytes of ``request``
        that are no part of the answer."""
        if self:
            self._kept.put((self._number(snapshot), request), answer, size_of(answer) + beside)

    def _number(self, snapshot: Snapshot) -> int:
        """Its own number for each snapshot: a commit's may come again, in a collection that was removed and made
        anew."""
        with self._lock:
            number = self._numbers.get(snapshot)
            if number is None:
                number = self._numbers[snapshot] = next(self._next)
                weakref.finalize(snapshot, self._kept.drop_where, lambda key: key[0] == number).atexit = False
            return number


def size_of_filters(filters: Filters) -> int:
    """Bytes that ``filters`` take, at most: a request may name thousands of documents."""
    entries = (*filters.doc_id, *filters.source, *filters.tag)
    return sum(_A_STRING + _THE_WIDEST * len(entry) for entry in entries)


def size_of(answer: AskResult) -> int:
    """Bytes that ``answer`` takes, about; texts that it shares with others are counted as its own."""
    characters = len(answer.question)
    for passage in answer.passages:
        characters += len(passage.text) + len(passage.citation.quote)
        characters += sum(len(copy.quote) for copy in passage.copies)
    for told in (answer.answer, *answer.alternatives):
        if told is not None:
            characters += len(told.text) + len(told.context) + sum(len(cited.quote) for cited in told.citations)
    return _OVERHEAD + _A_CHARACTER * characters
