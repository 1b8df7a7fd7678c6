"""Finds the evidence of questions.jsonl in the documents again, after one of them has changed.

    python training/seeds/locate_evidence.py [--check]

A quote is looked for in the document's source text, first as it stands, then without regard to line breaks
and spaces; of several places the one nearest to the old offset is taken. ``--check`` writes nothing and
fails where an offset is off. A quote that is gone is an error: rewrite the question.
"""

from __future__ import annotations

import argparse
import json
import re
import sys
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
SEEDS = ROOT / "seeds"
sys.path.insert(0, str(ROOT))

from indexer.load import load_file  # noqa: E402 - a script beside the packages, not inside one


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--check", action="store_true", help="write nothing; exit 1 where an offset is off")
    check: bool = parser.parse_args().check
    path = SEEDS / "questions.jsonl"
    before = path.read_text("utf-8")
    texts: dict[str, str] = {}
    lines = []
    for line in before.splitlines():
        question = json.loads(line)
        for span in question["evidence"]:
            name = span["file"]
            if name not in texts:
                texts[name] = load_file(SEEDS / name, name).text
            locate(span, texts[name], question["id"])
        lines.append(json.dumps(question, ensure_ascii=False) + "\n")
    after = "".join(lines)
    if after != before and check:
        sys.stderr.write("offsets are off; run training/seeds/locate_evidence.py\n")
        return 1
    if after != before:
        path.write_text(after, "utf-8")
    sys.stdout.write(f"{len(lines)} questions, evidence in {len(texts)} documents\n")
    return 0


def locate(span: dict[str, Any], text: str, question_id: str) -> None:
    """Set ``start``, ``end`` and ``quote`` of ``span`` to where it stands in ``text``."""
    pieces = [re.escape(char) for char in span["quote"] if not char.isspace()]
    found = list(re.finditer(re.escape(span["quote"]), text)) or list(re.finditer(r"\s*".join(pieces), text))
    if not found:
        raise SystemExit(f"{question_id}: not in {span['file']}: {span['quote']}")
    best = min(found, key=lambda match: abs(match.start() - span["start"]))
    span["quote"], span["start"], span["end"] = best[0], best.start(), best.end()


if __name__ == "__main__":
    sys.exit(main())
