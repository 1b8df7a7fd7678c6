"""Chinese turns that lean on the question before: 那2024年呢, 它的总部在哪里, 那它的会员收入呢, 那总部在哪里.

Works on two texts of the same length each: as typed, and folded (simplified, small letters), which the rules read.
"""

from __future__ import annotations

import re

from indexer.normalize import fold
from qa.followup.attributes import sort_zh
from qa.followup.chinese_swaps import PERSONAL, PRONOUN, TAIL, head_start, measured, substituted
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
_BEFORE_PRONOUN = re.compile(
    r"(?:请问|你?知道|想知道|告诉我|帮我查(?:一下)?|查一下|在|到|截至|截止|是|对|于|谁|由|给|把|被|创立了|创办了|"
    r"收购了|开发了|发明了|发布了|推出了|为什么|为何|什么时候|何时|哪一?年|哪家公司|怎么|如何|多少人|有多少人|用|使用|购买|下载|买|[，,的])*"
)
_OWN = re.compile(r"[我你您咱]")
_CHANGE = re.compile(
    r"(?:为什么|为何|为啥|怎么)(?:会|要)?(?:大幅)?(?:上涨|下降|下滑|增长|增加|减少|提高|上升|变|涨|跌|升|降|亏)"
)
_GREW = re.compile(
    r"(?:同比|环比)?(?:增长|增加|上升|上涨|下降|下滑|减少|变化|提高|涨|跌|降)了?(?:多少|几成|百分之几|几个百分点|吗|没有)(?:呢|啊)?"
)
_COMPARED = re.compile(r"(?:同比|环比|比|是否|有没有|会不会)?[^，,]{0,6}(?:增长|上涨|下降|下滑|涨|跌|更高|更低|变化)")
_WHY = re.compile(r"(?:这是)?(?:为什么|为何|为啥|什么原因|原因呢|原因是什么)(?:呢|啊)?")
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
        return measured(base, subject) + rest
    fragment = _fragment(turn, start, rest, folded, signal=_SIGNAL.match(fold(text)) is not None)
    if fragment is not None:
        return substituted(fragment, turn, start, base, earlier, subject, person)
    if found := _outward_pronoun(turn, start, folded):
        said = person if found.group() in PERSONAL else subject
        if said is None:
            return None
        own = "的" if found.group() == "其" else ""
        if said == subject and not own and _COMPARED.match(folded, found.end()):
            said = measured(base, subject)
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


def _outward_pronoun(turn: Known, start: int, folded: str) -> re.Match[str] | None:
    """The pronoun that nothing in the turn itself explains."""
    found = PRONOUN.search(folded)
    if not found:
        return None
    left = list(folded[: found.start()])
    for a, b in turn.periods:
        for at in range(max(a - start, 0), min(b - start, len(left))):
            left[at] = ""
    return found if _BEFORE_PRONOUN.fullmatch("".join(left)) else None


def _lacks_subject(turn: Known, start: int, rest: str, folded: str) -> bool:
    """Whether a question that goes on with 那 names nothing that it asks about: 那总部在哪里, 那什么时候成立的."""
    if any(a >= start for a, _ in turn.names) or _OWN.search(folded) or PRONOUN.search(folded):
        return False
    tail = TAIL.search(folded)
    if tail is None or not _ASKED.search(folded):
        return False
    shifted_turn = Known(rest, (), [(a - start, b - start) for a, b in turn.periods if a >= start])
    head = folded[head_start(rest[: tail.start()], shifted_turn) : tail.start()]
    own = folded[: tail.start()]
    for a, b in sorted(shifted_turn.periods, reverse=True):
        own = splice(own, a, min(b, len(own)), "") if a < len(own) else own
    if "的" in own.lstrip("的") or (not own and tail.group().endswith("吗")):
        return False
    return len(rest) <= _ELIDED + sum(b - a for a, b in turn.periods) and (not head or sort_zh(head) is not None)


def _with_subject(rest: str, folded: str, base: str, subject: str) -> str:
    if _CHANGE.match(folded):
        return measured(base, subject) + rest
    if found := re.fullmatch(r"谁是(.+)", folded):
        return f"谁是{subject}的{rest[found.start(1) :]}"
    return subject + rest
