"""Broken and hostile files, one case for each thing that once went wrong with them."""

from __future__ import annotations

import zlib

import pytest
from hostile.sheets import SHOWN, deep_tree, forms, page, unfolding
from hostile.words import WORD, body, squeezed, table, understated
from textmaking import docx, loaded, zipped

from indexer.clean import clean
from indexer.dedupe import copies
from indexer.documents import Document
from indexer.errors import LoadError
from indexer.formats.base import add
from indexer.load import LoadLimits, load_bytes
from indexer.offsets import Edit
from indexer.sentences import sentences

QUICK = LoadLimits(max_pdf_seconds=1, max_pdf_memory=200_000_000)


def refusal(data: bytes, source: str, limits: LoadLimits = QUICK) -> tuple[str, str]:
    """The code and the message."""
    with pytest.raises(LoadError) as raised:
        load_bytes(data, source, limits=limits)
    return raised.value.error_code, raised.value.message


def told(text: str, source: str) -> Document:
    """A document whose every word about itself can be stored."""
    document = loaded(text, source)
    for value in (document.title, *document.metadata, *map(str, document.metadata.values())):
        value.encode()
    return document


# ------------------------------------------------------------------ text


def test_what_looks_like_a_broken_tag_may_stand_inside_of_a_whole_one() -> None:
    assert clean(loaded("words <b ?/p> more?/p>words", "a.txt")).text == "words more\ufffd\nwords"


@pytest.mark.timeout(30)
@pytest.mark.parametrize("run", ["!" * 200_000, "?!" * 100_000, "!" + ")" * 200_000])
def test_a_long_run_of_signs_is_gone_through_once(run: str) -> None:
    text = f"a{run}a"
    assert sentences(text) == [(0, len(text))]


def test_a_run_of_signs_still_ends_a_sentence() -> None:
    assert sentences("Really?!! Yes!) 好!」是") == [(0, 9), (10, 15), (16, 19), (19, 20)]


def test_a_paragraph_of_any_length_is_a_copy_of_its_like() -> None:
    line = "".join(chr(0x4E00 + at * 7 % 20_000) for at in range(120_000))
    assert copies(f"{line}\n{line}") == [(len(line) + 1, 2 * len(line) + 1)]


# ------------------------------------------------------------------ HTML


@pytest.mark.timeout(30)
@pytest.mark.parametrize("name", ["h1", "title"])
def test_headings_without_an_end_are_not_looked_through_for_each_other(name: str) -> None:
    assert loaded(f"<{name}>" * 200_000 + "words", "a.html").title == "a"


def test_an_empty_heading_gives_way_to_the_next() -> None:
    assert loaded("<h1><img src=a></h1><h1>Words</h1><h1>More</h1>", "a.html").title == "Words"


def test_a_characters_number_may_have_any_length() -> None:
    page = told(f'<meta name="author" content="&#{"9" * 5000}; A">words', "a.html")
    assert str(page.metadata["author"]).endswith(" A")


def test_tags_that_touch_are_one_edit() -> None:
    assert clean(loaded("<b><i></p><p>words</b> <br><br>", "a.html")).fixes["markup"] == 3
    edits: list[Edit] = []
    for edit in (Edit(0, 1, "\n"), Edit(1, 2), Edit(2, 3, "\n\n"), Edit(3, 4, "x"), Edit(4, 5, " "), Edit(6, 7, " ")):
        add(edits, edit)
    assert edits == [Edit(0, 3, "\n\n"), Edit(3, 4, "x"), Edit(4, 5, " "), Edit(6, 7, " ")]


# ------------------------------------------------------------------ what a file says about itself


@pytest.mark.parametrize(
    "front",
    [
        *("a: !!bool maybe", "a: !!int ''", "a: !!float ''", "a: !!timestamp x", f"a: [0x{'f' * 6000}]"),
        *(f"0x{'f' * 6000}: a", f"a: 0x{'f' * 6000}", "a: 0001-01-01T00:00:00+23:59"),
    ],
)
def test_front_matter_that_does_not_fit_its_tags_is_left_out(front: str) -> None:
    document = told(f"---\n{front}\n---\n# Heading\n\nBody.\n", "a.md")
    assert document.title == "Heading"
    assert not document.metadata or front.startswith("a: 0001")


@pytest.mark.parametrize(
    ("text", "source"),
    [
        ('{"title": "\\ud800 half", "author": "\\udfff", "tags": ["\\ud800"], "text": "words"}', "a.json"),
        ('---\ntitle: "\\ud800 half"\n"\\udfff": "\\udfff"\n---\nwords', "a.md"),
    ],
)
def test_half_a_surrogate_pair_is_replaced(text: str, source: str) -> None:
    assert told(text, source).title == "? half"


def test_whole_numbers_that_no_client_reads_are_told_as_text() -> None:
    document = told('{"url": 123456789012345678901234567890, "category": 7, "text": "words"}', "a.json")
    assert document.metadata == {"url": "123456789012345678901234567890", "category": 7}


def test_what_a_file_says_about_itself_is_cut_to_what_somebody_reads() -> None:
    document = told(f'{{"title": "{"t" * 9000}", "author": "{"a" * 90_000}", "text": "words"}}', "a.json")
    assert (len(document.title), len(str(document.metadata["author"]))) == (500, 10_000)


# ------------------------------------------------------------------ JSON and CSV


def test_json_numbers_may_have_any_length() -> None:
    assert "words" in clean(told(f'{{"a": {"9" * 5000}, "text": "words"}}', "a.json")).text
    assert refusal(b"[" + b"9" * 5000 + b",", "a.json")[0] == "file_broken"


def test_json_tags_are_those_that_can_be_written_in_a_line() -> None:
    assert told('{"tags": ["a", {"b": 1}, [2], null, 3], "text": "x"}', "a.json").metadata == {"tags": "a, 3"}


def test_json_that_is_punctuation_is_few_edits() -> None:
    text = '[{"a": ""}, [[], {}],\n  "", "b"]'
    assert clean(loaded(text, "a.json")).text == "a:\n\nb"


def test_a_table_that_its_header_blows_up_is_refused() -> None:
    limits = LoadLimits(max_chars=20_000)
    header = ",".join(f"{at:050d}n" for at in range(100)) + "\n"
    assert load_bytes((header + "1," * 99 + "1\n").encode(), "a.csv", limits=limits).text
    code, message = refusal((header + ("1," * 99 + "1\n") * 9).encode(), "a.csv", limits)
    assert code == "file_too_large"
    assert "header" in message


# ------------------------------------------------------------------ Word


def test_a_word_file_may_lie_about_the_size_of_a_part_in_vain() -> None:
    code, message = refusal(understated(3_000_000), "a.docx")
    assert code == "file_bomb"
    assert "more than it tells" in message


def test_a_word_file_of_more_elements_than_memory_is_refused() -> None:
    assert refusal(body("<w:p/>" * 1000), "a.docx", LoadLimits(max_marks=900))[0] == "file_bomb"


@pytest.mark.parametrize("method", [12, 14])
def test_a_word_file_packed_otherwise_than_word_does_is_refused(method: int) -> None:
    assert refusal(squeezed(method), "a.docx")[0] == "file_broken"


def test_entities_behind_a_long_comment_are_found_too() -> None:
    late = body(WORD, f'<!--{"x" * 9000}--><!DOCTYPE a [<!ENTITY b "b">]>')
    assert refusal(late, "a.docx")[0] == "file_bomb"


@pytest.mark.parametrize("xml", [b"<a/>", b"<w:document xmlns:w='x'/>", b"<a", b""])
def test_a_word_file_without_a_body_is_broken(xml: bytes) -> None:
    assert refusal(zipped({"[Content_Types].xml": xml, "word/document.xml": xml}), "a.docx")[0] == "file_broken"


def test_a_cell_may_claim_any_width() -> None:
    assert load_bytes(body(table('<w:gridSpan w:val="1000000000"/>', 2)), "a.docx").text == "c\nc"


def test_a_cell_merged_over_rows_is_told_in_each() -> None:
    first, later = '<w:vMerge w:val="restart"/>', "<w:vMerge/>"

    def cell(text: str, merge: str = "", span: int = 1) -> str:
        about = f'<w:tcPr><w:gridSpan w:val="{span}"/>{merge}</w:tcPr>'
        return f"<w:tc>{about}<w:p><w:r><w:t>{text}</w:t></w:r></w:p></w:tc>"

    rows = [
        cell("2024", first) + cell("a") + cell("b"),
        cell("", later) + cell("wide", span=2),
        cell("2025") + cell("c") + cell("d"),
        *[cell("", later)] * 2000,
    ]
    text = load_bytes(body("<w:tbl>" + "".join(f"<w:tr>{row}</w:tr>" for row in rows) + "</w:tbl>"), "a.docx").text
    assert text.split("\n")[:4] == ["2024 | a | b", "2024 | wide", "2025 | c | d", ""]


def test_words_are_read_from_tables_in_tables_and_from_links() -> None:
    deep = "<w:tbl><w:tr><w:tc>" * 20 + WORD + "</w:tc></w:tr></w:tbl>" * 20
    run = "<w:r><w:t>here</w:t><w:tab/><w:t>now</w:t></w:r>"
    link = f"<w:p><w:r><w:t>see </w:t></w:r><w:hyperlink>{run}</w:hyperlink></w:p>"
    breaks = '<w:p><w:r><w:t>a</w:t><w:br/><w:t>b</w:t><w:br w:type="page"/><w:noBreakHyphen/><w:t>c</w:t></w:r></w:p>'
    assert load_bytes(body(deep + link + breaks), "a.docx").text.split("\n")[-4:] == [
        "word",
        "see here\tnow",
        "a",
        "b-c",
    ]


# ------------------------------------------------------------------ PDF


@pytest.mark.parametrize(
    "data", [forms(7, 10), forms(30, 2), unfolding(2, megabytes=300)], ids=["forms", "doubling", "blanks"]
)
def test_a_pdf_that_unfolds_without_an_end_is_stopped(data: bytes) -> None:
    code, message = refusal(data, "a.pdf")
    assert code == "file_bomb"
    assert "memory" in message


def test_a_pdf_that_takes_too_long_is_stopped() -> None:
    code, message = refusal(forms(8, 10), "a.pdf", LoadLimits(max_pdf_seconds=1, max_pdf_memory=4_000_000_000))
    assert code == "file_bomb"
    assert "seconds" in message


def test_more_pages_may_take_more_time() -> None:
    kids = b"4 0 R " * 300
    many = page(zlib.compress(SHOWN * 20), b"/Filter /FlateDecode").replace(
        b"/Kids [4 0 R] /Count 1", b"/Kids [%s] /Count 300" % kids
    )
    assert len(load_bytes(many, "a.pdf", limits=QUICK).page_starts) == 300


def test_a_pdf_of_any_depth_is_read_or_refused() -> None:
    assert "Some words" in load_bytes(deep_tree(500), "a.pdf", limits=QUICK).text


def test_a_torn_title_of_a_pdf_is_none() -> None:
    torn = page(SHOWN, others=[b"<< /Title <FEFFD800> /Author (A) >>"], trailer=b"/Info 6 0 R")
    document = load_bytes(torn, "a.pdf")
    assert (document.title, document.metadata) == ("a", {"author": "A"})


def test_sound_files_are_sound() -> None:
    assert load_bytes(docx("Words."), "a.docx").text == "Words."
    assert "Some words are here." in load_bytes(page(SHOWN), "a.pdf").text
