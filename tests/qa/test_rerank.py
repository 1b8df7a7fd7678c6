import numpy as np
import pytest
from fakes import HashEncoder

from indexer.lexical import LexicalQuery
from indexer.snapshot import Candidates
from qa.rerank import FLOOR, rerank, soft_match
from qa.retrieve import SearchQuery

ENCODER = HashEncoder()


def candidates(*passages: list[str]) -> Candidates:
    return Candidates(
        tuple(range(len(passages))),
        tuple(ENCODER.encode(["".join(sentences), *sentences]) for sentences in passages),
        tuple((np.zeros(0, np.int32), *token_sets(sentences)) for sentences in passages),
        tuple(False for _ in passages),
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
        return np.maximum(ENCODER.token_cosines(asked, tokens) - FLOOR, 0).max(axis=1)

    whole = np.stack([nearest(np.concatenate(tokens)) for tokens in sets], axis=1)
    weights = np.log1p(len(passages) / (whole.sum(axis=1) / (whole.max(axis=1) + 1e-9) + 1e-9))
    weights /= weights.sum()
    soft, soft_sentence = soft_match(ENCODER.token_ids(["可灵收入多少"])[0], sets, ENCODER)
    assert soft == pytest.approx(weights @ whole, abs=1e-5)
    best = [max(weights @ nearest(tokens) for tokens in sentences) for sentences in sets]
    assert soft_sentence == pytest.approx(best, abs=1e-5)


def test_words_that_stand_in_one_sentence_beat_the_same_words_apart():
    together = ["可灵收入增长。", "天气晴朗。"]
    apart = ["可灵晴朗。", "收入天气增长。"]
    scores = rerank(query("可灵收入增长"), candidates(apart, together), ENCODER)
    assert scores.soft_sentence[1] > scores.soft_sentence[0]
    assert np.argmax(scores.combined) == 1


def test_no_candidates_no_tokens_no_token_table():
    assert rerank(query("可灵"), candidates(), ENCODER).combined.tolist() == []
    empty = np.zeros(0, np.int32)
    for found in soft_match(empty, [[empty], [empty]], ENCODER):
        assert found.tolist() == [0, 0]
    without = rerank(query("可灵"), candidates(["可灵。"]), None)
    assert not without.soft.any()
    assert not without.soft_sentence.any()


def test_a_passage_without_tokens_scores_zero_beside_one_that_has_some():
    sets = [[np.zeros(0, np.int32)], [], token_sets(["可灵"])]
    for found in soft_match(ENCODER.token_ids(["可灵"])[0], sets, ENCODER):
        assert found[:2].tolist() == [0, 0]
        assert found[2] > 0.5
