"""The report: self-contained, escaped, complete, failures first."""

from __future__ import annotations

import re
from html.parser import HTMLParser
from xml.etree import ElementTree

import pytest

from qa.evaluation.evaluate import Evaluation, Outcome, judge
from qa.evaluation.exactness import TextCheck
from qa.evaluation.gold import Evidence, Place, Question
from qa.evaluation.metrics import is_right
from qa.evaluation.outcome_table import verdict_of
from qa.evaluation.plots import bar_chart, histogram, line_chart, step_chart
from qa.evaluation.report import render_report
from qa.results import Citation

NASTY = "<script>alert('&\"')</script>"
VOID = {"meta", "input", "br"}


def outcome(
    name: str,
    answers: tuple[str, ...],
    answer: str | None,
    *,
    best: str | None = None,
    lang: str = "zh",
    error: str | None = None,
) -> Outcome:
    evidence = (Evidence("a.txt", 0, 5),) if answers else ()
    question = Question(name, f"{name} 的问题？", lang, "factoid", bool(answers), answers, (), evidence)
    passages = (Place("a.txt", 0, 50),) if error is None else ()
    shown = answer if answer is not None else best
    place = Citation("d", "r", "a.txt", "t", None, 3, 6, f"quote of {name}", None) if shown else None
    return Outcome(
        question=question,
        answer=answer,
        best=shown,
        best_right=shown is not None and is_right(shown, answers),
        confidence=0.7 if answer else 0.2,
        reason=None if answer else "low_confidence",
        citation=place,
        context=f"sentence of {name}",
        passages=passages,
        cpu_ms=5.0,
        verdict=judge(question, answer, passages),
        error=error,
    )


OUTCOMES = (
    outcome("o-right", ("近七成",), "近七成"),
    outcome("o-silent", (), None),
    outcome("o-partly", ("甲乙丙丁",), "甲"),
    outcome("o-missed", ("近七成",), None, best="近七成", lang="en"),
    outcome("o-invented", (), "快手"),
    outcome("o-wrong", ("近七成",), "快手"),
    outcome("o-error", ("近七成",), None, error="cannot be asked"),
)


def report(*outcomes: Outcome, title: str = "set.jsonl", collection: str = "default") -> str:
    return render_report(Evaluation(outcomes, TextCheck(10, 9, 0), 7), title=title, collection=collection)


class Balance(HTMLParser):
    """Whether every element is closed in its turn, and which addresses a page refers to."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.addresses: list[str] = []
        self.scripts = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag not in VOID:
            self.open.append(tag)
        self.scripts += tag == "script"
        self.addresses += [value or "" for name, value in attrs if name in {"src", "href", "xlink:href", "action"}]

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """An element of SVG that closes itself."""

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag


def parsed(page: str) -> Balance:
    parser = Balance()
    parser.feed(page)
    parser.close()
    return parser


def test_the_page_is_well_formed_and_needs_nothing_else() -> None:
    page = report(*OUTCOMES)
    found = parsed(page)
    assert found.open == []
    assert found.addresses == []
    assert found.scripts == 0
    assert not re.search(r"url\(|@import|https?:", page)


def test_the_failures_stand_first() -> None:
    shown = re.findall(r'scope="row">(o-\w+)<', report(*OUTCOMES))
    assert shown == ["o-wrong", "o-invented", "o-error", "o-missed", "o-partly", "o-right", "o-silent"]


def test_each_question_is_shown_with_what_was_said_expected_and_quoted() -> None:
    page = report(*OUTCOMES)
    for each in OUTCOMES:
        row = page[page.index(f'scope="row">{each.question.id}<') :].split("</tr>")[0]
        assert each.question.text in row
        assert all(answer in row for answer in each.question.answers)
        if each.citation is not None:
            assert f"quote of {each.question.id}" in row
            assert f"sentence of {each.question.id}" in row
    assert "held back (low confidence): 近七成" in page


@pytest.mark.parametrize(
    ("name", "verdict"),
    [(each.question.id, each.question.id.removeprefix("o-")) for each in OUTCOMES],
)
def test_verdicts_have_names(name: str, verdict: str) -> None:
    (found,) = [each for each in OUTCOMES if each.question.id == name]
    assert verdict_of(found) == verdict


def test_the_choice_says_how_many_rows_it_leaves() -> None:
    page = report(*OUTCOMES)
    counts = re.findall(r'id="only-(\w+)"[^>]*>[^<]+<small>(\d+)', page)
    assert dict(counts) == {"all": "7", "wrong": "3", "missed": "1", "partly": "1", "right": "2", "unfound": "1"}


def test_text_from_questions_and_documents_is_escaped() -> None:
    each = outcome(NASTY, (NASTY,), NASTY, lang=NASTY)
    page = report(each, outcome("o-two", ("x",), "x"), title=NASTY, collection=NASTY)
    assert parsed(page).scripts == 0
    assert "&lt;script&gt;" in page


def test_an_evaluation_without_questions_has_a_page() -> None:
    assert parsed(report()).open == []


def test_a_set_of_unanswerable_questions_has_a_page() -> None:
    page = report(outcome("o-silent", (), None))
    assert parsed(page).open == []
    assert "rightly silent" in page


def figure(chart: str) -> ElementTree.Element:
    return ElementTree.fromstring(chart)


def numbers(element: ElementTree.Element, name: str) -> float:
    return float(element.attrib[name])


def test_bars_are_as_long_as_their_values() -> None:
    chart = figure(bar_chart("t", ["a", "b"], {"F1": [0.5, 1.0], "EM": [None, 0.25]}))
    bars = [numbers(bar, "width") for bar in chart.iter("rect")]
    assert bars[0] / bars[2] == pytest.approx(0.5, abs=0.01)
    assert bars[1] == 0.0
    assert bars[3] / bars[2] == pytest.approx(0.25, abs=0.01)
    assert [text.text for text in chart.iter("text") if text.text in {"0.50", "1.00", "–", "0.25"}].count("–") == 1


def test_columns_stack_to_the_highest_sum() -> None:
    chart = figure(histogram("t", {"right": [3, 0], "wrong": [1, 2]}, "x"))
    bars = list(chart.iter("rect"))
    heights = [numbers(bar, "height") for bar in bars]
    assert heights == pytest.approx([3 * heights[1], heights[1], 0.0, 2 * heights[1]], abs=0.2)
    assert numbers(bars[1], "y") + heights[1] == pytest.approx(numbers(bars[0], "y"), abs=0.2)
    assert "4" in [text.text for text in chart.iter("text")]


def test_a_line_goes_up_where_values_do() -> None:
    for chart in (
        line_chart("t", {"s": [(0.0, 0.0), (1.0, 1.0)]}, "x", "y"),
        step_chart("t", ["1", "3"], {"s": [0.0, 1.0]}, "k"),
    ):
        (line,) = figure(chart).iter("polyline")
        (x0, y0), (x1, y1) = (map(float, point.split(",")) for point in line.attrib["points"].split())
        assert x1 > x0
        assert y1 < y0


def test_a_guide_is_drawn_apart_and_labels_are_escaped() -> None:
    chart = line_chart("<t>", {"<s>": [(0, 0)], "&": [(1, 1)]}, "<x>", "<y>", guide=[(0, 0), (1, 1)])
    found = figure(chart)
    assert [line.attrib["class"] for line in found.iter("polyline")] == ["guide", "line c0", "line c1"]
    assert {"<x>", "<y>"} <= {text.text for text in found.iter("text")}
