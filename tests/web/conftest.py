"""Fixtures: the real service with documents to ask about, and browsers that are started once and shared."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest
import requests
from browser_helpers import Open, Page, chromium, require_chromium
from small_service import Server, start_server
from textmaking import pdf

from indexer.build import build
from indexer.collections import Collections
from indexer.encoder import EMBEDDED, load_encoder

ROOT = Path(__file__).parents[2]

TOWN = {
    "gazette.md": (
        "---\ntitle: Gazette on the Vexmoor bridge\npublisher: Gazette\npublished: 2024-06-01\ntags: [traffic, press]\n"
        "---\n\nThe Vexmoor bridge was inspected. In May 2024 the Vexmoor bridge carried 120 thousand vehicles a day. "
        "Tolls pay for its upkeep.\n"
    ),
    "herald.md": (
        "---\ntitle: Herald on the Vexmoor bridge\npublisher: Herald\npublished: 2024-07-15\ntags: [press]\n"
        "---\n\nThe county published its report. In May 2024 the Vexmoor bridge carried 95 thousand vehicles a day. "
        "The county owns the bridge.\n"
    ),
}
PAGES = (
    ["Annual report of the harbour of Quorn", "The first page tells of the year."],
    ["The harbour of Quorn moved 611 thousand containers in 2023.", "That was a record."],
    ["The last page names the board of the harbour."],
)


@pytest.fixture(scope="session")
def web_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """The real service: the starter documents, papers that disagree, a note and its copy, more leaves than a page."""
    require_chromium()
    data, notes, town, leaves = (tmp_path_factory.mktemp(name) for name in ("web", "notes", "town", "leaves"))
    for name in ("note.txt", "note-again.txt"):
        (notes / name).write_text("The lighthouse of Umberport is 41 metres high.", "utf-8")
    for name, text in TOWN.items():
        (town / name).write_text(text, "utf-8")
    (town / "harbour.pdf").write_bytes(pdf(*PAGES))
    for number in range(55):
        (leaves / f"leaf-{number:02}.txt").write_text(f"Leaf {number} of the almanac.", "utf-8")
    collections = Collections(data, load_encoder(EMBEDDED))
    build(collections.create("default"), [ROOT / "seeds/articles"], glossary=ROOT / "seeds/glossary.toml")
    assert not build(collections.create("town"), [town]).failed
    build(collections.create("notes"), [notes])
    build(collections.create("almanac"), [leaves])
    with collections.create("bare").writer() as writer:
        writer.commit()
    with start_server(data) as running:
        yield running


@pytest.fixture(scope="session")
def browsers() -> Iterator[Callable[..., Page]]:
    """Browsers by language and size; starting one costs more than most tests."""
    started: dict[tuple[tuple[str, Any], ...], Page] = {}
    with ExitStack() as stack:

        def browser(base: str, **options: Any) -> Page:
            key = tuple(sorted(options.items()))
            if key not in started:
                started[key] = stack.enter_context(chromium(base, **options))
            started[key].base = base
            return started[key]

        yield browser


@pytest.fixture
def open_page(web_server: Server, browsers: Callable[..., Page], tmp_path: Path) -> Iterator[Open]:
    """Opens pages as a new visitor; afterwards each must have kept to its host, policy and manners."""
    pages: list[Page] = []

    def opened(*, base: str = web_server.url, **options: Any) -> Page:
        page = browsers(base, **{"height": 1143} | options)
        page.reset()
        page.keep_pictures_in(tmp_path)
        pages.append(page)
        page.go()
        return page

    yield opened
    for page in pages:
        assert page.trespasses() == []


@pytest.fixture
def page(open_page: Open) -> Page:
    return open_page()


@pytest.fixture
def stored(web_server: Server) -> Iterator[Callable[..., str]]:
    """Stores a file through the API and gives its doc_id; deletes it afterwards."""
    stored_ids: list[str] = []

    def store(name: str, content: str | bytes) -> str:
        file = {"file": (name, content.encode() if isinstance(content, str) else content)}
        response = requests.post(f"{web_server.url}/v1/documents", files=file, timeout=30)
        response.raise_for_status()
        doc_id = str(response.json()["results"][0]["doc_id"])
        stored_ids.append(doc_id)
        return doc_id

    yield store
    for doc_id in stored_ids:
        requests.delete(f"{web_server.url}/v1/documents/{doc_id}", timeout=30)
