"""The section of ``make eval-reader`` as a whole, on sets of a few sentences."""

from __future__ import annotations

from pathlib import Path

import pytest
from tiny_sets import paragraph_rows, question_rows, write_rows, write_set

from bench.cards import into_card, printed
from bench.reader_card import CARD, identity, section
from qa.reading.network import FOLDER
from training.reader.sets import held_out

SEEDS = Path(__file__).parents[2] / "seeds"
# Two paragraphs that training would have kept out, lest their sets be empty.
SAILS, SAILS_EN = [f"p{number}" for number in range(100) if held_out(f"p{number}")][:2]
CHINESE = {SAILS: "云帆科技成立于2012年。公司创始人是林晓舟。去年营收为45.2亿元。", "cats": "猫每天睡十六个小时。"}
ENGLISH = {SAILS_EN: "Yunfan was founded in 2012. Its founder is Lin.", "cats-en": "A cat sleeps sixteen hours."}


def parallel_set(folder: Path, name: str) -> None:
    """Two paragraphs in both languages, a question on each, translations of each other."""
    chinese = [("云帆科技成立于哪一年？", SAILS, "2012年"), ("猫每天睡多久？", "cats", "十六个小时")]
    english = [("When was Yunfan founded?", SAILS_EN, "2012"), ("How long do cats sleep?", "cats-en", "sixteen hours")]
    paragraphs, questions = [], []
    for lang, texts, asked in (("zh", CHINESE, chinese), ("en", ENGLISH, english)):
        own = paragraph_rows(texts, lang)
        paragraphs += [{**row, "pair_id": f"p{at}"} for at, row in enumerate(own)]
        questions += [{**row, "pair_id": f"q{at}"} for at, row in enumerate(question_rows(name, texts, asked, lang))]
    write_rows(folder, name, paragraphs, questions)


@pytest.fixture
def data(tmp_path: Path) -> Path:
    asked = [("云帆科技去年营收是多少？", SAILS, "45.2亿元"), ("云帆科技的总部在哪里？", SAILS, None)]
    for name in ("cmrc2018-dev-half", "dureader-checklist-dev", "finqa-zh-half", "squad2zh-dev-part"):
        write_set(tmp_path, name, CHINESE, asked)
    write_set(tmp_path, "drcd-dev", CHINESE, asked, "zh-Hant")
    parallel_set(tmp_path, "xquad-dev")
    parallel_set(tmp_path, "mlqa-dev")
    return tmp_path


def costs(lines: list[str]) -> list[str]:
    """The rows of the last table."""
    rows = [line for line in lines if line.startswith("| ")]
    return rows[next(at for at, row in enumerate(rows) if row.startswith("| passages |")) + 1 :]


def test_the_section_holds_every_table(data: Path, capsys: pytest.CaptureFixture[str]) -> None:
    some = data / "some.jsonl"
    lines = (SEEDS / "questions.jsonl").read_text(encoding="utf-8").splitlines()
    some.write_text("\n".join(lines[:4]), encoding="utf-8")
    found = list(section(data, some, SEEDS, large=data / "large"))
    assert [line.split(",")[0] for line in found if line.startswith("### ")] == [
        "### The paragraph given",
        "### The whole pipeline over all paragraphs of the set",
        "### some",
        "### Confidence",
        "### CPU milliseconds a question by stage",
    ]
    rows = [line for line in found if line.startswith("| ")]
    assert sum(row.startswith("| cmrc2018-dev-half zh->zh |") for row in rows) == 2
    assert sum(row.startswith("| some |") for row in rows) == 1
    assert len(costs(found)) == 2
    assert found[-1] == "Answered in two processes: 13 of 13 answers are the same bytes."
    assert capsys.readouterr().err == ""


def test_what_is_missing_is_said_and_left_out(data: Path, capsys: pytest.CaptureFixture[str]) -> None:
    found = list(section(data, data / "none.jsonl", SEEDS))
    assert not any(line.startswith("### none") for line in found)
    assert len(costs(found)) == 1
    said = capsys.readouterr().err
    assert "none.jsonl" in said
    assert "100,000 passages" in said


def test_the_card_that_ships_has_the_marks() -> None:
    into_card((FOLDER / CARD).read_text(encoding="utf-8"), [])


def test_the_identity_is_that_of_the_files_beside_the_card(tmp_path: Path) -> None:
    (tmp_path / "model.safetensors").write_bytes(b"abc")
    (tmp_path / "config.json").write_bytes(b"x" * 19_997)
    (tmp_path / CARD).write_text("# Card")
    assert identity(tmp_path) == (
        "Measured: `model.safetensors` of sha256 `ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad`; "
        "the model is 0.02 MB."
    )


def test_the_card_that_ships_tells_of_the_networks_that_ship() -> None:
    assert identity(FOLDER) in (FOLDER / CARD).read_text(encoding="utf-8")


def test_what_is_printed_stands_in_the_card(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    card = tmp_path / "CARD.md"
    card.write_text(into_card((FOLDER / CARD).read_text(encoding="utf-8"), ["old figures"]), encoding="utf-8")
    printed(iter(["| a |", "| 1 |"]), card)
    assert capsys.readouterr().out == "| a |\n| 1 |\n"
    text = card.read_text(encoding="utf-8")
    assert "| a |\n| 1 |\n" in text
    assert "old figures" not in text
