"""Feedback becomes questions: which, with what answers, and where they stand."""

import json
from pathlib import Path

import pytest
from fakes import HashEncoder
from small_store import doc, put, remove

from indexer.collection import Collection
from indexer.collections import Collections
from indexer.feedback import Cited, Feedback
from indexer.load import load_bytes
from qa.evaluation.feedback import Export, learned, question_lines, squad_document
from qa.evaluation.questions import read_questions

TEXT = "可灵AI发布了2.1版本。近七成收入由专业创作者贡献。"
HTML = "<html><body><p>可灵&nbsp;AI的<b>营业收入</b>为1.5&nbsp;亿元。</p></body></html>"


@pytest.fixture
def collection(tmp_path: Path) -> Collection:
    found = Collections(tmp_path, HashEncoder()).create("default")
    put(found, doc("a", TEXT), load_bytes(HTML.encode(), "b.html", doc_id="b"))
    return found


def said(collection: Collection, question: str, words: str | None = None, doc_id: str = "a", **more) -> Feedback:
    cited = None
    if words is not None:
        snapshot = collection.snapshot()
        start = snapshot.source_text(doc_id).index(words)
        cited = Cited(doc_id, snapshot.document(doc_id).revision, start, start + len(words))
    name = f"id-{question}-{words}"
    return Feedback(
        **{"feedback_id": name, "digest": "", "question": question, "verdict": "right", "cited": cited} | more
    )


def export(collection: Collection, *rows: Feedback) -> Export:
    return learned(rows, collection.snapshot())


def only(collection: Collection, *rows: Feedback) -> tuple[tuple[str, ...], int]:
    """The answers of the one question of ``rows``, and the number of its places."""
    (found,) = export(collection, *rows).questions
    return found.answers, len(found.places)


def test_what_each_verdict_says(collection: Collection):
    right = said(collection, "q", "近七成", answer="近七成", answers=("nearly 70%",), answerable=True)
    assert only(collection, right) == (("近七成", "nearly 70%"), 1)
    assert only(collection, said(collection, "q")) == ((), 0)
    wrong = {"verdict": "wrong", "answer": "2.1版本"}
    assert only(collection, said(collection, "q", "2.1版本", **wrong, answerable=False)) == ((), 0)
    better = said(collection, "q", TEXT, **wrong, answerable=True, answers=("近七成",))
    assert only(collection, better) == (("近七成",), 1)
    elsewhere = said(collection, "q", "2.1版本", **wrong, answerable=True, answers=("近七成",))
    assert only(collection, elsewhere) == (("近七成",), 0)
    missed = said(collection, "q", verdict="wrong", answerable=True, answers=("近七成",))
    assert only(collection, missed) == (("近七成",), 0)


def test_what_says_nothing_is_counted(collection: Collection):
    put(collection, doc("gone", "没了。"))
    rows = (
        said(collection, "q1", "没了", "gone", answer="没了"),
        said(collection, "q2", "2.1版本", verdict="wrong", answer="2.1版本"),
        said(collection, "q3", verdict="wrong", answerable=True),
    )
    remove(collection, "gone")
    found = export(collection, *rows)
    assert found.questions == []
    assert found.left_out == {"gone": 1, "untold": 2}


def test_the_same_question_is_one_and_the_newest_decides(collection: Collection):
    one = said(collection, "q", "近七成", answer="近七成")
    two = said(collection, " q", "近七成收入", answer="近七成收入")
    assert only(collection, one, two) == (("近七成", "近七成收入"), 2)
    assert only(collection, one, said(collection, "q")) == ((), 0)
    assert only(collection, said(collection, "q"), one) == (("近七成",), 1)


def test_lines_are_read_by_our_own_reader(collection: Collection, tmp_path: Path):
    rows = [said(collection, "几成？", "近七成", answer="近七成"), said(collection, "谁？")]
    put(collection, doc("a", f"新开头。{TEXT}"))
    file = tmp_path / "q.jsonl"
    snapshot = collection.snapshot()
    file.write_text("".join(json.dumps(line) + "\n" for line in question_lines(learned(rows, snapshot), snapshot)))
    first, second = read_questions(file).questions
    assert (first.text, first.answerable, first.answers) == ("几成？", True, ("近七成",))
    (place,) = first.evidence
    assert snapshot.source_text("a")[place.start : place.end] == "近七成"
    assert place.file == "a.txt"
    assert (second.answerable, second.type) == (False, "unanswerable")


def test_squad_has_readable_contexts_and_true_starts(collection: Collection, tmp_path: Path):
    rows = [
        said(collection, "收入？", "1.5&nbsp;亿元", "b", answer="1.5 亿元"),
        said(collection, "几成？", "近七成收入", answer="近七成"),
        said(collection, "哪里？", verdict="wrong", answerable=True, answers=("别处",)),
        said(collection, "谁？"),
    ]
    snapshot = collection.snapshot()
    found = learned(rows, snapshot)
    document = squad_document(found, snapshot)
    assert found.left_out == {"placeless": 1}
    file = tmp_path / "squad.json"
    file.write_text(json.dumps(document))
    read = read_questions(file)
    assert {context.text for context in read.contexts} == {snapshot.readable(name).text for name in ("a", "b")}
    for paragraph in (entry["paragraphs"][0] for entry in document["data"]):
        for row in paragraph["qas"]:
            for answer in row["answers"]:
                assert paragraph["context"].startswith(answer["text"], answer["answer_start"])
    known = {question.text: question for question in read.questions}
    assert known["收入？"].answers == ("1.5 亿元",)
    assert not known["谁？"].answerable


def test_squad_of_silences_alone_still_has_a_context(collection: Collection):
    snapshot = collection.snapshot()
    document = squad_document(learned([said(collection, "谁？")], snapshot), snapshot)
    assert document["data"][0]["paragraphs"][0]["context"] == snapshot.readable("a").text
