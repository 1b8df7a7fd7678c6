"""The question sets behind the reader: how they are read, and which may be trained on.

A set is NAME.paragraphs.jsonl.gz (id, lang, text) and NAME.questions.jsonl.gz (question, paragraph_id, answers with
text and start). Trained on are only sets under share-alike or attribution licences: CMRC 2018 train and trial
(CC BY-SA 4.0), DRCD dev and MLQA dev (CC BY-SA 3.0), TyDi QA gold passages in English (Apache-2.0), SQuADShifts
(CC BY 4.0).
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from zlib import crc32

from training.jsonl import read_jsonl

TRAINING = ("cmrc2018-train", "cmrc2018-trial", "tydiqa-en-train")
"""Sets whose words are counted."""
READER = (
    ("cmrc2018-train", "zh", "zh", 100_000),
    ("cmrc2018-trial", "zh", "zh", 100_000),
    ("drcd-dev", "zh", "zh", 100_000),
    ("mlqa-dev", "zh", "zh", 100_000),
    ("mlqa-dev", "en", "zh", 100_000),
    ("mlqa-dev", "zh", "en", 100_000),
    ("mlqa-dev", "en", "en", 100_000),
    ("tydiqa-en-train", "en", "en", 100_000),
    ("squadshifts-newwiki-half", "en", "en", 100_000),
    ("squadshifts-reddit", "en", "en", 4_000),
    ("squadshifts-amazon", "en", "en", 4_000),
)
"""Sets for the reader: name, language of the question, language of the paragraph, most questions (those of Reddit and
Amazon are of one kind)."""
_FOLDS = 6


def held_out(paragraph_id: str) -> bool:
    """Whether a paragraph is kept from the network, so that the calibration sees how it fares on new ones."""
    return crc32(paragraph_id.encode()) % _FOLDS == 0


@dataclass(frozen=True, slots=True)
class Example:
    """A question and the paragraph that answers it; ``answers`` are (start, end) ranges of it, ``published`` its ISO
    date where it has one."""

    question_id: str
    question: str
    paragraph_id: str
    text: str
    answers: tuple[tuple[int, int], ...]
    published: str | None = None


def paragraphs(folder: Path, name: str) -> dict[str, str]:
    """The paragraphs of a set by their ids."""
    return {row["id"]: row["text"] for row in read_jsonl(folder / f"{name}.paragraphs.jsonl.gz")}


def examples(folder: Path, name: str, lang: str | None = None, paragraph_lang: str | None = None) -> list[Example]:
    """The answerable questions of a set, in ``lang`` over paragraphs in ``paragraph_lang`` if given.

    Where a set is parallel (XQuAD), a question is also put to the paragraph in the other language.
    """
    asked = list(read_jsonl(folder / f"{name}.questions.jsonl.gz"))
    texts = {row["id"]: row for row in read_jsonl(folder / f"{name}.paragraphs.jsonl.gz")}
    by_pair = {(row.get("pair_id"), texts[row["paragraph_id"]]["lang"][:2]): row for row in asked if row.get("pair_id")}
    out = []
    for row in asked:
        if not row.get("answerable", True) or (lang and not row["lang"].startswith(lang)):
            continue
        place = row
        if paragraph_lang and texts[row["paragraph_id"]]["lang"][:2] != paragraph_lang:
            place = by_pair.get((row.get("pair_id"), paragraph_lang), {})
            if not place:
                continue
        spans = tuple((a["start"], a["start"] + len(a["text"])) for a in place["answers"])
        if spans:
            text = texts[place["paragraph_id"]]["text"]
            out.append(Example(row["id"], row["question"], place["paragraph_id"], text, spans))
    return out
