"""The retrieval measure itself: which collection is searched, and how ranks become figures."""

from __future__ import annotations

from functools import partial

import numpy as np
import pytest
from fakes import HashEncoder

from bench.retrieval import bm25_ranking, measure, pipeline_ranking
from qa.assemble import assemble
from qa.evaluation.gold import Context
from qa.evaluation.temporary import indexed
from training.encoder.tasks import Task

CONTEXTS = [Context("a", "", "北京是首都。"), Context("b", "", "上海很大。")]


def test_a_paragraph_ranks_where_its_first_chunk_does() -> None:
    rankings = {"first": ["a", "b"], "second": ["b", "b", "b", "a"], "never": ["b"]}
    task = Task("s:zh:zh", list(rankings), CONTEXTS, np.array([0, 0, 0]), ["a", "a", "a"])
    with indexed(CONTEXTS, HashEncoder()) as snapshot:
        found = measure(task, "test", snapshot, rankings.__getitem__)
        assert measure(task, "test", snapshot, rankings.__getitem__, limit=1).questions == 1
    assert found.recall == pytest.approx((1 / 3, 2 / 3, 2 / 3))
    assert found.mrr == pytest.approx((1 + 1 / 2) / 3)
    assert (found.paragraphs, found.questions) == (2, 3)


def test_bm25_alone_finds_the_words_asked_for() -> None:
    with indexed(CONTEXTS, HashEncoder()) as snapshot:
        assert bm25_ranking(snapshot, "上海有多大？")[0] == "b"


def test_without_bm25_its_candidates_and_its_weight_are_gone() -> None:
    encoder = HashEncoder()
    with indexed(CONTEXTS, encoder) as snapshot:
        with_bm25 = partial(pipeline_ranking, assemble(encoder), snapshot)
        without = partial(pipeline_ranking, assemble(encoder, lexical=False), snapshot)
        assert with_bm25("上海有多大？")[0] == without("上海有多大？")[0] == "b"
        found = assemble(encoder, lexical=False).search
        from qa.pipeline import Request

        result = found(snapshot, Request("上海有多大？", explain=True))
    assert result.explain is not None
    assert result.explain["lexical_weight"] == 0
    assert all(passage.scores["lexical"] == 0 for passage in result.passages)
