"""A collection of any size out of few paragraphs: woven texts are no copies, and a broken-off build goes on."""

from __future__ import annotations

from itertools import islice
from pathlib import Path

from fakes import HashEncoder
from tiny_sets import write_set

from bench.passages import answered_in, contexts, fill, passages_of, woven
from indexer.collection import Collection
from qa.copies import same_text, shingles
from qa.evaluation.gold import Context

RAIN = "北京今天下雨。气温是十二度。风从北边来。明天会放晴。"
CATS = "猫喜欢晒太阳。它们每天睡十六个小时。小猫睡得更久。老猫也爱睡。"
SAILS = "云帆科技成立于2012年。公司创始人是林晓舟。总部设在杭州。员工有三百人。"
ENGLISH = {"a": "It rains today. It is cold.", "b": "Cats sleep long. They like the sun."}


def write_sets(folder: Path) -> None:
    texts = {"rain": RAIN, "cats": CATS, "sails": SAILS}
    write_set(folder, "s", texts, [("明天下雨吗？", "rain", None), ("总部在哪里？", "sails", "杭州")])
    write_set(folder, "t", ENGLISH, [("Who sleeps long?", "b", "Cats")], "en")


def test_a_woven_text_is_half_of_one_and_half_of_the_other() -> None:
    one, other = Context("one", "", RAIN), Context("other", "", CATS)
    first, second = woven(one, other, 1, ""), woven(one, other, 2, "")
    assert first == Context("one+1", "", "气温是十二度。猫喜欢晒太阳。明天会放晴。小猫睡得更久。")
    assert second == Context("one+2", "", "北京今天下雨。它们每天睡十六个小时。风从北边来。老猫也爱睡。")
    texts = [shingles(text) for text in (RAIN, CATS, first.text, second.text)]
    assert not any(same_text(a, b) for at, a in enumerate(texts) for b in texts[:at])


def test_paragraphs_come_first_and_languages_stay_apart(tmp_path: Path) -> None:
    write_sets(tmp_path)
    found = list(contexts(tmp_path))
    assert {each.source for each in found[:5]} == {"rain", "cats", "sails", "a", "b"}
    # Of three paragraphs in Chinese two rounds can be woven, of two in English one.
    assert sorted(each.source for each in found[5:]) == sorted(
        [f"{name}+{number}" for name in ("rain", "cats", "sails") for number in (1, 2)] + ["a+1", "b+1"]
    )
    assert all(each.text.isascii() == (each.source[:1] in ENGLISH) for each in found)
    assert len({each.text for each in found}) == len(found)
    assert found == list(contexts(tmp_path))


def test_a_build_that_was_broken_off_goes_on(tmp_path: Path) -> None:
    write_sets(tmp_path)
    collection = Collection(tmp_path / "large", HashEncoder())
    assert passages_of(collection) == 0
    fill(collection, contexts(tmp_path), 4)
    assert passages_of(collection) == 4
    fill(collection, contexts(tmp_path), 9)
    sources = {document.source for document in collection.snapshot().documents()}
    assert sources == {context.source for context in islice(contexts(tmp_path), 9)}
    commit = collection.snapshot().commit
    fill(collection, contexts(tmp_path), 9)
    assert collection.snapshot().commit == commit


def test_questions_are_those_whose_answer_is_in_the_collection(tmp_path: Path) -> None:
    write_sets(tmp_path)
    assert sorted(answered_in(tmp_path, ["rain", "sails", "b"], 5)) == ["Who sleeps long?", "总部在哪里？"]
    assert answered_in(tmp_path, ["sails"], 5) == ["总部在哪里？"]
    assert len(answered_in(tmp_path, ["sails", "b"], 1)) == 1
