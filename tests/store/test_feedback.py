"""What readers said, beside the record: stored once and for good, and gone with the text that it speaks of."""

import threading
from pathlib import Path

import pytest
from fakes import HashEncoder
from small_store import KLING, doc, files_with, put, remove

from indexer.backup import backup, restore
from indexer.calibration import CALIBRATION, read_calibration, write_calibration
from indexer.collection import Collection
from indexer.collections import Collections
from indexer.compact import compact
from indexer.errors import CorruptIndex, FeedbackConflict, RevisionNotFound
from indexer.feedback import FEEDBACK, Cited, Feedback, present

SECRET = "鹦鹉螺计划绝密预算九百万"


def said(name: str, collection: Collection | None = None, doc_id: str = "a", words: str = "", **more) -> Feedback:
    """Feedback on ``words`` of a document, or on a silence."""
    cited = None
    if collection is not None:
        text = collection.snapshot().source_text(doc_id)
        start = text.index(words)
        revision = collection.snapshot().document(doc_id).revision
        cited = Cited(doc_id, revision, start, start + len(words))
    answer = words or None
    return Feedback(
        **{"feedback_id": name, "digest": name, "question": "?", "verdict": "right", "answer": answer, "cited": cited}
        | more
    )


def add(collection: Collection, *given: Feedback) -> None:
    for each in given:
        collection.feedback.add(each, lambda: None)


@pytest.fixture
def filled(collection: Collection) -> Collection:
    put(collection, doc("a", KLING))
    return collection


def test_all_of_it_comes_back(filled: Collection):
    given = said(
        "one", filled, "a", "近七成", commit=1, confidence=0.5, answerable=True, answers=("七成",), comment="好\n的"
    )
    stored, created = filled.feedback.add(given, lambda: None)
    assert created
    assert filled.feedback.rows() == [stored]
    assert {**_plain(stored), "at": ""} == _plain(given)
    assert filled.feedback.rows(stored.at) == [stored]
    assert filled.feedback.rows("9999") == []


def _plain(given: Feedback) -> dict[str, object]:
    return {name: getattr(given, name) for name in given.__dataclass_fields__}


def test_the_same_is_stored_once_and_another_under_its_id_is_refused(filled: Collection):
    first, _ = filled.feedback.add(said("one"), lambda: None)
    assert filled.feedback.add(said("one"), lambda: None) == (first, False)
    with pytest.raises(FeedbackConflict):
        filled.feedback.add(said("one", digest="another"), lambda: None)
    assert filled.feedback.rows() == [first]


def test_what_a_check_refuses_is_not_stored(filled: Collection):
    def check() -> None:
        raise RevisionNotFound("no")

    with pytest.raises(RevisionNotFound):
        filled.feedback.add(said("one"), check)
    assert filled.feedback.rows() == []


def test_many_at_once_are_all_stored(filled: Collection):
    def give(number: int) -> None:
        add(filled, *(said(f"{number}-{count}") for count in range(10)))

    threads = [threading.Thread(target=give, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len({row.feedback_id for row in filled.feedback.rows()}) == 80


def test_feedback_follows_its_quote_into_a_new_revision(filled: Collection):
    add(filled, said("moved", filled, "a", "近七成"), said("rewritten", filled, "a", "2.1版本"), said("silent"))
    put(filled, doc("a", "新的开头。近七成收入由专业创作者贡献。近七成！"))
    moved = filled.feedback.rows()[0].cited
    assert moved is not None
    now = present(filled.snapshot(), moved)
    assert now is not None
    assert filled.snapshot().source_text("a", now.revision, now.start, now.end) == "近七成"
    receipt = compact(filled)
    assert (receipt.revisions, receipt.feedback) == (1, 1)
    kept = filled.feedback.rows()
    assert [row.feedback_id for row in kept] == ["moved", "silent"]
    assert kept[0].cited == now


def test_of_two_places_the_nearer_is_taken(filled: Collection):
    put(filled, doc("b", f"{'开头。' * 9}近七成"))
    add(filled, said("one", filled, "b", "近七成"))
    put(filled, doc("b", f"近七成{'开头。' * 8}近七成"))
    cited = filled.feedback.rows()[0].cited
    assert cited is not None
    found = present(filled.snapshot(), cited)
    assert found is not None
    assert found.start == 27


def test_nothing_of_a_deleted_document_is_left_after_compaction(filled: Collection):
    put(filled, doc("gone", f"{SECRET}。"))
    add(filled, said("one", filled, "gone", SECRET, comment=SECRET), said("two", filled, "a", "近七成"))
    assert FEEDBACK in files_with(filled.path, SECRET)
    remove(filled, "gone")
    assert compact(filled).feedback == 1
    assert files_with(filled.path, SECRET) == []
    assert [row.feedback_id for row in filled.feedback.rows()] == ["two"]


def test_clearing_takes_what_it_is_told_off_the_disk(filled: Collection):
    add(filled, said("one", comment=SECRET), said("two", answerable=True, answers=(SECRET,)), said("three"))
    assert filled.feedback.clear(containing=SECRET) == 2
    assert files_with(filled.path, SECRET) == []
    assert filled.feedback.clear(before="2000") == 0
    assert filled.feedback.clear() == 1
    assert filled.feedback.rows() == []


def test_a_backup_has_feedback_and_calibration(filled: Collection, tmp_path: Path):
    add(filled, said("one", filled, "a", "近七成"))
    write_calibration(filled.path / CALIBRATION, {"slope": 1})
    backup(filled, tmp_path / "file")
    back = Collections(tmp_path / "elsewhere", HashEncoder()).create("other")
    restore(tmp_path / "file", back)
    assert back.feedback.rows() == filled.feedback.rows()
    assert read_calibration(back.path / CALIBRATION) == {"slope": 1}


def test_feedback_given_while_the_collection_is_replaced_is_in_the_new_one(filled: Collection, tmp_path: Path):
    backup(filled, tmp_path / "file")
    add(filled, said("lost with the old one"))
    turned = []

    def check() -> None:
        if not turned:
            turned.append(restore(tmp_path / "file", filled, replace=True))

    filled.feedback.add(said("kept"), check)
    assert [row.feedback_id for row in filled.feedback.rows()] == ["kept"]


def test_a_store_that_is_none_is_told(filled: Collection):
    (filled.path / FEEDBACK).write_bytes(b"no database" * 1000)
    with pytest.raises(CorruptIndex, match="readers said"):
        filled.feedback.rows()
