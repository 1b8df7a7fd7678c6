"""Questions about indexed documents: a row for all, each language and each kind."""

from __future__ import annotations

from pathlib import Path

from bench.first_documents import ask_gold, table
from indexer.encoder import EMBEDDED_FOLDER
from indexer.static_encoder import StaticEncoder
from qa.assemble import assemble

SEEDS = Path(__file__).parents[2] / "seeds"


def test_rows_are_all_then_languages_then_kinds(tmp_path: Path) -> None:
    lines = (SEEDS / "questions.jsonl").read_text(encoding="utf-8").splitlines()
    some = tmp_path / "some.jsonl"
    some.write_text("\n".join(lines[:12]), encoding="utf-8")
    encoder = StaticEncoder(EMBEDDED_FOLDER)
    outcomes = ask_gold(some, SEEDS, encoder, assemble(encoder))
    head, _, *rows = table(outcomes)
    names = [row.split("|")[1].strip() for row in rows]
    languages = sorted({outcome.question.lang for outcome in outcomes})
    kinds = sorted({outcome.question.type for outcome in outcomes})
    assert names == ["all", *languages, *kinds]
    assert all(row.count("|") == head.count("|") for row in rows)
    cells = [cell.strip() for cell in rows[0].split("|")[2:-1]]
    assert cells[0] == "12"
    assert float(cells[2]) > 50.0
