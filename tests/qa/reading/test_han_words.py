"""Han text cut into words."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qa.reading.han_words import han_words


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("事业部由盖坤负责", "事业部 由 盖坤 负责"),
        ("由程一笑任命", "由 程一笑 任命"),
        ("首席财务官金秉在业绩", "首席 财务官 金秉 在 业绩"),
        ("由王开始", "由 王 开始"),
        # Words of the dictionary, and names that jieba finds itself, stay.
        ("官方和高管", "官方 和 高管"),
        ("对于高手", "对于 高手"),
        ("由王建国担任", "由 王建国 担任"),
        ("将军被李明打败", "将军 被 李明 打败"),
    ],
)
def test_names_are_whole(text: str, words: str) -> None:
    assert [word for word, _ in han_words(text)] == words.split()


@given(st.text(alphabet="由被盖坤官金秉在程一笑对王李和说任命负责", max_size=12))
def test_the_words_make_up_the_text(text: str) -> None:
    assert "".join(word for word, _ in han_words(text)) == text
    assert all(word and tag for word, tag in han_words(text))
