"""The table of ``make eval-encoder``: what its rows say, and that it stays between its marks."""

from __future__ import annotations

import gzip
import json
import sys
from pathlib import Path

import pytest

from bench.cards import MARKS, into_card
from bench.encoder import cost_table, identity, pipeline_table, questions_part
from bench.retrieval import HALVED, Result, load_unchosen, results
from indexer.encoder import EMBEDDED_FOLDER
from indexer.static_encoder import StaticEncoder
from training.encoder.tasks import load_task
from training.encoder.weights import CHOOSING

ROOT = Path(__file__).parents[2]


def write_set(folder: Path, name: str, lang: str, texts: list[str], question: str) -> None:
    """A set whose texts are each the answer to `question`."""
    paragraphs = [{"id": str(at), "lang": lang, "title": "", "text": text} for at, text in enumerate(texts)]
    questions = [
        {"id": str(at), "lang": lang, "question": question, "paragraph_id": str(at), "answerable": True}
        for at in range(len(texts))
    ]
    for kind, rows in (("paragraphs", paragraphs), ("questions", questions)):
        lines = "\n".join(map(json.dumps, rows)).encode()
        (folder / f"{name}.{kind}.jsonl.gz").write_bytes(gzip.compress(lines))


def test_the_section_replaces_what_stood_between_the_marks() -> None:
    card = f"# Model\n\n{MARKS[0]}\nold\n{MARKS[1]}\n\n## Limits\n"
    assert into_card(card, ["new", "lines"]) == f"# Model\n\n{MARKS[0]}\nnew\nlines\n{MARKS[1]}\n\n## Limits\n"
    with pytest.raises(ValueError, match="lacks the marks"):
        into_card("# Model\n", ["new"])


def test_the_card_that_ships_has_the_marks_and_speaks_of_the_model_beside_it() -> None:
    card = (EMBEDDED_FOLDER / "MODEL_CARD.md").read_text(encoding="utf-8")
    into_card(card, [])
    assert next(identity(EMBEDDED_FOLDER)) in card


def test_a_row_is_a_task_with_its_systems_in_order() -> None:
    found = [
        Result("xquad-dev:en:zh among all", system, 240, 10, (share, 0.9, 1.0), 0.9, 1.0)
        for system, share in (("pipeline", 0.5), ("no BM25", 0.25), ("BM25", 0.1))
    ]
    rows = list(pipeline_table(found))
    assert rows[2:] == ["| xquad-dev en->zh among all | 10 -> 240 | 50.0 / 100.0 | 25.0 / 100.0 | 10.0 / 100.0 |"]


def test_a_task_is_measured_through_the_real_pipeline(tmp_path: Path) -> None:
    paragraphs = [
        {"id": str(number), "lang": "zh", "title": "", "text": text}
        for number, text in enumerate(["苹果的收入增长了。", "香蕉是黄色的。", "北京今天下雨。"])
    ]
    questions = [
        {"id": "a", "lang": "en", "question": "Which colour is a banana?", "paragraph_id": "1", "answerable": True}
    ]
    for name, rows in (("s.paragraphs", paragraphs), ("s.questions", questions)):
        (tmp_path / f"{name}.jsonl.gz").write_bytes(gzip.compress("\n".join(map(json.dumps, rows)).encode()))
    task = load_task(tmp_path, "s:en:zh")
    found = {result.system: result for result in results(task, StaticEncoder(EMBEDDED_FOLDER), None)}
    assert list(found) == ["pipeline", "no BM25", "BM25"]
    assert found["pipeline"].recall[0] == found["no BM25"].recall[0] == 1.0
    assert found["BM25"].recall == (0.0, 0.0, 0.0)


def test_questions_are_put_with_and_without_the_glossary(tmp_path: Path) -> None:
    lines = (ROOT / "seeds" / "questions.jsonl").read_text(encoding="utf-8").splitlines()
    some = tmp_path / "some.jsonl"
    some.write_text("\n".join(lines[:12]), encoding="utf-8")
    _, title, _, head, _, *rows = questions_part(some, ROOT / "seeds", StaticEncoder(EMBEDDED_FOLDER))
    assert title.startswith("### ")
    assert head.startswith("| some | all (")
    assert [row.split("|")[1].strip() for row in rows] == ["with the glossary", "without"]


@pytest.mark.parametrize(("gold", "documents"), [("none.jsonl", "."), ("some.jsonl", "none"), (None, ".")])
def test_missing_questions_are_said_and_left_out(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], gold: str | None, documents: str
) -> None:
    (tmp_path / "some.jsonl").touch()
    path = None if gold is None else tmp_path / gold
    assert list(questions_part(path, tmp_path / documents, StaticEncoder(EMBEDDED_FOLDER))) == []
    assert f"--gold {path}" in capsys.readouterr().err


def test_cost_is_told_without_sentence_transformers_which_is_said(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "sentence_transformers", None)
    write_set(tmp_path, "cmrc2018-dev-half", "zh", ["北京今天下雨。"], "今天下雨吗？")
    for name in ("mlqa-dev", "xquad-dev"):
        write_set(tmp_path, name, "en", ["It rains today."], "Does it rain?")
    head, *_ = cost_table(tmp_path, StaticEncoder(EMBEDDED_FOLDER))
    assert head == "| | characters | ours (numpy), together | one by one |"
    assert "sentence_transformers" in capsys.readouterr().err


def test_only_mlqa_is_halved_and_by_the_half_that_nothing_was_chosen_on(tmp_path: Path) -> None:
    texts = [f"第{number}段。" for number in range(40)]
    for name in (HALVED, "xquad-dev"):
        write_set(tmp_path, name, "zh", texts, "哪一段？")
    whole, half = (load_unchosen(tmp_path, f"{name}:zh:zh") for name in ("xquad-dev", HALVED))
    assert whole.gold.tolist() == list(range(40))
    chosen_on = load_task(tmp_path, f"{HALVED}:zh:zh").half(CHOOSING)
    assert half.gold.size
    assert sorted([*half.gold.tolist(), *chosen_on.gold.tolist()]) == list(range(40))
