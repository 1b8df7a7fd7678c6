"""From the reader's verdict to another confidence in every worker: a real server, the command line, the same folder."""

from __future__ import annotations

import json
import re
import shlex
from pathlib import Path

import command_line
import pytest
import requests
from small_service import Server, start_server

from indexer.build import build
from indexer.calibration import remove_calibration, write_calibration
from indexer.collections import Collections
from indexer.encoder import EMBEDDED, load_encoder
from qa.assemble import assemble
from qa.evaluation.calibration import calibration_error, reliability
from qa.evaluation.evaluate import Outcome, evaluate
from qa.evaluation.questions import read_questions
from qa.pipeline import Request
from qa.refit import Refit, basis_of

STARS = "天狼织女牵牛北斗南门参宿心宿角宿轩辕毕宿"
COMPANIES = [f"{STARS[2 * number : 2 * number + 2]}公司" for number in range(len(STARS) // 2)]
THINGS = {"营业收入": "亿元", "员工人数": "人", "门店数量": "家", "研发投入": "万元"}
FIRST, SECOND = 2023, 2024


def figure(company: int, thing: int, year: int) -> int:
    return 11 + 7 * company + 3 * thing + (year - FIRST) * 101


def report(company: int, year: int) -> str:
    said = [f"{year}年，{COMPANIES[company]}的{thing}为{figure(company, at, year)}{unit}。" for at, (thing, unit) in
            enumerate(THINGS.items())]  # fmt: skip
    return "".join(said)


def questions(outdated: float) -> list[dict[str, object]]:
    """A question for every figure. Of the share ``outdated`` the documents are wrong, as readers know."""
    rows = []
    for company, name in enumerate(COMPANIES):
        for at, (thing, unit) in enumerate(THINGS.items()):
            for year in (FIRST, SECOND):
                right = (company * 5 + at * 3 + year) % 10 >= outdated * 10
                answer = f"{figure(company, at, year) + (0 if right else 500)}{unit}"
                text = f"{year}年{name}的{thing}是多少？"
                rows.append({"id": f"{company}-{at}-{year}", "question": text, "answerable": True, "answers": [answer]})
    return rows


def written(path: Path, rows: list[dict[str, object]]) -> Path:
    path.write_text("".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows), encoding="utf-8")
    return path


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    docs = tmp_path_factory.mktemp("docs")
    for company in range(len(COMPANIES)):
        for year in (FIRST, SECOND):
            (docs / f"{company}-{year}.txt").write_text(report(company, year), encoding="utf-8")
    folder = tmp_path_factory.mktemp("data")
    assert not build(Collections(folder, load_encoder(EMBEDDED)).create("default"), [docs]).failed
    return folder


@pytest.fixture(scope="module")
def running(data: Path):
    with start_server(data) as server:
        yield server


def ask(server: Server, question: str, **more) -> dict:
    """Through a connection of its own, which the kernel gives to any worker."""
    told = requests.post(f"{server.url}/v1/ask", json={"question": question, "explain": True, **more}, timeout=30)
    return told.json()


def confidences(server: Server, question: str, times: int = 12) -> set[float]:
    return {ask(server, question, min_confidence=0)["answer"]["confidence"] for _ in range(times)}


def outcomes_of(data: Path, rows: list[dict[str, object]], tmp_path: Path) -> list[Outcome]:
    """Of the service's own pipeline, as the folder is now; all of ``rows`` lead to an answer."""
    encoder = load_encoder(EMBEDDED)
    snapshot = Collections(data, encoder).open("default").snapshot()
    asked = read_questions(written(tmp_path / "held.jsonl", rows)).questions
    found = [each for each in evaluate(assemble(encoder), snapshot, asked, k=1).outcomes if each.best is not None]
    assert len(found) == len(rows)
    return found


def held_out_error(data: Path, rows: list[dict[str, object]], tmp_path: Path) -> float:
    outcomes = outcomes_of(data, rows, tmp_path)
    return calibration_error(reliability([o.confidence for o in outcomes], [o.best_right for o in outcomes]))


def test_calibrating_lowers_the_error_on_other_questions_and_every_worker_follows(data, running, tmp_path, citespan):
    rows = questions(outdated=0.5)
    train, held_out = rows[::2], rows[1::2]
    question = str(rows[0]["question"])
    before, (shipped,) = held_out_error(data, held_out, tmp_path), confidences(running, question)
    assert ask(running, question)["explain"]["calibration"]["refit"] is None

    file = written(tmp_path / "train.jsonl", train)
    told = json.loads(command_line.citespan("calibrate", file, "--json", data=data).stdout)
    assert told["better"] is True
    assert told["after"]["error"] < told["before"]["error"]
    refit = told["refit"]

    (now,) = confidences(running, question)
    assert now != shipped
    assert held_out_error(data, held_out, tmp_path) < before / 2
    explained = ask(running, question)["explain"]["calibration"]
    assert explained["refit"]["questions"] == refit["questions"]
    assert explained["threshold"] == pytest.approx(refit["threshold"], abs=1e-4)
    status = json.loads(citespan("status", "--json", data=data).stdout)["calibration"]
    assert status["questions"] == refit["questions"]
    (listed,) = requests.get(f"{running.url}/v1/collections", timeout=30).json()["collections"]
    assert listed["calibration"] == status

    assert "back to the confidence that ships" in citespan("calibrate", "--reset", data=data).stdout
    assert confidences(running, question) == {shipped}
    assert json.loads(citespan("status", "--json", data=data).stdout)["calibration"] is None
    assert "has the confidence that ships" in citespan("calibrate", "--reset", data=data).stdout


def test_too_few_questions_and_wrong_calls_are_refused(data, tmp_path, citespan):
    rows = questions(outdated=0.5)
    done = citespan("calibrate", written(tmp_path / "few.jsonl", rows[:10]), data=data, code=1)
    assert "too few questions" in done.stderr
    done = citespan("calibrate", written(tmp_path / "same.jsonl", questions(outdated=0)[:32]), data=data, code=1)
    assert "one-sided" in done.stderr
    assert "no such file" in citespan("calibrate", tmp_path / "none.jsonl", data=data, code=1).stderr.lower()
    citespan("calibrate", data=data, code=2)
    citespan("calibrate", tmp_path / "few.jsonl", "--reset", data=data, code=2)
    assert json.loads(citespan("status", "--json", data=data).stdout)["calibration"] is None


def test_a_refit_that_makes_nothing_better_is_not_written(data, tmp_path, citespan):
    """Of answers that ship with a confidence of p the share p is right: nothing is left to mend."""
    owed, rows = 0.0, []
    for right, wrong, outcome in zip(
        questions(0), questions(1), outcomes_of(data, questions(0), tmp_path), strict=True
    ):
        owed += outcome.confidence
        rows.append(right if owed >= 1 else wrong)
        owed -= owed >= 1
    done = citespan("calibrate", written(tmp_path / "fitting.jsonl", rows), data=data, code=1)
    assert "not better, nothing was written" in done.stdout
    assert not (data / "collections" / "default" / "calibration.json").exists()


@pytest.mark.parametrize(
    ("content", "why"), [("{", "cannot be read"), ("[]", "no object"), ('{"slope": -1}', "not as it was written")]
)
def test_a_broken_calibration_stops_no_answer(data, running, content, why, citespan):
    file = data / "collections" / "default" / "calibration.json"
    question = str(questions(0)[0]["question"])
    (shipped,) = confidences(running, question)
    file.write_text(content)
    try:
        told = ask(running, question, min_confidence=0)
        assert told["answer"]["confidence"] == shipped
        assert why in told["explain"]["calibration"]["ignored"]
    finally:
        citespan("calibrate", "--reset", data=data)


def test_a_calibration_of_another_reader_is_not_used(data):
    encoder = load_encoder(EMBEDDED)
    snapshot = Collections(data, encoder).open("default").snapshot()
    pipeline, request = assemble(encoder), Request(str(questions(0)[0]["question"]), explain=True)

    def explained(reader: str) -> dict:
        told = Refit(0.5, -1.0, 0.4, 80, "2026-01-01T00:00:00+00:00", basis_of(encoder, reader)).told()
        write_calibration(snapshot.calibration_file, told)
        return pipeline.ask(snapshot, request).explain["calibration"]

    try:
        assert explained("another")["ignored"] == "fitted with another reader"
        assert explained("another")["refit"] is None
        assert explained(EMBEDDED)["refit"]["offset"] == -1.0
    finally:
        remove_calibration(snapshot.calibration_file)


def test_feedback_becomes_questions_that_can_be_evaluated(data, running, tmp_path, citespan):
    given = []
    for row in questions(0)[:6]:
        told = ask(running, str(row["question"]), min_confidence=0)
        span = told["answer"]["span"]
        citation = {name: span[name] for name in ("doc_id", "revision", "start", "end", "quote")}
        given.append({"question": row["question"], "verdict": "right", "answer": told["answer"]["text"],
                      "citation": citation, "commit": told["index"]["commit"]})  # fmt: skip
    given.append({"question": "谁画了蒙娜丽莎？", "verdict": "right", "comment": "好"})
    given.append({**given[0], "question": "别的？", "verdict": "wrong"})
    for body in given:
        assert requests.post(f"{running.url}/v1/feedback", json=body, timeout=30).status_code == 201

    counts = json.loads(citespan("feedback", "count", "--json", data=data).stdout)
    assert (counts["right"], counts["wrong"]) == (7, 1)
    shown = citespan("feedback", "list", data=data).stdout.splitlines()
    assert len(shown) == 8
    assert "(no answer)" in shown[6]
    assert shown[6].endswith("-- 好")
    assert citespan("feedback", "list", "--since", "2999-01-01", data=data).stdout == ""

    out = tmp_path / "feedback.jsonl"
    told = json.loads(citespan("feedback", "export", out, "--json", data=data).stdout)
    assert (told["questions"], told["left_out"]) == (7, {"untold": 1})
    figures = json.loads(citespan("eval", out, "--json", data=data).stdout)
    assert figures["missing_sources"] == []
    assert figures["all"]["questions"] == 7
    assert figures["all"]["em"] >= 0.8
    assert figures["all"]["hit@1"] >= 0.8

    squad = tmp_path / "squad.json"
    citespan("feedback", "export", squad, "--format", "squad", data=data)
    figures = json.loads(citespan("eval", squad, "--json", data=data).stdout)
    assert figures["collection"] == "(texts of the file)"
    assert figures["all"]["questions"] == 7
    assert figures["all"]["em"] >= 0.8

    piped = citespan("feedback", "export", data=data)
    assert piped.stdout.encode() == out.read_bytes()
    assert "left out 1 wrong without what was expected" in piped.stderr
    assert "nothing to export" in citespan("feedback", "export", "--since", "2999-01-01", data=data, code=1).stderr
    assert "cannot be written" in citespan("feedback", "export", tmp_path / "no" / "x", data=data, code=1).stderr

    citespan("feedback", "clear", data=data, code=2)
    assert citespan("feedback", "clear", "--containing", "蒙娜丽莎", data=data).stdout == "deleted: 1\n"
    assert citespan("feedback", "clear", "--all", data=data).stdout == "deleted: 7\n"
    assert citespan("feedback", "list", data=data).stdout == ""


def test_the_commands_of_the_page_work(data, running, citespan, tmp_path, monkeypatch):
    """A reader judges all answers; then the commands of docs/feedback.md run in their order."""
    for row in questions(outdated=0.5):
        told = ask(running, str(row["question"]), min_confidence=0)["answer"]
        right = told["text"] in row["answers"]
        body = {
            "question": row["question"],
            "verdict": "right" if right else "wrong",
            "answer": told["text"],
            "citation": {name: told["span"][name] for name in ("doc_id", "revision", "start", "end", "quote")},
            **({} if right else {"expected": {"answerable": True, "answers": row["answers"]}}),
        }
        assert requests.post(f"{running.url}/v1/feedback", json=body, timeout=30).status_code == 201
    page = (Path(__file__).parents[2] / "docs" / "feedback.md").read_text(encoding="utf-8")
    blocks = re.findall(r"```sh\n(.*?)```", page, re.DOTALL)
    commands = [shlex.split(line)[1:] for block in blocks for line in block.splitlines()]
    assert {" ".join(command[:2]) for command in commands} >= {"feedback export", "calibrate questions.jsonl"}
    monkeypatch.chdir(tmp_path)
    try:
        shown = {" ".join(command): citespan(*command, data=data).stdout for command in commands}
    finally:
        citespan("calibrate", "--reset", data=data)
        citespan("feedback", "clear", "--all", data=data)
    assert "80 questions from feedback of 80" in shown["feedback export questions.jsonl"]
    table = shown["calibrate questions.jsonl"]
    before, after = (re.search(rf"^{word} +([\d.]+)", table, re.MULTILINE)[1] for word in ("before", "after"))
    assert float(after) < float(before)
    assert "default: log-odds x" in table
    assert len(shown["feedback list"].splitlines()) == 80
