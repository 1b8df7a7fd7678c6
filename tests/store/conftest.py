from pathlib import Path

import pytest
from fakes import HashEncoder

from indexer.collection import Collection
from indexer.collections import Collections


@pytest.fixture
def collection(tmp_path: Path) -> Collection:
    return Collections(tmp_path, HashEncoder()).create("default")
