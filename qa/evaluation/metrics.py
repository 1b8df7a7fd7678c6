"""How right one answer and one ranking are. Every measure is a number from 0 to 1.

EM and F1 after Rajpurkar et al., "SQuAD: 100,000+ Questions for Machine Comprehension of Text" (2016), over
normalised tokens: NFKC, lower case, simplified characters; one token a Han character, a Latin word (articles
dropped) or a number with its decimals, fraction and percent sign, so that 1.5亿 and 15亿 share only 亿.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Sequence

from indexer.normalize import fold
from qa.evaluation.gold import Evidence, Place

#: A passage of more source characters than this is never a hit: returning whole files is no retrieval.
LONGEST_PASSAGE = 1500

_HAN = "\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff"
_TONES = "āáǎàēéěèīíǐìōóǒòūúǔùǖǘǚǜńňǹ"
_TOKEN = re.compile(rf"\d+(?:\.\d+)?(?:/\d+)?%?|[{_HAN}]|[^\W\d_{_HAN}]+")
_HAN_NUMERALS = frozenset("零〇一二两三四五六七八九十百千")
_ARTICLES = frozenset(("a", "an", "the"))
_THOUSANDS = re.compile(r"(?<=\d),(?=\d{3}(?!\d))")
_SPACED_PERCENT = re.compile(r"(?<=\d)\s+(?=%)")
_READING = re.compile(rf"(?<=[{_HAN}])\s*\((?=[^)]*[{_TONES}])[a-zü{_TONES}]{{1,6}}\)")
# Folding takes characters one at a time and so leaves these two, which are simplified by meaning.
_BY_MEANING = str.maketrans("著帳", "着账")


def tokens(text: str) -> list[str]:
    """The normalised tokens of ``text``."""
    folded = fold(unicodedata.normalize("NFKC", text).lower().translate(_BY_MEANING))
    joined = _SPACED_PERCENT.sub("", _THOUSANDS.sub("", folded))
    return [token for token in _TOKEN.findall(joined) if token not in _ARTICLES]


def without_readings(text: str) -> tuple[str, int]:
    """``text`` (NFKC) without the pinyin in brackets after Han characters, and how many there were."""
    return _READING.subn("", unicodedata.normalize("NFKC", text))


def exact_match(answer: str, accepted: Sequence[str]) -> float:
    """1 if the tokens are those of an accepted answer."""
    own = tokens(answer)
    return float(bool(own) and any(own == tokens(other) for other in accepted))


def token_f1(answer: str, accepted: Sequence[str]) -> float:
    """Harmonic mean of token precision and recall; the best of the accepted answers counts."""
    own = tokens(answer)
    return max((_pair_f1(own, tokens(other)) for other in accepted), default=0.0)


def cover(answer: str, parts: Sequence[Sequence[str]]) -> float:
    """The share of ``parts`` of which some wording stands in ``answer`` as a run of tokens."""
    if not parts:
        return 0.0
    own = tokens(without_readings(answer)[0])
    return sum(any(_has_run(own, tokens(wording)) for wording in part) for part in parts) / len(parts)


def is_right(answer: str, accepted: Sequence[str], parts: Sequence[Sequence[str]] = ()) -> bool:
    """Whether a person would call it right: it holds the whole accepted answer (cover 1), or its F1 is at
    least a half and its numbers are the same, lest 2.5亿元 pass for 1.5亿元 (F1 0.67)."""
    if cover(answer, parts or (accepted,)) == 1.0:
        return True
    own = tokens(answer)
    return any(_pair_f1(own, other) >= 0.5 and _numbers(own) == _numbers(other) for other in map(tokens, accepted))


def first_hit(passages: Sequence[Place], evidence: Sequence[Evidence]) -> int:
    """The rank, from 1, of the first passage that overlaps any evidence; 0 if none does."""
    for rank, passage in enumerate(passages, 1):
        if any(overlaps(passage, place) for place in evidence):
            return rank
    return 0


def hit_at(k: int, rank: int) -> float:
    """hit@k: whether the first hit, at ``rank`` (0: none), is among the best ``k``."""
    return float(0 < rank <= k)


def reciprocal_rank(rank: int) -> float:
    """1/rank, 0 for rank 0; the mean is MRR (Voorhees, "The TREC-8 QA Track Report", 1999)."""
    return 1.0 / rank if rank else 0.0


def all_found(passages: Sequence[Place], evidence: Sequence[Evidence]) -> float:
    """1 if every group of evidence is overlapped by some passage."""
    groups: dict[int | str, list[Evidence]] = defaultdict(list)
    for place in evidence:
        groups[place.group].append(place)
    return float(all(first_hit(passages, group) for group in groups.values()))


def overlaps(passage: Place, evidence: Place) -> bool:
    """Whether they share a character of the same document, and the passage is no longer than allowed."""
    return (
        passage.file == evidence.file
        and passage.end - passage.start <= LONGEST_PASSAGE
        and min(passage.end, evidence.end) > max(passage.start, evidence.start)
    )


def _pair_f1(own: Sequence[str], other: Sequence[str]) -> float:
    same = sum((Counter(own) & Counter(other)).values())
    return 2.0 * same / (len(own) + len(other)) if same else 0.0


def _numbers(found: Sequence[str]) -> Counter[str]:
    return Counter(token for token in found if token[0].isdigit() or token in _HAN_NUMERALS)


def _has_run(own: Sequence[str], wanted: Sequence[str]) -> bool:
    size = len(wanted)
    return size > 0 and any(own[at : at + size] == wanted for at in range(len(own) - size + 1))
