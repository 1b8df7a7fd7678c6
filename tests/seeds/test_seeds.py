"""The starter corpus: its documents load, its questions point to the right place, its words are our own."""

from __future__ import annotations

import datetime as dt
import json
import re
import tomllib
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from indexer.documents import Document
from indexer.load import load_file
from indexer.normalize import fold

ROOT = Path(__file__).resolve().parents[2]
SEEDS = ROOT / "seeds"
ARTICLES = SEEDS / "articles"
RAW = ROOT.parent / "shared" / "seeds"

DOCUMENTS = sorted(path.name for path in ARTICLES.iterdir())
QUESTIONS: list[dict[str, Any]] = [
    json.loads(line) for line in (SEEDS / "questions.jsonl").read_text("utf-8").splitlines()
]
GLOSSARIES = {"corpus": SEEDS / "glossary.toml", "default": ROOT / "qa" / "data" / "glossary.toml"}
TYPES = {
    "factoid-number", "factoid-entity", "date", "list", "why-how", "yes-no", "comparison", "time-scoped",
    "boilerplate", "unanswerable",
}  # fmt: skip

MAX_RUN = 11
# Names and titles, which nobody can put in other words: they do not count towards a run.
ALLOWED = ("山海奇镜之劈波斩浪", "2025新春团购节老铁消费报告")


@cache
def loaded(name: str) -> Document:
    return load_file(ARTICLES / name, name)


def plain(text: str) -> str:
    """Folded, without bracketed pinyin, punctuation and spaces: what a copied sentence cannot hide behind."""
    text = re.sub(r"[(（][^()（）\u3400-\u9fff]{1,40}[)）]", "", text)
    return "".join(char for char in fold(text) if char.isalnum())


def han(text: str) -> int:
    return sum("\u3400" <= char <= "\u9fff" for char in text)


def without_names(run: str) -> str:
    for name in ALLOWED:
        run = run.replace(plain(name), "")
    return run


def longest_runs(text: str, sources: list[str]) -> list[str]:
    """From each place in ``text``, the longest run that also stands in one of ``sources``."""
    runs, at = [], 0
    while at < len(text):
        size = 0
        for source in sources:
            while at + size < len(text) and text[at : at + size + 1] in source:
                size += 1
        runs.append(text[at : at + size])
        at += 1
    return runs


def han_texts() -> list[tuple[str, str]]:
    return [(name, "".join(char for char in loaded(name).text if han(char))) for name in DOCUMENTS]


# --- Documents ---------------------------------------------------------------------------------------------


def test_there_are_enough_documents_in_enough_formats() -> None:
    assert len(DOCUMENTS) >= 10
    assert {Path(name).suffix for name in DOCUMENTS} == {".md", ".html", ".txt", ".pdf", ".docx"}


@pytest.mark.parametrize("name", DOCUMENTS)
def test_a_document_says_what_it_is_and_when_it_was_public(name: str) -> None:
    document = loaded(name)
    assert 4 <= len(document.title) <= 60
    assert han(document.title) >= 4
    assert document.published == dt.date.fromisoformat(name[:10]).isoformat()
    assert han(document.text) > 300
    assert not re.search(r"[\u2e80-\u2fdf\ufffd]", document.text)


@pytest.mark.parametrize("name", [name for name in DOCUMENTS if name.endswith(".md")])
def test_front_matter_is_complete(name: str) -> None:
    head = re.match(r"---\n(.*?)\n---\n", (ARTICLES / name).read_text("utf-8"), re.S)
    assert head is not None
    assert re.findall(r"^(\w+): \S", head[1], re.M) == ["title", "publisher", "published", "tags"]
    assert "publisher: Citespan" in head[1]


def test_made_documents_hold_the_text_they_are_made_from() -> None:
    entries = tomllib.loads((ROOT / "training" / "seeds" / "documents.toml").read_text("utf-8"))["document"]
    assert {entry["file"] for entry in entries} == {name for name in DOCUMENTS if name.endswith((".pdf", ".docx"))}
    for entry in entries:
        assert entry["published"] == entry["file"][:10]
        assert (ARTICLES / entry["file"]).stat().st_size < 200_000
        assert plain(entry["text"]) in plain(loaded(entry["file"]).text)
        assert plain(entry["title"]) == plain(loaded(entry["file"]).title)


def test_one_document_is_in_traditional_chinese() -> None:
    folded = {name: sum(a != b for a, b in zip(text, fold(text), strict=True)) for name, text in han_texts()}
    assert [name for name, count in folded.items() if count > 200] == ["2025-04-21-mid-size-internet.txt"]


def test_no_document_contains_the_english_name() -> None:
    assert not [name for name in DOCUMENTS if re.search("k(l|el)ing", loaded(name).text, re.I)]


def test_the_first_question_of_a_newcomer_has_its_sentence() -> None:
    assert "可灵AI的收入有近七成来自P端，也就是专业创作者和广告从业者。" in loaded("2025-06-03-customers.md").text


@pytest.mark.skipif(not RAW.is_dir(), reason="the raw articles lie beside the checkout, in ../shared/seeds")
@pytest.mark.parametrize("name", DOCUMENTS)
def test_the_wording_is_our_own(name: str) -> None:
    sources = [plain(path.read_text("utf-8")) for path in sorted(RAW.glob("*.txt"))]
    assert sources
    runs = longest_runs(plain(loaded(name).text), sources)
    copied = [run for run in runs if han(without_names(run)) > MAX_RUN]
    assert not copied


def test_a_copied_sentence_would_be_noticed() -> None:
    source = plain("可灵(kě líng)預計在明年(míng nián)推出一個全新的版本,價格更低。")
    runs = longest_runs(plain("编辑说：可灵预计在明年推出一个全新的版本，价格更低！"), [source])
    assert max(han(run) for run in runs) == 20


# --- Questions ---------------------------------------------------------------------------------------------


def test_there_are_enough_questions_of_every_kind() -> None:
    assert len(QUESTIONS) >= 60
    assert len({question["id"] for question in QUESTIONS}) == len(QUESTIONS)
    assert len({question["question"] for question in QUESTIONS}) == len(QUESTIONS)
    assert {question["type"] for question in QUESTIONS} == TYPES
    assert {question["lang"] for question in QUESTIONS} == {"zh-Hans", "zh-Hant", "en", "mixed"}
    assert sum(not question["answerable"] for question in QUESTIONS) >= len(QUESTIONS) / 4
    assert sum(question["lang"] in ("en", "mixed") for question in QUESTIONS) >= len(QUESTIONS) / 2


@pytest.mark.parametrize("question", QUESTIONS, ids=lambda question: question["id"])
def test_evidence_is_exact(question: dict[str, Any]) -> None:
    assert question["answerable"] == (question["type"] != "unanswerable") == bool(question["answers"])
    assert bool(question["evidence"]) == question["answerable"]
    assert ("parts" in question) >= (question["type"] == "list")
    for span in question["evidence"]:
        assert span["file"].removeprefix("articles/") in DOCUMENTS
        assert span["start"] < span["end"]
        assert loaded(span["file"].removeprefix("articles/")).text[span["start"] : span["end"]] == span["quote"]


@pytest.mark.parametrize("name", [name for name in DOCUMENTS if name.endswith((".md", ".html", ".txt"))])
def test_offsets_count_the_decoded_file(name: str) -> None:
    assert loaded(name).text == (ARTICLES / name).read_bytes().decode("utf-8")


def test_evidence_holds_an_accepted_answer() -> None:
    """Judged by comparison and yes/no are left out: their short answer is a verdict."""
    for question in QUESTIONS:
        if question["type"] in ("comparison", "yes-no", "list", "unanswerable"):
            continue
        quotes = plain("".join(span["quote"] for span in question["evidence"]))
        assert any(plain(answer) in quotes for answer in question["answers"]), question["id"]


def test_every_document_is_asked_about() -> None:
    asked = {span["file"].removeprefix("articles/") for question in QUESTIONS for span in question["evidence"]}
    assert asked == set(DOCUMENTS)


# --- Glossaries --------------------------------------------------------------------------------------------


@pytest.mark.parametrize("path", GLOSSARIES.values(), ids=GLOSSARIES.keys())
def test_a_glossary_is_well_formed(path: Path) -> None:
    entries = tomllib.loads(path.read_text("utf-8"))
    assert set(entries) == {"entry"}
    for entry in entries["entry"]:
        assert set(entry) <= {"terms", "case_sensitive"}
        assert len(entry["terms"]) >= 2
        assert all(term == term.strip() and len(term) >= 2 for term in entry["terms"])
        assert entry.get("case_sensitive", True) is True


@pytest.mark.parametrize("path", GLOSSARIES.values(), ids=GLOSSARIES.keys())
def test_no_name_means_two_things(path: Path) -> None:
    seen: dict[str, str] = {}
    for entry in tomllib.loads(path.read_text("utf-8"))["entry"]:
        for term in entry["terms"]:
            assert fold(term) not in seen, f"{term}: {entry['terms'][0]} and {seen[fold(term)]}"
            seen[fold(term)] = entry["terms"][0]


def test_the_default_glossary_is_broad() -> None:
    assert len(tomllib.loads(GLOSSARIES["default"].read_text("utf-8"))["entry"]) >= 200


@pytest.mark.parametrize(
    ("english", "chinese"),
    [
        ("Kuaishou", "快手"),
        ("Kling", "可灵"),
        ("Keling", "可灵"),
        ("Cheng Yixiao", "程一笑"),
        ("Gai Kun", "盖坤"),
        ("Jin Bing", "金秉"),
        ("professional creators", "P端"),
        ("inspiration points", "灵感值"),
        ("Cili Kaichuang", "磁力开创"),
        ("Nüwa", "女娲数字人"),
    ],
)
def test_the_corpus_glossary_knows_its_names(english: str, chinese: str) -> None:
    entries = tomllib.loads(GLOSSARIES["corpus"].read_text("utf-8"))["entry"]
    assert any({english, chinese} <= set(entry["terms"]) for entry in entries)


def test_glossary_names_of_the_corpus_occur_in_it() -> None:
    """Each entry leads somewhere: one of its names stands in a document."""
    text = fold("\n".join(loaded(name).text for name in DOCUMENTS))
    entries = tomllib.loads(GLOSSARIES["corpus"].read_text("utf-8"))["entry"]
    lost = [entry["terms"][0] for entry in entries if not any(fold(term) in text for term in entry["terms"])]
    assert not lost
