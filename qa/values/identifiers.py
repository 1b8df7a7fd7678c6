"""Digits and numerals that tell no amount: addresses, telephone numbers, clock times, 720p, iPhone 15, 图3, 一般."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import Any

from qa.values.amounts import Amount
from qa.values.units import ARTICLES, UNIT

HIDDEN = "\x00"
"""Stands for every character that no value may hold."""
_HINT = re.compile(r"\d[:-]\d|//|www\.|@|\+\d|\d\.[a-z]")
_ADDRESS = re.compile(
    r"(?:https?|ftp)://[\x21-\x7e]+|www\.[\x21-\x7e]+|[a-z0-9._%+-]{1,64}@[a-z0-9.-]+"
    r"|\+\d{1,3}(?:[\s-]\(?\d{2,5}\)?){2,4}(?!\d)|(?<![\d-])0\d{2,3}-\d{7,8}(?![\d-])"
    r"|(?<![\d.-])\d{3}-\d{3,4}-\d{4}(?![\d-])|(?<![\d:.])t?\d{1,2}(?::\d{1,2}){1,2}(?:\.\d{1,6})?z?(?![\d:])"
    r"|(?<![\d.])\d{4,6}\.(?:hk|sh|sz|us|ss)(?![a-z])"
)
_NAMED = re.compile(
    r"(?<![A-Za-z\d.$€£¥])\d[A-JLN-WYZ](?![A-Za-z\d])|(?<![A-Za-z])(?:[a-z]+[A-Z][A-Za-z]*|[A-Z][a-z]+[A-Z][A-Za-z]*)\s\d{1,4}(?![\d.,%])"
    r"|(?<![A-Za-z])(?i:chapter|section|figure|fig|table|page|room|article|appendix|flight|gate|terminal|highway|"
    r"route|rfc|iso|step|note|item|exhibit|volume|vol|episode|level|phase|part|rule|dial)s?\.?\s\d+(?:[.-]\d+)*(?![\d%])"
    r"|(?:邮编|编号|编码|代码|电话|热线|号码|账号|单号|房号|证号|拨打|致电)(?:为|是)?[:：]?\s?\d+(?:-\d+)*(?![\d%])"
    r"|(?:(?<![发代外])[图表]|附件|附录|附图|附表|公式)\s?\d+(?:[.-]\d+)*(?![\d%])"
)
_NOUN = re.compile(
    r"号(?!\s?[召])|工作制|公司|集团|平台|大促|购物节|高校|工程|航班|次列车|国道|省道|高速|客服|热线|手机|浏览器|邮箱|报警"
)
"""Behind a bare number these tell that it is part of a name: 360公司, 996工作制, 12号."""
_IDIOM = re.compile(r"三分|千万|百分|十分|半天")
_SLASH, _TO_HIDDEN = re.compile(r"/\d"), re.compile(r"[-~–—至到]\x00")
_CODE_DIGITS = 9


def hide(folded: str, spans: Iterable[Sequence[Any]]) -> str:
    """``folded`` with ``spans`` (start and end first, in order, without overlap) out of sight; same length."""
    pieces, at = [], 0
    for span in spans:
        start, end = span[0], span[1]
        pieces += [folded[at:start], HIDDEN * (end - start)]
        at = end
    return "".join([*pieces, folded[at:]]) if at else folded


def hide_addresses(folded: str) -> str:
    """``folded`` with addresses, telephone numbers, clock times and stock codes out of sight; same length."""
    if not _HINT.search(folded):
        return folded
    return _ADDRESS.sub(lambda match: HIDDEN * len(match.group()), folded)


def hide_names(text: str, folded: str) -> str:
    """``folded`` with numbered names (5G, iPhone 15, 图3, Chapter 5) out of sight; ``text`` has the letters' case."""
    spans = [
        match.span()
        for match in _NAMED.finditer(text)
        if HIDDEN not in folded[match.start() : match.end()] and not UNIT.match(folded, match.end())
    ]
    return hide(folded, spans)


def is_name(folded: str, start: int, end: int, amount: Amount, unit: str, helped: str | None, negative: bool) -> bool:
    """Whether a number (``start`` to ``end``, with its unit) is part of a name (720p, gpt4, 第三) or a Han numeral that
    counts nothing (一度). ``helped``: a blur or a currency stands before it."""
    before, after = folded[max(0, start - 1) : start], folded[end : end + 1]
    written = folded[start:end].strip()
    if before == "第":
        return True
    if amount.arabic:
        if (before.isascii() and before.isalpha() and not helped) or (not negative and _joined(folded, start, unit)):
            return True
        if not unit and (
            _TO_HIDDEN.match(folded, end)
            or _SLASH.match(folded, end)
            or (before == "/" and folded[start - 2 : start - 1].isdigit())
        ):
            return True
        if folded[end - 1].isdigit() and (after == "后" or (after.isascii() and after.isalpha())):
            return True
        if not unit and not helped and written.isdigit():
            return (
                len(written) >= _CODE_DIGITS
                or (written[0] == "0" and len(written) > 1)
                or bool(_NOUN.match(folded, end))
            )
        return False
    if unit == "天" and len(written) == 2 and folded.endswith(("周", "星期", "礼拜"), 0, start):
        return True
    return not helped and (
        bool(_IDIOM.fullmatch(written)) or (written[0] == "一" and len(written) == 2 and unit in ARTICLES)
    )


def _joined(folded: str, start: int, unit: str) -> bool:
    """Whether a hyphen or point ties the number at ``start`` to a name before it: Gen-3, 北溪-2."""
    if start < 2 or folded[start - 1] not in "-.":
        return False
    before = folded[start - 2]
    return before == HIDDEN or (before.isalnum() and (before.isascii() or not unit))
