"""Han text cut into words, with names whole.

jieba guesses words that its dictionary lacks, character by character, and now and then draws a preposition, or the
end of a title, into a name: 由盖|坤 for 由|盖坤, 财务|官金秉在 for 财务官|金秉|在. Guessed words are looked at again
here; words of the dictionary stay as they are.
"""

from __future__ import annotations

from collections.abc import Sequence

import rjieba

from qa.reading.background import idf

Tagged = tuple[str, str]
"""A word and its part of speech, as jieba writes it."""

_BEFORE = frozenset("由被向给与和跟对把让请将及")
"""Prepositions and conjunctions that stand before a person."""
_AFTER = frozenset("在把被对将向从说称")
"""What may follow a person and hardly ends a given name."""
_TITLE_END = "官"
_SURNAMES = frozenset(
    "王李张刘陈杨黄赵吴周徐孙马朱胡郭何高林郑谢罗梁宋唐许韩冯邓曹彭曾肖田董袁潘于蒋蔡余杜叶程苏魏吕丁任沈姚卢姜崔"
    "钟谭陆汪范金石廖贾夏韦付方白邹孟熊秦邱江尹薛闫段雷侯龙史陶黎贺顾毛郝龚邵万钱严覃武戴莫孔向汤盖柳柯欧岳齐庞樊"
    "兰殷施洪翟安颜倪牛温芦季俞章鲁葛伍韦申尤毕聂焦左柏宁辛阮祝纪詹骆饶耿管牟裴霍翁童蓝简喻甘景屠"
)
_PERSON = "nr"
_RARE = 0.9
"""Rarity (``qa.reading.background``) of words that are given names rather than words: 一笑, not 开始."""
_ENDS_NAME = frozenset(("n", "nr", "ns", "nz", "ng", "a", "x", "zg", "g"))
"""What jieba takes a single character for that is really the second of a name of two."""


def han_words(piece: str) -> list[Tagged]:
    """The words of ``piece`` (Han characters alone), which they make up again one after the other."""
    out: list[Tagged] = []
    for word, tag in rjieba.tag(piece):
        out += _looked_at(word, tag) if 1 < len(word) <= 4 else [(word, tag)]
    return _joined(out) if any(not tag for _, tag in out) else out


def _looked_at(word: str, tag: str) -> Sequence[Tagged]:
    """``word``, or its parts where it is a guess that glues; a part without a tag may belong to its neighbour."""
    glued = word[1] in _SURNAMES and (word[0] in _BEFORE or word[0] == _TITLE_END)
    ended = len(word) > 2 and word[-1] in _AFTER and (glued or word[0] in _SURNAMES)
    if not (glued or ended) or rjieba.has_word(word):
        return ((word, tag),)
    low, high = int(glued), len(word) - int(ended)
    name = word[low:high]
    before = ((word[0], "" if word[0] == _TITLE_END else "p"),) if glued else ()
    after = ((word[-1], "p"),) if ended else ()
    return (*before, (name, _PERSON if len(name) > 1 else ""), *after)


def _joined(words: Sequence[Tagged]) -> list[Tagged]:
    """The end of a title joined to the word before it, a surname to the given name after it."""
    out: list[Tagged] = []
    for word, tag in words:
        last = out[-1] if out else ("", "p")
        if tag == "" and word == _TITLE_END and last[1][:1] == "n":
            out[-1] = (last[0] + word, "n")
        elif last[1] == "" and last[0] in _SURNAMES and _given(word, tag):
            out[-1] = (last[0] + word, _PERSON)
        else:
            out.append((word, tag))
    return [(word, tag or (_PERSON if word in _SURNAMES else "n")) for word, tag in out]


def _given(word: str, tag: str) -> bool:
    """Whether a word after a lone surname may be a given name: one character, or a word that is hardly ever met."""
    return tag in _ENDS_NAME if len(word) == 1 else len(word) == 2 and idf(word) >= _RARE
