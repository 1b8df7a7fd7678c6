import zlib

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from indexer.offsets import Edit, apply_edits
from indexer.packing import ChunkTokens, pack_sentences, pack_text, unpack_sentences, unpack_text

IDS = st.lists(st.lists(st.integers(0, 2**18 - 1), max_size=40), max_size=6)


def chunk(sentences: list[list[int]]) -> ChunkTokens:
    flat = np.asarray([token for sentence in sentences for token in sentence], np.int32)
    counts = np.asarray([len(sentence) for sentence in sentences], np.int64)
    norms = np.arange(1, len(sentences) + 1, dtype=np.float32) / 2
    return ChunkTokens(flat, counts, np.asarray([len(sentences)]), norms, np.asarray([0.25], np.float32))


@given(st.lists(IDS, max_size=5))
def test_tokens_of_many_chunks_come_back(chunks: list[list[list[int]]]):
    packed = [chunk(sentences).pack() for sentences in chunks]
    found = ChunkTokens.unpack(packed)
    flat = [token for sentences in chunks for sentence in sentences for token in sentence]
    assert found.ids.tolist() == flat
    assert found.counts.tolist() == [len(sentence) for sentences in chunks for sentence in sentences]
    assert found.sentences.tolist() == [len(sentences) for sentences in chunks]
    assert found.norms.tolist() == [number / 2 for sentences in chunks for number in range(1, len(sentences) + 1)]
    assert found.whole.tolist() == [0.25] * len(chunks)


def test_a_token_beyond_eighteen_bits_is_refused():
    with pytest.raises(ValueError, match="cannot be packed"):
        chunk([[2**18]]).pack()


@given(IDS.filter(lambda sentences: any(sentences)), st.data())
def test_tokens_that_are_cut_short_or_too_long_are_refused(sentences: list[list[int]], data: st.DataObject):
    packed = chunk(sentences).pack()
    cut = data.draw(st.integers(0, len(packed) - 1))
    for broken in (packed[:cut], packed + b"\x00"):
        with pytest.raises(ValueError, match=r"expected|no tokens"):
            ChunkTokens.unpack([broken])


@given(st.lists(st.tuples(st.integers(0, 70_000), st.integers(1, 70_000)), max_size=20))
def test_sentences_come_back(steps: list[tuple[int, int]]):
    ranges, at = [], 0
    for gap, length in steps:
        ranges.append((at + gap, at + gap + length))
        at += gap + length
    assert unpack_sentences(pack_sentences(ranges)) == tuple(ranges)


@given(st.text(min_size=1, max_size=60), st.data())
def test_the_readable_text_and_its_map_come_back(source: str, data: st.DataObject):
    edges = sorted(data.draw(st.lists(st.integers(0, len(source)), max_size=8)))
    edits = [
        Edit(start, end, data.draw(st.text(max_size=4))) for start, end in zip(edges[::2], edges[1::2], strict=False)
    ]
    text, map_ = apply_edits(source, edits)
    if not text:
        return
    start, end = map_.to_lower(0, len(text))
    packed = pack_text(text, map_, start)
    again, found = unpack_text(packed, source[start:end], start)
    assert again == text
    assert found.pieces == map_.pieces


def test_a_copy_of_the_source_takes_no_room():
    text, map_ = apply_edits("近七成收入", [])
    assert pack_text(text, map_, 0) == b""
    assert unpack_text(b"", "近七成", 5)[1].to_lower(1, 2) == (6, 7)


def test_bytes_of_something_else_are_refused():
    with pytest.raises((ValueError, zlib.error)):
        unpack_text(b"nothing of ours", "text", 0)
