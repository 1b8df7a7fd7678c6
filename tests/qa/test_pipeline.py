"""The whole journey on the embedded models, over small documents of our own and over seeds/."""

import time
from pathlib import Path

import pytest

from indexer.collection import Collection
from indexer.collections import Collections
from indexer.encoder import load_encoder
from indexer.errors import QueryError
from indexer.load import load_bytes
from qa.glossaries import Glossaries
from qa.pipeline import Pipeline, Request
from qa.refit import Held, Refit, Refits
from qa.results import AskResult, Filters
from qa.settings import QASettings
from qa.stages import STAGES

SEEDS = Path(__file__).parents[2] / "seeds"


@pytest.fixture(scope="module")
def small(collections: Collections) -> Collection:
    collection = collections.create("small")
    report = "星海公司2024年营收为12.5亿元，同比增长8%。公司在北京设有总部。"
    with collection.writer() as writer:
        for doc_id, text, day in (
            ("report", report, "2025-01-10"),
            ("copy", "转载：" + report, "2025-01-11"),
            ("cat", "猫喜欢晒太阳。它们每天睡十六个小时。", "2024-03-01"),
            ("policy", "星海公司的食堂每周三供应面条。" * 3, "2025-02-01"),
        ):
            writer.put(load_bytes(text.encode(), f"{doc_id}.txt", doc_id=doc_id, published=day))
        writer.commit()
    return collection


@pytest.mark.parametrize(
    "question",
    [
        "What is Kling's share of revenue from professional creators?",
        "可灵的收入有多大比例来自专业创作者?",
        "可靈的收入有多大比例來自專業創作者?",
    ],
)
def test_the_question_that_everyone_tries_first(pipeline: Pipeline, seeds: Collection, question: str):
    result = pipeline.ask(seeds.snapshot(), Request(question))
    assert result.answer is not None
    assert result.answer.text == "近七成"
    assert result.answer.value is not None
    assert (result.answer.value["kind"], result.answer.value["min"], result.answer.value["max"]) == ("ratio", 0.65, 0.7)


def check_citations(collection: Collection, result: AskResult) -> int:
    snapshot = collection.snapshot()
    cited = [passage.citation for passage in result.passages]
    cited += [copy for passage in result.passages for copy in passage.copies]
    for answer in (result.answer, *result.alternatives):
        if answer is not None:
            cited += [*answer.citations, answer.span]
    for citation in cited:
        text = snapshot.source_text(citation.doc_id, citation.revision)
        assert text[citation.start : citation.end] == citation.quote
    return len(cited)


def test_a_citation_names_the_publisher_of_its_document(pipeline: Pipeline, seeds: Collection):
    snapshot = seeds.snapshot()
    for passage in pipeline.search(snapshot, Request("可灵", k=20)).passages:
        document = snapshot.document(passage.citation.doc_id)
        assert passage.citation.publisher == document.metadata.get("publisher")


def test_every_citation_is_the_source_text_at_its_offsets(pipeline: Pipeline, seeds: Collection):
    questions = ("快手2024年营收是多少", "What are the prices of Kling 2.1?", "盖坤是谁", "為什麼可靈要出海")
    assert sum(check_citations(seeds, pipeline.ask(seeds.snapshot(), Request(q))) for q in questions) > 20


def test_highlights_show_the_answer_in_its_passage(pipeline: Pipeline, small: Collection):
    result = pipeline.ask(small.snapshot(), Request("星海公司2024年的营收是多少?"))
    assert result.answer is not None
    shown = [passage.text[a:b] for passage in result.passages for a, b in passage.highlights]
    assert shown == [result.answer.text]
    assert "12.5亿元" in result.answer.text
    assert result.answer.text in result.answer.context


def test_copies_collapse_and_are_named(pipeline: Pipeline, small: Collection):
    result = pipeline.ask(small.snapshot(), Request("星海公司2024年的营收是多少?"))
    first = result.passages[0]
    assert {first.citation.doc_id, *(copy.doc_id for copy in first.copies)} == {"report", "copy"}
    assert not {"report", "copy"} & {passage.citation.doc_id for passage in result.passages[1:]}


@pytest.mark.parametrize(
    ("filters", "allowed"),
    [
        (Filters(doc_id=("cat",)), {"cat"}),
        (Filters(source=("copy.txt", "cat.txt")), {"copy", "cat"}),
        (Filters(published_from="2025-01-11"), {"copy", "policy"}),
        (Filters(published_to="2024-12-31"), {"cat"}),
        (Filters(tag=("none",)), set()),
    ],
)
def test_filters_hold(pipeline: Pipeline, small: Collection, filters: Filters, allowed: set[str]):
    result = pipeline.ask(small.snapshot(), Request("星海公司2024年的营收是多少?", filters=filters))
    found = {passage.citation.doc_id for passage in result.passages}
    assert found <= allowed
    assert bool(found) == bool(allowed)
    if not allowed:
        assert (result.answerable, result.answer, result.reason) == (False, None, "nothing_found")


@pytest.mark.parametrize(
    "question",
    ["Who won the chess world championship in 1972?", "珠穆朗玛峰有多高?", "What is the boiling point of tungsten?"],
)
def test_a_question_about_something_else_is_not_answered(pipeline: Pipeline, seeds: Collection, question: str):
    result = pipeline.ask(seeds.snapshot(), Request(question))
    assert not result.answerable
    assert result.answer is None
    assert result.reason is not None
    assert result.passages


def test_a_question_without_a_word_that_the_encoder_knows_is_not_answered(pipeline: Pipeline, small: Collection):
    assert pipeline.ask(small.snapshot(), Request("\U000df37eÞÞ")).answer is None


def test_the_threshold_of_the_request_decides(pipeline: Pipeline, small: Collection):
    question = "星海公司2024年的营收是多少?"
    assert pipeline.ask(small.snapshot(), Request(question, min_confidence=0.0)).answer is not None
    assert pipeline.ask(small.snapshot(), Request(question, min_confidence=1.0)).answer is None


def test_k_is_how_many_passages_come_back(pipeline: Pipeline, seeds: Collection):
    for k in (1, 3, 20):
        assert len(pipeline.search(seeds.snapshot(), Request("可灵", k=k)).passages) == k


def test_the_same_question_gives_the_same_answer(pipeline: Pipeline, seeds: Collection):
    one, two = (pipeline.ask(seeds.snapshot(), Request("快手一季度日活是多少?")) for _ in range(2))
    assert one == two


def test_explain_tells_the_names_and_the_gate(pipeline: Pipeline, seeds: Collection):
    result = pipeline.ask(seeds.snapshot(), Request("How many users does Kling have?", explain=True))
    assert result.explain is not None
    assert any("可灵" in name["others"] for name in result.explain["names"])
    assert 0 <= result.explain["lexical_weight"] <= 1


def test_explain_tells_where_the_time_went(pipeline: Pipeline, seeds: Collection):
    snapshot, request = seeds.snapshot(), Request("How many users does Kling have?", explain=True)
    for call, stages in ((pipeline.ask, STAGES), (pipeline.search, ("query", "retrieve", "rerank", "cite"))):
        began = time.thread_time()
        result = call(snapshot, request)
        spent = (time.thread_time() - began) * 1000
        assert result.explain is not None
        told = result.explain["stages_ms"]
        assert tuple(told) == stages
        assert min(told.values()) > 0
        assert spent / 2 < sum(told.values()) < spent + 0.01


@pytest.mark.parametrize("question", ["", "  \n", "?!", "x" * 2001, "a\ud800b", "a\0b"])
def test_what_cannot_be_asked_is_refused(pipeline: Pipeline, small: Collection, question: str):
    with pytest.raises(QueryError):
        pipeline.ask(small.snapshot(), Request(question))


def test_the_state_of_answers_follows_glossary_and_calibration(small: Collection):
    snapshot = small.snapshot()
    refits = Refits({})
    pipeline = Pipeline(load_encoder("embedded"), Glossaries(), None, QASettings(), refits)  # type: ignore[arg-type]
    shipped = pipeline.state(snapshot)
    assert hash(shipped) == hash(pipeline.state(snapshot))
    assert shipped == pipeline.state(snapshot)
    refits.of = lambda _: Held(Refit(1.0, 0.5, 0.4, 50, "2025-06-01", {"encoder": "a"}))  # type: ignore[method-assign]
    fitted = pipeline.state(snapshot)
    assert hash(fitted) == hash(pipeline.state(snapshot))
    assert fitted != shipped
    own = small.path / "glossaries" / "own.toml"
    own.parent.mkdir(exist_ok=True)
    own.write_text('[[entry]]\nterms = ["食堂", "canteen"]\n', encoding="utf-8")
    assert pipeline.state(snapshot) != fitted
    own.unlink()
