"""What tokens find in sentences: the same bits, remembered or not."""

from pathlib import Path

import numpy as np
import pytest

from indexer.collections import Collections
from indexer.encoded import encode_chunks
from indexer.encoder import load_encoder
from indexer.load import load_bytes
from indexer.packing import ChunkTokens
from indexer.snapshot import Candidates
from qa import token_looks
from qa.token_looks import RememberedLooks, TokenLooks, looks_of

ENCODER = load_encoder("embedded")
PASSAGES = (
    ["可灵AI近七成收入由P端贡献。", "商家用它制作广告。", ""],
    ["Revenue grew by 8% in 2025.", "快手的日活跃用户为4.08亿。"],
    ["天气晴朗。"],
)
QUESTIONS = ("可灵的收入是多少？", "How much did revenue grow?", "快手日活多少？", "可灵的收入增长多少？")


@pytest.fixture
def passages() -> ChunkTokens:
    return ChunkTokens.unpack(encode_chunks(ENCODER, [["".join(own), *own] for own in PASSAGES]))


def asked(question: str) -> tuple[np.ndarray, np.ndarray]:
    tokens, counts = np.unique(ENCODER.token_ids([question])[0], return_counts=True)
    return tokens, counts.astype(np.float32)


def test_sums_and_best_are_those_of_single_tokens(passages: ChunkTokens):
    tokens, shares = asked(QUESTIONS[0])
    sums, best = TokenLooks(passages, ENCODER).of(tokens, shares)
    question = shares @ ENCODER.token_vectors(tokens)
    unit = ENCODER.token_vectors(tokens) / ENCODER.token_weights(tokens)[:, None]
    at = 0
    for number, sentence in enumerate(each for own in PASSAGES for each in own):
        own = ENCODER.token_ids([sentence])[0]
        vectors = ENCODER.token_vectors(own)
        assert sums[number] == pytest.approx(float(question @ vectors.sum(axis=0)), abs=1e-4)
        if len(own):
            nearest = (unit @ (vectors / ENCODER.token_weights(own)[:, None]).T).max(axis=1)
            assert best[:, number] == pytest.approx(np.maximum(nearest - token_looks.FLOOR, 0), abs=1e-5)
        else:
            assert not best[:, number].any()
        at += len(own)
    assert at == len(passages.ids)


def test_of_a_token_always_the_same_bits_whatever_was_asked_before(passages: ChunkTokens):
    fresh = {}
    for question in QUESTIONS:
        fresh[question] = RememberedLooks(TokenLooks(passages, ENCODER), len(passages.counts)).of(*asked(question))
    one = RememberedLooks(TokenLooks(passages, ENCODER, lasting=True), len(passages.counts))
    for question in (*QUESTIONS, *reversed(QUESTIONS)):
        for found, expected in zip(one.of(*asked(question)), fresh[question], strict=True):
            assert np.array_equal(found, expected)


def test_a_full_memory_begins_anew_and_says_the_same(passages: ChunkTokens, monkeypatch: pytest.MonkeyPatch):
    expected = [TokenLooks(passages, ENCODER).of(*asked(question))[1] for question in QUESTIONS]
    monkeypatch.setattr(token_looks, "_REMEMBERED", 8 * len(passages.counts) * 12)
    looks = RememberedLooks(TokenLooks(passages, ENCODER), len(passages.counts))
    for _ in range(2):
        for question, best in zip(QUESTIONS, expected, strict=True):
            assert np.array_equal(looks.of(*asked(question))[1], best)
            assert len(looks._known.rows) <= max(12, len(asked(question)[0]))


def test_no_tokens_find_nothing_remembered_or_not(passages: ChunkTokens):
    tokens, shares = np.zeros(0, np.int32), np.zeros(0, np.float32)
    sentences = len(passages.counts)
    for looks in (TokenLooks(passages, ENCODER), RememberedLooks(TokenLooks(passages, ENCODER), sentences)):
        sums, best = looks.of(tokens, shares)
        assert sums.shape == (sentences,)
        assert not sums.any()
        assert best.shape == (0, sentences)


def test_looks_are_kept_for_candidates_that_last(passages: ChunkTokens):
    ids, boilerplate = (1, 2, 3), (False,) * 3
    lasting = Candidates(ids, boilerplate, passages, lasting=True)
    assert looks_of(lasting, passages, ENCODER) is looks_of(lasting, passages, ENCODER)
    passing = Candidates(ids, boilerplate, passages)
    assert looks_of(passing, passages, ENCODER) is not looks_of(passing, passages, ENCODER)


def test_all_passages_of_a_small_collection_are_the_same_candidates_each_time(tmp_path: Path):
    collection = Collections(tmp_path, ENCODER).create("default")
    with collection.writer() as writer:
        for name in "abc":
            writer.put(load_bytes(f"{name}的收入增长很快。".encode(), f"{name}.txt"))
        writer.commit()
    snapshot = collection.snapshot()
    every = snapshot.candidates([3, 1, 2])
    assert every.lasting
    assert every.chunk_ids == (1, 2, 3)
    assert snapshot.candidates([2, 1, 3]) is every
    some = snapshot.candidates([3, 1])
    assert (some.chunk_ids, some.lasting) == ((3, 1), False)
