from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from indexer.decode import Decoded, decode
from indexer.errors import LoadError

SIMPLIFIED = "这家公司今年第一季度的收入超过一亿元,用户来自全国各地。"
TRADITIONAL = "這家公司今年第一季度的收入超過一億元,用戶來自全國各地。"


@pytest.mark.parametrize(
    ("text", "encoding"),
    [
        (SIMPLIFIED, "gb18030"),
        (TRADITIONAL, "gb18030"),
        (TRADITIONAL, "big5"),
        (SIMPLIFIED, "utf-8"),
        (SIMPLIFIED, "utf-16-le"),
        (SIMPLIFIED, "utf-16-be"),
        ("Revenue rose by 12 percent.", "utf-16-le"),
        ("Revenue rose by 12 percent.", "utf-16-be"),
        ("Le café était fermé à Genève, déjà vu. Un été sans fin.", "cp1252"),
        ("これは日本語の文章です。東京は大きい。", "shift_jis"),
    ],
)
def test_unmarked_encodings_are_told_apart(text: str, encoding: str) -> None:
    assert decode(text.encode(encoding)).text == text


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16"])
def test_a_byte_order_mark_stays_a_character_of_the_text(encoding: str) -> None:
    assert decode(SIMPLIFIED.encode(encoding)).text == "\ufeff" + SIMPLIFIED


def test_newlines_are_untouched() -> None:
    assert decode(b"a\r\nb\rc\n").text == "a\r\nb\rc\n"


def test_a_few_broken_bytes_are_replaced_and_counted() -> None:
    data = (SIMPLIFIED * 20).encode()
    decoded = decode(data[:91] + b"\xff" + data[91:])
    assert (decoded.encoding, decoded.broken) == ("utf-8", decoded.text.count("\ufffd"))
    assert 1 <= decoded.broken <= 3
    assert decoded.text.replace("\ufffd", "")[-200:] == (SIMPLIFIED * 20)[-200:]


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"", "file_empty"),
        (b" \r\n\t", "file_empty"),
        (b"\xef\xbb\xbf\n", "file_empty"),
        (b"\x00" * 100, "file_empty"),
        (b"%PDF-1.4\n...", "file_binary"),
        (b"PK\x03\x04" + bytes(range(256)), "file_binary"),
        (b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 4, "file_binary"),
        (bytes(range(256)) * 8, "file_binary"),
    ],
)
def test_what_is_no_text_is_refused_with_its_code(data: bytes, code: str) -> None:
    with pytest.raises(LoadError) as raised:
        decode(data)
    assert raised.value.error_code == code


def test_too_much_text_is_refused() -> None:
    with pytest.raises(LoadError) as raised:
        decode(b"abcdef", max_chars=5)
    assert raised.value.error_code == "file_too_large"


def text_or_code(data: bytes) -> Decoded | str:
    try:
        return decode(data)
    except LoadError as refused:
        return refused.error_code


@given(st.binary(max_size=300))
def test_any_bytes_give_a_text_or_a_load_error(data: bytes) -> None:
    result = text_or_code(data)
    if isinstance(result, str):
        assert result in {"file_empty", "file_binary", "file_broken"}
    else:
        assert result.text
        result.text.encode("utf-8")  # no lone surrogates


@given(st.text(min_size=1, max_size=200).filter(lambda text: text.strip("\ufeff\x00 \t\r\n\u3000")))
def test_utf8_reads_like_python_reads_it_or_counts_as_binary(text: str) -> None:
    data = text.encode("utf-8", "replace")
    result = text_or_code(data)
    if isinstance(result, str):
        assert result == "file_binary"
    elif result.encoding == "utf-8":
        assert result.text == data.decode("utf-8")
