"""Question files: ours, SQuAD and paragraph sets, and the messages for files that do not fit."""

from __future__ import annotations

import gzip
import json
from pathlib import Path
from typing import Any

import pytest

from indexer.errors import ConfigError
from qa.evaluation.gold import Evidence, Question
from qa.evaluation.questions import read_questions

OURS = {
    "id": "q1",
    "lang": "en",
    "question": "What is Kling's share?",
    "type": "factoid-number",
    "answerable": True,
    "answers": ["近七成", "nearly 70%"],
    "parts": [["甲", "乙"], ["丙"]],
    "evidence": [
        {"file": "a.txt", "start": 3, "end": 9, "quote": "not read"},
        {"file": "b.txt", "start": 0, "end": 2, "group": 1},
    ],
    "note": "not read",
}
CONTEXT = "快手成立于2011年。总部在北京。"


def lines(path: Path, *rows: Any) -> Path:
    path.write_text("\n".join(json.dumps(row, ensure_ascii=False) for row in rows), encoding="utf-8")
    return path


def squad(path: Path, *paragraphs: dict[str, Any], indent: int | None = None) -> Path:
    data = {"version": "v2.0", "data": [{"title": "快手", "paragraphs": list(paragraphs)}]}
    path.write_text(json.dumps(data, ensure_ascii=False, indent=indent), encoding="utf-8")
    return path


def qa(number: int, *answers: tuple[str, int], **more: Any) -> dict[str, Any]:
    found = [{"text": text, "answer_start": start} for text, start in answers]
    return {"id": f"s{number}", "question": f"问题{number}？", "answers": found, **more}


def test_reads_every_field_of_our_schema(tmp_path: Path) -> None:
    found = read_questions(lines(tmp_path / "q.jsonl", OURS))
    assert found.contexts == ()
    assert found.questions == (
        Question(
            id="q1",
            text="What is Kling's share?",
            lang="en",
            type="factoid-number",
            answerable=True,
            answers=("近七成", "nearly 70%"),
            parts=(("甲", "乙"), ("丙",)),
            evidence=(Evidence("a.txt", 3, 9), Evidence("b.txt", 0, 2, 1)),
        ),
    )


def test_language_type_and_answerability_follow_from_the_rest_when_not_given(tmp_path: Path) -> None:
    path = lines(
        tmp_path / "q.jsonl",
        {"id": "1", "question": "快手总部在哪？", "answers": ["北京"]},
        {"id": "2", "question": "Who founded it?"},
    )
    known, unknown = read_questions(path).questions
    assert (known.lang, known.type, known.answerable) == ("zh", "other", True)
    assert (unknown.lang, unknown.type, unknown.answerable) == ("en", "unanswerable", False)


def test_gzip_byte_order_mark_blank_lines_and_line_separators_inside_strings_are_read(tmp_path: Path) -> None:
    row = {"id": "1", "question": "第一行\u2028第二行？", "answers": ["x"]}
    text = "\ufeff" + json.dumps(row, ensure_ascii=False) + "\r\n\n"
    (tmp_path / "q.jsonl.gz").write_bytes(gzip.compress(text.encode()))
    assert read_questions(tmp_path / "q.jsonl.gz").questions[0].text == "第一行\u2028第二行？"


@pytest.mark.parametrize("indent", [None, 2])
def test_squad_contexts_become_documents_and_answers_their_evidence(tmp_path: Path, indent: int | None) -> None:
    path = squad(
        tmp_path / "dev.json",
        {"context": CONTEXT, "qas": [qa(1, ("北京", 14), ("北京", 14)), qa(2, ("2011年", 5))]},
        {"context": "另一段。", "qas": [qa(3, ("一段", 1))]},
        indent=indent,
    )
    found = read_questions(path)
    assert [context.text for context in found.contexts] == [CONTEXT, "另一段。"]
    assert {context.title for context in found.contexts} == {"快手"}
    for question in found.questions:
        (place,) = question.evidence
        (context,) = [context for context in found.contexts if context.source == place.file]
        assert (context.text[place.start : place.end],) == question.answers


def test_a_squad_context_that_comes_twice_is_one_document(tmp_path: Path) -> None:
    twice = [{"context": CONTEXT, "qas": [qa(number, ("北京", 14))]} for number in (1, 2)]
    found = read_questions(squad(tmp_path / "dev.json", *twice))
    assert len(found.contexts) == 1
    assert found.questions[0].evidence == found.questions[1].evidence


def test_squad_2_questions_without_an_answer_are_unanswerable(tmp_path: Path) -> None:
    impossible = qa(1, ("北京", 14), is_impossible=True)
    (question,) = read_questions(squad(tmp_path / "d.json", {"context": CONTEXT, "qas": [impossible]})).questions
    assert not question.answerable
    assert (question.answers, question.evidence, question.type) == ((), (), "unanswerable")


@pytest.mark.parametrize("start", [-1, 3, 9999])
def test_the_whole_text_is_the_evidence_where_the_offset_is_wrong(tmp_path: Path, start: int) -> None:
    path = squad(tmp_path / "dev.json", {"context": CONTEXT, "qas": [qa(1, ("北京", start))]})
    (question,) = read_questions(path).questions
    assert [(e.start, e.end) for e in question.evidence] == [(0, len(CONTEXT))]


def test_a_paragraph_set_is_joined_with_the_file_beside_it(tmp_path: Path) -> None:
    lines(tmp_path / "set.paragraphs.jsonl", {"id": "p0", "lang": "zh", "title": "快手", "text": CONTEXT})
    row = {"id": "1", "lang": "zh", "question": "总部？", "paragraph_id": "p0", "answerable": True}
    answered = {**row, "answers": [{"text": "北京", "start": 14}]}
    unknown = {**row, "id": "2", "answers": [], "answerable": False}
    found = read_questions(lines(tmp_path / "set.questions.jsonl", answered, unknown))
    assert [(context.source, context.text) for context in found.contexts] == [("p0", CONTEXT)]
    assert found.questions[0].evidence == (Evidence("p0", 14, 16),)
    assert [question.answerable for question in found.questions] == [True, False]


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"id": None}, "'id' is missing"),
        ({"question": 3}, "'question' must be str"),
        ({"answers": []}, "'answers' must be given exactly where"),
        ({"answerable": "yes"}, "'answerable' must be bool"),
        ({"evidence": [{"file": "a", "start": 5, "end": 5}]}, "evidence 5..5 is no range"),
        ({"evidence": [{"file": "a", "start": True, "end": 5}]}, "'start' must be int"),
        ({"evidence": ["a"]}, "must be an object"),
        ({"answers": ["a", None]}, "'answers' is missing"),
        ({"question": "\ud800?"}, "half a character"),
    ],
)
def test_a_row_that_does_not_fit_is_named_by_file_and_line(
    tmp_path: Path, change: dict[str, Any], message: str
) -> None:
    path = tmp_path / "q.jsonl"
    path.write_text(json.dumps(OURS) + "\n" + json.dumps({**OURS, "id": "q2", **change}), encoding="utf-8")
    with pytest.raises(ConfigError, match=r"q\.jsonl:2: ") as caught:
        read_questions(path)
    assert message in caught.value.message


@pytest.mark.parametrize(
    ("name", "text", "message"),
    [
        ("q.jsonl", '{"id": 1,\n', r"q\.jsonl:1: not JSON"),
        ("q.jsonl", "[1]", r"q\.jsonl:1: must be a JSON object"),
        ("q.jsonl", "\n\n", "holds no questions"),
        ("q.json", '{\n "data": [\n  {,\n', r"q\.json:3: not JSON"),
        ("q.json", '{"data": [{"title": "t"}]}', r"data\[0\]: 'paragraphs' is missing"),
        ("q.json", '{"data": [{"paragraphs": [{"context": "c", "qas": [1]}]}]}', r"\.paragraphs\[0\]\.qas\[0\]: must"),
        ("q.json", "{\n}", "'data' is missing"),
        ("q.json", "[\n]", "neither JSON lines nor"),
    ],
)  # fmt: skip
def test_a_file_that_does_not_fit_says_where(tmp_path: Path, name: str, text: str, message: str) -> None:
    (tmp_path / name).write_text(text, encoding="utf-8")
    with pytest.raises(ConfigError, match=message):
        read_questions(tmp_path / name)


def test_two_questions_of_one_id_are_refused(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="'q1' is there twice"):
        read_questions(lines(tmp_path / "q.jsonl", OURS, OURS))


def test_a_question_without_its_paragraph_is_named(tmp_path: Path) -> None:
    lines(tmp_path / "set.paragraphs.jsonl", {"id": "p0", "title": "", "text": CONTEXT})
    row = {"id": "1", "question": "总部？", "paragraph_id": "p1", "answers": []}
    with pytest.raises(ConfigError, match=r"questions\.jsonl:1: set\.paragraphs\.jsonl has no paragraph 'p1'"):
        read_questions(lines(tmp_path / "set.questions.jsonl", row))


@pytest.mark.parametrize("data", [b"\xff\xfe\x00", b"\x1f\x8b broken"])
def test_unreadable_bytes_are_a_config_error(tmp_path: Path, data: bytes) -> None:
    path = tmp_path / ("q.jsonl.gz" if data[:1] == b"\x1f" else "q.jsonl")
    path.write_bytes(data)
    with pytest.raises(ConfigError, match=path.name.replace(".", r"\.")):
        read_questions(path)


def test_a_file_that_is_not_there_is_a_config_error(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="cannot be read"):
        read_questions(tmp_path / "none.jsonl")
