"""Which segments a commit writes anew: a log-structured merge (O'Neil, Cheng, Gawlick & O'Neil 1996).

A new segment joins the one before it when that is not at least ``_GROWTH`` times larger: so a store of n chunks holds
O(log n) small segments, and every chunk is written O(log n) times. A segment that is searched by cells has reached its
size and stays. One of which much is dead is written again without it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from indexer.derive import SegmentRow

_GROWTH = 3
_DEAD_SHARE = 0.3


def to_rewrite(stored: Sequence[SegmentRow], dead: Mapping[str, int], new: int) -> list[list[SegmentRow]]:
    """Runs of neighbouring segments to be written anew, each as one; the last run, perhaps empty, also takes the
    ``new`` chunks.

    ``stored``: in the order of their chunks; ``dead``: how many chunks of each are dead, by name.
    """
    left = list(stored)
    joined: list[SegmentRow] = []
    size = new
    while new and left and left[-1].kind == "flat" and left[-1].chunks <= _GROWTH * size:
        size += left[-1].chunks
        joined.insert(0, left.pop())
    runs = [[segment] for segment in left if dead.get(segment.name, 0) > _DEAD_SHARE * segment.chunks]
    return [*runs, joined]
