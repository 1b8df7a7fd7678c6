"""The table of a report that shows every question: what was asked, said, expected and quoted."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

from qa.evaluation.evaluate import Outcome

_SHOWN_ANSWERS = 3
# Verdicts in the order of the table: what needs a look first.
_LABELS = {
    "wrong": "wrong",
    "invented": "answered, nothing to find",
    "error": "not asked",
    "missed": "abstained, answer missed",
    "partly": "partly right",
    "right": "right",
    "silent": "rightly silent",
}
# What can be chosen: a name for the style sheet, a label, the rows' classes (none: all rows).
_FILTERS = (
    ("all", "all", ()),
    ("wrong", "wrong", ("wrong", "invented", "error")),
    ("missed", "missed", ("missed",)),
    ("partly", "partly right", ("partly",)),
    ("right", "right", ("right", "silent")),
    ("unfound", "evidence not in the passages", ("unfound",)),
)


def verdict_of(outcome: Outcome) -> str:
    """One of the keys of ``_LABELS``."""
    verdict = outcome.verdict
    if outcome.error is not None:
        return "error"
    if not outcome.question.answerable:
        return "silent" if outcome.answer is None else "invented"
    if outcome.answer is None:
        return "missed"
    if outcome.best_right:
        return "right"
    return "partly" if verdict.f1 > 0.0 or verdict.cover > 0.0 else "wrong"


def outcome_table(outcomes: Sequence[Outcome]) -> str:
    """The rows, failures first, under a choice of what to show."""
    order = list(_LABELS)
    rows = sorted(outcomes, key=lambda outcome: (order.index(verdict_of(outcome)), outcome.verdict.f1))
    classes = [_classes(outcome) for outcome in rows]
    choices = "".join(
        f'<label><input type="radio" name="show" id="only-{name}"{" checked" if name == "all" else ""}>'
        f"{label} <small>{sum(not wanted or not found.isdisjoint(wanted) for found in classes)}</small></label>"
        for name, label, wanted in _FILTERS
    )
    columns = ("", "Question", "Answer", "Expected", "Verdict", "Quote")
    head = "".join(f'<th scope="col">{name}</th>' for name in columns)
    return (
        f'<fieldset class="choose">{choices}</fieldset><div class="wide"><table class="questions">'
        f"<thead><tr>{head}</tr></thead><tbody>{''.join(map(_row, rows))}</tbody></table></div>"
    )


def _classes(outcome: Outcome) -> set[str]:
    """The verdict, and ``unfound`` where no passage holds evidence."""
    unfound = outcome.question.answerable and not outcome.verdict.rank
    return {verdict_of(outcome)} | ({"unfound"} if unfound else set())


def _row(outcome: Outcome) -> str:
    question = outcome.question
    expected = question.answers[:_SHOWN_ANSWERS]
    return (
        f'<tr class="{" ".join(sorted(_classes(outcome)))}"><th scope="row">{escape(question.id)}'
        f"<small>{escape(question.lang)}<br>{escape(question.type)}</small></th>"
        f"<td>{escape(question.text)}</td>"
        f"<td>{_answer(outcome)}</td>"
        f"<td>{'<br>'.join(map(escape, expected)) or '–'}</td>"
        f'<td><span class="verdict">{_LABELS[verdict_of(outcome)]}</span>{_figures(outcome)}</td>'
        f"<td>{_quote(outcome)}</td></tr>"
    )


def _answer(outcome: Outcome) -> str:
    if outcome.error is not None:
        return escape(outcome.error)
    if outcome.best is None:
        return "–"
    sure = f"<small>confidence {outcome.confidence:.2f}</small>"
    if outcome.answer is not None:
        return escape(outcome.answer) + sure
    reason = f" ({escape(outcome.reason.replace('_', ' '))})" if outcome.reason else ""
    return f'<span class="held">held back{reason}: {escape(outcome.best)}</span>{sure}'


def _figures(outcome: Outcome) -> str:
    if not outcome.question.answerable:
        return ""
    rank = outcome.verdict.rank
    found = f"evidence in passage {rank}" if rank else "evidence not in the passages"
    return f"<small>F1 {outcome.verdict.f1:.2f}, cover {outcome.verdict.cover:.2f}</small><small>{found}</small>"


def _quote(outcome: Outcome) -> str:
    place = outcome.citation
    if place is None:
        return "–"
    return (
        f"<q>{escape(outcome.context.strip())}</q>"
        f"<small>{escape(place.source)}, {place.start:,}–{place.end:,}: {escape(place.quote)}</small>"
    )
