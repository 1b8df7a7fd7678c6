"""How far two texts begin alike."""

from __future__ import annotations


def common_start(one: str, other: str) -> int:
    """Length of the common beginning, in characters."""
    length = 0
    for a, b in zip(one, other, strict=False):
        if a != b:
            break
        length += 1
    return length
