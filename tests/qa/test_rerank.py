import numpy as np
import pytest
from fakes import HashEncoder

from indexer.encoded import encode_chunks
from indexer.encoder import token_cosines
from indexer.lexical import LexicalQuery
from indexer.packing import ChunkTokens
from indexer.snapshot import Candidates
from qa.rerank import FLOOR, rerank
from qa.retrieve import SearchQuery

ENCODER = HashEncoder()


def candidates(*passages: list[str]) -> Candidates:
    encoded = encode_chunks(ENCODER, [["".join(sentences), *sentences] for sentences in passages])
    return Candidates(
        tuple(range(len(passages))),
        tuple(False for _ in passages),
        tokens=ChunkTokens.unpack(encoded),
    )


def token_sets(sentences: list[str]) -> list[np.ndarray]:
    return [np.unique(ids) for ids in ENCODER.token_ids(sentences)]


def query(text: str) -> SearchQuery:
    return SearchQuery(ENCODER.encode_query([text])[0], ENCODER.token_ids([text])[0], LexicalQuery.of(text))


def test_the_best_sentence_counts_not_the_mean_of_all():
    long = ["天气晴朗。", "股市上涨。", "可灵近七成收入由创作者贡献。"]
    scores = rerank(query("可灵近七成收入由创作者贡献"), candidates(long, ["创作者很多。"]), ENCODER)
    assert scores.best[0] == pytest.approx(1.0, abs=0.01)
    assert scores.best[0] > scores.dense[0]
    assert np.argmax(scores.sentences[0]) == 2
    assert np.argmax(scores.combined) == 0


def test_soft_match_equals_the_same_sums_made_one_by_one():
    passages = [["可灵收入增长。", "快手日活创新高。"], ["天气晴朗。"], ["收入。", "可灵。", "多少？"]]
    sets = [token_sets(sentences) for sentences in passages]
    asked = np.unique(ENCODER.token_ids(["可灵收入多少"])[0])

    def nearest(tokens: np.ndarray) -> np.ndarray:
        return np.maximum(token_cosines(ENCODER, asked, tokens) - FLOOR, 0).max(axis=1)

    whole = np.stack([nearest(np.concatenate(tokens)) for tokens in sets], axis=1)
    weights = np.log1p(len(passages) / (whole.sum(axis=1) / (whole.max(axis=1) + 1e-9) + 1e-9))
    weights /= weights.sum()
    scores = rerank(query("可灵收入多少"), candidates(*passages), ENCODER)
    assert scores.soft == pytest.approx(weights @ whole, abs=1e-5)
    best = [max(weights @ nearest(tokens) for tokens in sentences) for sentences in sets]
    assert scores.soft_sentence == pytest.approx(best, abs=1e-5)


def test_words_that_stand_in_one_sentence_beat_the_same_words_apart():
    together = ["可灵收入增长。", "天气晴朗。"]
    apart = ["可灵晴朗。", "收入天气增长。"]
    scores = rerank(query("可灵收入增长"), candidates(apart, together), ENCODER)
    assert scores.soft_sentence[1] > scores.soft_sentence[0]
    assert np.argmax(scores.combined) == 1


def test_cosines_are_those_of_the_encoder():
    passages = [["可灵收入增长。", "快手日活创新高。"], ["天气晴朗。"], ["收入。", "可灵。", "多少？"]]
    asked = query("可灵收入多少")
    scores = rerank(asked, candidates(*passages), ENCODER)
    assert scores.dense == pytest.approx(ENCODER.encode(["".join(own) for own in passages]) @ asked.vector, abs=0.02)
    for own, found in zip(passages, scores.sentences, strict=True):
        assert found == pytest.approx(ENCODER.encode(own) @ asked.vector, abs=0.002)


def test_vectors_of_another_encoder_are_compared_as_they_are():
    passages = [["可灵收入增长。", "快手日活创新高。"], ["天气晴朗。"]]
    vectors = tuple(ENCODER.encode(["".join(own), *own]) for own in passages)
    asked = query("可灵收入多少")
    scores = rerank(asked, Candidates((1, 2), (False, False), vectors=vectors), None)
    assert scores.best == pytest.approx([(each[1:] @ asked.vector).max() for each in vectors])
    assert not scores.soft.any()
    assert not scores.soft_sentence.any()


def test_no_candidates_and_no_tokens():
    assert rerank(query("可灵"), candidates(), ENCODER).combined.tolist() == []
    assert not rerank(query("可灵"), candidates(["。"], ["！"]), ENCODER).combined.any()
    assert not rerank(query("？"), candidates(["可灵。"]), ENCODER).combined.any()


def test_a_passage_without_tokens_scores_zero_beside_one_that_has_some():
    scores = rerank(query("可灵"), candidates(["。"], ["！", "？"], ["可灵"]), ENCODER)
    for found in (scores.soft, scores.soft_sentence):
        assert found[:2].tolist() == [0, 0]
        assert found[2] > 0.5
