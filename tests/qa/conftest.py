"""Fixtures of the tests of the whole journey: the embedded models over the starter corpus."""

from __future__ import annotations

from pathlib import Path

import pytest

from indexer.build import build
from indexer.collection import Collection
from indexer.collections import Collections
from indexer.encoder import load_encoder
from qa.assemble import assemble
from qa.pipeline import Pipeline

SEEDS = Path(__file__).parents[2] / "seeds"


@pytest.fixture(scope="module")
def collections(tmp_path_factory: pytest.TempPathFactory) -> Collections:
    return Collections(tmp_path_factory.mktemp("data"), load_encoder("embedded"))


@pytest.fixture(scope="module")
def seeds(collections: Collections) -> Collection:
    collection = collections.create("seeds")
    assert not build(collection, [SEEDS]).failed
    return collection


@pytest.fixture(scope="module")
def pipeline(collections: Collections) -> Pipeline:
    return assemble(collections.encoder)
