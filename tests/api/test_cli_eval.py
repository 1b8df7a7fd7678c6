"""``citespan eval``, with the embedded models over documents of our own."""

from __future__ import annotations

import importlib.util
import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from api.cli import cli
from indexer.errors import CollectionNotFound, ConfigError

SCORER = Path(__file__).parents[2].parent / "shared" / "gold" / "score.py"
FIRST = "可灵AI在2025年第一季度的营业收入为1.5亿元。程一笑在电话会上说，近七成收入来自专业创作者。"
SECOND = "快手成立于2011年，总部位于北京。公司的创始人是宿华和程一笑。"
QUESTIONS = [
    {
        "id": "1",
        "lang": "zh",
        "question": "可灵AI第一季度的营业收入是多少？",
        "answers": ["1.5亿元"],
        "file": "one.txt",
    },
    {"id": "2", "lang": "zh", "question": "快手成立于哪一年？", "answers": ["2011年"], "file": "two.txt"},
    {"id": "3", "lang": "zh", "question": "火星上有多少家面包店？", "answers": []},
]


def run(*arguments: str | Path) -> Result:
    return CliRunner().invoke(cli, [str(argument) for argument in arguments], catch_exceptions=True)


@pytest.fixture
def data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A data folder whose default collection holds two documents."""
    folder = tmp_path / "documents"
    folder.mkdir()
    (folder / "one.txt").write_text(FIRST, encoding="utf-8")
    (folder / "two.txt").write_text(SECOND, encoding="utf-8")
    monkeypatch.setenv("CITESPAN_DATA", str(tmp_path / "data"))
    assert run("index", folder).exit_code == 0
    return tmp_path / "data"


@pytest.fixture
def questions(tmp_path: Path) -> Path:
    texts = {"one.txt": FIRST, "two.txt": SECOND}
    rows = []
    for row in QUESTIONS:
        start = texts[row["file"]].index(row["answers"][0]) if row["answers"] else 0
        evidence = (
            [{"file": row["file"], "start": start, "end": start + len(row["answers"][0])}] if row["answers"] else []
        )
        kind = "factoid-number" if row["answers"] else "unanswerable"
        rows.append({**row, "type": kind, "answerable": bool(evidence), "evidence": evidence})
    path = tmp_path / "questions.jsonl"
    path.write_text("\n".join(json.dumps(row, ensure_ascii=False) for row in rows), encoding="utf-8")
    return path


@pytest.fixture
def squad(tmp_path: Path) -> Path:
    row = {"id": "s1", "question": "快手成立于哪一年？", "answers": [{"text": "2011年", "answer_start": 5}]}
    data = {
        "data": [{"title": "快手", "paragraphs": [{"context": SECOND, "qas": [row]}, {"context": FIRST, "qas": []}]}]
    }
    path = tmp_path / "squad.json"
    path.write_text(json.dumps(data, ensure_ascii=False), encoding="utf-8")
    return path


def test_the_figures_are_json_with_json(data: Path, questions: Path) -> None:
    result = run("eval", questions, "--json")
    assert result.exit_code == 0, result.output
    figures = json.loads(result.stdout)
    assert (figures["questions"], figures["collection"]) == ("questions.jsonl", "default")
    assert figures["all"]["hit@1"] == 1.0
    assert figures["missing_sources"] == []
    assert figures["citations"]["exact"] == figures["citations"]["checked"] > 0
    assert set(figures["by_type"]) == {"factoid-number", "unanswerable"}


def test_the_table_has_a_line_for_every_slice(data: Path, questions: Path) -> None:
    result = run("eval", questions)
    assert result.exit_code == 0, result.output
    starts = [line.split()[0] for line in result.stdout.splitlines() if line.strip()]
    assert {"all", "zh", "factoid-number", "unanswerable", "citations:", "CPU"} <= set(starts)


def test_predictions_agree_with_ask_and_with_the_reference_scorer(data: Path, questions: Path, tmp_path: Path) -> None:
    out = tmp_path / "predictions.jsonl"
    result = run("eval", questions, "--predictions", out, "--json")
    assert result.exit_code == 0, result.output
    rows = [json.loads(line) for line in out.read_text(encoding="utf-8").splitlines()]
    assert [row["id"] for row in rows] == ["1", "2", "3"]
    for row, question in zip(rows, QUESTIONS, strict=True):
        asked = json.loads(run("ask", question["question"], "--json").stdout)
        assert row["answer"] == (asked["answer"]["text"] if asked["answer"] else None)
        places = [(p["source"], p["start"], p["end"]) for p in asked["passages"]]
        assert [(p["file"], p["start"], p["end"]) for p in row["passages"]][: len(places)] == places
    if not SCORER.is_file():
        pytest.skip("the reference scorer (../shared/gold/score.py) is not there")
    spec = importlib.util.spec_from_file_location("reference_scorer", SCORER)
    assert spec is not None
    assert spec.loader is not None
    scorer = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(scorer)
    expected = scorer.report(scorer.score(scorer.load_jsonl(questions), rows))
    figures = json.loads(result.stdout)
    for name in ("hit@1", "hit@3", "hit@5", "all@5", "mrr", "em", "f1", "cover", "abst_acc", "overall"):
        assert figures["all"][name] == pytest.approx(expected["all"][name]), name
    for name in ("precision", "recall", "f1", "accuracy"):
        assert figures["abstention"][name] == pytest.approx(expected["abstention"][name]), name


def test_a_report_is_written(data: Path, questions: Path, tmp_path: Path) -> None:
    out = tmp_path / "report.html"
    assert run("eval", questions, "--report", out).exit_code == 0
    page = out.read_text(encoding="utf-8")
    assert "questions.jsonl" in page
    assert all(row["question"] in page for row in QUESTIONS)


def test_k_is_the_number_of_passages(data: Path, questions: Path, tmp_path: Path) -> None:
    out = tmp_path / "predictions.jsonl"
    assert run("eval", questions, "--predictions", out, "-k", "1").exit_code == 0
    counts = {len(json.loads(line)["passages"]) for line in out.read_text(encoding="utf-8").splitlines()}
    assert counts == {1}


def test_a_squad_file_needs_no_collection_and_leaves_none(
    squad: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CITESPAN_DATA", str(tmp_path / "nothing"))
    result = run("eval", squad, "--json")
    assert result.exit_code == 0, result.output
    figures = json.loads(result.stdout)
    assert figures["all"]["hit@1"] == 1.0
    assert not (tmp_path / "nothing").exists()


def test_a_squad_file_may_be_asked_of_the_collection(data: Path, squad: Path) -> None:
    result = run("eval", squad, "--json", "--no-index-contexts")
    assert json.loads(result.stdout)["collection"] == "default"


def test_evidence_in_files_that_are_not_indexed_is_said(data: Path, questions: Path) -> None:
    questions.write_text(questions.read_text(encoding="utf-8").replace("two.txt", "sub/two.txt"), encoding="utf-8")
    result = run("eval", questions, "--json")
    assert json.loads(result.stdout)["missing_sources"] == ["sub/two.txt"]
    assert "not in default" in result.stderr
    assert "sub/two.txt" in result.stderr


def test_a_collection_that_is_not_there_is_said(data: Path, questions: Path) -> None:
    assert isinstance(run("eval", questions, "-c", "other").exception, CollectionNotFound)


def test_a_folder_that_is_not_there_is_said_before_any_question_is_asked(
    data: Path, questions: Path, tmp_path: Path
) -> None:
    result = run("eval", questions, "--report", tmp_path / "no" / "report.html", "-c", "other")
    assert isinstance(result.exception, ConfigError)
    assert "there is no folder" in result.exception.message


def test_a_bad_question_file_is_named_with_its_line(data: Path, tmp_path: Path) -> None:
    (tmp_path / "bad.jsonl").write_text('{"id": "1"}\n', encoding="utf-8")
    result = run("eval", tmp_path / "bad.jsonl")
    assert isinstance(result.exception, ConfigError)
    assert "bad.jsonl:1" in result.exception.message
