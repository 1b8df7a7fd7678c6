"""What the wording of a question tells about the shape of its answer, beyond its kind.

The focus is the noun that the question word goes with (哪款应用, which company, 几次): an answer often ends with it, or
it follows the answer. The context is the text around the question word, which the answer's context may repeat.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from indexer.terms import stem
from qa.reading.words import STOP_EN
from qa.results import AnswerKind, Query
from qa.values.units import TIMES

SHAPES = ("person", "place", "organisation", "name", "what", "which", "cause", "manner", "count", "time", "none")
_SHAPE_RULES = (
    ("person", r"谁|哪位|哪个人|什么人|何人|\bwho(?:m|se)?\b|which (?:person|man|woman|player|author|actor|king)"),
    (
        "place",
        r"哪里|哪儿|何处|何地|在哪(?!个|种|项|些|方面|环节)|什么地方|哪个?(?:国家?|城市|地方|省|市|县|区|"
        r"州|地区|洲)|\bwhere\b|(?:which|what) (?:\w+ )?(?:country|city|state|place|region|town|county|"
        r"continent)",
    ),
    (
        "organisation",
        r"哪家|哪个?(?:公司|机构|大学|学校|品牌|平台|组织|媒体|球队|政党|单位)|(?:which|"
        r"what) (?:\w+ )?(?:company|firm|university|school|team|organi[sz]ation|agency|bank)",
    ),
    ("name", r"叫(?:什么|啥|做什么)|名字|名称|称为什么|called|named?\b|title"),
    ("cause", r"为什么|为何|为啥|原因|缘故|\bwhy\b|reason"),
    ("manner", r"怎么|如何|怎样|咋|\bhow (?!many|much|long|old|far|often|large|big|tall|high)"),
    ("time", r"什么时[候间]|何时|哪一?[年天月日]|几[月号年]|when\b|what (?:year|date|day|month)"),
    ("count", r"多少|几|多[大高长远久]|how (?:many|much|long|old|far|often|large|big|tall|high)"),
    ("which", r"哪|which"),
    ("what", r"什么|啥|what"),
)
_COMPILED = tuple((name, re.compile(pattern)) for name, pattern in _SHAPE_RULES)
_WH = re.compile(
    r"为什么|为何|什么时[候间]|何时|什么|多少|多[大高长远久]|哪[个些家位种款项里儿年天月一两三]?|几|"
    r"谁|怎么样?|如何|怎样|啥|吗|"
    r"\b(?:how (?:many|much|long|old|far|often)|who(?:m|se)?|what|which|when|where|why|how)\b"
)
_COUNTS = re.compile(r"多少|几|how many")
_FOCUS_HAN = re.compile(r"[\u3400-\u9fff]{1,4}")
_FOCUS_LATIN = re.compile(r"[a-z]+(?:-[a-z]+)?")


@dataclass(frozen=True, slots=True)
class Asked:
    """``left``/``right``: folded text on either side of the question word; ``focus``: the noun it goes with;
    ``counted``: where in the question stands what is counted (how many users, 多少用户), None where nothing is."""

    kind: AnswerKind
    shape: int
    left: str
    right: str
    focus: str
    parallel: bool
    counted: int | None = None


def asked(query: Query) -> Asked:
    """The shape of the answer that ``query`` asks for."""
    folded = query.folded
    shape = next((number for number, (_, pattern) in enumerate(_COMPILED) if pattern.search(folded)), -1)
    found = _WH.search(folded)
    start, end = found.span() if found else (len(folded), len(folded))
    left, right = folded[:start], folded[end:].rstrip("?？。. ")
    name = _SHAPE_RULES[shape][0] if shape >= 0 else "none"
    parallel = len(_WH.findall(folded)) > 1
    focus = _focus(right)
    counts = query.kind == "number" and _COUNTS.fullmatch(folded[start:end]) and not right.startswith(tuple(TIMES))
    return Asked(query.kind, SHAPES.index(name), left, right, focus, parallel, end if counts and focus else None)


def _focus(right: str) -> str:
    match = _FOCUS_HAN.match(right)
    if match:
        return match.group()
    words = [word for word in _FOCUS_LATIN.findall(right)[:4] if word not in STOP_EN]
    return stem(words[0]) if words else ""
