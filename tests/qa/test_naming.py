from pathlib import Path

import pytest
from fakes import HashEncoder

from indexer.collections import Collections
from indexer.load import load_bytes
from indexer.snapshot import Snapshot
from qa.assemble import assemble
from qa.glossary import Glossary
from qa.naming import in_corpus_names
from qa.pipeline import Request
from qa.query import analyse

GLOSSARY = Glossary([["可灵", "可灵AI", "Kling", "Keling"], ["营收", "收入", "revenue"], ["无名", "Nameless"]])


@pytest.fixture(scope="module")
def snapshot(tmp_path_factory: pytest.TempPathFactory) -> Snapshot:
    collection = Collections(tmp_path_factory.mktemp("data"), HashEncoder()).create("default")
    with collection.writer() as writer:
        writer.put(load_bytes("可灵AI的收入增长很快。".encode(), "a.txt"))
        writer.commit()
    return collection.snapshot()


@pytest.mark.parametrize(
    ("question", "own"),
    [
        ("Kling revenue?", " 可灵   收入 ?"),
        ("可灵的收入?", "可灵的收入?"),
        ("可靈的營收?", "可靈的 收入 ?"),
        ("What is Nameless?", "What is Nameless?"),
        ("plain question", "plain question"),
    ],
)
def test_a_name_is_written_as_the_corpus_writes_it(snapshot: Snapshot, question: str, own: str):
    assert in_corpus_names(analyse(question, GLOSSARY), snapshot) == own


def test_a_new_pair_counts_at_once_and_encodes_no_document_again(tmp_path: Path):
    encoder = HashEncoder()
    collection = Collections(tmp_path, encoder).create("default")
    with collection.writer() as writer:
        for number, text in enumerate(["星海公司的收入是十二亿元。", "天气晴朗，适合出行。", "会议在周五举行。"]):
            writer.put(load_bytes(text.encode(), f"{number}.txt"))
        writer.commit()
    pipeline = assemble(encoder)

    assert pipeline.search(collection.snapshot(), Request("Xinghai?", explain=True)).explain["names"] == []
    encoded = encoder.encoded
    names = tmp_path / "glossary.toml"
    names.write_text('[[entry]]\nterms = ["星海公司", "Xinghai"]\n', encoding="utf-8")
    collection.adopt_glossary(names, "root")
    found = pipeline.search(collection.snapshot(), Request("Xinghai?"))
    assert encoder.encoded == encoded + 1  # the question
    assert found.passages[0].citation.source == "0.txt"
    assert found.passages[0].scores["dense"] > 0.5
