"""Match text: the folded form that search sees. Same length as its input, so offsets hold.

Folds per character: compatibility forms whose NFKC is one character (full width, presentation forms),
letter case, and traditional to simplified Han. What would change the length (a ligature, a fraction,
the sharp s) stays as it is. Source of the Han pairs: OpenCC's t2s, read one character at a time.
"""

from __future__ import annotations

import unicodedata
from functools import cache

from opencc import OpenCC

_HAN_BLOCKS = ((0x3400, 0x4DC0), (0x4E00, 0xA000), (0xF900, 0xFB00))
_OTHER_BLOCKS = ((0x00A0, 0x0250), (0x0370, 0x0530), (0x2000, 0x2E00), (0x3000, 0x3400), (0xFB00, 0x10000))


def _fold_char(char: str) -> str:
    folded = unicodedata.normalize("NFKC", char).lower()
    return folded if len(folded) == 1 else char


@cache
def _table() -> dict[int, str]:
    convert = OpenCC("t2s").convert
    table = {cp: chr(cp + 32) for cp in range(ord("A"), ord("Z") + 1)}
    for first, last in _OTHER_BLOCKS:
        for cp in range(first, last):
            if 0xD800 <= cp < 0xE000:
                continue
            folded = _fold_char(chr(cp))
            if folded != chr(cp):
                table[cp] = folded
    han = [chr(cp) for first, last in _HAN_BLOCKS for cp in range(first, last)]
    compat = [_fold_char(char) for char in han]
    # One call instead of 28,000: the line feed keeps every character a phrase of its own.
    for char, simple in zip(han, convert("\n".join(compat)).split("\n"), strict=True):
        if len(simple) == 1 and simple != char:
            table[ord(char)] = simple
    return table


def fold(text: str) -> str:
    """``text`` folded for matching; ``len(fold(text)) == len(text)`` always."""
    return text.translate(_table())
