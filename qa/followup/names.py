"""Names in a turn: those of the glossary, titles in quotation marks, Latin proper names, and Chinese ones.

Only what is surely a name may be taken over into another question, so Chinese names count where a dictionary of words
knows them as people, places or organisations (rjieba's tags), and Latin ones by their capitals.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from weakref import WeakKeyDictionary

import rjieba

from indexer.normalize import fold
from qa.followup.turns import Known, Spans
from qa.glossary import Glossary
from qa.values.dates import find_dates

_TITLE = re.compile(r"《[^《》]{1,40}》")
_LATIN = re.compile(
    r"(?<![A-Za-z0-9&'’])(?:[A-Z][A-Za-z0-9À-ɏ&.-]*[A-Za-z0-9À-ɏ+]|[A-Z]|[a-z]+[A-Z][A-Za-z0-9]*)"
    r"(?:[ ](?:[A-Z][A-Za-z0-9À-ɏ&.-]*[A-Za-z0-9À-ɏ]|[A-Z](?![A-Za-z])))*"
)
_VERSION = re.compile(r"[ -]?[vV]?\d+(?:\.\d+)*(?![\d年月日%])")
_NOT_NAMES = frozenset(
    "What Who Whom Whose Which When Where Why How Is Are Was Were Am Do Does Did Has Have Had Can Could Will Would "
    "Should May Might Must Shall The A An This That These Those In On At By For From Of To With And But Or So If Then "
    "Also Tell Give Show List Name Please Explain Describe Compare I It Its They Their He She His Her We You My Your "
    "Our Ok Okay Yes No Not Now Well Same About As During Since Until After Before Does Any Some All Each Every "
    "Thanks Thank Hi Hello Hey Sorry Great According Between Among Under Over Within Since Per Q1 Q2 Q3 Q4 H1 H2 FY "
    "CEO CFO CTO COO CMO CIO GMV DAU MAU ARR AI IT HR PR US$ USD CNY RMB HKD R&D EBITDA EPS ROI IPO API APP GDP KPI "
    "PDF FAQ URL VIP".split()
)
_RELATIVE = re.compile(
    r"(?:这|本|上|下)(?:一|个)?(?:季度|财季|月|周|星期)|现在|目前|当前|最近|"
    r"(?:last|this|next|the (?:last|previous|next)) (?:quarter|month|week|half)"
)
"""Periods that count from today, of which no date is known here."""
_PROPER: WeakKeyDictionary[Glossary, frozenset[str]] = WeakKeyDictionary()
_CHINESE = ("nr", "nrt", "nrfg", "nt", "nz", "ns")
_PLURAL_ACRONYM = re.compile(r"[A-Z]{2,}s")
# Words that the dictionary of words takes for places or people.
_NO_CHINESE_NAMES = frozenset(
    "上市 云 会员 高管 年报 季报 财报 那会 首席 总部 海外 国内 全国 境外 境内 "
    "港元 美元 日元 欧元 英镑 人民币 城市 小微 春节 国庆 双十一 市值 日活 月活 营收 财年 云服务 高层 中小".split()
)


def known(text: str, glossary: Glossary) -> Known:
    """``text`` with its names and periods."""
    periods = periods_of(text)
    kept: list[tuple[int, int]] = []
    for start, end in sorted(_found(text, glossary), key=lambda span: (span[0], -span[1])):
        longer = _with_version(text, end)
        end = end if _overlap(start, longer, periods) else longer
        if (not kept or start >= kept[-1][1]) and not _overlap(start, end, periods):
            kept.append((start, end))
    return Known(text, kept, periods)


def periods_of(text: str) -> Spans:
    """The calendar expressions of ``text`` that tell more than a bare day."""
    folded = fold(text)
    found = [(told.start, told.end) for told in find_dates(folded) if told.first or told.relative is not None]
    others = [match.span() for match in _RELATIVE.finditer(folded)]
    return sorted([*found, *(span for span in others if not _overlap(*span, found))])


def _found(text: str, glossary: Glossary) -> Iterator[tuple[int, int]]:
    proper = _proper(glossary)
    for alias in glossary.find(text):
        if alias.term.split()[0] not in _NOT_NAMES and fold(alias.term) in proper:
            yield alias.start, alias.end
    for found in _TITLE.finditer(text):
        yield found.span()
    if not text.isupper():
        yield from _latin(text)
    yield from _chinese(text)


def _proper(glossary: Glossary) -> frozenset[str]:
    """The terms, folded, of entries that name something: no Latin form of theirs is in small letters, as a term's
    (revenue) would be."""
    found = _PROPER.get(glossary)
    if found is None:
        found = frozenset(fold(term) for entry in glossary.entries if _is_proper(entry) for term in entry)
        _PROPER[glossary] = found
    return found


def _is_proper(entry: tuple[str, ...]) -> bool:
    latin = [name for name in entry if name[0].isascii() and name[0].isalpha()]
    return bool(latin) and not any(name.islower() for name in latin)


def _overlap(start: int, end: int, spans: Spans) -> bool:
    return any(a < end and start < b for a, b in spans)


def _latin(text: str) -> Iterator[tuple[int, int]]:
    for found in _LATIN.finditer(text):
        start, end = found.span()
        while (word := re.match(r"[^ ]+", text[start:end])) and word.group() in _NOT_NAMES:
            start += len(word.group()) + 1
        if start < end and not _PLURAL_ACRONYM.fullmatch(text[start:end]):
            yield start, end


def _chinese(text: str) -> Iterator[tuple[int, int]]:
    at = 0
    for word, tag in rjieba.tag(fold(text)):
        end = at + len(word)
        if tag in _CHINESE and len(word) > 1 and word not in _NO_CHINESE_NAMES and word[0] != "那":
            yield at, end
        at = end


def _with_version(text: str, end: int) -> int:
    """Where a name ends that a version or model number may follow: Kling 2.1, 可灵2.0."""
    found = _VERSION.match(text, end)
    return found.end() if found else end
