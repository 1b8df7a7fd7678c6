"""What ``explain`` tells is what happened: its sums add up, its places hold what they say."""

from __future__ import annotations

from pathlib import Path

import orjson
import pytest

import qa.pipeline
from api.render import ask_result, search_result
from api.responses import AskResponse, SearchResponse
from indexer.collection import Collection
from indexer.load import load_bytes
from qa.fuse import gate
from qa.pipeline import Pipeline, Request

SEEDS = Path(__file__).parents[2] / "seeds"
QUESTIONS = [
    "What is Kling's share of revenue from professional creators?",
    "Cheng Yixiao said what about Kling?",
    "2025年第一季度可灵AI的营业收入是多少？",
    "hgjk",
]


def told(pipeline: Pipeline, collection: Collection, question: str, **more) -> dict:
    """The whole answer as JSON that fits its model."""
    result = pipeline.ask(collection.snapshot(), Request(question, explain=True, **more))
    body = orjson.dumps(ask_result(result, collection.name, 0.0))
    AskResponse.model_validate_json(body, strict=True)
    return orjson.loads(body)


@pytest.mark.parametrize("question", QUESTIONS)
def test_the_parts_of_a_score_add_up_and_places_hold_what_they_say(pipeline, seeds, question: str):
    body = told(pipeline, seeds, question)
    why = body["explain"]
    assert gate(why["gate"]["best"], why["gate"]["mass"]) == pytest.approx(why["lexical_weight"], abs=1e-3)
    for passage, explained in zip(body["passages"], why["passages"], strict=True):
        assert passage["rank"] == explained["rank"]
        assert sum(explained["fused"].values()) == pytest.approx(passage["score"], abs=3e-4)
        assert set(explained["retrievers"]) == {"dense", "lexical"}
        assert any(explained["retrievers"].values())
        lexical = explained["retrievers"]["lexical"]
        assert passage["scores"]["lexical"] == pytest.approx(lexical["score"] if lexical else 0.0, abs=1e-4)
        for match in explained["names"]:
            assert all(passage["text"][start:end] == match["found"] for start, end in match["at"])
    for reading in why["readings"]:
        if reading["passage"] <= len(body["passages"]):
            text = body["passages"][reading["passage"] - 1]["text"]
            assert text[reading["start"] : reading["end"]] == reading["text"]


def test_a_name_is_told_by_the_way_it_was_found(pipeline, collections):
    collection = collections.create("names")
    with collection.writer() as writer:
        for doc_id, text in {"zh": "快手的张三丰今天发言。", "en": "Kuaishou grew fast."}.items():
            writer.put(load_bytes(text.encode(), f"{doc_id}.txt", doc_id=doc_id))
        writer.commit()
    body = told(pipeline, collection, "What did Zhang Sanfeng of Kuaishou say?")
    by_document = {
        passage["doc_id"]: {(match["asked"], match["found"], match["by"]) for match in explained["names"]}
        for passage, explained in zip(body["passages"], body["explain"]["passages"], strict=True)
    }
    assert ("Kuaishou", "快手", "glossary") in by_document["zh"]
    assert ("zhang", "张三丰", "pinyin") in by_document["zh"]
    assert ("sanfeng", "张三丰", "pinyin") in by_document["zh"]
    assert by_document["en"] == {("Kuaishou", "Kuaishou", "question")}


def test_boilerplate_is_told_as_what_it_sinks_by(pipeline, collections):
    collection = collections.create("boilerplate")
    footer = "欢迎关注星海公司的公众号，转载请注明来源，版权所有。"
    with collection.writer() as writer:
        for number, text in enumerate(("星海公司在北京。", "星海公司在上海。", "星海公司在广州。", "星海公司在深圳。")):
            page = f"<html><body><p>{text * 8}</p><footer><p>{footer}</p></footer></body></html>"
            writer.put(load_bytes(page.encode(), f"{number}.html", doc_id=f"d{number}"))
        writer.commit()
    body = told(pipeline, collection, "公众号转载请注明来源", k=20)
    sunk = [
        explained["fused"]["boilerplate"]
        for passage, explained in zip(body["passages"], body["explain"]["passages"], strict=True)
        if passage["boilerplate"]
    ]
    assert sunk
    assert set(sunk) == {-1.5}


@pytest.mark.parametrize("question", QUESTIONS)
def test_the_winner_is_the_one_that_is_given(pipeline, seeds, question: str):
    body = told(pipeline, seeds, question, min_confidence=0.0)
    decision = body["explain"]["decision"]
    first = decision["answers"][decision["answer"] - 1]
    assert first["text"] == body["answer"]["text"]
    assert first["confidence"] == pytest.approx(body["answer"]["confidence"], abs=1e-4)
    assert decision["threshold"] == 0.0
    most = max(answer["confidence"] for answer in decision["answers"])
    assert (decision["by"] == "likeliest") == (first["confidence"] == most)
    assert {reading["answer"] for reading in body["explain"]["readings"]} >= {decision["answer"]}


def test_the_newest_wins_as_such(pipeline, collections):
    collection = collections.create("newest")
    with collection.writer() as writer:
        for year, figure in (("2023", "3.1"), ("2024", "4.2")):
            text = f"星海公司{year}年全年的营收为{figure}亿元。"
            writer.put(load_bytes(text.encode(), f"{year}.txt", doc_id=year, published=f"{year}-12-31"))
        writer.commit()
    ways = set()
    for question in ("星海公司的营收是多少？", "星海公司2023年的营收是多少？"):
        body = told(pipeline, collection, question, min_confidence=0.0)
        decision = body["explain"]["decision"]
        ways.add((body["answer"]["as_of"], decision["by"]))
        periods = {reading["period"] for reading in body["explain"]["readings"]}
        assert ("asked" in periods) == ("2023" in question)
    assert ("2024-12-31", "newest") in ways or ("2024-12-31", "likeliest") in ways
    assert ("2023-12-31", "likeliest") in ways


def test_a_search_is_explained_without_readings(pipeline, seeds):
    result = pipeline.search(seeds.snapshot(), Request("可灵的收入", k=3, explain=True))
    body = orjson.dumps(search_result(result, "seeds", 0.0))
    why = SearchResponse.model_validate_json(body, strict=True).explain
    assert why is not None
    assert (len(why.passages), why.readings, why.decision) == (3, [], None)


def test_what_is_not_asked_for_is_not_made(pipeline, seeds, monkeypatch):
    def refuse(*_: object, **__: object) -> None:
        raise AssertionError("an explanation was begun")

    monkeypatch.setattr(qa.pipeline, "Trace", refuse)
    monkeypatch.setattr(qa.pipeline, "Explanation", refuse)
    assert pipeline.ask(seeds.snapshot(), Request("可灵的收入")).explain is None
    assert pipeline.search(seeds.snapshot(), Request("可灵的收入")).explain is None
    with pytest.raises(AssertionError):
        pipeline.search(seeds.snapshot(), Request("可灵的收入", explain=True))
