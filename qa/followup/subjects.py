"""What a question was about: whom or what a pronoun in the next one means."""

from __future__ import annotations

import re

from indexer.normalize import fold
from qa.followup.turns import Known

_WHO = re.compile(r"\bwho(?:m|se)?\b|谁|哪位|什么人")
_CALLED = re.compile(r"叫什么|叫做什么|名字|名称|哪[款家个]|\bwhat is .{0,60} called\b|\bname of\b|\bwhich \w+\b")
_ROLE = re.compile(r"who(?: is|'s| was) (.+)|(.+?)(?:现在|目前)?[是叫][谁誰]|[谁誰]是(.+)", re.IGNORECASE)
_ANSWER = 40
"""Characters of an answer that may stand for a pronoun: a name, no sentence."""
_TAIL_ZH = re.compile(
    r"(?:大约|大概|一共|总共|每天|每月|每年|现在|目前){0,4}(?:是|有|为|在|要|叫)?(?:多少|几|什么|谁|哪|怎|如何|为何|何时|多[大高久长快]|吗|是不是|是否)"
)
_NOUN_EN = re.compile(
    r"\bof (?P<of>(?:the|an?|our|my|your) [a-z-]+(?: [a-z-]+)?|[a-z]+(?: [a-z]+)?)$"
    r"|\b(?:is|are|was|were|does|do|did|has|have|can|will) (?P<the>(?:the|an?|our|my|your) [a-z-]+(?: [a-z-]+){0,2}?)"
    r"(?=$| (?:cost|take|last|work|mean|have|offer|include|support|expire|apply|end|begin|start)\b)"
)


def subject_of(earlier: Known, answer: str | None) -> str | None:
    """The thing that ``earlier`` asks about; the ``answer`` where it asks what something is called. None if unknown."""
    folded = fold(earlier.text)
    if answer and len(answer) <= _ANSWER and _CALLED.search(folded) and not _WHO.search(folded):
        return answer
    names = [(a, b) for a, b in earlier.names]
    if names:
        return earlier.text[slice(*_main(earlier.text, names))]
    if re.search(r"[\u3400-\u9fff]", earlier.text):
        return _topic_zh(earlier)
    return _topic_en(earlier)


def person_of(earlier: Known, answer: str | None, subject: str | None) -> str | None:
    """Who a "he" would be: the answer to a "who", else the role that it asked for (the CEO of Kuaishou); the subject
    where it asked for nobody. None if unknown."""
    text = earlier.text.strip("？?.。! ")
    if not _WHO.search(fold(text)):
        return subject
    if answer and 2 <= len(answer) <= _ANSWER:
        return answer
    found = _ROLE.fullmatch(text)
    role = next((role for role in found.groups() if role), "") if found else ""
    return role if 0 < len(role) <= _ANSWER else None


def _main(text: str, names: list[tuple[int, int]]) -> tuple[int, int]:
    """The first name; of an owner and what it owns (Kuaishou's Kling, 快手的可灵) the second."""
    (start, end), *others = names
    for a, b in others:
        if text[end:a].strip() in ("'s", "’s", "的", "旗下的", "旗下"):
            return a, b
        break
    return start, end


def _topic_zh(earlier: Known) -> str | None:
    """What stands before the 的 of the attribute, or before the words that ask."""
    text = earlier.text
    for a, b in sorted(earlier.periods, reverse=True):
        text = text[:a] + text[b:]
    tail = _TAIL_ZH.search(fold(text))
    head = text[: tail.start()] if tail else ""
    head = re.sub(r"^[的在请问，,\s]+", "", head.rpartition("的")[0] or head)
    return head if 0 < len(head) <= _ANSWER else None


def _topic_en(earlier: Known) -> str | None:
    text = earlier.text.rstrip("?.! ")
    for a, b in sorted(earlier.periods, reverse=True):
        text = (text[:a] + text[b:]).rstrip()
    text = re.sub(r"\s+(?:in|for|at|during)(?:\s+the)?$", "", text.rstrip("?.! "))
    found = _NOUN_EN.search(text)
    return (found["of"] or found["the"]) if found else None
