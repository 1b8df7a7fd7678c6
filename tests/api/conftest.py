"""Fixtures: the application over a real store with a fake pipeline, and the real server."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace

import pytest
import requests
from fake_platform import FakePlatform
from fakes import HashEncoder
from flask import Flask
from flask.testing import FlaskClient
from small_service import DOCUMENTS, FakePipeline, Server, start_server

from api.app import create_app
from api.cli import main
from api.settings import Settings
from indexer.build import build
from indexer.collections import Collections
from indexer.encoder import EMBEDDED, load_encoder

SEEDS = Path(__file__).parents[2] / "seeds"


@pytest.fixture(scope="session")
def encoder() -> HashEncoder:
    return HashEncoder()


@pytest.fixture
def platform() -> Iterator[FakePlatform]:
    """The chat platforms, on loopback."""
    platform = FakePlatform()
    yield platform
    platform.close()


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(data_dir=tmp_path, writer_timeout=0.2)


@pytest.fixture
def collections(settings: Settings, encoder: HashEncoder) -> Collections:
    return Collections(settings.data_dir, encoder)


@pytest.fixture
def pipeline() -> FakePipeline:
    return FakePipeline()


@pytest.fixture
def app(settings: Settings, pipeline: FakePipeline, collections: Collections) -> Flask:
    return create_app(settings, pipeline, collections)


@pytest.fixture
def empty(app: Flask) -> FlaskClient:
    """A client of a service that holds nothing yet."""
    return app.test_client()


@pytest.fixture(scope="session")
def stock(tmp_path_factory: pytest.TempPathFactory, encoder: HashEncoder) -> Path:
    """A data folder with ``DOCUMENTS``, one commit each; to be copied, not changed."""
    folder = tmp_path_factory.mktemp("stock")
    app = create_app(Settings(data_dir=folder, audit_log="off"), FakePipeline(), Collections(folder, encoder))
    for doc_id, body in DOCUMENTS.items():
        assert app.test_client().put(f"/v1/documents/{doc_id}", json=body).status_code == 201
    return folder


@pytest.fixture
def client(stock: Path, settings: Settings, empty: FlaskClient) -> FlaskClient:
    """A client of a service that holds ``DOCUMENTS``."""
    shutil.copytree(stock, settings.data_dir, dirs_exist_ok=True)
    return empty


@pytest.fixture
def citespan(capfd, monkeypatch):
    """``citespan ARGUMENTS`` inside of this process, which spares the seconds of a start."""

    def run(*arguments: object, data: Path, code: int = 0) -> SimpleNamespace:
        monkeypatch.setenv("CITESPAN_DATA", str(data))
        monkeypatch.setattr(sys, "argv", ["citespan", *map(str, arguments)])
        capfd.readouterr()
        try:
            main()
            ended = 0
        except SystemExit as left:
            ended = left.code or 0
        told = SimpleNamespace(**dict(zip(("stdout", "stderr"), capfd.readouterr(), strict=True)))
        assert ended == code, told
        return told

    return run


@pytest.fixture(scope="session")
def live_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """The real service on the starter documents."""
    data_dir = tmp_path_factory.mktemp("live")
    report = build(Collections(data_dir, load_encoder(EMBEDDED)).create("default"), [SEEDS])
    assert not report.failed
    with start_server(data_dir) as running:
        yield running


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """The real service on ``DOCUMENTS``: gunicorn, two workers, real models. Tests leave its documents alone."""
    with start_server(tmp_path_factory.mktemp("served")) as running:
        for doc_id, body in DOCUMENTS.items():
            requests.put(f"{running.url}/v1/documents/{doc_id}", json=body, timeout=30).raise_for_status()
        yield running
