"""What two groups of readings say to each other: the same, something else of the same sort, something newer.

A group is the readings of one question that give one answer, the best first; their ``score`` is belief.
"""

from __future__ import annotations

from collections.abc import Sequence

from indexer.normalize import fold
from qa.results import Passage, Reading
from qa.values.equality import same_value

Group = Sequence[Reading]

_LIKELY = (0.2, 0.6)
_UNLIKELY = (0.003, 0.85)
"""A figure of the same kind rivals the first if its group has such a share of the first group's belief and its clause
such a share of the first clause's grasp of the question: a likely one of a clause that fits somewhat, or an unlikely
one of a clause that fits as well. Set by hand: of two equal sentences the networks much prefer the one that is worded
like the question."""


def same_answer(passages: Sequence[Passage], one: Reading, other: Reading) -> bool:
    """Whether two readings say the same: equal values, or the same words."""
    if one.value is not None and other.value is not None:
        return same_value(one.value, other.value)
    return _words(passages, one) == _words(passages, other)


def _words(passages: Sequence[Passage], reading: Reading) -> str:
    text = passages[reading.passage].text[reading.start : reading.end]
    return "".join(char for char in fold(text) if char.isalnum())


def rivals(first: Group, other: Group, *, likely: bool = False) -> bool:
    """Whether ``other`` gives another figure of the same kind with some right; ``likely`` asks for more of it."""
    if not _same_kind(first[0], other[0]):
        return False
    share = sum(reading.score for reading in other) / max(sum(reading.score for reading in first), 1e-9)
    cover = "cover_clause"
    grasp = other[0].features.get(cover, 0.0) / max(first[0].features.get(cover, 0.0), 1e-9)
    return any(share >= least and grasp >= enough for least, enough in (_LIKELY, _UNLIKELY)[: 1 if likely else 2])


def contradict(first: Group, other: Group) -> bool:
    """Whether two rivals cannot both hold: another passage, the same unit, the same time or none told.
    What one sentence tells side by side are different things."""
    one, two = first[0], other[0]
    if one.value is None or two.value is None or one.passage == two.passage or not rivals(first, other):
        return False
    if {_place(reading) for reading in first} & {_place(reading) for reading in other}:
        return False
    in_one_unit = one.value.get("unit") == two.value.get("unit")
    return in_one_unit and (one.as_of is None or two.as_of is None or one.as_of == two.as_of)


def _place(reading: Reading) -> tuple[int, int]:
    return reading.passage, reading.sentence_start


def newer(first: Group, other: Group) -> bool:
    """Whether ``other`` is a likely rival in another sentence and tells of a later time. What is expected is no newer
    than what is known."""
    one, two = first[0], other[0]
    apart = (one.passage, one.sentence_start) != (two.passage, two.sentence_start)
    if not apart or one.as_of is None or two.as_of is None or not rivals(first, other, likely=True):
        return False
    return (not two.forecast, two.as_of) > (not one.forecast, one.as_of)


def sentence_of(passages: Sequence[Passage], reading: Reading) -> str:
    return passages[reading.passage].text[reading.sentence_start : reading.sentence_end]


def _same_kind(one: Reading, other: Reading) -> bool:
    """Figures of one kind and unit; amounts of money in any currency."""
    if one.value is None or other.value is None or one.value.get("kind") != other.value.get("kind"):
        return False
    return one.value.get("unit") == other.value.get("unit") or one.value.get("kind") == "money"
