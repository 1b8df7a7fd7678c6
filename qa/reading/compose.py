"""Answers of several pieces: items of one enumeration, and two figures of one sentence that were both asked for.

The network chooses single spans. A question for a list, or with two question words (营收是多少，同比增长多少), wants
the neighbours of the chosen span as well; they are joined when they stand in the same sentence.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from qa.reading.asked import Asked
from qa.reading.sentence import Sentence

_GAP = 24
"""Characters between two figures that belong together."""
_STRONG = 0.15
"""A neighbour joins if its belief is at least this share of the first one's."""
_BARE = frozenset(("ratio", "money"))
_BETWEEN = re.compile(r"\s*(?:[、；;]|,(?!\d)|，|和|与|及|以及|或|and|or)?\s*")
_QUOTED = re.compile(r"《[^《》]{1,30}》|“[^“”]{1,30}”|「[^「」]{1,30}」|『[^『』]{1,30}』")

_LEAD = re.compile(r"[^、]*?(?:包括了?|包含了?|例如|比如|诸如|分别[是为有]|including|such as|:|：)\s*")
_AND_SO_ON = re.compile(r"等(?!于|待|级|同|候|到).*|\s(?:and so on|etc).*", re.DOTALL)

Span = tuple[int, int]


def composed(sentence: Sentence, ask: Asked, span: Span, others: Sequence[tuple[Span, float]], belief: float) -> Span:
    """``span`` (a range of the sentence), widened where the question wants more than one piece.

    ``others`` are the next best spans of the same sentence with their beliefs.
    """
    if ask.kind == "list":
        strong = [other for other, share in others if share >= _STRONG * belief]
        span = _bare_list(sentence, _whole_enumeration(sentence, _joined(sentence, span, strong)))
    elif ask.parallel and others:
        span = _joined(sentence, span, [others[0][0]])
    else:
        span = _bare_value(sentence, span, ask)
    return _with_unit(sentence, _equal_items(sentence, span), ask)


def _bare_value(sentence: Sentence, span: Span, ask: Asked) -> Span:
    """The share or the amount that was asked for, without the words around it: 近七成来自P端 -> 近七成."""
    values = [v for v in sentence.values if span[0] <= v.start and v.end <= span[1]]
    if ask.kind in _BARE and len(values) == 1 and values[0].value["kind"] == ask.kind:
        return values[0].start, values[0].end
    return span


def _joined(sentence: Sentence, span: Span, strong: Sequence[Span]) -> Span:
    """The first span and its strong neighbours, near enough to be read as one."""
    for other in strong:
        gap = max(other[0] - span[1], span[0] - other[1])
        low, high = min(span[0], other[0]), max(span[1], other[1])
        if gap <= _GAP and not re.search(r"[。！？!?\n]", sentence.text[low:high]):
            span = (low, high)
    return span


def _whole_enumeration(sentence: Sentence, span: Span) -> Span:
    """All items of the enumeration that the span is an item of: “甲”“乙”“丙”, parted by marks or by nothing."""
    low, high = span
    titles = [match.span() for match in _QUOTED.finditer(sentence.text)]
    for start, end in titles:
        if start >= high and _BETWEEN.fullmatch(sentence.text, high, start) and any(t[1] == high for t in titles):
            high = end
    for start, end in reversed(titles):
        if end <= low and _BETWEEN.fullmatch(sentence.text, end, low) and any(t[0] == low for t in titles):
            low = start
    return low, high


def _bare_list(sentence: Sentence, span: Span) -> Span:
    """An enumeration without the words that lead to it (客户包括) and without 等 and what follows."""
    low, high = span
    if "、" not in sentence.text[low:high]:
        return span
    lead = _LEAD.match(sentence.text, low, high)
    if lead and "、" in sentence.text[lead.end() : high] and "、" not in lead.group():
        low = lead.end()
    rest = _AND_SO_ON.search(sentence.text, low, high)
    if rest and "、" not in rest.group():
        high = rest.start()
    return _to_word_end(sentence, (low, high))


def _equal_items(sentence: Sentence, span: Span) -> Span:
    """All of 1 天、7 天、15 天 where one of them was chosen: values of one kind parted by 、 answer together."""
    low, high = span
    values = list(sentence.values)
    chosen = next((v for v in values if (v.start, v.end) == span), None)
    if chosen is None:
        return span
    for value in values:
        same = value.value["kind"] == chosen.value["kind"] and value.value.get("unit") == chosen.value.get("unit")
        if same and value.start >= high and sentence.text[high : value.start].strip() == "、":
            high = value.end
    for value in reversed(values):
        same = value.value["kind"] == chosen.value["kind"] and value.value.get("unit") == chosen.value.get("unit")
        if same and value.end <= low and sentence.text[value.end : low].strip() == "、":
            low = value.start
    return low, high


def _with_unit(sentence: Sentence, span: Span, ask: Asked) -> Span:
    """A number with the noun that was counted, where the question names it: 多少灵感值 -> 20灵感值."""
    number = next((v for v in sentence.values if v.end == span[1] and v.value["kind"] == "count"), None)
    if number is None or number.value.get("unit") or ask.focus.isascii():
        return span
    for length in range(len(ask.focus), 1, -1):
        if sentence.folded.startswith(ask.focus[:length], span[1]):
            return _to_word_end(sentence, (span[0], span[1] + length))
    return span


def _to_word_end(sentence: Sentence, span: Span) -> Span:
    """``span`` up to the end of the word that it stops in."""
    for start, end in zip(sentence.words.starts, sentence.words.ends, strict=True):
        if start < span[1] < end:
            return span[0], int(end)
    return span
