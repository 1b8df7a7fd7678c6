"""Traditional Chinese: whether a text is written in it, and our own words in it. Quotations are never converted.

Source of the pairs: OpenCC's t2s, s2t and s2tw (with the characters that are usual in Taiwan).
"""

from __future__ import annotations

from functools import cache

from opencc import OpenCC


def is_traditional(text: str) -> bool:
    """Whether more characters of ``text`` are traditional only than are simplified only: a name of the other script
    in a question tells nothing."""
    return _changed(text, "t2s") > _changed(text, "s2t")


def traditional(text: str) -> str:
    """``text``, which is simplified, in traditional characters."""
    return str(_converter("s2tw").convert(text))


def _changed(text: str, way: str) -> int:
    return sum(before != after for before, after in zip(text, _converter(way).convert(text), strict=False))


@cache
def _converter(way: str) -> OpenCC:
    return OpenCC(way)
