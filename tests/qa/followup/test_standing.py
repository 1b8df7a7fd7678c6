"""Questions of a public set, each of which stands alone, put behind another: hardly any may be changed."""

from __future__ import annotations

import gzip
import json
import random
from pathlib import Path

import pytest

from qa.followup import Turn, complete
from qa.glossary import Glossary

ROOT = Path(__file__).parents[3]
SET = ROOT.parent / "shared" / "data" / "mkqa-en-zh-pairs.jsonl.gz"
COUNT = 3000


@pytest.mark.skipif(not SET.is_file(), reason="the set is not here")
@pytest.mark.parametrize(("language", "most"), [("en", 0.002), ("zh", 0.004)])
def test_hardly_any_is_changed(language: str, most: float) -> None:
    with gzip.open(SET, "rt", encoding="utf-8") as lines:
        questions = [json.loads(line)[language] for _, line in zip(range(COUNT), lines, strict=False)]
    draw = random.Random(1)
    glossary = Glossary.load([ROOT / "qa" / "data" / "glossary.toml"])
    before = [draw.choice(questions) for _ in questions]
    changed = [
        (question, other)
        for question, other in zip(questions, before, strict=True)
        if complete(question, Turn(other), glossary)
    ]
    assert len(changed) <= most * len(questions), changed
