"""A question, analysed once: language, answer kind, glossary names, periods, and its text in both languages."""

from __future__ import annotations

import re
from datetime import date

from indexer.errors import QueryError
from indexer.normalize import fold
from qa.glossary import Glossary
from qa.kinds import answer_kind
from qa.results import Alias, Language, Query
from qa.values.periods import find_periods

MAX_QUESTION = 2_000
_HAN = re.compile(r"[\u3400-\u9fff\uf900-\ufaff\U00020000-\U0003ffff]")
_LATIN_WORD = re.compile(r"[^\W\d_\u2e80-\U0003ffff]+")


def analyse(question: str, glossary: Glossary, *, today: date | None = None) -> Query:
    """The query that ``question`` makes.

    ``today`` is what 今年 and "last year" count from; without it they stay open and are matched by wording and
    by the days of the year. Raises QueryError: ``text_invalid`` (NUL or lone surrogates), ``question_empty``
    (nothing to search for), ``question_too_long`` (more than 2,000 characters).
    """
    check_question(question)
    aliases = glossary.find(question)
    folded = fold(question)
    return Query(
        text=question,
        folded=folded,
        expanded=_expanded(question, aliases),
        lang=language(question),
        kind=answer_kind(folded),
        aliases=aliases,
        periods=tuple(period for _, _, period in find_periods(question, today)),
        find_names=glossary.find,
    )


def check_question(question: str) -> None:
    """Raise the QueryError that ``question`` deserves, if any."""
    if "\0" in question or any("\ud800" <= char <= "\udfff" for char in question):
        raise QueryError("the question holds a NUL or half a character; send valid UTF-8 text", code="text_invalid")
    if not any(char.isalnum() for char in question):
        raise QueryError("the question is empty; send at least one word", code="question_empty")
    if len(question) > MAX_QUESTION:
        raise QueryError(
            f"the question has {len(question):,} characters; at most {MAX_QUESTION:,} are read",
            code="question_too_long",
        )


def language(text: str) -> Language:
    """``mixed`` when a Chinese question uses lower-case Latin words; names (AI, iPhone) leave it Chinese.

    English that quotes a Chinese name, with at least twice as many Latin words as Han characters, is English.
    """
    han = len(_HAN.findall(text))
    words = _LATIN_WORD.findall(text)
    if len(words) >= 2 * han and words:
        return "en"
    return "mixed" if any(len(word) > 1 and word.islower() for word in words) else "zh"


def _expanded(text: str, aliases: tuple[Alias, ...]) -> str:
    """``text`` with every glossary name followed by its names in the other script."""
    out, at = [], 0
    for alias in aliases:
        is_han = _HAN.search(alias.term) is not None
        others = [name for name in alias.others if (_HAN.search(name) is not None) != is_han]
        out.append(text[at : alias.end])
        if others:
            out.append(f" {' '.join(others)} ")
        at = alias.end
    return "".join([*out, text[at:]])
