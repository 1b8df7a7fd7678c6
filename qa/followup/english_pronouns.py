"""The pronoun of an English turn that nothing in the turn itself explains: where is its headquarters?"""

from __future__ import annotations

import re

from qa.followup.turns import Known

_PRONOUN = re.compile(
    r"\b(?P<possessive>its|their|his|her(?=\s+[a-z])(?!\s+(?:in|at|on|for|to|when|and)\b))\b|\b(?P<object>it|"
    r"they|them|he|she|him|her)\b(?!['’])"
    r"|\b(?P<noun>the (?:company|firm)|(?:this|that|said) (?:company|firm|product|model|business|group|"
    r"organi[sz]ation|app|platform|brand|"
    r"service|policy|tool|project|person|one))\b(?P<genitive>['’]s)?"
    # No more of the noun phrase may follow: the product department, the company that makes it.
    r"(?=$|[\s,]*[?.,!]|['’]|(?<=s) [a-z]|\s(?:is|was|are|were|has|have|had|do|does|did|make|makes|earn"
    r"|sell|offer|support|"
    r"cost|work|use|plan|expect|report|call|need|launch|release|run|in|for|at|on|from|with|and|or|to|now"
    r"|today|profitable|"
    r"founded|located|listed|based|called|released|launched)\b)",
    re.IGNORECASE,
)
_EXPLETIVE = re.compile(
    r"\b(?:is|was|isn't|wasn't|be|would|will|can) it (?:true|possible|likely|worth|necessary|legal|allowed|safe|"
    r"ok|okay|"
    r"better|hard|easy|difficult|important|that|correct|right|fair|a|an|the|be|not|too|still possible|about)\b"
    r"|\bit (?:is|was|'s) (?:true|possible|likely|that|said|reported|worth)\b|\bdoes it (?:matter|mean|"
    r"make sense|seem|look like)\b"
    r"|\b(?:does|did|would|will) it (?:take|cost|require)\b.{0,40}\bto\b|\bit (?:seems?|appears?|takes?|rains?|"
    r"turns out)\b"
    r"|\b(?:what|which) (?:time|day|date|year) is it\b|\bhow (?:come|is|was) it that\b|\bmakes? it\b|\bit to\b",
    re.IGNORECASE,
)
_ASKED_NOUN = re.compile(
    r"\b(?:which|what|whose|how many|how much) (?:\w+ ){1,3}?(?=(?:did|does|do|has|have|is|was|are|were|will|can)\b)",
    re.IGNORECASE,
)
_NOUN_BEFORE = re.compile(
    r"\b(?:a|an|the|my|your|our|every|each|any|some|this|that|these|no|if|when (?!(?:did|does|do|is|was"
    r"|are|were|will|has|had|can)\b)"
    r"|while|because|although|unless)\s",
    re.IGNORECASE,
)
_FUNCTION = frozenset(
    "who whom what when where why how which is are was were do does did has have had can could will would should may "
    "might must be been of in on at by for from with to about as than and so long old big large high many much far "
    "often soon fast tall you know i tell me please not exactly also still now else "
    "does there isn't wasn't doesn't didn't".split()
)


def outward_pronoun(turn: Known, start: int, end: int, *, named: bool) -> re.Match[str] | None:
    """The pronoun that nothing in the turn itself explains; ``named``: whether the subject before it has a name.

    "They" and "the company" are taken for one that was named only: they are often nobody (when did they build the
    wall) or one's own.
    """
    found = None if _EXPLETIVE.search(turn.text, start, end) else _PRONOUN.search(turn.text, start, end)
    if not found or any(start <= a < found.start() for a, _ in turn.names):
        return None
    plural = found.group().lower() in ("they", "them", "their")
    if not named and (plural or found.group().lower().startswith("the ")):
        return None
    before = turn.text[start : found.start()]
    for a, b in turn.periods:
        if start <= a < found.start():
            before = before.replace(turn.text[a:b], "")
    if re.search(r"\bof\s*$", before, re.IGNORECASE):
        return found
    if found["possessive"] and re.match(r"who\s(?!(?:is|was|are|were)\b)", before, re.IGNORECASE):
        return None
    before = _ASKED_NOUN.sub("", before)
    others = [word for word in re.findall(r"[\w'’]+", before.lower()) if word not in _FUNCTION]
    return None if _NOUN_BEFORE.search(before) or len(others) > (0 if plural else 1) else found
