"""The parts of ``training.encoder`` that decide what the shipped table is."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from training.encoder.batches import Batches
from training.encoder.contamination import decontaminate
from training.encoder.data import Corpus, DataError, listing, load_corpus
from training.encoder.recipe import Recipe
from training.encoder.rows import Batch, Rows
from training.encoder.trainer import Trainer


@pytest.fixture
def rng() -> np.random.Generator:
    return np.random.default_rng(0)


@pytest.fixture
def rows() -> Rows:
    return Rows([np.array(text, np.int32) for text in ([1, 2], [3], [4, 5, 6])])


def test_rows_are_taken_singly_and_as_passages(rows: Rows) -> None:
    single = rows.take(np.array([2, 0]))
    assert (single.ids.tolist(), single.lengths.tolist()) == ([4, 5, 6, 1, 2], [3, 2])
    passage = rows.take(np.array([0, 1]), np.array([2, 3]))
    assert (passage.ids.tolist(), passage.lengths.tolist()) == ([1, 2, 3, 3, 4, 5, 6], [3, 4])


def test_thinning_leaves_every_text_a_token(rng: np.random.Generator) -> None:
    batch = Batch(np.arange(300), np.array([1, 0, 199, 100]))
    thin = batch.thinned(0.9, rng)
    assert len(thin.ids) == thin.lengths.sum() < 100
    assert thin.lengths.tolist()[0] == 1
    assert thin.lengths.tolist()[1] == 0
    assert (thin.lengths[2:] > 0).all()


def test_texts_that_share_a_long_run_with_an_evaluation_set_are_dropped() -> None:
    held = ["快手科技公布二零二五年第一季度业绩。", "The quick brown fox jumps over the lazy dog."]
    corpus = Corpus(
        pairs={
            "docs": [
                ("a fox", "某日快手科技，公布二零二五年 第一季度"),  # 12 Han characters, punctuation between
                ("He saw the QUICK brown fox jumps over it", "狐狸"),
                ("the quick brown fox", "快手科技公布业绩"),
            ]
        },
        questions={"qa": [("谁？", held[0]), ("谁？", "另一段")]},
    )
    assert decontaminate(corpus, held) == {"docs": 2, "qa": 1}
    assert corpus.pairs["docs"] == [("the quick brown fox", "快手科技公布业绩")]
    assert corpus.questions["qa"] == [("谁？", "另一段")]


def test_no_training_source_is_an_evaluation_set() -> None:
    sources = {source["file"] for source in listing()["source"]}
    assert not sources & set(listing()["evaluation"]["squad"])


def test_missing_or_changed_data_is_refused(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="missing"):
        load_corpus(tmp_path)
    path = tmp_path / listing()["source"][0]["file"]
    path.parent.mkdir()
    path.write_bytes(b"other data")
    with pytest.raises(DataError, match="sha256"):
        load_corpus(tmp_path)


def test_contrastive_steps_bring_translations_together(rng: np.random.Generator) -> None:
    trainer = Trainer(rng.normal(size=(40, 16)).astype(np.float32), temperature=0.05)
    left = Batch(np.arange(20), np.ones(20, np.int64))
    right = Batch(np.arange(20, 40), np.ones(20, np.int64))
    losses = [trainer.contrastive(left, right, 0.02) for _ in range(200)]
    assert losses[-1] < 0.05 < losses[0]
    cosine = trainer.table[:20] @ trainer.table[20:].T
    assert (cosine.argmax(1) == np.arange(20)).all()
    assert trainer.table.dtype == np.float32


def test_teacher_steps_turn_texts_to_their_targets(rng: np.random.Generator) -> None:
    trainer = Trainer(rng.normal(size=(10, 8)).astype(np.float32), temperature=0.05)
    texts = Batch(np.array([0, 1, 2, 3]), np.array([2, 2]))
    targets = np.eye(8, dtype=np.float32)[:2]
    before = trainer.table[4:].copy()
    losses = [trainer.teacher(texts, targets, 0.05) for _ in range(200)]
    assert losses[-1] < 0.01 < losses[0]
    assert np.array_equal(trainer.table[4:], before)  # rows that no text has stay as they are


def test_batches_are_equal_for_equal_seeds(rows: Rows) -> None:
    recipe = replace(Recipe(), batch=16)

    def draw() -> list[Batch]:
        batches = Batches(
            {"docs": (rows, rows), "ecdict": (rows, rows)}, (rows, rows), recipe, np.random.default_rng(3)
        )
        return [side for kind in (batches.pair, batches.needle, batches.dictionary, batches.qa) for side in kind()]

    for one, other in zip(draw(), draw(), strict=True):
        assert np.array_equal(one.ids, other.ids)
        assert len(one.lengths) in (8, 16)
