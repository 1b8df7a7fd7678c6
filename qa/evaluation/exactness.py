"""Do the quotes stand where the citations say, and is the text that people see clean?"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from qa.evaluation.metrics import without_readings
from qa.results import Answer, AskResult, Citation


@dataclass(frozen=True, slots=True)
class TextCheck:
    """Over all results: ``exact`` of ``citations`` quote ``source_text[start:end]``; ``readings`` counts the
    bracketed pinyin left in readable text."""

    citations: int = 0
    exact: int = 0
    readings: int = 0

    def __add__(self, other: TextCheck) -> TextCheck:
        return TextCheck(self.citations + other.citations, self.exact + other.exact, self.readings + other.readings)


def check_text(result: AskResult, source_text: Callable[[str, str], str]) -> TextCheck:
    """Compares every quote of ``result`` with the source text itself, whatever made the quote."""
    answers = [*([result.answer] if result.answer else []), *result.alternatives]
    citations = list(_citations(result, answers))
    exact = sum(source_text(c.doc_id, c.revision)[c.start : c.end] == c.quote for c in citations)
    shown = [passage.text for passage in result.passages]
    shown += [text for answer in answers for text in (answer.text, answer.context)]
    return TextCheck(len(citations), exact, sum(without_readings(text)[1] for text in shown))


def _citations(result: AskResult, answers: Iterable[Answer]) -> Iterable[Citation]:
    for passage in result.passages:
        yield from (passage.citation, *passage.copies)
    for answer in answers:
        yield from (answer.span, *answer.citations)
