"""Named repairs of text that arrived damaged, in the order in which they run.

A fixer reads a text and returns the edits it wants, in order and without overlap; it never changes
wording. Each can be switched off by name (``clean(document, skip={"pinyin"})``) and its edits are counted.
Order matters: mojibake is told by control characters that ``invisible`` would drop, and the shifted bytes
are solved with the readings that ``pinyin`` would take away.
"""

from __future__ import annotations

from collections.abc import Callable

from indexer.fixers.invisible import invisible
from indexer.fixers.mojibake import mojibake
from indexer.fixers.pinyin import pinyin
from indexer.fixers.remnants import entities, tags
from indexer.fixers.shifted import shifted_bytes
from indexer.fixers.spacing import lost_runs, spacing
from indexer.offsets import Edit

Fixer = Callable[[str], list[Edit]]

FIXERS: dict[str, Fixer] = {
    "mojibake": mojibake,
    "shifted_bytes": shifted_bytes,
    "tags": tags,
    "entities": entities,
    "pinyin": pinyin,
    "invisible": invisible,
    "lost_runs": lost_runs,
    "spacing": spacing,
}
