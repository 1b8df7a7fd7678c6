"""Feedback as evaluation questions: in our schema (JSON lines) and as SQuAD 2.0.

A right answer becomes a question with that answer, a right silence an unanswerable one; what was wrong counts only
where the reader told what was expected. Quotes are read from the record at this moment, in the current revision:
feedback on text that is gone is left out.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from indexer.feedback import Cited, Feedback, present
from indexer.snapshot import Snapshot
from qa.evaluation.gold import OTHER_TYPE, UNANSWERABLE
from qa.evaluation.metrics import cover
from qa.query import language


@dataclass(frozen=True, slots=True)
class Learned:
    """What feedback says of a question: its ``answers`` (none: not answerable), and where they stand."""

    id: str
    question: str
    answers: tuple[str, ...] = ()
    places: tuple[Cited, ...] = ()


@dataclass(slots=True)
class Export:
    """``questions`` in the order in which they were first asked; ``left_out`` counts feedback by the reason why it says
    nothing: ``gone`` (its text), ``untold`` (what would have been right), ``placeless`` (no place in a text, which
    SQuAD wants)."""

    questions: list[Learned] = field(default_factory=list)
    left_out: Counter[str] = field(default_factory=Counter)


def learned(rows: Sequence[Feedback], snapshot: Snapshot) -> Export:
    """One question for each that was asked, from ``rows`` (oldest first). Those that agree on whether it can be
    answered add up their answers and places; otherwise the newest is believed."""
    export = Export()
    held: dict[str, Learned] = {}
    for row in rows:
        said = _said(row, snapshot)
        if isinstance(said, str):
            export.left_out[said] += 1
            continue
        before = held.get(said.question)
        if before is not None:
            said = _joined(before, said)
        held[said.question] = said
    export.questions = list(held.values())
    return export


def question_lines(export: Export, snapshot: Snapshot) -> Iterator[dict[str, Any]]:
    """The rows of a file that ``qa/evaluation/questions.py`` reads."""
    for known in export.questions:
        yield {
            "id": known.id,
            "lang": language(known.question),
            "question": known.question,
            "type": OTHER_TYPE if known.answers else UNANSWERABLE,
            "answerable": bool(known.answers),
            "answers": list(known.answers),
            "evidence": [_evidence(snapshot, place) for place in known.places],
        }


def squad_document(export: Export, snapshot: Snapshot) -> dict[str, Any]:
    """A SQuAD 2.0 document whose contexts are readable texts of documents, whole. What has no place there is counted in
    ``export.left_out``; an unanswerable question goes to the first text, because none answers it."""
    paragraphs: dict[str, dict[str, Any]] = {}

    def paragraph(doc_id: str) -> dict[str, Any]:
        if doc_id not in paragraphs:
            title, context = snapshot.document(doc_id).title, snapshot.readable(doc_id).text
            paragraphs[doc_id] = {"title": title, "paragraphs": [{"context": context, "qas": []}]}
        return paragraphs[doc_id]["paragraphs"][0]  # type: ignore[no-any-return]

    silent = []
    for known in export.questions:
        if not known.answers:
            silent.append({"id": known.id, "question": known.question, "is_impossible": True, "answers": []})
            continue
        found = _in_readable(known, snapshot)
        if found is None:
            export.left_out["placeless"] += 1
            continue
        doc_id, answers = found
        row = {"id": known.id, "question": known.question, "is_impossible": False, "answers": answers}
        paragraph(doc_id)["qas"].append(row)
    if silent:
        first = next(iter(paragraphs), None) or snapshot.documents(limit=1)[0].doc_id
        paragraph(first)["qas"].extend(silent)
    return {"version": "v2.0", "data": list(paragraphs.values())}


def _said(row: Feedback, snapshot: Snapshot) -> Learned | str:
    """What ``row`` says, or why it says nothing."""
    place = row.cited and present(snapshot, row.cited)
    if row.cited is not None and place is None:
        return "gone"
    known = Learned(row.feedback_id, row.question.strip())
    if row.verdict == "right":
        if row.answer is None or place is None:
            return known
        return replace(known, answers=tuple(dict.fromkeys((row.answer, *row.answers))), places=(place,))
    if row.answerable is False:
        return known
    if not row.answers:
        return "untold"
    return replace(
        known, answers=row.answers, places=(place,) if place and _holds(snapshot, place, row.answers) else ()
    )


def _holds(snapshot: Snapshot, place: Cited, answers: Sequence[str]) -> bool:
    """Whether the right answer stands in the sentence that was cited, only not where it was looked for."""
    quote = snapshot.source_text(place.doc_id, place.revision, place.start, place.end)
    return cover(quote, [answers]) == 1.0


def _joined(before: Learned, now: Learned) -> Learned:
    if bool(before.answers) != bool(now.answers):
        return replace(now, id=before.id)
    return replace(
        before,
        answers=tuple(dict.fromkeys(before.answers + now.answers)),
        places=tuple(dict.fromkeys(before.places + now.places)),
    )


def _evidence(snapshot: Snapshot, place: Cited) -> dict[str, Any]:
    stored = snapshot.document(place.doc_id, place.revision)
    quote = snapshot.read_source(stored, place.start, place.end)
    return {"file": stored.source, "quote": quote, "start": place.start, "end": place.end}


def _in_readable(known: Learned, snapshot: Snapshot) -> tuple[str, list[dict[str, Any]]] | None:
    """The first document in whose readable text an answer stands where it was cited, and the answers found there."""
    for place in known.places:
        readable = snapshot.readable(place.doc_id)
        above = readable.map.to_upper(place.start, place.end)
        if above is None:
            continue
        starts = {answer: readable.text.find(answer, *above) for answer in known.answers}
        found = [{"text": answer, "answer_start": start} for answer, start in starts.items() if start >= 0]
        if found:
            return place.doc_id, found
    return None
