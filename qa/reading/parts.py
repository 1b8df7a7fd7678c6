"""The items of an answer that lists several: 小米、亚马逊云科技、Freepik and so on."""

from __future__ import annotations

import re

_BREAK = re.compile(
    r"\s*(?:,?\s+(?:and|or)\s+|[、；;]|[,，](?!\d{3})|(?:以及|或者|和|与|及|或)(?=[^\s、，,；;]{2,}))\s*"
)


def split_parts(text: str, start: int, end: int) -> tuple[tuple[int, int], ...]:
    """The ranges of ``text`` that the items of ``[start, end)`` take, in order; empty for a single item.

    Conjunctions (和, and) only part items where a list is marked by 、 or commas as well: 研发和营销 may be one name.
    """
    breaks = list(_BREAK.finditer(text, start, end))
    if not any(found.group().strip()[:1] in "、；;,，" and found.group().strip() for found in breaks):
        return ()
    edges = [start, *(edge for found in breaks for edge in found.span()), end]
    parts = [(a, b) for a, b in zip(edges[::2], edges[1::2], strict=True) if a < b]
    return tuple(parts) if len(parts) > 1 else ()
