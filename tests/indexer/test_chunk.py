from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from indexer.chunk import ChunkSpan, chunk
from indexer.documents import Mark, Readable
from indexer.offsets import OffsetMap
from indexer.sentences import sentences


def split(text: str) -> list[str]:
    return [text[start:end] for start, end in sentences(text)]


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        (
            "收入增长。利润下降!为什么?因为成本;还有税。",
            ["收入增长。", "利润下降!", "为什么?", "因为成本;", "还有税。"],
        ),
        ("他说:“好。”然后走了。", ["他说:“好。”", "然后走了。"]),
        ("问到「边界是什么?」时,他停了。", ["问到「边界是什么?」时,他停了。"]),
        ("第一行\n第二行\n\n第三行", ["第一行", "第二行", "第三行"]),
        ("有三项:• 一 • 二", ["有三项:", "• 一", "• 二"]),
        ("It rose 1.5% to 2.1 million. Then it fell.", ["It rose 1.5% to 2.1 million.", "Then it fell."]),
        (
            "In the U.S. Mr. Cheng spoke, e.g. about AI. Really?",
            ["In the U.S. Mr. Cheng spoke, e.g. about AI.", "Really?"],
        ),
        ("See http://a.b/c?d=e now! Ok.", ["See http://a.b/c?d=e now!", "Ok."]),
        ("版本2.1发布……很好", ["版本2.1发布……", "很好"]),
        ("", []),
        (" \n ", []),
    ],
)
def test_sentences_end_where_they_should(text: str, parts: list[str]) -> None:
    assert split(text) == parts


def readable(text: str, *marks: Mark) -> Readable:
    return Readable(text, OffsetMap.identity(len(text)), marks)


def texts(text: str, spans: list[ChunkSpan]) -> list[str]:
    return [text[span.text_start : span.text_end] for span in spans]


def test_chunks_are_filled_with_whole_sentences() -> None:
    text = "这是一个有十五个字的短句子呀。" * 50
    spans = chunk(readable(text), 100)
    assert all(60 <= span.text_end - span.text_start <= 125 for span in spans[:-1])
    assert all(part.endswith("。") for part in texts(text, spans))


def test_english_chunks_hold_about_as_much_meaning() -> None:
    text = "This is an ordinary sentence of ten quite common words. " * 60
    lengths = [span.text_end - span.text_start for span in chunk(readable(text))]
    assert all(800 <= length <= 1300 for length in lengths[:-1])


def test_a_heading_goes_with_what_follows_it() -> None:
    text = "正文的一句话在这里。" * 9 + "\n02 新的一节\n" + "正文的另一句话在这。" * 9
    parts = texts(text, chunk(readable(text), 95))
    assert parts[1].startswith("02 新的一节\n正文")


def test_a_paragraph_end_near_the_target_is_preferred() -> None:
    first, second = "一段话里的一句。" * 9, "另段话里的一句。" * 9
    assert texts(first + "\n" + second, chunk(readable(first + "\n" + second), 100)) == [first, second]


def test_a_scrap_at_the_end_joins_the_chunk_before() -> None:
    text = "一段话里的一句。" * 12 + "完。"
    assert texts(text, chunk(readable(text), 96)) == [text]


def test_marked_text_is_chunked_apart() -> None:
    text = "正文一句。\n声明一句。\n副本一句。\n正文一句。"
    spans = chunk(readable(text, Mark(6, 11, "boilerplate"), Mark(12, 17, "copy"), Mark(0, 1, "broken")))
    assert [(span.boilerplate, span.copy) for span in spans] == [
        (False, False),
        (True, False),
        (False, True),
        (False, False),
    ]


def test_a_sentence_without_an_end_is_cut_at_commas() -> None:
    text = ",".join(["一个没有句号的很长的句子"] * 100)
    spans = chunk(readable(text), 100)
    assert all(span.text_end - span.text_start <= 126 for span in spans)
    assert all(part.endswith((",", "句子")) for part in texts(text, spans))


def test_a_size_below_one_is_refused() -> None:
    with pytest.raises(ValueError, match="at least 1"):
        chunk(readable("x"), 0)


PIECES = st.lists(
    st.sampled_from(
        [
            "中文",
            "word ",
            "。",
            "!",
            "?",
            "\n",
            "\n\n",
            "; ",
            "• ",
            "”",
            "1.5",
            ". ",
            "A",
            " ",
            "\u3000",
            "标题\n",
            "\U0001f600",
        ]
    ),
    max_size=150,
).map("".join)


@given(PIECES, st.integers(5, 60), st.data())
def test_chunks_cover_the_text_in_order_without_overlap(text: str, size: int, data: st.DataObject) -> None:
    low = data.draw(st.integers(0, len(text)))
    high = data.draw(st.integers(low, len(text)))
    spans = chunk(readable(text, Mark(low, high, "boilerplate")), size)
    at = 0
    for span in spans:
        assert not text[at : span.text_start].strip()
        assert text[span.text_start : span.text_end].strip()
        assert span.sentences[0][0] == span.text_start
        assert span.sentences[-1][1] == span.text_end
        for (_, end), (start, _) in zip(span.sentences, span.sentences[1:], strict=False):
            assert end <= start
            assert not text[end:start].strip()
        at = span.text_end
    assert not text[at:].strip()


@given(PIECES)
def test_no_sentence_that_fits_is_cut(text: str) -> None:
    whole = {entry for span in chunk(readable(text), 60) for entry in span.sentences}
    for start, end in sentences(text):
        if end - start <= 60:
            assert (start, end) in whole
