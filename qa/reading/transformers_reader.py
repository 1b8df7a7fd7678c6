"""The reader slot for other models: a question-answering head of the hub, by name or folder.

A span is worth its start and end logits less what the model says for no answer in that passage, and so are spans of
different passages compared: section 4.3 of Devlin et al., "BERT: pre-training of deep bidirectional transformers for
language understanding" (2019). Probabilities of each passage for itself would not compare.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

import numpy as np

from qa.reading.asked import asked
from qa.reading.edges import whole_words
from qa.reading.facts import Evidence, gather
from qa.reading.likeness import SoftMatcher, WordEncoder
from qa.reading.matching import Floats
from qa.reading.reading import READINGS, Chosen, as_reading
from qa.reading.span_model import Window, load_span_model
from qa.results import Passage, Query, Reading

_LONGEST = 64
"""Tokens of a span. The recipe has 30, but a token of Chinese is one character."""
_BEST = 20
"""Spans of a window that are looked at."""

Scored = dict[tuple[int, int, int], float]
"""Scores of spans: passage, start and end in its text."""


class TransformersReader:
    """A ``Reader`` around the model called ``name``; ``words`` is what its measures compare words by, as those of the
    embedded reader do (the embedded encoder). Thread safe. Raises ConfigError for a model that cannot be used."""

    def __init__(self, name: str, words: WordEncoder) -> None:
        self._model = load_span_model(name)
        self._soft = SoftMatcher(words)

    def read(self, query: Query, passages: Sequence[Passage]) -> list[Reading]:
        """At most 10 readings that do not overlap, best first; ``score`` is the share of belief among all spans."""
        evidence, _ = gather(query, passages, self._soft)
        windows = self._model.windows(query.text, [passage.text for passage in passages])
        scored = _scored(evidence, windows)
        if not scored:
            return []
        top = max(scored.values())
        total = sum(np.exp(score - top) for score in scored.values())
        ask = asked(query)
        found = []
        for span in _best_apart(scored):
            belief = float(np.exp(scored[span] - top) / total)
            chosen = Chosen(_main_place(evidence, span), span[1], span[2], belief, scored[span])
            found.append(as_reading(evidence, passages, ask, chosen))
        return found


def best_spans(start: Floats, end: Floats) -> list[tuple[int, int, float]]:
    """The best spans of a window as first token, last token (included) and sum of logits, in no order."""
    sums = start[:, None] + end[None, :]
    apart = np.arange(len(end))[None, :] - np.arange(len(start))[:, None]
    first, last = np.nonzero((apart >= 0) & (apart < _LONGEST))
    scores = sums[first, last]
    best = np.argpartition(-scores, _BEST)[:_BEST] if len(scores) > _BEST else np.arange(len(scores))
    return [(int(first[k]), int(last[k]), float(scores[k])) for k in best]


def _scored(evidence: Evidence, windows: Sequence[Window]) -> Scored:
    """The best spans of all windows, made whole, less the least null score of their passage's windows."""
    places = defaultdict(list)
    for place in evidence.places:
        places[place.passage].append(place)
    nulls: dict[int, float] = {}
    for window in windows:
        nulls[window.text] = min(window.null, nulls.get(window.text, window.null))
    scored: Scored = {}
    for window in windows:
        for first, last, score in best_spans(window.start, window.end):
            low, high = int(window.offsets[first, 0]), int(window.offsets[last, 1])
            whole = whole_words(places[window.text], low, high)
            if whole:
                span = window.text, *whole
                scored[span] = max(score - nulls[window.text], scored.get(span, -np.inf))
    return scored


def _best_apart(scored: Scored) -> list[tuple[int, int, int]]:
    """The best spans that do not overlap one another, best first."""
    chosen: list[tuple[int, int, int]] = []
    for span in sorted(scored, key=lambda span: (-scored[span], span)):
        if all(span[0] != other[0] or span[2] <= other[1] or other[2] <= span[1] for other in chosen):
            chosen.append(span)
            if len(chosen) == READINGS:
                break
    return chosen


def _main_place(evidence: Evidence, span: tuple[int, int, int]) -> int:
    """The sentence that holds most of the span."""
    passage, start, end = span
    inside = [
        min(place.end, end) - max(place.start, start) if place.passage == passage else 0 for place in evidence.places
    ]
    return int(np.argmax(inside))
