import numpy as np
import pytest
from fakes import HashEncoder

from indexer.lexical import LexicalQuery
from indexer.snapshot import Candidates
from qa.rerank import rerank, soft_match
from qa.retrieve import SearchQuery

ENCODER = HashEncoder()


def candidates(*passages: list[str]) -> Candidates:
    return Candidates(
        tuple(range(len(passages))),
        tuple(ENCODER.encode(["".join(sentences), *sentences]) for sentences in passages),
        tuple(np.unique(ENCODER.token_ids("".join(sentences))) for sentences in passages),
        tuple(False for _ in passages),
    )


def query(text: str) -> SearchQuery:
    return SearchQuery(ENCODER.encode_query([text])[0], ENCODER.token_ids(text), LexicalQuery.of(text))


def test_the_best_sentence_counts_not_the_mean_of_all():
    long = ["天气晴朗。", "股市上涨。", "可灵近七成收入由创作者贡献。"]
    scores = rerank(query("可灵近七成收入由创作者贡献"), candidates(long, ["创作者很多。"]), ENCODER)
    assert scores.best[0] == pytest.approx(1.0, abs=0.01)
    assert scores.best[0] > scores.dense[0]
    assert np.argmax(scores.sentences[0]) == 2
    assert np.argmax(scores.combined) == 0


def test_soft_match_equals_the_same_sum_made_passage_by_passage():
    passages = [np.unique(ENCODER.token_ids(text)) for text in ("可灵收入增长", "快手日活创新高", "天气")]
    question = ENCODER.token_ids("可灵收入多少")
    asked = np.unique(question)
    best = np.stack(
        [
            np.maximum(ENCODER.token_vectors(asked) @ ENCODER.token_vectors(tokens).T - 0.3, 0).max(axis=1)
            for tokens in passages
        ],
        axis=1,
    )
    weights = np.log1p(len(passages) / (best.sum(axis=1) / (best.max(axis=1) + 1e-9) + 1e-9))
    assert soft_match(question, passages, ENCODER) == pytest.approx(weights @ best / weights.sum(), abs=1e-5)


def test_no_candidates_no_tokens_no_token_table():
    assert rerank(query("可灵"), candidates(), ENCODER).combined.tolist() == []
    empty = np.zeros(0, np.int32)
    assert soft_match(empty, [empty, empty], ENCODER).tolist() == [0, 0]
    assert not rerank(query("可灵"), candidates(["可灵。"]), None).soft.any()


def test_a_passage_without_tokens_scores_zero_beside_one_that_has_some():
    tokens = np.unique(ENCODER.token_ids("可灵"))
    soft = soft_match(ENCODER.token_ids("可灵"), [np.zeros(0, np.int32), tokens], ENCODER)
    assert soft[0] == 0
    assert soft[1] > 0.5
