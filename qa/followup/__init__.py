"""A turn of a conversation that leans on an earlier one, completed by rule: "and in Q1?", 那它的会员收入呢.

Nothing is made up: the completed question consists of words of the turn, words of an earlier question (or of the answer
that it got) and a few question words from a list. A turn that stands alone is left as it is; where the rules do not
know what is meant, it is too.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from indexer.normalize import fold
from qa.followup import chinese, english
from qa.followup.names import known
from qa.followup.subjects import person_of, subject_of
from qa.followup.turns import Turn
from qa.glossary import Glossary
from qa.query import MAX_QUESTION

__all__ = ["Turn", "complete", "complete_last"]

_HAN = re.compile(r"[\u3400-\u9fff]")
_CHAT = re.compile(
    r"(?:okay|ok|thanks|thank|you|a lot|hi|hello|hey|great|good|nice|cool|got it|i see|yes|no|sure|bye|"
    r"谢|你|您|多谢|好的|好|嗯|明白|知道|了解|了|不错|很好|是的|是|对|再见|\W)+",
    re.IGNORECASE,
)
_THANKS = re.compile(r"[\s,，。.!！?？]*(?:谢谢你?|多谢|thanks|thank you)[\s.!！。~]*$", re.IGNORECASE)
_LONGEST = 200
"""Characters of a turn that may lean on another: longer ones say what they are about."""


def complete_last(turns: Sequence[Turn], question: str, glossary: Glossary) -> str | None:
    """``question`` completed from the ``turns`` before it, each of them completed from those before it in turn.

    None where it stands alone. Turns that ask nothing (thanks) are passed over.
    """
    before: Turn | None = None
    for turn in turns:
        if len(turn.question) <= _LONGEST and _CHAT.fullmatch(turn.question):
            continue
        completed = complete(turn.question, before, glossary) if before else None
        before = Turn(completed or turn.question, turn.answer)
    return complete(question, before, glossary) if before else None


def complete(question: str, before: Turn, glossary: Glossary) -> str | None:
    """``question`` completed from the one ``before`` it; None where it stands alone, or nothing is known of what is
    missing."""
    if len(question) > _LONGEST or len(before.question) > MAX_QUESTION or not question.strip():
        return None
    said = _THANKS.sub("", " ".join(question.split()))
    turn, earlier = known(said, glossary), known(" ".join(before.question.split()), glossary)
    rules = chinese if _HAN.search(turn.text) else english
    subject = subject_of(earlier, before.answer)
    found = rules.complete(turn, earlier, subject, person_of(earlier, before.answer, subject))
    if found is None or len(found) > MAX_QUESTION or _bare(found) in (_bare(question), ""):
        return None
    return f"{found.strip()}{'？' if _HAN.search(found) and not _is_english(found) else '?'}"


def _bare(text: str) -> str:
    return re.sub(r"\W", "", fold(text))


def _is_english(text: str) -> bool:
    """Whether the question is an English one that quotes a Chinese name."""
    return re.match(r"[A-Za-z]+ ", text) is not None and len(re.findall(r"[A-Za-z]+", text)) > 2
