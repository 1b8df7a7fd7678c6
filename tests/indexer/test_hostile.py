"""No input ends the process that reads it, hangs it or fills its memory: each is indexed, or refused with a code.

The inputs go the whole way, in a child process that may take 1.5 GB more than it starts with; one that does not answer
within ten seconds is killed. A third of the made ones and all that are drawn are stored, found again by their own words
and cited to the letter.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from itertools import count

import pytest
from hostile.corpus import PARTS, corpus, sound
from hostile.damage import WAYS, Damage, damaged, inside
from hostile.reader import CODES, Reader
from hostile.words import whole
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

KINDS = sorted({name.split("/")[0] for name in corpus()})
NUMBERS = count()
EXAMPLES = {"damaged": 150, "parts": 40, "text": 160, "values": 50, "bytes": 60}

FRAGMENTS = st.sampled_from(
    [
        *("<p>", "</p>", "<b", "<b ?/p>", "<!--", "-->", "<script>", "</script>", "<h1>", "<title>", "<nav>", "<td>"),
        *("<meta name=author content=", "<a href='", "<pre>", "<![CDATA[", "]]>", "<?xml", "&amp;", "&#x4e2d;", "&#"),
        *("---\n", "...\n", "title: ", "- ", "!!int ", "!!bool ", "&a ", "*a", "<<: ", "? ", "**", "](", "![", "# "),
        *("```\n", "|", "===\n", "> ", "{", "}", "[", "]", ",", ":", '"', "'", "\\", "\\u4e2d", "\\ud800", '"text":'),
        *("null", "1e999", "-", ";", "\t", "=1+1", "99999", "1.5", "2025-06-01", "\n", "\n\n", "\r", " ", "\u3000"),
        *("中", "文字。", "word ", "Dr. ", "?汉", "汉(hǎo)", "?hǎo)", "本公约", "正在阅读", "!", "?", "。", "ﬃ", "İ"),
        *("\ufeff", "\u0301", "\u202e", "\u200d", "\ufffd", "\x00", "\x1b", "\x85", "\u2028", "\U0001f468"),
    ]
)
TEXTS = st.lists(st.builds(str.__mul__, FRAGMENTS, st.sampled_from([1, 1, 1, 2, 7, 400])), max_size=30).map("".join)
SUFFIXES = st.sampled_from([".txt", ".md", ".html", ".csv", ".json", ".jsonl", ".docx", ".pdf", ""])
ENCODINGS = st.sampled_from(["utf-8"] * 6 + ["gb18030", "big5hkscs", "utf-16", "utf-16-le", "cp1252", "utf-32"])
SHARES = st.floats(0, 1, width=16)
DAMAGES = st.lists(st.builds(Damage, st.sampled_from(sorted(WAYS)), SHARES, SHARES, st.integers(0, 65535)), max_size=4)
PLAIN = st.none() | st.booleans() | st.integers() | st.floats() | st.text(st.characters(), max_size=20)
KEYS = st.sampled_from(["title", "date", "tags", "author", "url", "text", "n"]) | st.text(st.characters(), max_size=5)
VALUES = st.recursive(PLAIN, lambda inner: st.lists(inner, max_size=5) | st.dictionaries(KEYS, inner, max_size=5))


def drawn(what: str) -> settings:
    """The same inputs each time. Not made smaller on failure: each step could take ten seconds."""
    return settings(
        max_examples=EXAMPLES[what], derandomize=True, deadline=None, database=None, phases=[Phase.generate]
    )


def numbered(suffix: str) -> str:
    """A name of its own, so that each input is a document of its own."""
    return f"{next(NUMBERS)}{suffix}"


@pytest.fixture(scope="module")
def reader() -> Iterator[Reader]:
    with Reader() as opened:
        yield opened


def test_there_are_a_thousand_inputs_and_codes_to_refuse_them() -> None:
    assert len(corpus()) + sum(EXAMPLES.values()) >= 1000
    assert {"file_broken", "file_bomb", "file_empty", "file_no_text"} <= CODES


@pytest.mark.parametrize("kind", KINDS)
def test_made_inputs_are_indexed_or_refused(reader: Reader, kind: str) -> None:
    failures = []
    for at, name in enumerate(name for name in corpus() if name.startswith(f"{kind}/")):
        try:
            reader.read(name, corpus()[name](), keep=at % 3 == 0)
        except AssertionError as error:
            failures.append(str(error))
    assert not failures, "\n\n".join(failures)
    assert reader.commit()


def test_files_damaged_in_any_way_are_indexed_or_refused(reader: Reader) -> None:
    @drawn("damaged")
    @given(st.sampled_from(sorted(sound())), DAMAGES)
    def run(name: str, damages: list[Damage]) -> None:
        reader.read(numbered(name), damaged(sound()[name], damages), keep=True)

    run()
    assert reader.commit()


def test_word_files_with_damaged_parts_are_indexed_or_refused(reader: Reader) -> None:
    @drawn("parts")
    @given(st.sampled_from(PARTS), DAMAGES)
    def run(part: str, damages: list[Damage]) -> None:
        reader.read(numbered(".docx"), inside(whole(), part, damages), keep=True)

    run()
    assert reader.commit()


def test_texts_of_all_that_formats_mean_something_by_are_indexed_or_refused(reader: Reader) -> None:
    @drawn("text")
    @given(TEXTS, SUFFIXES, ENCODINGS)
    def run(text: str, suffix: str, encoding: str) -> None:
        reader.read(numbered(suffix), text.encode(encoding, "ignore"), keep=True)

    run()
    assert reader.commit()


def test_any_json_is_indexed_or_refused(reader: Reader) -> None:
    @drawn("values")
    @given(st.dictionaries(KEYS, VALUES, max_size=6) | VALUES, st.booleans())
    def run(value: object, lines: bool) -> None:
        text = json.dumps(value)
        data = (text + "\n" + text if lines else text).encode()
        reader.read(numbered(".jsonl" if lines else ".json"), data, keep=True)

    run()
    assert reader.commit()


def test_any_bytes_are_indexed_or_refused(reader: Reader) -> None:
    @drawn("bytes")
    @given(st.binary(max_size=400), SUFFIXES)
    def run(data: bytes, suffix: str) -> None:
        reader.read(numbered(suffix), data, keep=True)

    run()
