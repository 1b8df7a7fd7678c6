"""Evaluation over a real index with an asker that can be foreseen."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace

import pytest
from fakes import HashEncoder

from indexer.documents import document_id
from indexer.errors import QueryError
from indexer.snapshot import Snapshot
from qa.evaluation.evaluate import Evaluation, evaluate, judge
from qa.evaluation.gold import Context, Evidence, Place, Question
from qa.evaluation.predictions import prediction, prediction_lines
from qa.evaluation.summary import summarise
from qa.evaluation.temporary import indexed
from qa.pipeline import Request
from qa.results import Answer, AskResult, Citation, FoundPassage

TEXT = "目前可灵AI近七成收入由P端贡献。快手成立于2011年。\n短視頻營(yíng)銷推廣。"
CONTEXTS = (Context("a.txt", "可灵", TEXT), Context("b.txt", "", "Beijing is large."), Context("c.txt", "", " \n"))
THRESHOLD = 0.5


@dataclass
class ScriptedAsker:
    """Answers ``script[question]``: (text, confidence); finds the whole of every document, in the order given."""

    script: Mapping[str, tuple[str, float]]
    order: tuple[str, ...] = ("a.txt", "b.txt")
    lie: int = 0
    requests: list[Request] = field(default_factory=list)

    def ask(self, snapshot: Snapshot, request: Request) -> AskResult:
        self.requests.append(request)
        if request.question not in self.script:
            raise QueryError("cannot be asked")
        text, confidence = self.script[request.question]
        threshold = THRESHOLD if request.min_confidence is None else request.min_confidence
        passages = tuple(
            FoundPassage(rank, 1.0, self._cite(snapshot, source, 0, None), TEXT, (), {})
            for rank, source in enumerate(self.order[: request.k], 1)
        )
        start = TEXT.index(text) if text in TEXT else 0
        span = self._cite(snapshot, "a.txt", start, start + len(text))
        answer = Answer(text, confidence, None, None, f"<{text}>", (span,), span)
        given = answer if text and confidence >= threshold else None
        reason = None if given else "low_confidence"
        return AskResult(
            question=request.question,
            passages=passages,
            commit=snapshot.commit,
            answerable=given is not None,
            answer=given,
            reason=reason,
        )

    def _cite(self, snapshot: Snapshot, source: str, start: int, end: int | None) -> Citation:
        document = snapshot.document(document_id(source))
        quote = snapshot.source_text(document.doc_id)[start:end]
        end = len(quote) if end is None else end
        return Citation(
            document.doc_id, document.revision, source, document.title, None, start + self.lie, end, quote, None
        )


def question(name: str, *answers: str, lang: str = "zh") -> Question:
    evidence = tuple(Evidence("a.txt", TEXT.index(a), TEXT.index(a) + len(a)) for a in answers if a in TEXT)
    kind = "factoid" if answers else "unanswerable"
    return Question(name, f"{name}?", lang, kind, bool(answers), answers, (), evidence)


QUESTIONS = (
    question("right", "近七成"),
    question("held", "2011年", lang="en"),
    question("wrong", "P端"),
    question("silent"),
    question("invented"),
    question("broken", "近七成"),
)
SCRIPT = {
    "right?": ("近七成", 0.9),
    "held?": ("2011年", 0.3),
    "wrong?": ("可灵AI", 0.6),
    "silent?": ("", 0.0),
    "invented?": ("快手", 0.7),
}


@pytest.fixture(scope="module")
def snapshot() -> Iterator[Snapshot]:
    with indexed(CONTEXTS, HashEncoder()) as found:
        yield found


@pytest.fixture
def asker() -> ScriptedAsker:
    return ScriptedAsker(SCRIPT)


@pytest.fixture
def evaluation(snapshot: Snapshot, asker: ScriptedAsker) -> Evaluation:
    return evaluate(asker, snapshot, QUESTIONS)


def test_blank_texts_are_not_indexed_and_titles_fall_back_to_the_source(snapshot: Snapshot) -> None:
    stored = snapshot.documents()
    assert {(document.source, document.title) for document in stored} == {("a.txt", "可灵"), ("b.txt", "b.txt")}
    assert snapshot.source_text(document_id("a.txt")) == TEXT


def test_predictions_are_what_the_service_answers(snapshot: Snapshot, evaluation: Evaluation) -> None:
    service = ScriptedAsker(SCRIPT)
    for outcome in evaluation.outcomes[:-1]:
        asked = service.ask(snapshot, Request(outcome.question.text, k=10))
        assert outcome.answer == (asked.answer.text if asked.answer else None)
        assert outcome.passages == tuple(
            Place(p.citation.source, p.citation.start, p.citation.end) for p in asked.passages
        )


def test_an_answer_held_back_is_kept_with_its_confidence(evaluation: Evaluation) -> None:
    held = evaluation.outcomes[1]
    assert (held.answer, held.best, held.confidence, held.best_right) == (None, "2011年", 0.3, True)
    assert held.reason == "low_confidence"


def test_only_abstentions_are_asked_twice(asker: ScriptedAsker, evaluation: Evaluation) -> None:
    assert len(evaluation.outcomes) == len(QUESTIONS)
    again = [request.question for request in asker.requests if request.min_confidence == 0.0]
    assert again == ["held?", "silent?"]
    assert {request.k for request in asker.requests} == {10}


def test_a_question_that_cannot_be_asked_is_counted_and_the_rest_goes_on(evaluation: Evaluation) -> None:
    assert [outcome.error for outcome in evaluation.outcomes] == [None] * 5 + ["cannot be asked"]
    assert summarise(evaluation)["errors"] == 1


def test_figures_of_the_whole_and_of_slices(evaluation: Evaluation) -> None:
    figures = summarise(evaluation)
    whole = figures["all"]
    assert (whole["questions"], whole["answerable"]) == (6, 4)
    assert whole["em"] == whole["cover"] == 0.25
    assert whole["hit@1"] == whole["mrr"] == 0.75
    assert whole["abst_acc"] == pytest.approx(3 / 6)
    assert whole["overall"] == pytest.approx((1 + 0 + 0 + 1 + 0 + 0) / 6)
    assert figures["by_lang"]["en"]["em"] == 0.0
    assert figures["by_type"]["unanswerable"]["em"] is None
    assert figures["abstention"] == {
        "abstained": 3,
        "unanswerable": 2,
        "precision": pytest.approx(1 / 3),
        "recall": 0.5,
        "f1": pytest.approx(0.4),
        "accuracy": pytest.approx(0.5),
    }
    assert figures["cpu_ms"]["mean"] >= 0.0


def test_the_rank_of_the_evidence_decides_hits(snapshot: Snapshot) -> None:
    found = evaluate(ScriptedAsker(SCRIPT, order=("b.txt", "a.txt")), snapshot, QUESTIONS[:1])
    whole = summarise(found)["all"]
    assert (whole["hit@1"], whole["hit@3"], whole["mrr"]) == (0.0, 1.0, 0.5)


def test_confidence_is_judged_on_the_best_answers(evaluation: Evaluation) -> None:
    confidence = summarise(evaluation)["confidence"]
    # Right with 0.9 and 0.3; wrong with 0.7, 0.6, and twice 0.
    assert confidence["auroc_right"] == pytest.approx((4 + 2) / 8)
    assert confidence["ece"] == pytest.approx((0.1 + 0.7 + 0.7 + 0.6) / 6)


def test_every_citation_is_compared_with_the_source_text(snapshot: Snapshot, evaluation: Evaluation) -> None:
    assert evaluation.text.citations == evaluation.text.exact > 0
    off_by_one = evaluate(ScriptedAsker(SCRIPT, lie=1), snapshot, QUESTIONS[:1]).text
    assert off_by_one.citations > 0
    assert off_by_one.exact == 0


def test_pinyin_left_in_what_people_read_is_counted(snapshot: Snapshot) -> None:
    found = evaluate(ScriptedAsker(SCRIPT, order=("a.txt",)), snapshot, QUESTIONS[:1])
    assert found.text.readings == 1


def test_progress_counts_every_question(snapshot: Snapshot, asker: ScriptedAsker) -> None:
    seen: list[int] = []
    evaluate(asker, snapshot, QUESTIONS, on_progress=seen.append)
    assert seen == [1, 2, 3, 4, 5, 6]


def test_a_blank_answer_is_silence() -> None:
    unanswerable, answerable = QUESTIONS[3], QUESTIONS[0]
    assert judge(unanswerable, " ", ()).silence == judge(answerable, "x", ()).silence == 1.0
    assert judge(unanswerable, "x", ()).silence == judge(answerable, None, ()).silence == 0.0


def test_parts_decide_cover_where_there_are_parts() -> None:
    listed = replace(QUESTIONS[0], answers=("甲、乙",), parts=(("甲",), ("乙", "丙")))
    assert judge(listed, "丙", ()).cover == 0.5


def test_prediction_lines_have_what_a_scorer_reads(evaluation: Evaluation) -> None:
    rows = [json.loads(line) for line in prediction_lines(evaluation.outcomes).splitlines()]
    assert rows == [prediction(outcome) for outcome in evaluation.outcomes]
    assert rows[0] == {
        "id": "right",
        "answer": "近七成",
        "answerable": True,
        "confidence": 0.9,
        "passages": [{"file": "a.txt", "start": 0, "end": len(TEXT)}, {"file": "b.txt", "start": 0, "end": 17}],
    }
    assert [row["answerable"] for row in rows] == [row["answer"] is not None for row in rows]


def test_no_questions_make_figures_without_means(snapshot: Snapshot, asker: ScriptedAsker) -> None:
    figures = summarise(evaluate(asker, snapshot, ()))
    assert figures["all"]["f1"] is None
    assert figures["cpu_ms"]["mean"] is None
