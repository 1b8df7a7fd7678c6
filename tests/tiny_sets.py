"""Question-answering sets of a few sentences, written as the real ones are."""

from __future__ import annotations

import gzip
import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any


def write_set(
    folder: Path,
    name: str,
    texts: Mapping[str, str],
    questions: Sequence[tuple[str, str, str | None]],
    lang: str = "zh",
    **extra: Any,
) -> None:
    """``texts`` by paragraph id; ``questions`` are (question, paragraph id, answer in its text or None). ``extra``
    goes into every question."""
    write_rows(folder, name, paragraph_rows(texts, lang), question_rows(name, texts, questions, lang, **extra))


def paragraph_rows(texts: Mapping[str, str], lang: str) -> list[dict[str, Any]]:
    return [{"id": key, "lang": lang, "title": "", "text": text} for key, text in texts.items()]


def question_rows(
    name: str, texts: Mapping[str, str], questions: Sequence[tuple[str, str, str | None]], lang: str, **extra: Any
) -> list[dict[str, Any]]:
    return [
        {
            "id": f"{name}:{lang}:{number}",
            "lang": lang,
            "question": question,
            "paragraph_id": paragraph,
            "answers": [] if answer is None else [{"text": answer, "start": texts[paragraph].index(answer)}],
            "answerable": answer is not None,
            **extra,
        }
        for number, (question, paragraph, answer) in enumerate(questions)
    ]


def write_rows(
    folder: Path, name: str, paragraphs: Sequence[Mapping[str, Any]], questions: Sequence[Mapping[str, Any]]
) -> None:
    for kind, rows in (("paragraphs", paragraphs), ("questions", questions)):
        lines = "\n".join(map(json.dumps, rows)).encode()
        (folder / f"{name}.{kind}.jsonl.gz").write_bytes(gzip.compress(lines))
