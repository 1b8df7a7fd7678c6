"""Chinese turns that lean on the question before: 那2024年呢, 它的总部在哪里, 那它的会员收入呢, 那总部在哪里.

Works on two texts of the same length each: as typed, and folded (simplified, small letters), which the rules read.
"""

from __future__ import annotations

import re

from indexer.normalize import fold
from qa.common_start import common_start
from qa.followup.attributes import ZH_TAILS, sort_zh
from qa.followup.periods import merged, shifted
from qa.followup.turns import Known, splice

_LEAD = re.compile(
    r"(?:(?:好的?|嗯+|哦|噢|谢谢|多谢|明白了?|了解|知道了|请问|请问一下|另外|还有|以及|然后|再问一下|再问|接着|同样|同样地|换成|"
    r"如果是|要是|那么|那(?=个人(?:用户|客户|版|会员))|那(?![个家款些天年里边次种位条样时儿部]|会儿|一[个家款些天次种位条]|两[个家款])|[那这]个(?=第|[一二三四]季|\d)|and|so|but|ok)[，,。！!、\s]*)*"
)
_SIGNAL = re.compile(r"那(?![个家款些天年里边次种位条样时儿部]|会儿)|那么|然后|还有|另外|接着|以及")
_FINAL = re.compile(r"[？?。！!～~\s]+$")
_ASKED = re.compile(
    r"多少|什么|甚么|谁|哪|几|怎|如何|为何|为啥|何时|多[大高久长快重远]|吗|么$|是不是|是否|有没有|能不能|会不会|how|what|who|when"
)
_NE = re.compile(r"(?:的)?(?:呢|怎么样|如何|怎样|咋样)$")
_BARE_TAIL = re.compile(r"(?:的?(?:话|时候)?)?(?:大概|大约|又)?(?:是|有|为|达到?)?(?:多少|几成|几何)(?:呢|啊|了)?$")
_PRONOUN = re.compile(
    r"(?<!其)它们?|(?<![其吉维])他们?|她们?|(?:该|此|这|那)(?:家|个|款|项)?(?:公司|企业|产品|模型|机构|平台|软件|应用|品牌|系统|项目|集团|政策|人(?![\u4e00-\u9fff]*(?:用户|客户|版|会员)))|"
    r"(?<![尤极与何唯莫耳])其(?![中他它实余次间后所乐妙])(?=[\u4e00-\u9fff\d])"
)
_BEFORE_PRONOUN = re.compile(
    r"(?:请问|你?知道|想知道|告诉我|帮我查(?:一下)?|查一下|在|到|截至|截止|是|对|于|谁|由|给|把|被|创立了|创办了|"
    r"收购了|开发了|发明了|发布了|推出了|为什么|为何|什么时候|何时|哪一?年|哪家公司|怎么|如何|多少人|有多少人|用|使用|购买|下载|买|[，,的])*"
)
_LIGHT = (
    r"(?:分别|大约|大概|约|一共|总共|共|究竟|到底|现在|目前|都|又|还|只|每天|每月|每年|平均|需要|要|花|卖|值|占|涨了|跌了|"
    r"增长了?|下降了?|上涨了?|减少了?|提高了?|达到?|是|有|为|在|叫做?|由|算|剩){0,8}"
)
_TAIL = re.compile(rf"{_LIGHT}(?:多少|几|什么|谁|哪|怎|如何|为何|何时|多[大高久长快]|吗|是不是|是否|有没有|能不能)")
_OWN = re.compile(r"[我你您咱]")
_CHANGE = re.compile(
    r"(?:为什么|为何|为啥|怎么)(?:会|要)?(?:大幅)?(?:上涨|下降|下滑|增长|增加|减少|提高|上升|变|涨|跌|升|降|亏)"
)
_GREW = re.compile(
    r"(?:同比|环比)?(?:增长|增加|上升|上涨|下降|下滑|减少|变化|提高|涨|跌|降)了?(?:多少|几成|百分之几|几个百分点|吗|没有)(?:呢|啊)?"
)
_COMPARED = re.compile(r"(?:同比|环比|比|是否|有没有|会不会)?[^，,]{0,6}(?:增长|上涨|下降|下滑|涨|跌|更高|更低|变化)")
_WHY = re.compile(r"(?:这是)?(?:为什么|为何|为啥|什么原因|原因呢|原因是什么)(?:呢|啊)?")
_FROM = re.compile(r"(?:来自|源自|出自)(?P<what>[\u4e00-\u9fffA-Za-z0-9]+)$")
_HAN = re.compile(r"[\u3400-\u9fff]")
_SHORT_SUFFIXES = "版端部型款级类期线区店省市县国季号"
_STOPS = "的是有为在了，,给对从由把被占向 ？?《》“”"
_MODEL = re.compile(r"[a-z]*\d+(?:\.\d+)*[a-z]*(?:秒|分钟|小时|天|个月|年|元|版)?")
_EDGES = re.compile(r"^(?:[的在和跟与对从到于，,\s]|截至|截止|如果是|换成)+|(?:[的在\s]|同期)+$")
_POINTING = re.compile(r"[这那]|[这那](?:个|些|样|边|里)|别的|其余|全部|后来|今天|明天|昨天|详细|具体")
"""What points at something that no rule can find."""
_PERSONAL = ("他", "她")
_ELIDED = 12
"""Characters of a turn without a subject: longer ones say enough by themselves."""


def complete(turn: Known, earlier: Known, subject: str | None, person: str | None) -> str | None:
    """``turn`` completed from the question ``earlier``, without punctuation at its end; None where it leans on nothing.

    ``subject``: what ``earlier`` was about; ``person``: who a 他 or 她 would be.
    """
    text = _FINAL.sub("", turn.text)
    lead = _LEAD.match(fold(text))
    start = lead.end() if lead else 0
    rest, folded = text[start:], fold(text)[start:]
    if not rest:
        return None
    if _WHY.fullmatch(folded):
        return f"{_FINAL.sub('', earlier.text)}，{'為什麼' if '為' in rest else '为什么'}"
    base = _base(earlier)
    if _GREW.fullmatch(folded):
        return _measured(base, subject) + rest
    fragment = _fragment(turn, start, rest, folded, signal=_SIGNAL.match(fold(text)) is not None)
    if fragment is not None:
        return _substituted(fragment, turn, start, base, earlier, subject, person)
    if found := _outward_pronoun(turn, start, folded):
        said = person if found.group() in _PERSONAL else subject
        if said is None:
            return None
        own = "的" if found.group() == "其" else ""
        if said == subject and not own and _COMPARED.match(folded, found.end()):
            said = _measured(base, subject)
        return splice(rest, found.start(), found.end(), said + own)
    if _SIGNAL.match(fold(text)) and subject and _lacks_subject(turn, start, rest, folded):
        return _with_subject(rest, folded, base, subject)
    return None


def _base(earlier: Known) -> str:
    """``earlier`` without what leads into it and its final punctuation, at the same offsets as far as it goes."""
    return _FINAL.sub("", earlier.text)


def _fragment(turn: Known, start: int, rest: str, folded: str, *, signal: bool) -> str | None:
    """The noun phrase that ``rest`` is, or that stands before its 呢; None for a whole question."""
    end = len(rest)
    bare = _BARE_TAIL.search(folded)
    if bare and _only_periods(turn, start, rest[: bare.start()]):
        return rest[: bare.start()]
    if found := _NE.search(folded):
        if "呢" not in found.group() and not signal:
            return None
        end = found.start()
    elif not _only_periods(turn, start, rest):
        return None
    phrase = rest[:end]
    return None if not phrase or _ASKED.search(folded[:end]) or _OWN.search(phrase) else phrase


def _only_periods(turn: Known, start: int, phrase: str) -> bool:
    """Whether ``phrase``, which stands at ``start``, is one period and nothing but particles beside it."""
    left = list(phrase)
    for a, b in turn.periods:
        for at in range(a - start, min(b - start, len(left))):
            left[at] = ""
    return (
        bool(phrase)
        and len("".join(left)) < len(phrase)
        and not re.sub("[在到的于是和、 ]|in|for|截至|截止|整个|同期", "", "".join(left))
    )


def _substituted(
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
    if found := _PRONOUN.match(fold(rest)):
        rest = rest[found.end() :]
        sort = sort_zh(fold(_EDGES.sub("", rest)))
        if found.group() in _PERSONAL and person and sort:
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
        tail = _TAIL.search(fold(base))
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
    tail = _TAIL.search(folded)
    if tail is None:
        return None
    head = _head(base[: tail.start()], earlier)
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


def _measured(base: str, subject: str | None) -> str:
    """What ``base`` measures: all of it before the words that ask; the subject where there is nothing."""
    tail = _TAIL.search(fold(base))
    return base[: tail.start()] if tail and tail.start() else subject or ""


def _about(base: str, earlier: Known, subject: str | None, *, dated: bool) -> str:
    """Subject and, if ``dated``, period of ``base``, to be followed by an attribute."""
    if subject and not earlier.names and sort_zh(fold(subject)) is not None:  # an attribute of nothing that is named
        subject = None
    period = _period(earlier) if dated and _period(earlier) in base else ""
    return f"{subject or ''}{period}{'的' if subject else ''}"


def _head(before: str, earlier: Known) -> int:
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


def _outward_pronoun(turn: Known, start: int, folded: str) -> re.Match[str] | None:
    """The pronoun that nothing in the turn itself explains."""
    found = _PRONOUN.search(folded)
    if not found:
        return None
    left = list(folded[: found.start()])
    for a, b in turn.periods:
        for at in range(max(a - start, 0), min(b - start, len(left))):
            left[at] = ""
    return found if _BEFORE_PRONOUN.fullmatch("".join(left)) else None


def _lacks_subject(turn: Known, start: int, rest: str, folded: str) -> bool:
    """Whether a question that goes on with 那 names nothing that it asks about: 那总部在哪里, 那什么时候成立的."""
    if any(a >= start for a, _ in turn.names) or _OWN.search(folded) or _PRONOUN.search(folded):
        return False
    tail = _TAIL.search(folded)
    if tail is None or not _ASKED.search(folded):
        return False
    shifted_turn = Known(rest, (), [(a - start, b - start) for a, b in turn.periods if a >= start])
    head = folded[_head(rest[: tail.start()], shifted_turn) : tail.start()]
    own = folded[: tail.start()]
    for a, b in sorted(shifted_turn.periods, reverse=True):
        own = splice(own, a, min(b, len(own)), "") if a < len(own) else own
    if "的" in own.lstrip("的") or (not own and tail.group().endswith("吗")):
        return False
    return len(rest) <= _ELIDED + sum(b - a for a, b in turn.periods) and (not head or sort_zh(head) is not None)


def _with_subject(rest: str, folded: str, base: str, subject: str) -> str:
    if _CHANGE.match(folded):
        return _measured(base, subject) + rest
    if found := re.fullmatch(r"谁是(.+)", folded):
        return f"谁是{subject}的{rest[found.start(1) :]}"
    return subject + rest
