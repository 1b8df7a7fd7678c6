"""Numbers in English words: two hundred and fifty, a dozen, half a million, tens of thousands, two and a half."""

from __future__ import annotations

import re

from qa.values.numerals import WORD, WORDS

_SCALES = {"hundred": 1e2, "thousand": 1e3, "million": 1e6, "billion": 1e9, "trillion": 1e12, "dozen": 12.0}
_LARGE = "hundred|thousand|million|billion|trillion|dozen"
_SMALL = (
    rf"(?:twen|thir|for|fif|six|seven|eigh|nine)ty(?:[\s-](?:one|two|three|four|five|six|seven|eight|nine))?|{WORD}"
)
_NUMBER = re.compile(
    rf"(?:(?:{_SMALL})|an?(?=\s(?:{_LARGE})\b))(?:[\s-](?:hundred|thousand|million|billion|trillion)(?![a-z])"
    rf"(?:(?:,?\s(?:and\s)?)(?:{_SMALL})(?![a-z]))?)*(?:\sdozen\b)?(?![a-z])"
)
_AND_A_HALF = re.compile(r"\sand\sa\shalf\b(?:\s(hundred|thousand|million|billion|trillion)\b)?")
_HALF = re.compile(rf"half\s(?:an?\s)?(?:(?P<scale>{_LARGE})\b|(?=(?:hour|year|month|day|century|minute|decade)\b))")
_ONE = re.compile(r"an?\s(?=(?:second|minute|hour|day|week|month|quarter|year|century|decade)\b)")
_FEW = re.compile(rf"(?:several|a\sfew|a\scouple\sof|a\scouple)\s(?:(?P<scale>{_LARGE})\b)?")
_PLURAL = re.compile(
    r"(?:(?P<many>tens|dozens|hundreds|thousands)\sof\s)?(?P<scale>tens|dozens|hundreds|thousands|millions|billions|trillions)\b"
)
_TOKEN = re.compile(r"[a-z]+")
STARTS = frozenset(WORDS) | frozenset(
    "a an half several few tens dozens hundreds thousands millions billions trillions".split()
)
_PLURALS = {"tens": 10.0, "dozens": 12.0, "hundreds": 1e2, "thousands": 1e3, "millions": 1e6, "billions": 1e9}
_PLURALS["trillions"] = 1e12

Spelled = tuple[int, float, float, float, float, bool, bool, bool]


def read_spelled(folded: str, at: int) -> Spelled | None:
    """The fields of ``qa.values.amounts.Amount`` but the last, for the number in words that starts at ``at``."""
    if match := _NUMBER.match(folded, at):
        return _number(folded, match)
    if match := _HALF.match(folded, at):
        scale = _SCALES.get(match["scale"] or "", 1.0)
        return match.end(), 0.5 * scale, 0.5 * scale, 0.5 * scale, scale, False, scale > 1.0, True
    if match := _ONE.match(folded, at):
        return match.end() - 1, 1.0, 1.0, 1.0, 1.0, False, False, False
    if match := _FEW.match(folded, at):
        if not match["scale"]:
            return None
        scale = _SCALES[match["scale"]]
        return match.end(), 2 * scale, 9 * scale, scale, scale, False, True, True
    if match := _PLURAL.match(folded, at):
        scale = _PLURALS[match["scale"]] * _PLURALS.get(match["many"] or "", 1.0)
        told = bool(match["many"]) or folded.startswith(" of ", match.end())
        return match.end(), 2 * scale, 9 * scale, scale, scale, False, told and match["scale"] != "tens", True
    return None


def _number(folded: str, match: re.Match[str]) -> Spelled | None:
    total = part = 0.0
    scale = last = 1.0
    large = False
    for word in _TOKEN.findall(match.group()):
        if word in ("a", "an"):
            part = 1.0
        elif word in WORDS:
            part, scale = part + WORDS[word], 1.0
            last = 10.0 if WORDS[word] >= 20 else 1.0
        elif word in ("hundred", "dozen"):
            part, last, scale, large = part * _SCALES[word], _SCALES[word], scale * _SCALES[word], True
        elif word != "and":
            if total and _SCALES[word] >= _smallest_scale(total):
                return None
            total, part, scale, large = total + part * _SCALES[word], 0.0, scale * _SCALES[word], True
            last = _SCALES[word]
    end, number = match.end(), total + part
    if half := _AND_A_HALF.match(folded, end):
        scale = _SCALES.get(half[1] or "", 1.0)
        return half.end(), (number + 0.5) * scale, (number + 0.5) * scale, 0.5 * scale, scale, False, scale > 1, True
    compound = "-" in match.group() or " " in match.group()
    return end, number, number, last, scale if large else 1.0, False, large or compound, True


def _smallest_scale(total: float) -> float:
    """The smallest scale that ``total`` is made of."""
    return next(scale for scale in (1e3, 1e6, 1e9, 1e12) if total % (scale * 1e3) or scale == 1e12)
