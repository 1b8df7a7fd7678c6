"""Each format: what it says about itself, what is read, and where that stands in the source text."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from textmaking import document, docx, loaded, marked, pdf, source_of

from indexer.clean import clean
from indexer.documents import page_at
from indexer.formats import by_media_type, by_suffix, sniff
from indexer.formats.dates import iso_date
from indexer.load import SUFFIXES, load_bytes

PAGE = """<!DOCTYPE html><html><head>
<title>Report &amp; outlook</title>
<meta property="article:published_time" content="2025-06-01T08:00:00+08:00">
<meta name="author" content='A. Writer'>
<script>if (a < b) { document.write("<p>never</p>") }</script><style>p { color: red }</style></head>
<body><nav><ul><li>News</li><li>Money</li></ul></nav>
<article><h1>Outlook</h1><!-- <p>hidden</p> --><p>First&nbsp;paragraph,
on two lines &#x4e2d;&lt;b&gt;.</p><p>Bo<b>ld</b> word.</p>
<table><tr><th>Year</th><th>Sales</th></tr><tr><td>2024</td><td>7</td></tr></table></article>
<div class="related-posts"><a href="/x">Other story</a></div><footer>Imprint</footer></body></html>"""


def test_html_tells_title_date_and_author() -> None:
    page = loaded(PAGE, "a.html")
    assert (page.title, page.published, page.metadata["author"]) == (
        "Report & outlook",
        "2025-06-01",
        "A. Writer",
    )
    assert page.text == PAGE


def test_html_reads_as_its_visible_text_and_maps_to_the_raw_page() -> None:
    readable = clean(loaded(PAGE, "a.html"))
    for gone in ("never", "color", "hidden", "<p>"):
        assert gone not in readable.text
    assert "First paragraph, on two lines 中<b>.\n" in readable.text
    assert "Bold word." in readable.text
    assert "Year | Sales\n" in readable.text
    assert "2024 | 7" in readable.text
    assert source_of(PAGE, readable, "paragraph, on two lines 中<b>") == ("paragraph,\non two lines &#x4e2d;&lt;b&gt;")
    assert source_of(PAGE, readable, "Bold") == "Bo<b>ld"


def test_html_navigation_footer_and_related_blocks_are_marked() -> None:
    readable = clean(loaded(PAGE, "a.html"))
    apart = "\n".join(marked(readable, "boilerplate"))
    for word in ("News", "Money", "Other story", "Imprint"):
        assert word in apart
    for word in ("Outlook", "First", "2024"):
        assert word not in apart


@pytest.mark.parametrize(
    ("page", "text"),
    [
        ("<p>open <b>and never closed", "open and never closed"),
        ("a < b and c > d", "a < b and c > d"),
        ("<p title='a > b'>x</p>", "x"),
        ("x<script>y", "x"),
        ("x<!-- y", "x"),
        ("</div></div>x", "x"),
        ("<nav>menu <p>x", "menu\nx"),
    ],
)
def test_broken_html_is_read_as_far_as_it_goes(page: str, text: str) -> None:
    assert clean(document(page, "text/html")).text == text


def test_markdown_front_matter_names_the_document() -> None:
    text = "---\ntitle: Q1\npublisher: Some Paper\npublished: 2025-05-30\ntags: [a, b]\n---\n# Other\n\nBody.\n"
    page = loaded(text, "a.md")
    assert (page.title, page.published) == ("Q1", "2025-05-30")
    assert page.metadata == {"publisher": "Some Paper", "tags": "a, b"}
    assert clean(page).text == "Other\n\nBody."


@pytest.mark.parametrize("front", ["a: [", "a: &x [*x, *x]", "!!python/object:os.system {}", "- list", "a: 2025-13-45"])
def test_bad_front_matter_is_no_error(front: str) -> None:
    page = loaded(f"---\n{front}\n---\n# Heading #\n\nBody.\n", "a.md")
    assert page.title == "Heading"
    assert "Body." in clean(page).text


@pytest.mark.parametrize(
    ("source", "readable"),
    [
        ("**bold** and *it* and __b__", "bold and it and b"),
        ("see [the *report*](http://x.y/z 'a') now", "see [the report](http://x.y/z 'a') now"),
        ("see [the *report*](http://x.y/z) now", "see the report now"),
        ("![alt](a.png)", "alt"),
        ("use `code_x` and snake_case_name", "use code_x and snake_case_name"),
        ("- item\n* item 2\n+ [ ] task", "item\nitem 2\ntask"),
        ("> quoted\n> text", "quoted\ntext"),
        ("| a | b |\n|---|---|\n| 1 | 2 |", "| a | b |\n\n| 1 | 2 |"),
        ("Title\n=====\ntext", "Title\n\ntext"),
        ("```python\nx = 1\n```", "x = 1"),
        ("1 \\* 2 <b>x</b><!-- note -->", "1 * 2 x"),
        ("1. one\n2. two", "1. one\n2. two"),
        ("3 * 4 * 5", "3 * 4 * 5"),
    ],
)
def test_markdown_marks_go_and_words_stay(source: str, readable: str) -> None:
    assert clean(document(source, "text/markdown")).text == readable


def test_csv_rows_name_their_columns_and_map_to_their_cells() -> None:
    source = 'name,price,note\nPro,66,"says ""hi"", loudly"\nMax,,"two\nlines"\r\n'
    readable = clean(loaded(source, "a.csv"))
    assert readable.text == (
        'name; price; note\nname: Pro; price: 66; note: says "hi", loudly\nname: Max; note: two lines'
    )
    assert source_of(source, readable, "66") == "66"
    assert source_of(source, readable, 'says "hi", loudly') == 'says ""hi"", loudly'


def test_csv_without_a_header_keeps_its_cells() -> None:
    assert clean(document("1;2\n3;4", "text/csv")).text == "1; 2\n3; 4"


def test_json_reads_as_keys_and_unescaped_values() -> None:
    source = (
        '{"title": "T", "date": "2025年6月1日", "body": "one\\ntwo \\u4e2d \\ud83d\\ude00 \\"q\\"", "n": [1.5, null]}'
    )
    page = loaded(source, "a.json")
    assert (page.title, page.published) == ("T", "2025-06-01")
    readable = clean(page)
    assert readable.text == 'title: T\ndate: 2025年6月1日\none\ntwo 中 😀 "q"\nn:\n1.5\nnull'
    assert source_of(source, readable, "two 中 😀") == "two \\u4e2d \\ud83d\\ude00"


def test_json_text_reads_without_its_key() -> None:
    source = '{"text": "可灵\\n发布", "body" :"新版本", "note": "text"}'
    page = clean(loaded(source, "a.json"))
    assert page.text == "可灵\n发布\n新版本\nnote: text"
    assert source[slice(*page.map.to_lower(0, 2))] == "可灵"


def test_json_lines_are_documents_of_lines() -> None:
    assert clean(loaded('{"a": "x"}\n\n{"a": "y:z"}\n', "a.jsonl")).text == "a: x\n\na: y:z"


def test_pdf_text_knows_its_pages() -> None:
    page = load_bytes(pdf(["The first page ends here."], ["Then the second one."]), "a.pdf")
    assert len(page.page_starts) == 2
    at = page.text.index("second")
    assert page_at(page.page_starts, at) == 2
    assert page_at(page.page_starts, 0) == 1
    assert "second one" in clean(page).text


def test_pdf_lines_of_one_sentence_are_joined() -> None:
    lines = "The revenue of the com-\npany grew in this long\nquarter by a third.\nA new sentence starts."
    text = clean(document(lines, "application/pdf")).text
    assert text == "The revenue of the company grew in this long quarter by a third.\nA new sentence starts."
    han = "这家公司今年第一季度的收入比去年\n同期增长了三分之一,达到新高。\n第二段从这里开始,说的是别的事情。"
    assert clean(document(han, "application/pdf")).text == han.replace("年\n同", "年同")


def test_pdf_running_heads_are_marked() -> None:
    pages = [["Annual report", f"Body text number {n} is here.", "More of it here.", f"Page {n}"] for n in range(4)]
    readable = clean(load_bytes(pdf(*pages), "a.pdf"))
    assert len(marked(readable, "boilerplate")) >= 4
    apart = "\n".join(marked(readable, "boilerplate"))
    assert "Annual report" in apart
    assert "Body" not in apart


def test_word_paragraphs_and_tables_are_lines_in_order() -> None:
    word = load_bytes(docx("First.", "Second.", rows=[["Year", "Sales"], ["2024", "7"]], title="Report"), "a.docx")
    assert word.title == "Report"
    assert word.text == "First.\nSecond.\nYear | Sales\n2024 | 7"


def test_suffix_then_media_type_then_bytes_decide_the_format() -> None:
    assert by_suffix("a/b.HTML") is by_media_type("text/html; charset=utf-8")
    assert by_suffix("noname") is None
    assert sniff(b"%PDF-1.7").media_type == "application/pdf"
    assert sniff(b"\n<!doctype HTML>").media_type == "text/html"
    assert sniff(b"words").media_type == "text/plain"
    assert {".txt", ".md", ".markdown", ".html", ".htm", ".pdf", ".docx", ".csv", ".json", ".jsonl"} <= set(SUFFIXES)


@pytest.mark.parametrize(
    ("written", "iso"),
    [
        ("2025-06-01T08:00:00Z", "2025-06-01"),
        ("2025年6月1日", "2025-06-01"),
        ("June 1, 2025", "2025-06-01"),
        ("20250601", "2025-06-01"),
        ("2025-02-30", None),
        ("yesterday", None),
        (12, None),
    ],
)
def test_dates_are_read_as_iso_dates(written: object, iso: str | None) -> None:
    assert iso_date(written) == iso


MARKUP = st.lists(
    st.sampled_from(
        [
            *("<p>", "</p>", "<b", "<!--", "-->", "<script>", "</script>", "&amp;", "&#x4e2d;", "<a href='"),
            *("**", "](", "---", "中", "word", "\\u4e2d", "\\ud800", "\ufeff"),
            *">'\"`*_[)#\n |{}:,\\",
        ]
    ),
    max_size=40,
).map("".join)
TYPES = ["text/plain", "text/html", "text/markdown", "text/csv", "application/json", "application/pdf"]


@given(MARKUP, st.sampled_from(TYPES))
def test_any_text_is_readable_in_any_format_and_maps_into_its_source(text: str, media_type: str) -> None:
    readable = clean(document(text, media_type))
    for piece in readable.map.pieces:
        assert 0 <= piece.lower_start <= piece.lower_end <= len(text)
    assert (readable.map.pieces[-1].upper_end if readable.map.pieces else 0) == len(readable.text)
    for mark in readable.marks:
        assert 0 <= mark.start < mark.end <= len(readable.text)


@given(
    st.lists(st.text("abc中文。,", min_size=1, max_size=12), min_size=1, max_size=8),
    st.sampled_from(TYPES[:4]),
)
def test_plain_words_are_copied_letter_by_letter(words: list[str], media_type: str) -> None:
    text = "\n".join(words)
    readable = clean(document(text, media_type))
    for piece in readable.map.pieces:
        if piece.copied:
            upper = readable.text[piece.upper_start : piece.upper_end]
            lower = text[piece.lower_start : piece.lower_end]
            assert [a for a in upper if not a.isspace()] == [b for b in lower if not b.isspace()]
