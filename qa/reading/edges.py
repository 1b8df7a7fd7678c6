"""Where an answer begins and ends: at whole words and values, without marks around it."""

from __future__ import annotations

from collections.abc import Sequence

from qa.reading.place import Place

_PAIRS = {
    "《": "》",
    "〈": "〉",
    "“": "”",
    "‘": "’",
    "「": "」",
    "『": "』",
    "（": "）",
    "(": ")",
    "【": "】",
    "[": "]",
}
_QUOTES = frozenset("\"'")
_MARKS = frozenset("，,；;：:。．.！!？?、…—–-·•|/") | set(_PAIRS) | set(_PAIRS.values()) | _QUOTES


def whole_words(places: Sequence[Place], start: int, end: int) -> tuple[int, int] | None:
    """The range of all words that ``[start, end)`` of a passage touches, None if it touches none.

    ``places`` are the passage's sentences. A value with its blur and unit (约1.4亿美元) is a word. Marks at either end
    are left out, but for quotes and brackets that stand there in pairs: 《A》和《B》, A（B）.
    """
    found = []
    for place in places:
        if place.start < end and start < place.end:
            words = place.sentence.words
            for low, high in zip(words.starts.tolist(), words.ends.tolist(), strict=True):
                if place.start + low < end and start < place.start + high:
                    found.append((place.start + low, place.start + high, place.sentence.text[low:high]))
    trimmed = _trimmed([form for _, _, form in found])
    return (found[trimmed[0]][0], found[trimmed[-1]][1]) if trimmed else None


def _trimmed(forms: Sequence[str]) -> range:
    """The numbers of ``forms`` without the marks at either end."""
    paired = _paired(forms)
    kept = [number for number, form in enumerate(forms) if form not in _MARKS or number in paired]
    if all(forms[number] in _MARKS for number in kept):
        return range(0)
    return range(kept[0], kept[-1] + 1)


def _paired(forms: Sequence[str]) -> set[int]:
    """The numbers of the quotes and brackets whose other half is there as well."""
    opened: list[int] = []
    paired: set[int] = set()
    for number, form in enumerate(forms):
        if opened and form == _PAIRS.get(forms[opened[-1]], forms[opened[-1]]):
            paired |= {opened.pop(), number}
        elif form in _PAIRS or form in _QUOTES:
            opened.append(number)
    return paired
