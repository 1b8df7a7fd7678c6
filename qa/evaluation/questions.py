"""Question files, plain or gzip'd, all UTF-8, told apart by what they hold:

* ours: JSON lines with ``id``, ``question``, ``answerable``, ``answers``, ``parts``, ``evidence``; the
  evidence stands in documents that are indexed already;
* SQuAD v1.1 and v2.0 (Rajpurkar et al., 2016 and 2018), and JSON lines with ``paragraph_id`` beside a file
  of paragraphs: these bring their texts along (``qa/evaluation/contexts.py``).

Whatever does not fit is a ConfigError that names the file and the line.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from indexer.errors import ConfigError
from qa.evaluation.contexts import paragraph_questions, squad_questions
from qa.evaluation.gold import OTHER_TYPE, UNANSWERABLE, Evidence, Question, QuestionSet
from qa.evaluation.rows import field, json_lines, parse, read_text, strings
from qa.query import language


def read_questions(path: Path) -> QuestionSet:
    """The questions of the file, in its order. Raises ConfigError."""
    text = read_text(path)
    if _is_lines(path, text):
        rows = list(json_lines(path, text))
        if any("paragraph_id" in row for _, row in rows):
            found = paragraph_questions(path, rows)
        else:
            found = QuestionSet(path.name, tuple(_question(where, row) for where, row in rows))
    else:
        found = squad_questions(path, parse(text, str(path)))
    if not found.questions:
        raise ConfigError(f"{path}: holds no questions")
    _check_unique(path, found.questions)
    return found


def _is_lines(path: Path, text: str) -> bool:
    """Whether the file is JSON lines; SQuAD is one object, on one line or many, with ``data``."""
    if ".jsonl" in path.suffixes:
        return True
    try:
        first = json.loads(text.lstrip().split("\n", 1)[0])
    except json.JSONDecodeError:
        return False
    return not (isinstance(first, dict) and "data" in first)


def _question(where: str, row: Mapping[str, Any]) -> Question:
    text = field(where, row, "question", str)
    answers = strings(where, "answers", field(where, row, "answers", list, []))
    answerable = field(where, row, "answerable", bool, bool(answers))
    evidence = tuple(_evidence(where, found) for found in field(where, row, "evidence", list, []))
    if answerable != bool(answers):
        raise ConfigError(f"{where}: 'answers' must be given exactly where 'answerable' is true")
    return Question(
        id=field(where, row, "id", str),
        text=text,
        lang=field(where, row, "lang", str, language(text)),
        type=field(where, row, "type", str, OTHER_TYPE if answerable else UNANSWERABLE),
        answerable=answerable,
        answers=answers,
        parts=tuple(strings(where, "parts", part) for part in field(where, row, "parts", list, [])),
        evidence=evidence,
    )


def _evidence(where: str, row: Any) -> Evidence:
    if not isinstance(row, dict):
        raise ConfigError(f"{where}: each item of 'evidence' must be an object")
    start, end = field(where, row, "start", int), field(where, row, "end", int)
    if not 0 <= start < end:
        raise ConfigError(f"{where}: evidence {start}..{end} is no range")
    return Evidence(field(where, row, "file", str), start, end, field(where, row, "group", int | str, 0))


def _check_unique(path: Path, questions: Sequence[Question]) -> None:
    seen: set[str] = set()
    for question in questions:
        if question.id in seen:
            raise ConfigError(f"{path}: question id {question.id!r} is there twice")
        seen.add(question.id)
