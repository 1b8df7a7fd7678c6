"""Questions while documents come, change and go: what every client sees of a service that is written to.

    python -m bench.live [--seconds 60] [--workers 4] [--connections 16] [--documents FOLDER]

Starts the real service on a copy of the seeds, asks over so many kept connections, and all the while adds, replaces and
deletes documents that each hold a fact of their own. Of every answer it is checked that no request failed, that no
document is cited whose deletion was acknowledged before the question was sent, that each citation verifies against the
revision it names, and that the answer's commit is not older than the last one acknowledged when the question was sent.
Where it is older, the lag is the time from that acknowledgement to the question.
"""

from __future__ import annotations

import argparse
import json
import random
import tempfile
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.client import HTTPConnection
from pathlib import Path
from typing import Any
from urllib.parse import quote

from bench.service import serving

_SEEDS = Path(__file__).parents[1] / "seeds"
_QUESTIONS = (
    "What is Kling's share of revenue from professional creators?",
    "可灵AI2025年第一季度收入是多少？",
    "快手的首席执行官是谁？",
    "{name}公司的仓库里有多少台机器？",
    "How many machines does {name} own?",
)
_VERIFIED = 8  # one answer in so many has all its citations verified over HTTP


@dataclass(slots=True)
class Seen:
    """Counts of a run; ``wrong`` names what must not be, by kind."""

    answers: int = 0
    verified: int = 0
    commits: int = 0
    lag_s: float = 0.0
    errors: list[str] = field(default_factory=list)
    wrong: list[str] = field(default_factory=list)
    lock: threading.Lock = field(default_factory=threading.Lock)


class _Truth:
    """What the writer has had acknowledged: the commit, and the documents that are gone since which moment."""

    def __init__(self) -> None:
        self.lock = threading.Lock()
        self.commit, self.at = 0, 0.0
        self.gone: set[str] = set()
        self.live: dict[str, str] = {}

    def now(self) -> tuple[int, float, frozenset[str], list[str]]:
        with self.lock:
            return self.commit, self.at, frozenset(self.gone), list(self.live.values())

    def acknowledge(self, commit: int, doc_id: str, name: str | None) -> None:
        with self.lock:
            self.commit, self.at = commit, time.monotonic()
            if name is None:
                self.gone.add(doc_id)
                self.live.pop(doc_id, None)
            else:
                self.live[doc_id] = name


def run(host: str, port: int, seconds: float, connections: int, seed: int = 7) -> Seen:
    """Asks and writes for ``seconds``; the service must hold some documents already."""
    seen, truth, stop = Seen(), _Truth(), threading.Event()
    threads = [
        threading.Thread(target=_asking, args=(host, port, random.Random(f"{seed}:{number}"), seen, truth, stop))
        for number in range(connections)
    ]
    threads.append(threading.Thread(target=_writing, args=(host, port, random.Random(seed), seen, truth, stop)))
    for thread in threads:
        thread.start()
    stop.wait(seconds)
    stop.set()
    for thread in threads:
        thread.join()
    return seen


def _writing(host: str, port: int, dice: random.Random, seen: Seen, truth: _Truth, stop: threading.Event) -> None:
    connection = HTTPConnection(host, port, timeout=60)
    number = 0
    while not stop.is_set():
        live = sorted(truth.live)
        action = dice.choice(["put", "put", "replace", "delete"]) if len(live) > 3 else "put"
        if action == "put":
            number += 1
        doc_id = f"plant-{number}" if action == "put" else dice.choice(live)
        if action == "delete":
            status, body = _call(connection, "DELETE", f"/v1/documents/{doc_id}", None)
        else:
            name = f"瑞华{doc_id}"
            count = dice.randrange(100, 10_000)
            text = f"{name}公司的仓库里有{count}台机器。{name} owns {count} machines in 2025."
            status, body = _call(connection, "PUT", f"/v1/documents/{doc_id}", {"text": text})
        if status not in (200, 201):
            with seen.lock:
                seen.errors.append(f"{action} {doc_id}: {status} {body}")
            continue
        truth.acknowledge(body["index"]["commit"], doc_id, None if action == "delete" else f"瑞华{doc_id}")
        with seen.lock:
            seen.commits += 1
    connection.close()


def _asking(host: str, port: int, dice: random.Random, seen: Seen, truth: _Truth, stop: threading.Event) -> None:
    connection = HTTPConnection(host, port, timeout=60)
    while not stop.is_set():
        commit, at, gone, names = truth.now()
        question = dice.choice(_QUESTIONS).format(name=dice.choice(names or ["瑞华"]))
        sent = time.monotonic()
        status, body = _call(connection, "POST", "/v1/ask", {"question": question, "min_confidence": 0})
        if status != 200:
            with seen.lock:
                seen.errors.append(f"ask: {status} {body}")
            continue
        wrong = [f"{c['doc_id']} is cited after its receipt" for c in _citations(body) if c["doc_id"] in gone]
        verified = 0
        if dice.randrange(_VERIFIED) == 0:
            for citation in _citations(body):
                verified += 1
                wrong += _verified(connection, citation)
        with seen.lock:
            seen.answers += 1
            seen.verified += verified
            seen.wrong += wrong
            if body["index"]["commit"] < commit:
                seen.lag_s = max(seen.lag_s, sent - at)
    connection.close()


def _verified(connection: HTTPConnection, citation: dict[str, Any]) -> list[str]:
    """What is wrong with a citation. Its document may have been deleted since the answer: that is no fault."""
    wanted = {name: citation[name] for name in ("doc_id", "revision", "start", "end", "quote")}
    _, told = _call(connection, "POST", "/v1/citations/verify", wanted)
    if told.get("status") in ("current", "superseded"):
        return []
    where = f"/v1/documents/{quote(citation['doc_id'])}"
    if told.get("status") == "unknown_document" and _call(connection, "GET", where, None)[0] == 404:
        return []
    if told.get("status") == "unknown_revision":  # deleted and put again in between
        return []
    return [f"a citation of {citation['doc_id']} does not verify: {told}"]


def _citations(body: dict[str, Any]) -> Iterator[dict[str, Any]]:
    for answer in [body["answer"], *body["alternatives"]]:
        if answer:
            yield from answer["citations"]
            yield answer["span"]
    yield from body["passages"]


def _call(connection: HTTPConnection, method: str, path: str, body: object | None) -> tuple[int, dict[str, Any]]:
    """Status and body; (0, reason) where the connection itself failed."""
    try:
        data = None if body is None else json.dumps(body).encode()
        connection.request(method, path, data, {"Content-Type": "application/json"})
        response = connection.getresponse()
        return response.status, json.loads(response.read())
    except (OSError, ValueError) as error:
        connection.close()
        return 0, {"reason": repr(error)}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seconds", type=float, default=60)
    parser.add_argument("--workers", type=int, default=4)
    parser.add_argument("--connections", type=int, default=16)
    parser.add_argument("--documents", type=Path, default=_SEEDS, help="folder that is indexed first")
    arguments = parser.parse_args()
    with (
        tempfile.TemporaryDirectory(prefix="citespan-live-") as name,
        serving(Path(name), arguments.documents, arguments.workers) as (host, port),
    ):
        seen = run(host, port, arguments.seconds, arguments.connections)
    print("| seconds | answers | commits | citations verified | errors | wrong | greatest lag (ms) |")
    print("|---|---|---|---|---|---|---|")
    print(
        f"| {arguments.seconds:.0f} | {seen.answers:,} | {seen.commits:,} | {seen.verified:,} | {len(seen.errors)}"
        f" | {len(seen.wrong)} | {seen.lag_s * 1000:.0f} |"
    )
    for line in (*seen.errors[:5], *seen.wrong[:5]):
        print(line)


if __name__ == "__main__":
    main()
