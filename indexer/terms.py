"""Search terms of a text: what the lexical index holds and what a question looks up in it.

Han runs give single characters, overlapping bigrams, and dictionary words of three or more characters
(a word of two is a bigram already); Latin words are stemmed (Snowball English); numbers keep their
decimals. Names in Han characters also give their pinyin, so that "Cheng Yixiao" finds 程一笑.
All terms come from match text (``indexer.normalize.fold``).
"""

from __future__ import annotations

import os
import re
import threading
from collections.abc import Iterator
from functools import lru_cache
from itertools import islice, product

import rjieba
from snowballstemmer import stemmer

from indexer.normalize import fold

_RUN = re.compile(r"[\u3400-\u9fff\U00020000-\U0003ffff]+|\d+(?:[.,]\d+)*|[^\W\d_\u3400-\u9fff]+(?:['’][a-z]+)?")
_HAN = re.compile(r"[\u3400-\u9fff]")
_LONGEST_WORD = 8
_PINYIN = "py:"
_MOST_READINGS = 8
# What the segmenter calls a person, a place, an institution or another proper noun.
_NAME_TAGS = frozenset({"nr", "ns", "nt", "nz", "nrt", "nrfg"})


# Snowball's object holds the word that it works on: two threads at once would mix theirs, and the cache would
# keep what came of it.
_STEMMER = stemmer("english")
_STEMMER_LOCK = threading.Lock()


@lru_cache(maxsize=65536)
def stem(word: str) -> str:
    """The Snowball stem of a Latin word in match form, without a possessive 's."""
    bare = word.split("'")[0].split("’")[0] or word
    with _STEMMER_LOCK:
        return str(_STEMMER.stemWord(bare))


@lru_cache(maxsize=65536)
def _readings(word: str) -> tuple[tuple[str, ...], ...]:
    """The ways to read a Han word, each a tuple of syllables: 重庆 is zhong-qing and chong-qing."""
    # Without its table of phrases, which would tell the two apart at the price of 50 MB in every worker.
    os.environ.setdefault("PYPINYIN_NO_PHRASES", "true")
    from pypinyin import Style, pinyin

    syllables = pinyin(word, style=Style.NORMAL, heteronym=True)
    return tuple(islice(product(*syllables), _MOST_READINGS))


def terms(text: str) -> list[str]:
    """All terms of ``text`` in order, with repetitions; the same for documents and questions."""
    out: list[str] = []
    folded = fold(text)
    for match in _RUN.finditer(folded):
        run = match.group()
        if _HAN.match(run):
            out.extend(run)
            out.extend(run[i : i + 2] for i in range(len(run) - 1))
            out.extend(word for word in rjieba.cut(run, True) if 2 < len(word) <= _LONGEST_WORD)
        elif run[0].isdigit():
            out.append(run.replace(",", "").rstrip("."))
        else:
            out.append(stem(run))
    return out


def name_terms(text: str) -> list[str]:
    """Pinyin terms of the Han names in ``text``, each once, for the index.

    A personal name gives the family name, the given name and both together; any other word of two to four
    characters gives its syllables joined (快手 -> ``py:kuaishou``), since brand names are common words.
    """
    return list(dict.fromkeys(term for _, _, found in names(text) for term in found))


def names(text: str) -> Iterator[tuple[int, int, list[str]]]:
    """Where in ``text`` the Han names of ``name_terms`` stand, and the terms that each gives."""
    end = 0
    for word, tag in rjieba.tag(fold(text)):
        start, end = end, end + len(word)
        if not 2 <= len(word) <= 4 or not all(_HAN.match(char) for char in word):
            continue
        found = []
        for syllables in _readings(word):
            found.append(_PINYIN + "".join(syllables))
            if tag in _NAME_TAGS and len(word) <= 3:
                found += [_PINYIN + syllables[0], _PINYIN + "".join(syllables[1:])]
        yield start, end, found


def pinyin_terms(text: str) -> list[str]:
    """Pinyin terms that the Latin words of a question may stand for: each word, and each two neighbours
    joined ("Cheng Yixiao" -> ``py:cheng``, ``py:yixiao``, ``py:chengyixiao``). Words that cannot be read as
    pinyin syllables give none, nor do those of one or two letters ("a", "me")."""
    out: list[str] = []
    before = ""
    for word in _latin_words(text):
        if len(word) < 3 or not _syllables(word):
            before = ""
            continue
        out.append(_PINYIN + word)
        if before:
            out.append(_PINYIN + before + word)
        before = word
    return out


def _latin_words(text: str) -> Iterator[str]:
    for match in _RUN.finditer(fold(text)):
        run = match.group()
        if run[0].isascii() and run[0].isalpha():
            yield run.split("'")[0].split("’")[0]


# The syllables of Mandarin without tones (GB/T 16159), as they occur in pinyin dictionaries.
_SYLLABLES = frozenset(
    """
    a ai an ang ao ba bai ban bang bao bei ben beng bi bian biao bie bin bing bo bu ca cai can cang cao
    ce cei cen ceng cha chai chan chang chao che chen cheng chi chong chou chu chua chuai chuan chuang
    chui chun chuo ci cong cou cu cuan cui cun cuo da dai dan dang dao de dei den deng di dia dian diao
    die din ding diu dong dou du duan dui dun duo e ei en eng er fa fan fang fei fen feng fo fou fu ga
    gai gan gang gao ge gei gen geng gong gou gu gua guai guan guang gui gun guo ha hai han hang hao he
    hei hen heng hong hou hu hua huai huan huang hui hun huo ji jia jian jiang jiao jie jin jing jiong
    jiu ju juan jue jun ka kai kan kang kao ke kei ken keng kong kou ku kua kuai kuan kuang kui kun kuo
    la lai lan lang lao le lei len leng li lia lian liang liao lie lin ling liu lo long lou lu luan lun
    luo lv lve ma mai man mang mao me mei men meng mi mian miao mie min ming miu mo mou mu na nai nan
    nang nao ne nei nen neng ni nia nian niang niao nie nin ning niu nong nou nu nuan nun nuo nv nve o
    ou pa pai pan pang pao pei pen peng pi pian piao pie pin ping po pou pu qi qia qian qiang qiao qie
    qin qing qiong qiu qu quan que qun ran rang rao re ren reng ri rong rou ru rua ruan rui run ruo sa
    sai san sang sao se sen seng sha shai shan shang shao she shei shen sheng shi shou shu shua shuai
    shuan shuang shui shun shuo si song sou su suan sui sun suo ta tai tan tang tao te tei teng ti tian
    tiao tie ting tong tou tu tuan tui tun tuo wa wai wan wang wei wen weng wo wong wu xi xia xian xiang
    xiao xie xin xing xiong xiu xu xuan xue xun ya yan yang yao ye yi yin ying yo yong you yu yuan yue
    yun za zai zan zang zao ze zei zen zeng zha zhai zhan zhang zhao zhe zhei zhen zheng zhi zhong zhou
    zhu zhua zhuai zhuan zhuang zhui zhun zhuo zi zong zou zu zuan zui zun zuo
    """.split()
)


@lru_cache(maxsize=8192)
def _syllables(word: str) -> bool:
    """Whether ``word`` is a sequence of pinyin syllables."""
    reach = {0}
    for end in range(1, len(word) + 1):
        if any(start in reach and word[start:end] in _SYLLABLES for start in range(max(0, end - 6), end)):
            reach.add(end)
    return len(word) in reach
