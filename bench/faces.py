"""Requests a CPU second of ``/v1/search`` and ``/v1/ask``, beside the same gunicorn that serves a constant.

    python -m bench.faces [--seconds 5] [--workers 2] [--connections 8] [--documents FOLDER]

In one run: the real service over the documents, and ``bench.constant`` with answers of the same size, both asked by wrk
(https://github.com/wg/wrk). CPU is what the worker processes used, as Linux tells it. Each measurement follows one that
does not count, so that what a worker learns once is not in it. Three ways of asking:

``distinct``            no question comes twice: what an answer costs
``repeated, no cache``  some hundred questions by Zipf's law (the n-th most frequent comes 1/n times as often as the
                        first), as people ask, with the setting ``answer_cache`` at 0
``repeated``            the same with the service as it ships; of how many questions the answer was kept is told
``again``               a few questions over and over: what an answer costs that was kept
"""

from __future__ import annotations

import argparse
import json
import os
import random
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from http.client import HTTPConnection
from itertools import accumulate
from pathlib import Path
from typing import NamedTuple

from api.serving.server import METRICS_VARIABLE
from api.settings import Settings
from bench.constant import JSON
from bench.service import COMMAND, environment, free_port, running
from indexer.collection import Collection
from indexer.encoder import EMBEDDED, load_encoder

_SEEDS = Path(__file__).parents[1] / "seeds"
_SCRIPT = Path(__file__).with_suffix(".lua")
ROUTES = ("search", "ask")
_SAMPLE = 50
"""Questions whose answers are measured, for a constant of the same size."""
_POPULAR = 300
"""Questions that people ask again and again."""
_FEW = 10
_SENT = 50_000
_CLAUSE = re.compile(r"[^，。！？；：、\n|#*<>]{6,30}")
_FORMS = (
    "{}吗？", "为什么{}？", "请问{}是什么情况？", "关于{}有什么说法？", "{}，这是哪一年的事？", "{}，涉及多少钱？",
    "什么时候{}？", "哪家公司{}？", "谁说过{}？", "{}的比例是多少？", "How much is {}?", "When did {} happen?",
    "Who said {}?", "Why {}?", "Is it true that {}?", "What does {} mean for revenue?",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Rate:
    """``requests`` answered and the CPU ``seconds`` that the workers took for them; ``kept``: how many of the answers
    had been kept from before."""

    route: str
    asking: str
    requests: int
    seconds: float
    kept: int = 0

    @property
    def a_second(self) -> float:
        return self.requests / self.seconds


def wrk_missing() -> str | None:
    """Why there can be no measurement, None where there can."""
    return None if shutil.which("wrk") else "wrk is not installed (Debian: apt-get install wrk)"


def own_questions(file: Path) -> list[str]:
    """The questions of a set in the schema of `eval`."""
    return [json.loads(line)["question"] for line in file.read_text(encoding="utf-8").splitlines() if line]


def distinct_questions(texts: Sequence[str], known: Sequence[str], seed: int = 7) -> list[str]:
    """``known`` and questions about every clause of ``texts``, each once, shuffled."""
    clauses = dict.fromkeys(clause.strip() for text in texts for clause in _CLAUSE.findall(text))
    made = (form.format(clause) for clause in clauses for form in _FORMS)
    questions = list(dict.fromkeys((*known, *made)))
    random.Random(seed).shuffle(questions)
    return questions


def repeated_questions(questions: Sequence[str], count: int, seed: int = 7) -> list[str]:
    """``count`` of ``questions`` by Zipf's law, the first being the most frequent."""
    weights = list(accumulate(1 / rank for rank in range(1, len(questions) + 1)))
    return random.Random(seed).choices(questions, cum_weights=weights, k=count)


def measure(
    documents: Path, seconds: int, workers: int, connections: int, routes: Sequence[str] = ROUTES
) -> Iterator[Rate]:
    """Each of ``routes`` in each way of asking, then the constants. Raises RuntimeError where a request fails, or the
    questions do not last."""
    with tempfile.TemporaryDirectory(prefix="citespan-faces-") as name:
        data = Path(name)
        subprocess.run(
            [*COMMAND, "index", str(documents)],
            env=environment(data, free_port(), workers),
            check=True,
            stdout=subprocess.DEVNULL,
        )
        asked = distinct_questions(_texts(data), own_questions(_SEEDS / "questions.jsonl"))
        others = len(asked) // 3
        distinct, before = _bodies(data / "distinct", asked[others:]), _bodies(data / "before", asked[:others])
        repeated = _bodies(data / "repeated", repeated_questions(asked[:_POPULAR], _SENT))
        again = _bodies(data / "again", asked[:_FEW] * (_SENT // _FEW))
        bench = _Bench(data, seconds, workers, connections, routes)
        with bench.service(answer_cache=0) as service:
            sizes = {route: mean_size(service.port, route, asked[:_SAMPLE]) for route in routes}
            yield from bench.rates(service, "distinct", distinct, before)
            yield from bench.rates(service, "repeated, no cache", repeated, repeated)
        with bench.service() as service:
            yield from bench.rates(service, "again", again, again)
            yield from bench.rates(service, "repeated", repeated, repeated)
        with bench.constants(sizes) as constants:
            for route in routes:
                yield bench.rate(constants, route, "constant", route, repeated)


class _Served(NamedTuple):
    """A server: its port, and the process whose children answer."""

    port: int
    process: int


@dataclass(frozen=True, slots=True)
class _Bench:
    data: Path
    seconds: int
    workers: int
    connections: int
    routes: Sequence[str]

    @contextmanager
    def service(self, **settings: object) -> Iterator[_Served]:
        """The real service, with ``settings``."""
        port = free_port()
        counts = self.data / f"metrics-{port}"
        counts.mkdir()
        variables = environment(self.data, port, self.workers, **settings) | {METRICS_VARIABLE: str(counts)}
        with running([*COMMAND, "serve"], port, variables, self.data / "server.log") as process:
            yield _Served(port, process.pid)

    @contextmanager
    def constants(self, sizes: Mapping[str, int]) -> Iterator[_Served]:
        """A server of constants of ``sizes``."""
        port = free_port()
        arguments = [f"{route}={size}" for route, size in sizes.items()]
        command = [sys.executable, "-m", "bench.constant", str(port), str(self.workers), *arguments]
        with running(command, port, environment(self.data, port, self.workers), self.data / "constant.log") as process:
            yield _Served(port, process.pid)

    def rates(self, service: _Served, asking: str, bodies: Path, before: Path) -> Iterator[Rate]:
        """``before``: what is asked as long without being measured."""
        lines = bodies.read_bytes().count(b"\n")
        for route in self.routes:
            self.rate(service, route, asking, f"v1/{route}", before)
            kept = _kept(service.port)
            rate = self.rate(service, route, asking, f"v1/{route}", bodies)
            if rate.requests > lines:
                raise RuntimeError(f"{rate.requests} requests with {lines} questions: take fewer seconds")
            yield replace(rate, kept=_kept(service.port) - kept)

    def rate(self, served: _Served, route: str, asking: str, path: str, bodies: Path) -> Rate:
        """What wrk gets through in the time given. Raises RuntimeError where a request fails, or none is answered."""
        url = f"http://127.0.0.1:{served.port}/{path}"
        before = cpu_of_children(served.process)
        told = {"requests": 0}
        for seconds in (self.seconds, 5 * self.seconds):  # a machine with other work may not come to a single one
            if not told["requests"]:
                told = self._wrk(url, bodies, seconds)
        used = cpu_of_children(served.process) - before
        if told["failed"] or not told["requests"]:
            raise RuntimeError(f"{url}: {told['failed']} of {told['requests']} requests failed")
        return Rate(route, asking, told["requests"], used)

    def _wrk(self, url: str, bodies: Path, seconds: int) -> dict[str, int]:
        """What `faces.lua` tells."""
        command = [
            "wrk",
            "-t1",
            f"-c{self.connections}",
            f"-d{seconds}s",
            "--timeout",
            "30s",
            "-s",
            str(_SCRIPT),
            url,
            "--",
            str(bodies),
        ]
        done = subprocess.run(command, check=True, capture_output=True, text=True)
        told: dict[str, int] = json.loads(done.stdout.splitlines()[-1])
        return told


def mean_size(port: int, route: str, questions: Sequence[str]) -> int:
    """Bytes of an answer."""
    return sum(len(_asked(port, route, question)) for question in questions) // len(questions)


def _texts(data: Path) -> list[str]:
    snapshot = Collection(data / "collections" / Settings().collection, load_encoder(EMBEDDED)).snapshot()
    documents = snapshot.documents(limit=snapshot.documents_count)
    return [snapshot.readable(document.doc_id).text for document in documents]


def _bodies(file: Path, questions: Sequence[str]) -> Path:
    file.write_text("".join(json.dumps({"question": question}) + "\n" for question in questions), encoding="utf-8")
    return file


def _asked(port: int, route: str, question: str) -> bytes:
    connection = HTTPConnection("127.0.0.1", port, timeout=60)
    connection.request("POST", f"/v1/{route}", json.dumps({"question": question}), {"Content-Type": JSON})
    response = connection.getresponse()
    body = response.read()
    connection.close()
    if response.status != 200:
        raise RuntimeError(f"/v1/{route}: {response.status} {body.decode()}")
    return body


def _kept(port: int) -> int:
    """How many answers of the service had been kept, so far."""
    connection = HTTPConnection("127.0.0.1", port, timeout=60)
    connection.request("GET", "/metrics")
    response = connection.getresponse()
    lines = response.read().decode().splitlines()
    if response.status != 200:
        raise RuntimeError(f"/metrics: {response.status}")
    connection.close()
    return sum(int(float(line.split()[-1])) for line in lines if line.startswith("citespan_repeated_total"))


def cpu_of_children(process: int) -> float:
    """CPU seconds of the child processes of ``process``, those that ended aside (Linux)."""
    children = Path(f"/proc/{process}/task/{process}/children").read_text(encoding="utf-8").split()
    ticks = 0
    for child in children:
        # The second field is the name in brackets, and may hold spaces.
        fields = Path(f"/proc/{child}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()
        ticks += int(fields[11]) + int(fields[12])
    return ticks / os.sysconf("SC_CLK_TCK")


def table(rates: Sequence[Rate]) -> Iterator[str]:
    """Markdown, a line a measurement; the ratio is to the constant of the same route."""
    limit = {rate.route: rate.a_second for rate in rates if rate.asking == "constant"}
    yield "| route | questions | requests | kept | CPU ms a request | requests a CPU second | of the constant |"
    yield "|---|---|---|---|---|---|---|"
    for rate in rates:
        # wrk does not count what it leaves unanswered at the end.
        kept, ms = 100 * min(1.0, rate.kept / rate.requests), 1000 / rate.a_second
        yield (
            f"| {rate.route} | {rate.asking} | {rate.requests:,} | {kept:.0f} % | {ms:.2f} | {rate.a_second:,.0f}"
            f" | {rate.a_second / limit[rate.route]:.3f} |"
        )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seconds", type=int, default=5, help="of each measurement; there are 18")
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--connections", type=int, default=8)
    parser.add_argument("--documents", type=Path, default=_SEEDS)
    arguments = parser.parse_args()
    if reason := wrk_missing():
        sys.exit(reason)
    rates = measure(arguments.documents, arguments.seconds, arguments.workers, arguments.connections)
    for line in table(list(rates)):
        print(line)


if __name__ == "__main__":
    main()
