"""A small service to test with: documents, a pipeline that can be foreseen, and the real server as it is run."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import requests

from bench.service import free_port
from indexer.snapshot import Snapshot
from qa.glossary import Glossary
from qa.pipeline import Request
from qa.results import Answer, AskResult, Citation, FoundPassage

KLING = "目前可灵AI近七成收入由P端贡献。商家用它制作广告。"
KUAISHOU = "Kuaishou was founded in 2011. Its headquarters are in Beijing.\n"
HTML = (
    "<html><head><title>财报</title><script>alert('x')</script></head><body><p>2025年第一季度，可灵AI的"
    "营业收入为1.5亿元。</p></body></html>"
)
DOCUMENTS = {
    "kling": {"text": KLING, "title": "可灵收入", "published": "2025-06-01", "tags": ["ai", "财报"]},
    "kuaishou": {"text": KUAISHOU, "source": "en/kuaishou.txt"},
    "report": {"text": HTML, "media_type": "text/html", "published": "2025-05-27"},
}
UNANSWERABLE = "火星"
EXPLAIN = {
    "language": "zh",
    "kind": "other",
    "searched": "可灵",
    "expanded": "可灵",
    "names": [],
    "pinyin": [],
    "periods": [],
    "lexical_weight": 0.5,
    "gate": {"best": 1.0, "mass": 2.0},
    "passages": [],
    "readings": [],
    "decision": None,
    "stages_ms": {"query": 0.1},
}


class FakePipeline:
    """Finds one passage for every document, whole, and answers with its first five characters.

    Abstains from questions that hold ``UNANSWERABLE``. ``requests`` are those that it was given.
    """

    def __init__(self) -> None:
        self.requests: list[Request] = []
        self.failure: Exception | None = None

    def glossary(self, snapshot: Snapshot) -> Glossary:
        return Glossary()

    def ask(self, snapshot: Snapshot, request: Request) -> AskResult:
        found = self.search(snapshot, request)
        first = found.passages[0].citation
        span = Citation(**{**_fields(first), "end": 5, "quote": first.quote[:5]})
        answer = Answer(
            text=span.quote,
            confidence=0.75,
            value={"kind": "ratio", "min": 0.65, "max": 0.7},
            as_of="2025-03-31",
            context=first.quote,
            citations=(first,),
            span=span,
            parts=(),
        )
        if UNANSWERABLE in request.question:
            return AskResult(**{**_fields(found), "reason": "low_confidence"})
        return AskResult(**{**_fields(found), "answerable": True, "answer": answer, "alternatives": (answer,)})

    def state(self, snapshot: Snapshot) -> object:
        """Never the same: a fake answers each time anew."""
        return object()

    def search(self, snapshot: Snapshot, request: Request) -> AskResult:
        if self.failure is not None:
            raise self.failure
        self.requests.append(request)
        return AskResult(
            question=request.question,
            passages=tuple(_passages(snapshot, request.k)),
            commit=snapshot.commit,
            explain=EXPLAIN if request.explain else None,
        )


def _passages(snapshot: Snapshot, k: int) -> Iterator[FoundPassage]:
    for rank, stored in enumerate(snapshot.documents(limit=k), 1):
        text = snapshot.read_source(stored)
        citation = Citation(
            doc_id=stored.doc_id,
            revision=stored.revision,
            source=stored.source,
            title=stored.title,
            published=stored.published,
            start=0,
            end=len(text),
            quote=text,
            page=None,
        )
        yield FoundPassage(
            rank=rank,
            score=1 / rank,
            citation=citation,
            text=text,
            highlights=((0, 2),),
            scores={"dense": 0.5, "lexical": 1.5},
            copies=(citation,),
        )


def _fields(value: object) -> dict[str, object]:
    return {name: getattr(value, name) for name in value.__dataclass_fields__}


@dataclass
class Server:
    """A running ``serve``: its address, its process and its data folder."""

    host: str
    port: int
    process: subprocess.Popen[bytes]
    data_dir: Path
    log: Path

    @property
    def url(self) -> str:
        return f"http://{self.host}:{self.port}"

    def __enter__(self) -> Server:
        return self

    def __exit__(self, *_: object) -> None:
        if self.process.poll() is None:
            self.stop()

    def stop(self) -> int:
        """Ask it to stop; its exit status."""
        self.process.send_signal(signal.SIGTERM)
        return self.process.wait(20)


def start_server(data_dir: Path, **environ: str) -> Server:
    """``citespan serve`` in a process of its own, once it answers."""
    port = free_port()
    log = data_dir / "server.log"
    own = {name: value for name, value in os.environ.items() if not name.startswith("CITESPAN_")}
    with log.open("wb") as stream:
        process = subprocess.Popen(
            [sys.executable, "-m", "api", "serve"],
            env={**own, "CITESPAN_DATA": str(data_dir), "CITESPAN_PORT": str(port), **environ},
            stdout=stream,
            stderr=subprocess.STDOUT,
        )
    server = Server("127.0.0.1", port, process, data_dir, log)
    try:
        _wait_for(server)
    except BaseException:
        process.kill()
        process.wait()
        raise
    return server


def _wait_for(server: Server) -> None:
    """Until ``server`` answers; AssertionError with its log if it stops, or takes longer than a minute."""
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline and server.process.poll() is None:
        try:
            if requests.get(f"{server.url}/healthz", timeout=10).ok:
                return
        except requests.RequestException:
            time.sleep(0.05)
    raise AssertionError(server.log.read_text())
