"""Choose the tokens: Han characters, Chinese words, English words, word pieces, numbers.

A Chinese word is a run of 2 to 4 Han characters of the corpus that a dictionary knows: a gloss of ECDICT or a
word of jieba's list. Ranked by how often it stands in the corpus and in general prose; a gloss counts less
than running text, and an English word that no dictionary has must be frequent. What the corpus has little of,
everyday English, comes in by the words that the teacher's own vocabulary holds whole.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Collection

import rjieba

from indexer.tokens import FIRST_HAN, LAST_HAN, plain
from training.encoder.data import DICTIONARIES, Corpus
from training.encoder.recipe import Recipe

_HAN = re.compile(f"[{FIRST_HAN}-{LAST_HAN}]+")
_ENGLISH = re.compile(r"[a-z]+(?:'[a-z]+)?")
_MAX_HAN, _MAX_ENGLISH = 4, 20  # characters of a word
_SOURCE_CAP = 20_000  # one source's jargon must not outrank the language
_WEIGHTS = {"ecdict": 0.3, "cldr": 0.3, "osm-names": 0.3, "terms": 1_000.0}  # our own terms are always in
_GENERAL_WEIGHT = 0.2  # of the count in jieba's list, which comes from general prose and news
_GENERAL_BONUS = 50  # occurrences that an English word of the teacher's vocabulary is granted
_MIN_CHAR = 2  # occurrences of a single character
_MIN_UNLISTED = 100  # occurrences of an English word that no dictionary has
_PIECES_FROM = 60_000  # English words
_MAX_PIECE = 5
LETTERS = "abcdefghijklmnopqrstuvwxyz"


def choose_vocabulary(corpus: Corpus, general: Collection[str], recipe: Recipe) -> list[str]:
    """At most `recipe.vocabulary` tokens, no duplicates, in a fixed order; `general`: common English words."""
    count = _count(corpus)
    for word in general:
        count[word] = count.get(word, 0) + _GENERAL_BONUS
    headwords = {plain(english) for name in DICTIONARIES for english, _ in corpus.pairs.get(name, [])}
    glosses = {plain(chinese) for name in DICTIONARIES for _, chinese in corpus.pairs.get(name, [])}
    chars, chinese, english = [], [], []
    for token in sorted(count, key=lambda token: (-count[token], token)):
        if token[0] < FIRST_HAN:
            listed = token in headwords or token in general or count[token] >= _MIN_UNLISTED
            if listed and len(token) <= _MAX_ENGLISH:
                english.append(token)
        elif len(token) == 1:
            chars.append(token)
        elif token in glosses or rjieba.has_word(token):
            chinese.append(token)
    pieces = _pieces(english[:_PIECES_FROM], recipe.pieces)
    numbers = [str(n) for n in range(2100)] + [f"#{n}" for n in range(10)] + [f"#{n:02d}" for n in range(100)]
    chars = [char for char in chars if count[char] >= _MIN_CHAR]
    room = recipe.vocabulary - len(chars) - len(pieces) - len(numbers)
    english = english[: room // 2]
    return [*chars, *chinese[: room - len(english)], *english, *pieces, *numbers]


def _count(corpus: Corpus) -> dict[str, float]:
    """Weighted occurrences of every candidate: English words, and Han runs of 1 to 4 characters."""
    sources: dict[str, list[str]] = {name: [] for name in (*corpus.pairs, *corpus.questions)}
    for name, text in corpus.prose():
        sources[name].append(text)
    for name in DICTIONARIES & corpus.pairs.keys():
        sources[name] = [side for pair in corpus.pairs[name] for side in pair]
    total: dict[str, float] = defaultdict(float)
    for name, texts in sources.items():
        count: Counter[str] = Counter()
        for text in map(plain, texts):
            count.update(_ENGLISH.findall(text))
            for run in _HAN.findall(text):
                for size in range(1, _MAX_HAN + 1):
                    count.update(run[i : i + size] for i in range(len(run) - size + 1))
        weight = _WEIGHTS.get(name, 1.0)
        for token, times in count.items():
            total[token] += min(times * weight, _SOURCE_CAP)
    for token in total:
        if token[0] >= FIRST_HAN and len(token) > 1 and rjieba.has_word(token):
            total[token] += _GENERAL_WEIGHT * rjieba.suggest_freq(token)
    return total


def _pieces(english: list[str], size: int) -> list[str]:
    """Every letter, then the commonest beginnings (``^ab``) and insides (``##ab``) of words, to 5 letters."""
    count: Counter[str] = Counter()
    for word in english:
        for length in range(1, _MAX_PIECE + 1):
            count["^" + word[:length]] += 1
            count.update("##" + word[i : i + length] for i in range(1, len(word) - length + 1))
    letters = ["^" + letter for letter in LETTERS] + ["##" + letter for letter in LETTERS]
    common = sorted(count, key=lambda piece: (-count[piece], piece))[:size]
    return list(dict.fromkeys(letters + common))
