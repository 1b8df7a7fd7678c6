"""Versions: a name with its number (Gen-3, GPT-4o, Veo2, v3.0), or the number alone (可灵2.1发布, Kling 2.1 Master)."""

from __future__ import annotations

import re
from collections.abc import Iterator

from qa.results import Value
from qa.values.units import CODES_BEFORE, UNIT

_NAME = re.compile(
    r"(?<![a-z0-9.])(?![a-uw-z]-?\d{3})(?P<name>[a-z]{1,12})(?:-\d+(?:\.\d+)*[a-z]?|\d+(?:\.\d+)*)(?![\d%a-z])"
)
_NUMBER = re.compile(r"(?<![\d.])\d{1,4}\.\d{1,4}(?:\.\d{1,6})*(?![\d.])")
_BEFORE = (
    "版本",
    "版本号",
    "版本为",
    "版本号为",
    "版本是",
    "升级到",
    "升级至",
    "升级为",
    "迭代到",
    "迭代至",
    "version ",
)
_AFTER = re.compile(r"\s?(?:代|版|系列|模型|大模型|大师版|正式(?:上线|发布)|发布|上线|推出|问世)")
_BRAND = re.compile(r"(?<![A-Za-z])(?:[A-Z][a-z]+(?:[A-Z][A-Za-z]*)?|[a-z]+[A-Z][A-Za-z]*)\s$")
_MORE = re.compile(r"[a-z]|\s?(?:[\d十百千万亿%$~+–-]|(?:thousand|million|billion|trillion|bn)\b)")
_NO_BRAND = frozenset(
    "a about above all an and are around as at below but by for from had has have in is it its just late nearly of on "
    "only or over rose fell than that the then these this to total under up us was were with".split()
)
_NO_NAME = frozenset("mid pre post early late since fy q h no top".split())
_LONGEST_BRAND = 16


def find_versions(text: str, folded: str) -> Iterator[tuple[int, int, Value]]:
    """``(start, end, value)`` for every version of ``folded``, the folded form of ``text``."""
    for match in _NAME.finditer(folded):
        if match["name"] not in CODES_BEFORE and match["name"] not in _NO_NAME:
            yield _version(match)
    if "." not in folded:
        return
    for match in _NUMBER.finditer(folded):
        if (
            _AFTER.match(folded, match.end())
            or folded.endswith(_BEFORE, 0, match.start())
            or _branded(text, folded, match)
        ):
            yield _version(match)


def _branded(text: str, folded: str, match: re.Match[str]) -> bool:
    """Whether a name stands before the number, and nothing behind it that it could count."""
    brand = _BRAND.search(text, max(0, match.start() - _LONGEST_BRAND), match.start())
    if brand is None or brand.group().strip().lower() in _NO_BRAND | CODES_BEFORE.keys():
        return False
    return not (UNIT.match(folded, match.end()) or _MORE.match(folded, match.end()))


def _version(match: re.Match[str]) -> tuple[int, int, Value]:
    return *match.span(), {"kind": "version", "min": None, "max": None, "unit": match.group()}
