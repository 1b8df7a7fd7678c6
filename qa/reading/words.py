"""Words of a sentence, as the reader counts them: where they stand, their match form and their class.

Chinese is segmented and tagged by jieba; a value (约1.4亿美元) is one word, and so is a name that the caller gives, so
that no span made of whole words can cut a number from its unit. Offsets count characters of the sentence.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from indexer.terms import stem
from qa.reading.han_words import han_words

IntArray = npt.NDArray[np.int32]

CLASSES = ("noun", "verb", "person", "place", "name", "latin", "number", "function", "adjective", "pronoun", "mark")
NOUN, VERB, PERSON, PLACE, NAME, LATIN, NUMBER, FUNCTION, ADJECTIVE, PRONOUN, MARK = range(len(CLASSES))
_BY_TAG = {
    "nr": PERSON,
    "nrt": PERSON,
    "nrfg": PERSON,
    "ns": PLACE,
    "nt": NAME,
    "nz": NAME,
    "eng": LATIN,
    "m": NUMBER,
    "q": NUMBER,
    "t": NUMBER,
    "v": VERB,
    "n": NOUN,
    "a": ADJECTIVE,
    "d": FUNCTION,
    "p": FUNCTION,
    "c": FUNCTION,
    "u": FUNCTION,
    "y": FUNCTION,
    "f": FUNCTION,
    "r": PRONOUN,
    "x": MARK,
    "w": MARK,
}
_PIECE = re.compile(
    r"[\u3400-\u9fff\U00020000-\U0003ffff]+|[^\W\d_\u2e80-\U0003ffff]+(?:['’&\-]?[^\W_\u2e80-\U0003ffff]+)*"
    r"|\d+(?:[.,]\d+)*[a-z]*|\s+|.",
    re.DOTALL,
)
STOP_EN = frozenset(
    "a an and are as at be been being but by did do does for from had has have he her his how if in into is it its "
    "me much my no not of on or our s say said she so such than that the their them then there these they this "
    "those to up was we were what when where which who whom whose why will with would you your many any each".split()
)
STOP_ZH = frozenset(
    "的 了 是 在 和 与 及 或 有 为 以 于 由 被 把 将 对 从 到 等 这 那 其 之 也 都 就 而 但 并 且 一个 吗 呢 "
    "吧 呀 啊 哦 "
    "什么 啥 哪 哪个 哪些 哪家 哪里 哪位 哪项 哪款 哪种 谁 多少 几 几个 何 何时 为什么 为何 怎么 怎样 如何 "
    "多久 多大 时候 请问 "
    "它 他 她 我 你 我们 他们 它们 大家 自己 这个 那个 这些 那些 里 中 上 下 来 去 又 还 很 更 最 只 才 能 "
    "会 可 可以 要 想 是否 是不是 有没有 有无 能否 能不能 会不会 可否 可不可以 要不要".split()
)


@dataclass(frozen=True, slots=True)
class Words:
    """``forms`` are match forms (Latin words stemmed); ``starts``/``ends`` offsets; ``classes`` indexes CLASSES."""

    forms: tuple[str, ...]
    starts: IntArray
    ends: IntArray
    classes: IntArray

    def __len__(self) -> int:
        return len(self.forms)


def split(text: str, folded: str, whole: Sequence[tuple[int, int]] = ()) -> Words:
    """The words of ``text`` (``folded`` is its match text); the ranges ``whole`` are words of their own."""
    out: list[tuple[str, int, int, int]] = []
    at = 0
    for start, end in (*sorted(whole), (len(text), len(text))):
        if start < at:
            continue
        _split_plain(text, folded, at, start, out)
        if start < end:
            out.append((folded[start:end], start, end, NUMBER))
        at = end
    return Words(
        tuple(word[0] for word in out),
        np.array([word[1] for word in out], dtype=np.int32),
        np.array([word[2] for word in out], dtype=np.int32),
        np.array([word[3] for word in out], dtype=np.int32),
    )


def surfaces(words: Words, folded: str) -> tuple[str, ...]:
    """The words as they stand in the match text ``folded``, punctuation marks as nothing."""
    return tuple(
        "" if kind == MARK else folded[start:end]
        for start, end, kind in zip(words.starts, words.ends, words.classes, strict=True)
    )


def _split_plain(text: str, folded: str, low: int, high: int, out: list[tuple[str, int, int, int]]) -> None:
    for match in _PIECE.finditer(folded, low, high):
        piece, start = match.group(), match.start()
        if piece[0] >= "\u3400" and piece[0].isalpha():
            for word, tag in han_words(piece):
                out.append((word, start, start + len(word), _BY_TAG.get(tag, _BY_TAG.get(tag[:1], NOUN))))
                start += len(word)
        elif piece[0].isdigit():
            # 720p and 3d are names of something, not amounts.
            out.append((piece, start, match.end(), LATIN if piece[-1].isalpha() else NUMBER))
        elif piece[0].isalpha():
            out.append((stem(piece), start, match.end(), _latin_class(text[start : match.end()], piece)))
        elif not piece.isspace():
            out.append((piece, start, match.end(), MARK))


def _latin_class(written: str, folded: str) -> int:
    if folded in STOP_EN:
        return FUNCTION
    if not written.islower():
        return LATIN
    return VERB if folded.endswith(("ed", "ing")) else ADJECTIVE if folded.endswith("ly") else NOUN
