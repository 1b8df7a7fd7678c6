"""Fixtures: the real service on the starter documents, as the image has it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from command_line import SEEDS, citespan
from small_service import Server, start_server


@pytest.fixture(scope="session")
def seeded(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    folder = tmp_path_factory.mktemp("seeded")
    citespan("index", SEEDS, data=folder)
    with start_server(folder) as server:
        yield server
