"""Glossary files and the names found with them."""

from __future__ import annotations

from pathlib import Path

import pytest

from indexer.errors import ConfigError
from qa.glossary import Glossary

KLING = ["可灵", "Kling", "Keling"]


def write(folder: Path, name: str, text: str) -> Path:
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return path


@pytest.mark.parametrize("text", ["可灵", "可靈", "kling", "KLING", "Ｋｌｉｎｇ"])
def test_script_case_and_width_make_no_difference(text: str) -> None:
    (alias,) = Glossary([KLING]).find(f"在{text}上")
    assert (alias.start, alias.end, alias.term) == (1, 1 + len(text), text)


def test_the_other_names_come_along() -> None:
    (alias,) = Glossary([KLING]).find("What is Kling?")
    assert alias.others == ("可灵", "Keling")


@pytest.mark.parametrize("text", ["Klingon", "inkling", "Kling2", "kling_ai2x".replace("_", "")])
def test_a_latin_name_stands_as_a_whole_word(text: str) -> None:
    assert Glossary([KLING]).find(text) == ()


def test_a_latin_name_may_touch_han_characters() -> None:
    assert len(Glossary([KLING]).find("用Kling生成")) == 1


def test_the_longest_name_wins() -> None:
    glossary = Glossary([["阿里", "Alibaba"], ["阿里云", "Alibaba Cloud"]])
    assert [alias.term for alias in glossary.find("阿里云和阿里")] == ["阿里云", "阿里"]


def test_a_case_sensitive_name_needs_its_letters(tmp_path: Path) -> None:
    path = write(tmp_path, "g.toml", '[[entry]]\nterms = ["五月科技", "May"]\ncase_sensitive = true\n')
    glossary = Glossary.load([path])
    assert len(glossary.find("May grew")) == 1
    assert glossary.find("it may grow") == ()


def test_later_files_add_to_earlier_ones(tmp_path: Path) -> None:
    first = write(tmp_path, "a.toml", '[[entry]]\nterms = ["快手", "Kuaishou"]\n')
    second = write(tmp_path, "b.toml", '[[entry]]\nterms = ["快手", "Kwai"]\n[[entry]]\nterms = ["知乎", "Zhihu"]\n')
    glossary = Glossary.load([first, second])
    assert glossary.entries == (("快手", "Kuaishou", "Kwai"), ("知乎", "Zhihu"))


def test_entries_that_share_a_name_become_one() -> None:
    glossary = Glossary([["a1", "b1"], ["c1", "d1"], ["B1", "c1"]])
    assert glossary.entries == (("a1", "b1", "c1", "d1"),)


def test_an_empty_glossary_finds_nothing() -> None:
    assert Glossary().find("可灵") == ()


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("[[entry]]\nterms = []\n", "entry 1"),
        ('[[entry]]\nterms = ["a"]\n', "entry 1"),
        ('[[entry]]\nterms = ["a", "b"]\n[[entry]]\nterms = ["c", 1]\n', "entry 2"),
        ('[[entry]]\nterms = ["a", "b"]\nlang = "zh"\n', "lang"),
        ('[[entry]]\nterms = ["a", "b"]\ncase_sensitive = 1\n', "case_sensitive"),
        ("entry = 3\n", "entry"),
        ("[other]\n", "other"),
        ("not toml", "TOML"),
    ],
)
def test_a_malformed_file_is_named_with_its_entry(tmp_path: Path, text: str, told: str) -> None:
    path = write(tmp_path, "bad.toml", text)
    with pytest.raises(ConfigError) as caught:
        Glossary.load([path])
    assert "bad.toml" in caught.value.message
    assert told in caught.value.message


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"missing\.toml"):
        Glossary.load([tmp_path / "missing.toml"])
