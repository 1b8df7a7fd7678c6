"""Spans of a sentence that may be an answer: runs of whole words, within a clause or over whole clauses.

A span never begins or ends inside a word or a value, never at a punctuation mark (but for a quoted title, which
keeps its quotes), and never with a bracket left open.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from qa.reading.sentence import Sentence
from qa.reading.words import MARK, IntArray

_SHORT = 10
"""Words of a free span. Longer spans must end where a clause does."""
_MOST_CLAUSES = 5
_LONGEST_TITLE = 13
"""Words of a quoted title with its quotes; what is longer is a quotation, and read like other clauses."""
_PAIRS = {"《": "》", "“": "”", "「": "」", "『": "』", '"': '"'}
_PARTICLES = frozenset(
    "的 了 着 是 在 和 与 及 或 也 都 就 而 但 并 且 吗 呢 又 还 the a an of and or to in on at by".split()
)


def candidate_spans(sentence: Sentence) -> tuple[IntArray, IntArray]:
    """First and last word of every candidate, both included."""
    words = sentence.words
    count = len(words)
    if not count:
        return np.zeros(0, np.int32), np.zeros(0, np.int32)
    mark = words.classes == MARK
    first, last = (index.astype(np.int32) for index in np.triu_indices(count))
    reach, clauses = last - first, sentence.clauses[last] - sentence.clauses[first]
    begins = np.r_[True, mark[:-1]] & ~mark
    ends = np.r_[mark[1:], True] & ~mark
    closes_clause = np.r_[sentence.clauses[1:] != sentence.clauses[:-1], True]
    # The last word of a clause stands before its closing mark.
    ends_clause = ends & (closes_clause | np.r_[closes_clause[1:] & mark[1:], True])
    keep = (clauses == 0) & ((reach < _SHORT) | ends_clause[last])
    keep |= (clauses > 0) & (clauses < _MOST_CLAUSES) & begins[first] & ends_clause[last]
    keep |= (clauses == 1) & ends_clause[last]
    edge = ~mark & ~_particles(sentence)
    keep &= edge[first] & edge[last]
    keep &= _balanced(sentence, first, last)
    quoted = _quoted(sentence)
    first, last = np.r_[first[keep], quoted[:, 0]], np.r_[last[keep], quoted[:, 1]]
    return first.astype(np.int32), last.astype(np.int32)


def _particles(sentence: Sentence) -> npt.NDArray[np.bool_]:
    """Words that an answer neither begins nor ends with."""
    return np.array([form in _PARTICLES for form in sentence.words.forms], dtype=np.bool_)


def _balanced(sentence: Sentence, first: IntArray, last: IntArray) -> npt.NDArray[np.bool_]:
    return np.asarray(sentence.depth[first] == sentence.depth[last + 1], dtype=np.bool_)


def _quoted(sentence: Sentence) -> IntArray:
    """Titles and phrases with their quotes, as (first, last) rows."""
    out = []
    forms = sentence.words.forms
    for number, form in enumerate(forms):
        if form in _PAIRS:
            closing = next((k for k in range(number + 1, len(forms)) if forms[k] == _PAIRS[form]), None)
            if closing is not None and number + 1 < closing <= number + _LONGEST_TITLE:
                out.append((number, closing))
    return np.array(out, dtype=np.int32).reshape(-1, 2)
