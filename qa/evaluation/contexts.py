"""Question files that bring their texts along: SQuAD's one JSON document, and paragraph sets.

Every distinct text becomes one :class:`Context`, which the caller indexes as a document of its own; the
evidence of a question is the place of its answer there. Where a set gives no true offset (some write -1),
the whole text is the evidence: a guess at the place would be measured as if it were known.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from indexer.errors import ConfigError
from qa.evaluation.gold import OTHER_TYPE, UNANSWERABLE, Context, Evidence, Question, QuestionSet
from qa.evaluation.rows import field, json_lines, read_text
from qa.query import language

Row = Mapping[str, Any]


def squad_questions(path: Path, document: Any) -> QuestionSet:
    """The questions of a SQuAD v1.1 or v2.0 document, parsed already. Raises ConfigError."""
    if not isinstance(document, dict):
        raise ConfigError(f"{path}: neither JSON lines nor a SQuAD document with 'data'")
    by_text: dict[str, Context] = {}
    questions: list[Question] = []
    for where, article in _objects(str(path), document, "data"):
        title = field(where, article, "title", str, "")
        for place, paragraph in _objects(where, article, "paragraphs"):
            text = field(place, paragraph, "context", str)
            source = f"{path.name.split('.')[0]}/{len(by_text) + 1:05d}.txt"
            context = by_text.setdefault(text, Context(source, title, text))
            rows = _objects(place, paragraph, "qas")
            questions.extend(_squad_question(at, row, context) for at, row in rows)
    return QuestionSet(path.name, tuple(questions), tuple(by_text.values()))


def paragraph_questions(path: Path, rows: Sequence[tuple[str, Row]]) -> QuestionSet:
    """Rows of ``NAME.questions.jsonl`` over the paragraphs of ``NAME.paragraphs.jsonl`` beside it.

    Raises ConfigError, also for a question whose paragraph is not there.
    """
    beside = path.with_name(path.name.replace(".questions.", ".paragraphs."))
    if beside == path:
        raise ConfigError(f"{path}: with 'paragraph_id' it must be called NAME.questions.jsonl")
    contexts = {}
    for where, row in json_lines(beside, read_text(beside)):
        source, title = field(where, row, "id", str), field(where, row, "title", str, "")
        contexts[source] = Context(source, title, field(where, row, "text", str))
    questions = []
    for where, row in rows:
        name = field(where, row, "paragraph_id", str)
        if name not in contexts:
            raise ConfigError(f"{where}: {beside.name} has no paragraph {name!r}")
        answerable = field(where, row, "answerable", bool, True)
        answers = _objects(where, row, "answers") if answerable else ()
        found = [(field(at, answer, "text", str), field(at, answer, "start", int)) for at, answer in answers]
        questions.append(_located(where, row, contexts[name], found))
    return QuestionSet(path.name, tuple(questions), tuple(contexts.values()))


def _squad_question(where: str, row: Row, context: Context) -> Question:
    impossible = field(where, row, "is_impossible", bool, False)
    answers = () if impossible else _objects(where, row, "answers")
    found = [(field(at, answer, "text", str), field(at, answer, "answer_start", int)) for at, answer in answers]
    return _located(where, row, context, found)


def _located(where: str, row: Row, context: Context, found: Sequence[tuple[str, int]]) -> Question:
    """The question whose answers ``(text, start)`` were ``found`` in ``context``; unanswerable if none."""
    text = field(where, row, "question", str)
    size = len(context.text)
    places = [
        (start, start + len(answer)) if start >= 0 and context.text.startswith(answer, start) else (0, size)
        for answer, start in found
        if answer
    ]
    return Question(
        id=field(where, row, "id", str),
        text=text,
        lang=field(where, row, "lang", str, language(text)),
        type=OTHER_TYPE if places else UNANSWERABLE,
        answerable=bool(places),
        answers=tuple(dict.fromkeys(answer for answer, _ in found if answer)),
        evidence=tuple(Evidence(context.source, start, end) for start, end in dict.fromkeys(places)),
    )


def _objects(where: str, row: Row, name: str) -> Iterator[tuple[str, Row]]:
    """The objects of the list ``row[name]``, each with its path inside the document."""
    for number, item in enumerate(field(where, row, name, list)):
        place = f"{where}: {name}[{number}]" if name == "data" else f"{where}.{name}[{number}]"
        if not isinstance(item, dict):
            raise ConfigError(f"{place}: must be an object")
        yield place, item
