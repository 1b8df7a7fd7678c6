"""The reader's network: numpy gives what torch gives, sentence by sentence, and refuses what does not fit."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
import torch

from indexer.errors import ConfigError
from indexer.sentences import sentences
from qa.glossary import Glossary
from qa.query import analyse
from qa.reading.asked import asked
from qa.reading.facts import gather
from qa.reading.features import NAMES, asked_row
from qa.reading.likeness import SoftMatcher
from qa.reading.network import FOLDER, SentenceView, SpanNetwork, load_network
from qa.reading.read import embedded_encoder, sentence_view
from qa.results import Passage
from training.reader.network import Lesson, Network, batched, write

TEXT = "今年一季度，云帆科技营收为45.2亿元，同比增长12.5%。公司创始人是林晓舟。Revenue rose by 8% in 2025."
QUESTION = "云帆科技今年一季度营收是多少？"


def views() -> tuple[np.ndarray, np.ndarray, list[SentenceView]]:
    soft = SoftMatcher(embedded_encoder())
    query = analyse(QUESTION, Glossary())
    evidence, weights = gather(query, [Passage(TEXT, tuple(sentences(TEXT)), 1.0)], soft)
    ask = asked(query)
    found = [sentence_view(evidence, at, weights, ask, soft) for at in range(len(evidence.places))]
    return soft.question(QUESTION), asked_row(ask), found


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> tuple[Network, SpanNetwork]:
    """An untrained network, and the same as it is read from its folder."""
    torch.manual_seed(0)
    question, row, found = views()
    network = Network(len(question), len(row)).eval()
    with torch.no_grad():  # biases and gains that are not what a layer starts from
        for parameter in network.parameters():
            parameter.add_(0.05 * torch.randn_like(parameter))
            parameter.copy_(parameter.half().float())
    features = np.concatenate([view.features for view in found])
    mean = features.mean(0).astype(np.float16).astype(np.float32)
    scale = np.maximum(features.std(0), 0.05).astype(np.float16).astype(np.float32)
    folder = tmp_path_factory.mktemp("reader")
    write(network, mean, scale, folder)
    return network, load_network(folder)


def test_numpy_and_torch_give_the_same_scores(made: tuple[Network, SpanNetwork]) -> None:
    network, served = made
    question, row, found = views()
    lesson = Lesson(question, row, found, [np.zeros(len(view.first), np.float32) for view in found])
    with torch.no_grad():
        expected = network(batched([lesson], served.mean, served.scale)).numpy()
    np.testing.assert_allclose(served.scores(question, row, found), expected, atol=1e-3)
    assert expected.std() > 0.01


def test_a_sentence_is_scored_alike_whatever_stands_beside_it(made: tuple[Network, SpanNetwork]) -> None:
    _, served = made
    question, row, found = views()
    together = served.scores(question, row, found)
    alone = np.concatenate([served.scores(question, row, [view]) for view in found])
    np.testing.assert_allclose(together, alone, atol=1e-4)


def test_the_network_that_ships_is_small_and_reads_these_features() -> None:
    assert sum(path.stat().st_size for path in FOLDER.iterdir()) < 20e6
    question, row, found = views()
    scores = load_network().scores(question, row, found)
    assert np.isfinite(scores).all()
    assert len(scores) == sum(len(view.first) for view in found)


@pytest.mark.parametrize("damage", ["missing", "cut", "other features"])
def test_what_cannot_be_read_is_a_config_error(made: tuple[Network, SpanNetwork], tmp_path: Path, damage: str) -> None:
    write(made[0], made[1].mean, made[1].scale, tmp_path)
    if damage == "missing":
        (tmp_path / "config.json").unlink()
    elif damage == "cut":
        path = tmp_path / "model.safetensors"
        path.write_bytes(path.read_bytes()[:1000])
    else:
        config = {"features": [*NAMES[1:], "another"]}
        (tmp_path / "config.json").write_text(json.dumps(config), encoding="utf-8")
    with pytest.raises(ConfigError, match="no usable reader"):
        load_network(tmp_path)
