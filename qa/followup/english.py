"""English turns that lean on the question before: and in Q1?, what about members?, where is its headquarters?"""

from __future__ import annotations

import re

from qa.followup.attributes import sort_en
from qa.followup.english_pronouns import outward_pronoun
from qa.followup.english_slots import PERIOD_PREPOSITION, PREPOSITION, measured
from qa.followup.english_swaps import Phrase, asked_anew, substituted
from qa.followup.periods import merged
from qa.followup.turns import Known

_FINAL = re.compile(r"[?？.!\s]+$")
_POLITE = re.compile(
    r"(?:(?:ok(?:ay)?|so|right|great|thanks(?: a lot)?|thank you|now|well|hm+|yes|no|i see|got it|please|"
    r"sorry)\b[,.!;:\s]*)*",
    re.IGNORECASE,
)
_LEAD = re.compile(
    r"(?:(?:and|but|or|then|also)\b[,\s]*)*(?:(?:what|how)(?: about|'s about| of)|(?:the )?same (?:question |"
    r"thing )?(?:for|in|with|but(?: for| in)?)"
    r"|now for|as for|(?:and )?what if (?:it is|it's|i mean)|i mean(?:t)?|make (?:it|that))\b[,\s]*",
    re.IGNORECASE,
)
_JOIN = re.compile(r"(?:(?:and|but|or|then|also)\b[,\s]*)+", re.IGNORECASE)
_ADVERB = re.compile(r"[,\s]+(?:then|though|as well|too|instead|alone|only|respectively)$", re.IGNORECASE)
_CLAUSE = re.compile(
    r"\b(?:who|whom|whose|what|when|where|why|how|which|is|are|was|were|do|does|did|has|have|had|can|could|will|"
    r"would|should|may|might|must|tell|give|show|list|name|explain|describe|compare|i|you|we|isn't|don't|"
    r"doesn't|didn't)\b"
    r"|\w+n't\b",
    re.IGNORECASE,
)
_IT_WAS = re.compile(
    r"(?:what|how much|how many|how high|how large|how big)\s*(?:is|was|were|are|will)\s+(?:it|that|they|this|"
    r"those)(?:\s+be)?\b"
    r"|(?:what|how much|how many)\s+(?:did|does|do|was|were)?\s*(?:it|that)\b(?=\s+(?:in|for|during|at)\b)"
    r"|(?:what|how much|how many)(?=\s+(?:in|for|during)\b)",
    re.IGNORECASE,
)
_LEADING_PREPOSITION = re.compile(rf"(?P<preposition>{PREPOSITION})\s+", re.IGNORECASE)
_ARTICLE = re.compile(r"(?:the|a|an|its|their|his|her)\s+", re.IGNORECASE)
_PERSONAL = frozenset("he she him her his".split())
_BARE = {
    "why": "and why",
    "when": "and when",
    "where": "and where",
    "who": "and who",
    "how": "and how",
    "by whom": "and by whom",
}
_POINTING = re.compile(
    r"(?:it|this|that|these|those|them|him|her|others?|the (?:rest|others?|first|second|last)(?: one)?|more|"
    r"else|now|today|here|there|both|all|"
    r"in (?:detail|short|general|particular|total|full|english|chinese|other words)|for (?:example|instance|"
    r"sure|real|now))",
    re.IGNORECASE,
)
"""What points at something that no rule can find, or at nothing."""
_SHORT = 5
"""Words of a turn that begins with a preposition and may lean on another: in Europe? for paid users?"""
_COMPARED = re.compile(
    r"\b(?:higher|lower|bigger|smaller|increased?|decreased?|grow|grew|grown|rise|rose|risen|fall|fell|"
    r"drop(?:ped)?|changed?|up|down)\b",
    re.IGNORECASE,
)


def complete(turn: Known, earlier: Known, subject: str | None, person: str | None) -> str | None:
    """``turn`` completed from the question ``earlier``; None where it leans on nothing.

    ``subject``: what ``earlier`` was about; ``person``: who a "he" would be.
    """
    end = len(_FINAL.sub("", turn.text))
    polite = _POLITE.match(turn.text[:end])
    start = polite.end() if polite else 0
    text = turn.text[start:end]
    base = _FINAL.sub("", earlier.text)
    lowered = re.sub(r"^(?:and|but|so)[,\s]+", "", text.lower())
    if lowered in _BARE:
        return f"{base}, {_BARE[lowered]}"
    if phrase := _phrase(turn, start, end):
        if phrase.article in ("his", "her") and person and (sort := sort_en(phrase.rest)):
            return asked_anew(phrase.rest, sort, base, earlier, person)
        return substituted(phrase, base, earlier, subject)
    joined = _JOIN.match(text)
    at = start + (joined.end() if joined else 0)
    if found := outward_pronoun(turn, at, end, named=bool(earlier.names)):
        said = person if found.group().lower() in _PERSONAL else subject
        if said is None:
            return None
        if said == subject and not found["possessive"] and _COMPARED.search(turn.text, found.end(), end):
            said = measured(base, earlier) or said
        genitive = "'s" if found["possessive"] or found["genitive"] else ""
        return _sentence(turn.text[at : found.start()] + said + genitive + turn.text[found.end() : end])
    if joined and subject and not any(a >= at for a, _ in turn.names):
        return _with_subject(turn, at, end, subject)
    return None


def _sentence(text: str) -> str:
    return text[:1].upper() + text[1:]


def _phrase(turn: Known, start: int, end: int) -> Phrase | None:
    """The noun phrase that the turn is; None for a whole question, and for words that may be meant as they stand."""
    text = turn.text[start:end]
    lead = _LEAD.match(text)
    at = lead.end() if lead else 0
    if not lead and (joined := _JOIN.match(text)):
        lead, at = joined, joined.end()
    if found := _IT_WAS.match(text, at):
        lead, at = found, found.end()
    rest = _ADVERB.sub("", text[at:]).strip(" ,:")
    if (
        not rest
        or _POINTING.fullmatch(rest)
        or _CLAUSE.search(re.sub(r"^(?:its|their|his|her)\b", "", rest, flags=re.IGNORECASE))
    ):
        return None
    offset = start + text.index(rest, at)
    taken = _taken_apart(turn, offset, rest)
    if lead is None and (taken.rest or taken.name) and (not taken.preposition or len(rest.split()) > _SHORT):
        return None
    return taken


def _taken_apart(turn: Known, offset: int, whole: str) -> Phrase:
    inside = [(a - offset, b - offset) for a, b in turn.periods if a >= offset and b - offset <= len(whole)]
    if (
        not inside
        and (month := re.fullmatch(r"(?:(?:in|for)\s+)?([A-Z][a-z]+)", whole))
        and merged(whole, "")
        and _is_month(month[1])
    ):
        inside = [month.span(1)]
    rest, period = whole, ""
    if inside:
        period = whole[inside[0][0] : inside[-1][1]]
        before = PERIOD_PREPOSITION.search(whole[: inside[0][0]])
        rest = whole[: before.start() if before else inside[0][0]] + whole[inside[-1][1] :]
    rest = rest.strip(" ,")
    preposition = ""
    if found := _LEADING_PREPOSITION.match(rest):
        preposition, rest = found["preposition"], rest[found.end() :]
    names = [turn.text[a:b] for a, b in turn.names if a >= offset and turn.text[a:b] in rest]
    names = [name for name in names if not sort_en(name.lower())]
    name, genitive = "", False
    if names:
        name = names[0]
        genitive = re.search(rf"{re.escape(name)}['’]s?\b", rest) is not None
        rest = re.sub(rf"{re.escape(name)}(?:['’]s?)?", " ", rest, count=1).strip()
    article = ""
    if found := _ARTICLE.match(f"{rest} "):
        article, rest = found.group().strip(), rest[found.end() :]
    return Phrase(preposition.lower(), article.lower(), " ".join(rest.split()), name, genitive, period, whole)


def _is_month(word: str) -> bool:
    return word.lower() in (
        "january february march april may june july august september october november december".split()
    )


def _with_subject(turn: Known, at: int, end: int, subject: str) -> str | None:
    """ "And who is the CEO" with "of Kuaishou" behind the attribute; None where it says itself whose."""
    text = turn.text[at:end]
    found = re.match(
        r"(?:who|what|where|when|how (?:high|large|big))(?:'s| is| was| are|"
        r" were) (?P<the>the )?(?P<what>[A-Za-z& -]+)",
        text,
        re.IGNORECASE,
    )
    if not found:
        return None
    last = found.end("what")
    if re.search(r"\b(?:of|for|in|at|on|by|from|to|with)\b", found["what"]):
        cut = re.search(r"\s+(?:in|for|at|during)\s*(?:the\s*)?$", found["what"])
        if not cut or re.search(r"\bof\b", found["what"]):
            return None
        last = found.start("what") + cut.start()
    what = text[found.start("what") : last].strip()
    if sort_en(what) is None:
        return None
    after = text[found.start("what") + len(what) :]
    return _sentence(f"{text[: found.start('what')]}{'' if found['the'] else 'the '}{what} of {subject}{after}")
