"""What is known of the candidate spans of a sentence before any question: remembered, for questions come back to the
same sentences."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from indexer.bounded import Bounded
from qa.reading.candidates import candidate_spans
from qa.reading.sentence import Sentence
from qa.reading.surroundings import Columns, prefix_sums
from qa.reading.words import CLASSES, MARK, IntArray

VALUE_KINDS = ("count", "ratio", "money", "duration", "date", "rank", "version")
CUES = {
    "copula": frozenset("是 为 即 指 系 is was are were".split()),
    "call": frozenset("叫 称 称为 名为 叫做 命名 名叫 called named".split()),
    "agent": frozenset("由 被 向 给 与 和 by with from to".split()),
    "cause": frozenset("因为 因 由于 为了 原因 because due since".split()),
    "in": frozenset("在 于 至 到 从 自 in on at until".split()),
    "reach": frozenset("达 达到 约 增长 下降 升至 降至 超过 超 共 有 reached total".split()),
    "say": frozenset("表示 说 认为 称 指出 said says".split()),
    "of": frozenset("的".split()),
}
MARK_NAMES = (
    *(f"first_{name}" for name in CLASSES),
    *(f"last_{name}" for name in CLASSES),
    *(f"left_{name}" for name in CLASSES),
    *(f"right_{name}" for name in CLASSES),
    *(f"holds_{name}" for name in CLASSES),
    *(f"cue_{name}" for name in CUES),
    *(f"value_{name}" for name in VALUE_KINDS),
)
_REMEMBERED = 8_000_000  # bytes
_MOST = 3  # words of a class that are counted
_HOLDS = slice(4 * len(CLASSES), 5 * len(CLASSES))


@dataclass(frozen=True, slots=True)
class SpanBase:
    """``first`` and ``last``: the words of each candidate span, both included. ``numbers``: float32 (n, spans), in the
    order of ``names``; ``marks``: uint8 (len(MARK_NAMES), spans), 0 or 1, and up to 3 for what a span holds."""

    first: IntArray
    last: IntArray
    names: tuple[str, ...]
    numbers: npt.NDArray[np.float32]
    marks: npt.NDArray[np.uint8]

    def write_marks(self, rows: npt.NDArray[np.float32]) -> None:
        """The ``marks`` as features, into ``rows`` (len(MARK_NAMES), spans)."""
        rows[:] = self.marks
        rows[_HOLDS] /= _MOST


_KNOWN: Bounded[str, SpanBase] = Bounded(_REMEMBERED)


def span_base(sentence: Sentence) -> SpanBase:
    """The base of ``sentence``; it depends on its text alone."""
    found = _KNOWN.get(sentence.text)
    if found is None:
        first, last = candidate_spans(sentence)
        columns = [*_places(sentence, first, last), *_contents(sentence, first, last)] if len(first) else []
        numbers = np.array([column for _, column in columns], np.float32).reshape(len(columns), len(first))
        found = SpanBase(first, last, tuple(name for name, _ in columns), numbers, _marks(sentence, first, last))
        size = first.nbytes + last.nbytes + found.numbers.nbytes + found.marks.nbytes + 4 * len(sentence.text)
        _KNOWN.put(sentence.text, found, size)
    return found


def _places(sentence: Sentence, first: IntArray, last: IntArray) -> Columns:
    """Where a span stands in its sentence."""
    words, count = sentence.words, len(sentence.words)
    mark = words.classes == MARK
    clause, clauses = sentence.clauses, int(sentence.clauses[-1]) + 1
    opens = np.r_[True, (clause[1:] != clause[:-1]) | mark[:-1]]
    closes = np.r_[(clause[1:] != clause[:-1]) | mark[1:], True]
    span_clauses = (clause[last] - clause[first] + 1).astype(np.float32)
    content = prefix_sums((~mark).astype(np.float32))
    in_clause = np.bincount(clause, weights=(~mark), minlength=clauses)[clause[first]]
    inside = content[last + 1] - content[first]
    return [
        ("words", np.log1p((last - first + 1).astype(np.float32))),
        ("characters", np.log1p((words.ends[last] - words.starts[first]).astype(np.float32))),
        ("begins_clause", opens[first].astype(np.float32)),
        ("ends_clause", closes[last].astype(np.float32)),
        ("clauses", np.minimum(span_clauses, 5) / 5),
        ("whole_clause", (inside >= in_clause).astype(np.float32)),
        ("whole_sentence", (inside >= content[-1]).astype(np.float32)),
        ("position", first.astype(np.float32) / count),
    ]


def _contents(sentence: Sentence, first: IntArray, last: IntArray) -> Columns:
    """What a span is made of: values, a quoted title, an enumeration, rare words."""
    forms = sentence.words.forms
    is_value = prefix_sums((sentence.value_at >= 0).astype(np.float32))
    inside = is_value[last + 1] - is_value[first]
    exact = (first == last) & (sentence.value_at[first] >= 0)
    comma = prefix_sums(np.array([form == "、" for form in forms], dtype=np.float32))
    opening = np.array([form in '《“「『"' for form in forms])
    periods = np.zeros(len(forms), dtype=np.float32)
    for start, end, _ in sentence.periods:
        periods += (sentence.words.starts >= start) & (sentence.words.ends <= end)
    period = prefix_sums(periods)
    rarity = prefix_sums(sentence.rarity)
    return [
        ("quoted", opening[first].astype(np.float32)),
        ("in_quotes", (sentence.depth[first] > 0).astype(np.float32)),
        ("enumeration", np.minimum(comma[last + 1] - comma[first], 4) / 4),
        ("rarity", (rarity[last + 1] - rarity[first]) / (last - first + 1)),
        ("least_rarity", np.minimum(sentence.rarity[first], sentence.rarity[last])),
        ("exact_value", exact.astype(np.float32)),
        ("holds_value", (inside > 0).astype(np.float32)),
        ("values_inside", np.minimum(inside, 4) / 4),
        ("period_inside", (period[last + 1] > period[first]).astype(np.float32)),
    ]


def _marks(sentence: Sentence, first: IntArray, last: IntArray) -> npt.NDArray[np.uint8]:
    """The rows of MARK_NAMES: classes of the words at, beside and in a span, what announces it, what value it is."""
    kinds = np.eye(len(CLASSES), dtype=np.uint8)[:, sentence.words.classes]
    padded = np.pad(kinds, ((0, 0), (1, 1)))
    inside = np.pad(np.cumsum(kinds, axis=1, dtype=np.int32), ((0, 0), (1, 0)))
    cues = np.zeros((len(CUES), len(sentence.words) + 1), dtype=np.uint8)
    for number, form in enumerate(sentence.words.forms):
        for row, forms in enumerate(CUES.values()):
            if form in forms:
                cues[row, number + 1] = 1
    exact = np.where(first == last, sentence.value_at[first], -1)
    values = [[*(found.value["kind"] == name for found in sentence.values), False] for name in VALUE_KINDS]
    blocks = [
        kinds[:, first],
        kinds[:, last],
        padded[:, first],
        padded[:, last + 2],
        np.minimum(inside[:, last + 1] - inside[:, first], _MOST).astype(np.uint8),
        cues[:, first],
        np.array(values, dtype=np.uint8)[:, exact],
    ]
    return np.concatenate(blocks)
