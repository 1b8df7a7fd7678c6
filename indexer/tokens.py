"""Text to token ids, for encoders that are a table of token vectors.

Three kinds of token, found on folded text (`indexer.normalize`), each with its rule for what the
vocabulary lacks:

    Han      every vocabulary word of 1 to 4 characters, overlapping: no segmenter cuts wrong
    English  the whole word, else the word before 's, else word pieces, longest first ("^kua", "##ishou")
    number   the whole number, else pairs of digits ("#20", "#25")

Four Han characters fit one 64-bit key, so a whole batch of texts is looked up by a few numpy calls.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence

import numpy as np

from indexer.normalize import fold

FIRST_HAN, LAST_HAN = "\u3400", "\u9fff"
MAX_HAN = 4  # characters of a Han word: 4 x 16 bits
MAX_PIECE = 12  # letters; longer pieces are whole words already
_LATIN = re.compile(r"[a-z]+(?:'[a-z]+)?|[0-9]+")
_MIN_WORD_AS_PIECE = 5  # "photo" may begin "photovoltaic"; a shorter word at the front says too little
_MIX = np.uint64(0x9E3779B97F4A7C15)  # Fibonacci hashing, Knuth vol. 3, 6.4
_FILTER_BITS = 18
_NONE = -1


def _plain_letters() -> dict[int, str]:
    table = {0x2019: "'"}  # the typographic apostrophe
    for code in range(0x00E0, 0x0250):
        base = unicodedata.normalize("NFD", chr(code))[0]
        if "a" <= base <= "z":
            table[code] = base
    return table


_PLAIN_LETTERS = _plain_letters()


def plain(text: str) -> str:
    """`text` folded, accents off: the form the vocabulary is written in. Length is kept."""
    folded = fold(text)
    return folded if folded.isascii() else folded.translate(_PLAIN_LETTERS)


class HanWords:
    """The Han words of a vocabulary, found wherever they stand in a text."""

    def __init__(self, words: Mapping[str, int]) -> None:
        by_size = [[word for word in words if len(word) == size] for size in range(1, MAX_HAN + 1)]
        ordered = [word for group in by_size for word in group]
        keys = np.concatenate([_keys(group, size) for size, group in enumerate(by_size, 1)])
        numbers = np.fromiter(map(words.__getitem__, ordered), np.int32, len(ordered))
        singles = len(by_size[0])
        self._single = np.full(1 << 16, _NONE, np.int32)
        self._single[keys[:singles].astype(np.int64)] = numbers[:singles]
        order = np.argsort(keys[singles:])
        self._keys, self._numbers = keys[singles:][order], numbers[singles:][order]
        self._maybe = np.zeros(1 << _FILTER_BITS, bool)  # spares most positions the binary search
        self._maybe[_slot(self._keys)] = True

    def find(self, text: str) -> tuple[np.ndarray, np.ndarray]:
        """(position of the last character, id) of every word in `text`, int64 and int32, in no order."""
        codes = np.frombuffer(text.encode("utf-32-le", "surrogatepass"), np.uint32)
        starts = np.flatnonzero((codes >= ord(FIRST_HAN)) & (codes <= ord(LAST_HAN)))
        chars = np.zeros(len(codes) + MAX_HAN, np.uint64)  # zero: not Han, or past the end
        chars[starts] = key = codes[starts].astype(np.uint64)
        numbers = self._single[codes[starts]]
        ends, found = [starts[numbers != _NONE]], [numbers[numbers != _NONE]]
        for size in range(2, MAX_HAN + 1 if len(self._keys) else 0):
            following = chars[starts + size - 1]
            inside = following != 0
            starts, key = starts[inside], key[inside] << np.uint64(16) | following[inside]
            maybe = np.flatnonzero(self._maybe[_slot(key)])
            place = np.searchsorted(self._keys, key[maybe])
            place[place == len(self._keys)] = 0
            exact = self._keys[place] == key[maybe]
            ends.append(starts[maybe[exact]] + size - 1)
            found.append(self._numbers[place[exact]])
        return np.concatenate(ends), np.concatenate(found)


def _keys(words: Sequence[str], size: int) -> np.ndarray:
    """64-bit keys of `words` of `size` characters: 16 bits a character, the last one lowest."""
    codes = np.frombuffer("".join(words).encode("utf-32-le"), np.uint32).astype(np.uint64)
    key = np.zeros(len(words), np.uint64)
    for column in codes.reshape(len(words), size).T:
        key = key << np.uint64(16) | column
    return key


def _slot(keys: np.ndarray) -> np.ndarray:
    return np.asarray(keys * _MIX >> np.uint64(64 - _FILTER_BITS), np.int64)


class Tokenizer:
    """Token ids under a fixed vocabulary; the id of a token is its line number."""

    def __init__(self, vocabulary: Sequence[str]) -> None:
        self.vocabulary = vocabulary
        ids = {token: number for number, token in enumerate(vocabulary)}
        self._han = HanWords({token: i for token, i in ids.items() if token >= FIRST_HAN})
        self._latin = {token: i for token, i in ids.items() if token < FIRST_HAN}

    def __call__(self, text: str) -> np.ndarray:
        """Ids of the tokens of `text`, int32, ordered by where they end, duplicates kept."""
        return self.split([text])[0]

    def split(self, texts: Sequence[str]) -> list[np.ndarray]:
        """Token ids of each of `texts`, as `__call__` gives them, at the cost of one text."""
        if not texts:
            return []
        joined = plain("\n".join(texts))
        latin_ends: list[int] = []
        latin: list[int] = []
        for match in _LATIN.finditer(joined):
            word = match.group()
            number = self._latin.get(word)
            numbers = self._fallback(word) if number is None else (number,)
            latin += numbers
            latin_ends += [match.end() - 1] * len(numbers)
        han_ends, han = self._han.find(joined)
        ends = np.concatenate([han_ends, np.asarray(latin_ends, np.int64)])
        ids = np.concatenate([han, np.asarray(latin, np.int32)])
        order = np.argsort(ends, kind="stable")
        starts = np.cumsum([len(text) + 1 for text in texts])[:-1]  # one more for the line feed
        return np.split(ids[order], np.searchsorted(ends[order], starts))

    def _fallback(self, word: str) -> Sequence[int]:
        """Ids for a word or number that is no token itself."""
        if word[0].isdigit():
            pairs = ("#" + word[i : i + 2] for i in range(0, len(word), 2))
            return [self._latin[pair] for pair in pairs if pair in self._latin]
        if word.endswith("'s") and word[:-2] in self._latin:
            return [self._latin[word[:-2]]]
        return self._pieces(word.replace("'", ""))

    def _pieces(self, word: str) -> list[int]:
        """Greedy longest pieces from the left; a letter that no piece covers is skipped."""
        found, start = [], 0
        while start < len(word):
            for end in range(min(len(word), start + MAX_PIECE), start, -1):
                number = self._latin.get(("##" if start else "^") + word[start:end])
                if number is None and start == 0 and end >= _MIN_WORD_AS_PIECE:
                    number = self._latin.get(word[:end])
                if number is not None:
                    found.append(number)
                    start = end
                    break
            else:
                start += 1
        return found
