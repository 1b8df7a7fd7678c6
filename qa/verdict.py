"""Yes or no, only where a sentence states or negates the very thing that is asked.

The sentence must hold nearly all of the question's words; whether it affirms is then read off its negations. A
question that is negated itself, or one whose words are only implied, gets no verdict: the quote decides.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from indexer.normalize import fold
from qa.results import Passage, Query, Reading, Verdict

_COVER = 0.9
"""The share of the question, by the rarity of its words, that the answer's sentence must hold."""
_ASKING = re.compile(
    r"([\u4e00-\u9fff])不\1|有没有|是否|没有?\W*$|(?:\w+n't|\bnot) (?:it|he|she|they|we|you)\b|\w+n't\W*$"
)
_NEGATION = re.compile(
    r"不(?!仅|断|少|过|同|足|到|止|只|但|错|久|得不|一样|管|论|如|可或缺)|没有?(?!想到|完)|未(?!来|必|免)|并非|无法|"
    r"从无|毫无|否认|拒绝|取消|\b(?:not|never|no longer|cannot|denie[sd]|without|neither|nor)\b|n't\b|\bno\b(?! doubt)"
)


def verdict(query: Query, passages: Sequence[Passage], reading: Reading) -> Verdict | None:
    """What ``reading`` says to a yes/no question; None for any other kind, or where it does not decide."""
    if query.kind != "yes-no" or reading.features.get("cover_sentence", 0.0) < _COVER:
        return None
    if _NEGATION.search(_ASKING.sub("", query.folded)):
        return None
    told = fold(passages[reading.passage].text[reading.start : reading.end])
    return "no" if len(_NEGATION.findall(told)) % 2 else "yes"
