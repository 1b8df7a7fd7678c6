"""Qualifiers of which only one can hold: daily or monthly, year on year or quarter on quarter, version 2.0 or 2.1.

A question that names one of them is not answered by what a sentence says of another, however alike they are
otherwise. A word of a sentence stands under the qualifier of its clause, else under the last one before it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import lru_cache
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from qa.reading.matching import Term
from qa.reading.sentence import Sentence
from qa.reading.words import NUMBER, STOP_EN, IntArray
from qa.results import Query
from qa.values.units import UNIT

Flags = npt.NDArray[np.bool_]


class Mention(NamedTuple):
    """``[start, end)`` of a text, where it says ``said`` on a scale."""

    start: int
    end: int
    said: str


_DIGIT = "[\\d一二三四五六七八九十]"
_SCALES = tuple(
    {said: re.compile(pattern) for said, pattern in scale.items()}
    for scale in (
        {
            "day": rf"(?<!{_DIGIT})日(?:均|活)|(?:每|单)[日天]|\bdau\b|\bdaily\b|\b(?:a|per|each|every) day\b",
            "week": rf"(?<!{_DIGIT})周(?:均|活)|(?:每|单)(?:周|个?星期)|\bwau\b|\bweekly\b"
            r"|\b(?:a|per|each|every) week\b",
            "month": rf"(?<!{_DIGIT})(?<!个)月(?:均|活)|(?:每个?|单)月|\bmau\b|\bmonthly\b"
            r"|\b(?:a|per|each|every) month\b",
        },
        {
            "year": r"同比|\byear[- ](?:on|over)[- ]year\b|\byoy\b",
            "quarter": r"环比|\b(?:quarter|month)[- ](?:on|over)[- ](?:quarter|month)\b|\bqoq\b|\bsequentially\b",
        },
        {
            "gross": r"毛利|\bgross (?:profit|margin)",
            "net": r"净利|净亏损|\bnet (?:profit|income|loss|margin)",
            "operating": r"(?:经营|营业)(?:利润|亏损)|\boperating (?:profit|income|loss|margin)",
        },
        {"home": r"国内|境内|\bdomestic", "abroad": r"海外|境外|国外|\boverseas\b|\babroad\b"},
        {"import": r"(?<!出)进口|\bimport", "export": r"(?<!进)出口|\bexport"},
        {"male": r"男性|\bmale\b|\bmen\b", "female": r"女性|\bfemale\b|\bwomen\b"},
        {"urban": r"城镇|\burban\b", "rural": r"农村|乡村|\brural\b"},
    )
)
_NUMBER = re.compile(r"[\s-]?(?:v|version )?(\d{1,3}(?:\.\d{1,3})*[a-z]?)(?![\d%a-z]|[.,]\d)")
_LATIN_NAME = re.compile(r"(?<![a-z\d])[a-z]{2,}(?=[\s-]?\d)")
_COUNTED = re.compile(r"\s?(?:[十百千万亿%$~+–-]|(?:thousand|million|billion|trillion|bn|percent|st|nd|rd|th)\b)")
_OF_A_SERIES = frozenset("版代")
"""Units that a number in a series has as well: 可灵2.1版."""
_NO_NAME = STOP_EN | frozenset(
    "fy top about above below over under nearly around only just than then late early mid pre post since within "
    "between last next past first page pages no vs rmb usd hkd cny eur gbp jpy "
    "january february march april may june july august september october november december "
    "jan feb mar apr jun jul aug sep sept oct nov dec".split()
)


class Scale(NamedTuple):
    """What a question says on a scale, and what is found on it in a text."""

    asked: str
    patterns: tuple[tuple[str, re.Pattern[str]], ...]
    """What is said by what is found; a pattern with a group says what stands in it."""

    def mentions(self, folded: str) -> list[Mention]:
        """What ``folded`` (match text) says on this scale, in order."""
        return sorted(
            Mention(match.start(), match.end(), match[1] if pattern.groups else said)
            for said, pattern in self.patterns
            for match in pattern.finditer(folded)
            if not pattern.groups or not _counts(folded, match.end())
        )

    def contradicts(self, said: str) -> bool:
        return said != self.asked and not _same_number(self.asked, said)


def asked_scales(query: Query, terms: Sequence[Term]) -> tuple[Scale, ...]:
    """The scales on which ``query`` says one thing; a name with its number (可灵2.1, GPT-4) makes one of its own."""
    found = []
    for scale in _SCALES:
        said = [name for name, pattern in scale.items() if pattern.search(query.folded)]
        if len(said) == 1:
            found.append(Scale(said[0], tuple(scale.items())))
    return (*found, *_series(query, terms))


def contrary(sentence: Sentence, scales: Sequence[Scale]) -> Flags:
    """(words,): which words stand under another qualifier than the one asked for."""
    out = np.zeros(len(sentence.words), np.bool_)
    for scale in scales:
        mentions = scale.mentions(sentence.folded)
        if any(scale.contradicts(mention.said) for mention in mentions):
            out |= _under_another(sentence, scale, mentions)
    return out


def numbers_of_names(sentence: Sentence, names: Sequence[tuple[str, ...]]) -> Flags:
    """(words,): which words are the number of one of ``names``: the 2.1 of 可灵2.1 is no figure."""
    words = sentence.words
    out = np.zeros(len(words), np.bool_)
    for forms in names:
        for match in _numbered(forms).finditer(sentence.folded):
            han = match.group()[0] >= "\u2e80"
            if not _counts(sentence.folded, match.end()) and (not han or "." in match[1]):
                out |= (words.starts >= match.start(1)) & (words.ends <= match.end(1)) & (words.classes == NUMBER)
    return out


def asked_names(query: Query, terms: Sequence[Term]) -> tuple[tuple[str, ...], ...]:
    """The forms of each name that ``query`` asks about."""
    return tuple(dict.fromkeys(forms for _, _, forms in _names(query, terms)))


def _under_another(sentence: Sentence, scale: Scale, mentions: Sequence[Mention]) -> Flags:
    """Which words stand under a mention that contradicts ``scale``."""
    words, clauses = sentence.words, sentence.clauses
    out = np.zeros(len(words), np.bool_)
    before: str | None = None
    owner = _clauses_of(sentence, mentions)
    for clause in range(int(clauses[-1]) + 1):
        here = [mention for mention, own in zip(mentions, owner, strict=True) if own == clause]
        inside = np.flatnonzero(clauses == clause).astype(np.int32)
        if here and len({scale.contradicts(mention.said) for mention in here}) == 2:
            out[inside] = _one_by_one(sentence, scale, inside, here)
        elif before is not None or here:
            out[inside] = scale.contradicts((here[0].said if here else before) or "")
        before = here[-1].said if here else before
    return out


def _clauses_of(sentence: Sentence, mentions: Sequence[Mention]) -> list[int]:
    at = np.searchsorted(sentence.words.ends, [mention.start for mention in mentions], side="right")
    return [int(clause) for clause in sentence.clauses[np.minimum(at, len(sentence.words) - 1)]]


def _one_by_one(sentence: Sentence, scale: Scale, inside: IntArray, here: Sequence[Mention]) -> Flags:
    """In a clause of several qualifiers the values of ``inside`` belong to them in turn, each to the one before it or,
    where all of them come first (日活和月活分别为4亿和7亿), in their order; where numbers do not match, nothing is
    told."""
    out = np.zeros(len(inside), np.bool_)
    values = [number for number, word in enumerate(inside) if sentence.value_at[word] >= 0]
    if len(values) != len(here):
        return out
    for value, mention in zip(values, here, strict=True):
        out[value] = scale.contradicts(mention.said)
    return out


def _series(query: Query, terms: Sequence[Term]) -> Iterator[Scale]:
    """The names of the question with their numbers, as long as each name has one."""
    asked: dict[tuple[str, ...], set[str]] = {}
    for _, end, forms in _names(query, terms):
        match = _NUMBER.match(query.folded, end)
        if match and not _counts(query.folded, match.end()) and _may_be_numbered(forms[0], match[1]):
            known = next((each for each in asked if set(each) & set(forms)), forms)
            asked.setdefault(known, set()).add(match[1])
    for forms, numbers in asked.items():
        if len(numbers) == 1:
            yield Scale(next(iter(numbers)), (("", _numbered(forms)),))


def _names(query: Query, terms: Sequence[Term]) -> Iterator[tuple[int, int, tuple[str, ...]]]:
    """Names of the question in order: those of the glossary, and Latin words written as names are."""
    aliases = [(term.start, term.end, (term.written, *term.forms)) for term in terms if term.sort == "name"]
    yield from (name for name in aliases if name[0] < name[1])
    for match in _LATIN_NAME.finditer(query.folded):
        if not query.text[match.start() : match.end()].islower() and match.group() not in _NO_NAME:
            yield match.start(), match.end(), (match.group(),)


def _may_be_numbered(name: str, number: str) -> bool:
    """A Han name takes a number with a point; a number alone is counted more often."""
    return name.isascii() or "." in number


def _counts(folded: str, end: int) -> bool:
    """Whether the number that ends there counts what follows."""
    unit = UNIT.match(folded, end)
    return bool(unit and unit.group().strip() not in _OF_A_SERIES) or bool(_COUNTED.match(folded, end))


@lru_cache(maxsize=256)
def _numbered(forms: tuple[str, ...]) -> re.Pattern[str]:
    names = "|".join(sorted(map(re.escape, forms), key=len, reverse=True))
    return re.compile(rf"(?<![a-z\d])(?:{names}){_NUMBER.pattern}")


def _same_number(asked: str, said: str) -> bool:
    """2.0 and 2 are one; who asks for 2 may mean 2.1 too."""
    one, two = asked.split("."), said.split(".")
    longest = max(len(one), len(two))
    padded = [[*number, *["0"] * (longest - len(number))] for number in (one, two)]
    return padded[0] == padded[1] or (len(one) == 1 and two[0] == one[0])
