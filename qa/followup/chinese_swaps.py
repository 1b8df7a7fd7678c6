"""A Chinese noun phrase put in the place of its like in a question: period for period, name for name."""

from __future__ import annotations

import re

from indexer.normalize import fold
from qa.common_start import common_start
from qa.followup.attributes import ZH_TAILS, sort_zh
from qa.followup.periods import merged, shifted
from qa.followup.turns import Known, splice

PRONOUN = re.compile(
    r"(?<!其)它们?|(?<![其吉维])他们?|她们?|(?:该|此|这|那)(?:家|个|款|项)?(?:公司|企业|产品|模型|机构|平台|软件|应用|品牌|系统|项目|集团|政策|人(?![\u4e00-\u9fff]*(?:用户|客户|版|会员)))|"
    r"(?<![尤极与何唯莫耳])其(?![中他它实余次间后所乐妙])(?=[\u4e00-\u9fff\d])"
)
PERSONAL = ("他", "她")
_LIGHT = (
    r"(?:分别|大约|大概|约|一共|总共|共|究竟|到底|现在|目前|都|又|还|只|每天|每月|每年|平均|需要|要|花|卖|值|占|涨了|跌了|"
    r"增长了?|下降了?|上涨了?|减少了?|提高了?|达到?|是|有|为|在|叫做?|由|算|剩){0,8}"
)
TAIL = re.compile(rf"{_LIGHT}(?:多少|几|什么|谁|哪|怎|如何|为何|何时|多[大高久长快]|吗|是不是|是否|有没有|能不能)")
_FROM = re.compile(r"(?:来自|源自|出自)(?P<what>[\u4e00-\u9fffA-Za-z0-9]+)$")
_HAN = re.compile(r"[\u3400-\u9fff]")
_SHORT_SUFFIXES = "版端部型款级类期线区店省市县国季号"
_STOPS = "的是有为在了，,给对从由把被占向 ？?《》“”"
_MODEL = re.compile(r"[a-z]*\d+(?:\.\d+)*[a-z]*(?:秒|分钟|小时|天|个月|年|元|版)?")
_EDGES = re.compile(r"^(?:[的在和跟与对从到于，,\s]|截至|截止|如果是|换成)+|(?:[的在\s]|同期)+$")
_POINTING = re.compile(r"[这那]|[这那](?:个|些|样|边|里)|别的|其余|全部|后来|今天|明天|昨天|详细|具体")
"""What points at something that no rule can find."""


def substituted(
    phrase: str, turn: Known, start: int, base: str, earlier: Known, subject: str | None, person: str | None
) -> str | None:
    """``base`` with what ``phrase`` tells in the place of its like: period, name and attribute, as many as it tells."""
    moved = shifted(phrase, _period(earlier))
    if moved:
        a, b = earlier.periods[-1]
        return splice(base, a, b, moved)
    periods = [(a - start, b - start) for a, b in turn.periods if a >= start and b - start <= len(phrase)]
    names = [(a - start, b - start) for a, b in turn.names if a >= start and b - start <= len(phrase)]
    rest = phrase
    for a, b in sorted([*periods, *names], reverse=True):
        rest = splice(rest, a, b, " ")
    rest = _EDGES.sub("", rest)
    if found := PRONOUN.match(fold(rest)):
        rest = rest[found.end() :]
        sort = sort_zh(fold(_EDGES.sub("", rest)))
        if found.group() in PERSONAL and person and sort:
            return f"{person}的{_EDGES.sub('', rest)}{ZH_TAILS[sort]}"
    rest = _EDGES.sub("", rest).replace(" ", "")
    if _POINTING.fullmatch(fold(rest)):
        return None
    result = base
    if rest:
        changed = _attribute(result, rest, earlier, subject)
        if changed is None:
            return None
        result = changed
    if names:
        new = phrase[names[0][0] : names[0][1]]
        result = _renamed(result, new, earlier, bare=not rest)
    if periods:
        result = _dated(result, phrase[periods[0][0] : periods[-1][1]], earlier)
    return result if rest or names or periods else None


def _period(earlier: Known) -> str:
    return earlier.text[slice(*earlier.periods[-1])] if earlier.periods else ""


def _dated(base: str, new: str, earlier: Known) -> str:
    old = _period(earlier)
    at = base.rfind(old) if old else -1
    if at >= 0:
        return splice(base, at, at + len(old), merged(new, old))
    gap = " " if new[-1:].isascii() and base[:1].isascii() else ""
    return f"{new}{gap}{base}"


def _renamed(base: str, new: str, earlier: Known, *, bare: bool) -> str:
    """``base`` about ``new``: in the place of the name that is written most like it, or else of the first name."""
    names = [earlier.text[a:b] for a, b in earlier.names]
    names = [name for name in names if name in base]
    if not names:
        tail = TAIL.search(fold(base))
        if tail and tail.start() and bare and sort_zh(fold(base[: tail.start()])) is None:
            return new + base[tail.start() :]
        return new + base
    old = max(names, key=lambda name: common_start(fold(name), fold(new)))
    return base.replace(old, new, 1)


def _attribute(base: str, new: str, earlier: Known, subject: str | None) -> str | None:
    """``base`` asking for ``new``: in the place of its like, else as a question of its own about the same subject."""
    folded, wanted = fold(base), fold(new)
    if span := _like(folded, wanted, earlier):
        return splice(base, *span, new)
    if found := _FROM.search(folded):
        return splice(base, found.start("what"), found.end("what"), new)
    tail = TAIL.search(folded)
    if tail is None:
        return None
    head = head_start(base[: tail.start()], earlier)
    sort, had = sort_zh(wanted), sort_zh(fold(base[head : tail.start()]))
    if sort == "count" and had is None and not earlier.names and head < tail.start():
        return new + base  # part-time staff, and how many days of leave: whom it is about, not how many
    if sort is not None:
        if sort == had:
            return splice(base, head, tail.start(), new)
        return f"{_about(base, earlier, subject, dated=sort in ('figure', 'count'))}{new}{ZH_TAILS[sort]}"
    if had:
        return splice(base, head, head, new)
    if head == 0:
        return new + base[tail.start() :]
    if head == tail.start() and earlier.names and base[:head].endswith(name := earlier.text[slice(*earlier.names[-1])]):
        return splice(base, head - len(name), head, new)
    return f"{_about(base, earlier, subject, dated=True)}{new}是什么" if subject else None


def measured(base: str, subject: str | None) -> str:
    """What ``base`` measures: all of it before the words that ask; the subject where there is nothing."""
    tail = TAIL.search(fold(base))
    return base[: tail.start()] if tail and tail.start() else subject or ""


def _about(base: str, earlier: Known, subject: str | None, *, dated: bool) -> str:
    """Subject and, if ``dated``, period of ``base``, to be followed by an attribute."""
    if subject and not earlier.names and sort_zh(fold(subject)) is not None:  # an attribute of nothing that is named
        subject = None
    period = _period(earlier) if dated and _period(earlier) in base else ""
    return f"{subject or ''}{period}{'的' if subject else ''}"


def head_start(before: str, earlier: Known) -> int:
    """Where the attribute begins that stands at the end of ``before``: behind names, periods and 的."""
    known = [b for _, b in (*earlier.names, *earlier.periods) if b <= len(before)]
    start = max([0, *known, before.rfind("的") + 1])
    while start < len(before) and before[start] in "的 ,，在":
        start += 1
    return start


def _like(folded: str, wanted: str, earlier: Known) -> tuple[int, int] | None:
    """The part of ``folded`` that ends like ``wanted`` (会员收入, 收入), or is a number of its form (720p, 1080p)."""
    if _MODEL.fullmatch(wanted):
        form = re.sub(r"\d+(?:\.\d+)*", "0", wanted)
        for found in _MODEL.finditer(folded):
            if re.sub(r"\d+(?:\.\d+)*", "0", found.group()) == form and not earlier.inside(
                found.start(), earlier.periods
            ):
                return found.span()
        return None
    for length in range(len(wanted), 0, -1):
        suffix = wanted[-length:]
        if length == 1 and suffix not in _SHORT_SUFFIXES:
            break
        at = folded.rfind(suffix)
        while at >= 0 and earlier.inside(at, earlier.periods):
            at = folded.rfind(suffix, 0, at)
        if at >= 0:
            return _leftmost(folded, at, earlier), at + length
    return None


def _leftmost(folded: str, at: int, earlier: Known) -> int:
    """Where the noun phrase begins whose last word stands at ``at``."""
    tail = [found.end() for found in re.finditer(r"多少|几|什么|哪些?|每天|每月|有", folded[:at])]
    floor = max([0, *tail, *(b for _, b in (*earlier.names, *earlier.periods) if b <= at)])
    while at > floor and folded[at - 1] not in _STOPS and _HAN.match(folded[at - 1]):
        at -= 1
    return at
