"""The reader's network: numpy gives what torch gives, sentence by sentence, and refuses what does not fit."""

from __future__ import annotations

import json
import random
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch

from indexer.errors import ConfigError
from qa.glossary import Glossary
from qa.query import analyse
from qa.reading.asked import asked
from qa.reading.facts import gather
from qa.reading.features import NAMES, asked_row
from qa.reading.network import FOLDER, FORMAT, SentenceView, SpanNetwork, load_network
from qa.reading.read import chosen_places, sentence_view
from training.reader.batches import Tables, batched
from training.reader.lessons import Lessons
from training.reader.network import Network, tables, write
from training.reader.questions import Cosines, collection, retrieved
from training.reader.retrieval import Piece
from training.reader.sets import Example

TEXT = "今年一季度，云帆科技营收为45.2亿元，同比增长12.5%。公司创始人是林晓舟。Revenue rose by 8% in 2025."
QUESTION = "云帆科技今年一季度营收是多少？"


COSINES = Cosines()
Made = tuple[list[Network], Tables, list[str], SpanNetwork]
Views = tuple[np.ndarray, np.ndarray, list[SentenceView]]
START = TEXT.index("45.2亿元")
EXAMPLE = Example("q", QUESTION, "p", TEXT, ((START, START + len("45.2亿元")),))


@pytest.fixture(scope="module")
def found() -> list[tuple[Piece, float]]:
    return retrieved(EXAMPLE, *collection([EXAMPLE], COSINES))


@pytest.fixture(scope="module")
def views(found: list[tuple[Piece, float]]) -> Views:
    query = analyse(QUESTION, Glossary())
    passages = [COSINES.passage(QUESTION, piece, score) for piece, score in found]
    evidence, weights = gather(query, passages, COSINES.soft)
    ask = asked(query)
    seen = [sentence_view(evidence, at, weights, ask, COSINES.soft) for at in chosen_places(evidence)]
    return COSINES.soft.question(QUESTION), asked_row(ask), seen


@pytest.fixture(scope="module")
def data(found: list[tuple[Piece, float]]) -> Lessons:
    """One lesson, made as training makes it, with all spans."""
    made = Lessons()
    assert made.add(QUESTION, EXAMPLE, found, COSINES, random.Random(0), sample=False)
    return made


@pytest.fixture(scope="module")
def made(data: Lessons, tmp_path_factory: pytest.TempPathFactory) -> Made:
    """Two untrained networks, what they were made with, and both as they are read from their folder."""
    torch.manual_seed(0)
    made_with, keys = tables(data, least=1)
    made_with = replace(made_with, mean=_half(made_with.mean), scale=_half(made_with.scale))
    lesson = data.made[0]
    networks = [Network(len(lesson.question), len(lesson.asked), own).eval() for own in (0, len(keys))]
    with torch.no_grad():  # biases and gains that are not what a layer starts from
        for network in networks:
            for parameter in network.parameters():
                parameter.add_(0.05 * torch.randn_like(parameter))
                parameter.copy_(parameter.half().float())
            network.own.weight[0] = 0.0
    folder = tmp_path_factory.mktemp("reader")
    write(networks, made_with, keys, folder)
    return networks, made_with, keys, load_network(folder)


def _half(array: np.ndarray) -> np.ndarray:
    return array.astype(np.float16).astype(np.float32)


def test_numpy_and_torch_give_the_same_scores(data: Lessons, made: Made, views: Views) -> None:
    networks, made_with, keys, served = made
    assert "营收" in keys
    with torch.no_grad():
        own = [network(batched(data.made, made_with)).numpy() for network in networks]
    assert np.abs(own[0] - own[1]).max() > 0.01
    np.testing.assert_allclose(served.scores(*views), np.mean(own, axis=0), atol=3e-3)


def test_a_sentence_is_scored_alike_whatever_stands_beside_it(made: Made, views: Views) -> None:
    *question, seen = views
    together = made[3].scores(*question, seen)
    alone = np.concatenate([made[3].scores(*question, [view]) for view in seen])
    np.testing.assert_allclose(together, alone, atol=1e-4)


def test_the_network_that_ships_is_small_and_reads_these_features(views: Views) -> None:
    assert sum(path.stat().st_size for path in FOLDER.iterdir()) < 20e6
    scores = load_network().scores(*views)
    assert np.isfinite(scores).all()
    assert len(scores) == sum(len(view.first) for view in views[2])


@pytest.mark.parametrize("damage", ["missing", "cut", "other features", "other format"])
def test_what_cannot_be_read_is_a_config_error(made: Made, tmp_path: Path, damage: str) -> None:
    write(*made[:3], tmp_path)
    config = {"format": FORMAT, "members": 2, "features": list(NAMES), "keys": []}
    if damage == "missing":
        (tmp_path / "config.json").unlink()
    elif damage == "cut":
        path = tmp_path / "model.safetensors"
        path.write_bytes(path.read_bytes()[:1000])
    else:
        config |= {"features": [*NAMES[1:], "another"]} if damage == "other features" else {"format": "other"}
        (tmp_path / "config.json").write_text(json.dumps(config), encoding="utf-8")
    with pytest.raises(ConfigError, match="no usable reader"):
        load_network(tmp_path)
