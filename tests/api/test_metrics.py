"""/metrics of the real service: read with the official parser, exact, and right after a worker was killed."""

from __future__ import annotations

import os
import re
import signal
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path

import pytest
import requests
from prometheus_client import Metric
from prometheus_client.parser import text_string_to_metric_families
from small_service import DOCUMENTS, Server, start_server

from api.problems import PROBLEMS
from indexer.collections import Collections
from indexer.encoder import EMBEDDED, load_encoder
from indexer.load import load_bytes
from qa.stages import STAGES

ASKED, SEARCHED, LOST, BROKEN = 9, 7, 5, 4
Labels = dict[str, str]


class Scrape:
    """What one scrape gave."""

    def __init__(self, server: Server) -> None:
        answer = call(server, "GET", "/metrics")
        assert answer.status_code == 200
        self.text = answer.text
        self.families: dict[str, Metric] = {each.name: each for each in text_string_to_metric_families(answer.text)}
        self._samples = [sample for family in self.families.values() for sample in family.samples]

    def all(self, name: str, **labels: str) -> list[tuple[Labels, float]]:
        return [
            (sample.labels, sample.value)
            for sample in self._samples
            if sample.name == name and sample.labels.items() >= labels.items()
        ]

    def sum(self, name: str, **labels: str) -> float:
        return sum(value for _, value in self.all(name, **labels))

    def pids(self, role: str = "worker") -> set[int]:
        return {int(labels["pid"]) for labels, _ in self.all("citespan_process_start_time_seconds", role=role)}


def call(server: Server, method: str, path: str, **more) -> requests.Response:
    """A request on a connection of its own, which may reach any worker."""
    return requests.request(method, server.url + path, headers={"Connection": "close"}, timeout=30, **more)


def until(met: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 30
    while not met():
        assert time.monotonic() < deadline
        time.sleep(0.05)


@pytest.fixture(scope="module")
def counted(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A server that has had a known traffic."""
    folder = tmp_path_factory.mktemp("counted")
    (folder / "tmp").mkdir()
    with start_server(folder, CITESPAN_WORKERS="2", CITESPAN_ANSWER_CACHE="0", TMPDIR=str(folder / "tmp")) as server:
        for doc_id, body in DOCUMENTS.items():
            assert call(server, "PUT", f"/v1/documents/{doc_id}", json=body).status_code == 201
        for _ in range(ASKED):
            assert call(server, "POST", "/v1/ask", json={"question": "可灵AI的收入有多少由P端贡献？"}).ok
        for _ in range(SEARCHED):
            assert call(server, "POST", "/v1/search", json={"question": "快手"}).ok
        for number in range(LOST):
            assert call(server, "GET", f"/v1/documents/none-{number}").status_code == 404
        for _ in range(BROKEN):
            assert call_json(server, "/v1/ask", b"{").json()["code"] == "json_invalid"
        yield server


def call_json(server: Server, path: str, data: bytes) -> requests.Response:
    headers = {"Connection": "close", "Content-Type": "application/json"}
    return requests.post(server.url + path, data=data, headers=headers, timeout=30)


@pytest.fixture(scope="module")
def scrape(counted: Server) -> Scrape:
    return Scrape(counted)


def test_the_sums_over_the_workers_are_exact(scrape: Scrape):
    ask, search, document = "/v1/ask", "/v1/search", "/v1/documents/<doc_id:doc_id>"
    requests_ = {(at["method"], at["route"], at["status"]): n for at, n in scrape.all("citespan_requests_total")}
    assert requests_["POST", ask, "200"] == ASKED
    assert requests_["POST", ask, "400"] == BROKEN
    assert requests_["POST", search, "200"] == SEARCHED
    assert requests_["PUT", document, "201"] == len(DOCUMENTS)
    assert requests_["GET", document, "404"] == LOST
    assert sum(n for (_, _, status), n in requests_.items() if status >= "400") == LOST + BROKEN
    by_route = Counter()
    for (_, route, _), n in requests_.items():
        by_route[route] += n
    for route, n in by_route.items():
        assert scrape.sum("citespan_request_seconds_count", route=route) == n
        assert scrape.sum("citespan_request_seconds_bucket", route=route, le="+Inf") == n
    assert scrape.sum("citespan_answers_total") == ASKED
    assert scrape.sum("citespan_problems_total") == LOST + BROKEN
    assert scrape.sum("citespan_problems_total", code="document_not_found") == LOST
    assert scrape.sum("citespan_problems_total", code="json_invalid") == BROKEN
    assert scrape.sum("citespan_writer_wait_seconds_count") == len(DOCUMENTS)


def test_every_stage_of_every_question_is_timed(scrape: Scrape):
    for stage in STAGES:
        assert scrape.sum("citespan_stage_seconds_count", operation="ask", stage=stage) == ASKED
        searched = 0 if stage in ("read", "decide") else SEARCHED
        assert scrape.sum("citespan_stage_seconds_count", operation="search", stage=stage) == searched
    spent = scrape.sum("citespan_stage_seconds_sum", operation="ask")
    assert 0 < spent <= scrape.sum("citespan_request_seconds_sum", route="/v1/ask")
    assert scrape.sum("citespan_stage_cpu_seconds_total") > 0


def test_every_worker_gives_the_same_sums(counted: Server, scrape: Scrape):
    def counts(one: Scrape) -> list[tuple[str, Labels, float]]:
        names = [name for name in one.families if name not in ("citespan_requests", "citespan_request_seconds")]
        names = [
            name for name in names if not name.startswith(("citespan_process", "citespan_follow", "citespan_disk"))
        ]
        return sorted(
            ((sample.name, sorted(sample.labels.items()), sample.value) for name in names
             for sample in one.families[name].samples), key=repr,
        )  # fmt: skip

    assert all(counts(Scrape(counted)) == counts(scrape) for _ in range(6))


def test_collections_disk_and_build_are_told(counted: Server, scrape: Scrape):
    assert scrape.all("citespan_ready") == [({}, 1.0)]
    own = {"collection": "default"}
    for name, value in {"collection_up": 1, "index_commit": 3, "documents": 3, "passages": 3}.items():
        assert scrape.all(f"citespan_{name}") == [(own, value)]
    assert scrape.sum("citespan_segments", kind="flat") >= 1
    assert scrape.sum("citespan_segments", kind="ivf") == 0
    folder = counted.data_dir / "collections" / "default"
    assert scrape.sum("citespan_index_bytes") >= (folder / "record.db").stat().st_size
    assert 0 <= time.time() - scrape.sum("citespan_index_commit_timestamp_seconds") < 600
    assert 0 < scrape.sum("citespan_disk_free_bytes") < scrape.sum("citespan_disk_size_bytes")
    ((build, one),) = scrape.all("citespan_build_info")
    assert (build["encoder"], build["reader"], one) == ("embedded", "embedded", 1)


def test_processes_are_told_with_memory_that_adds_up(counted: Server, scrape: Scrape):
    assert scrape.pids("master") == {counted.process.pid}
    assert len(scrape.pids()) == 2
    for pid in (*scrape.pids(), counted.process.pid):
        resident, proportional, private = (
            scrape.sum(f"citespan_process_{kind}_memory_bytes", pid=str(pid))
            for kind in ("resident", "proportional", "private")
        )
        assert 1e6 < private <= proportional <= resident
        assert 0 <= time.time() - scrape.sum("citespan_process_start_time_seconds", pid=str(pid)) < 600
        assert scrape.sum("citespan_process_cpu_seconds_total", pid=str(pid)) > 0


def test_names_and_help_are_as_prometheus_wants_them(scrape: Scrape):
    assert len(scrape.families) > 25
    for name, family in scrape.families.items():
        assert re.fullmatch(r"citespan_[a-z_]+", name)
        assert len(family.documentation) > 10, name
        assert "ultiprocess" not in family.documentation
        assert family.type in ("counter", "gauge", "histogram"), name
        if family.type == "counter":
            assert f"# HELP {name}_total " in scrape.text
            assert {sample.name for sample in family.samples} <= {f"{name}_total"}
        assert not re.search(r"(_ms|_milliseconds|_kb|_mb|_percent)(_|$)", name)


def test_what_clients_make_up_makes_no_series(counted: Server):
    before = Scrape(counted)
    for number in range(30):
        call(counted, "GET", f"/made/up/{number}")
        call(counted, "GET", f"/v1/documents/x{number}?a{number}=b")
        call(counted, f"BREW{number}", "/v1/ask")
        call_json(counted, "/v1/ask", b'{"question": "x", "collection": "c%d"}' % number)
    after = Scrape(counted)
    fresh = {str(sample) for sample in series(after)} - {str(sample) for sample in series(before)}
    assert len({line for line in fresh if "request_seconds" not in line}) <= 6, fresh
    assert after.sum("citespan_problems_total", code="collection_not_found") == 30


def series(scrape: Scrape) -> set[tuple[str, str]]:
    return {
        (sample.name, str(sorted(sample.labels.items())))
        for family in scrape.families.values()
        for sample in family.samples
    }


def test_problems_of_every_code_begin_at_zero(scrape: Scrape):
    assert {labels["code"] for labels, _ in scrape.all("citespan_problems_total")} == set(PROBLEMS)


def test_waiting_writers_and_requests_in_progress_are_seen(counted: Server):
    collection = Collections(counted.data_dir, load_encoder(EMBEDDED)).create("default")
    answers: list[int] = []
    before = Scrape(counted).sum("citespan_writer_wait_seconds_count")

    def put() -> None:
        answers.append(call(counted, "PUT", "/v1/documents/late", json={"text": "迟到的文件。"}).status_code)

    with collection.writer():
        waiting = threading.Thread(target=put)
        waiting.start()
        until(lambda: Scrape(counted).sum("citespan_writers", state="waiting") == 1)
        assert Scrape(counted).sum("citespan_requests_in_progress") == 2  # the scrape itself is one
    waiting.join()
    after = Scrape(counted)
    assert answers == [201]
    assert (after.sum("citespan_writers"), after.sum("citespan_requests_in_progress")) == (0, 1)
    assert after.sum("citespan_writer_wait_seconds_count") == before + 1


def test_the_lag_of_idle_workers_is_measured(counted: Server):
    before = Scrape(counted)
    with Collections(counted.data_dir, load_encoder(EMBEDDED)).create("default").writer() as writer:
        writer.put(load_bytes("别处写入的。".encode(), "elsewhere.txt", doc_id="elsewhere"))
        commit = writer.commit()
    name = "citespan_follow_lag_seconds_count"
    until(lambda: Scrape(counted).sum(name) >= before.sum(name) + 2)  # each worker; an earlier commit may still come
    after = Scrape(counted)
    assert after.sum("citespan_index_commit") == commit
    seen = "citespan_follow_timestamp_seconds"
    assert before.sum(seen) < after.sum(seen) <= time.time()


def test_a_killed_worker_leaves_its_counts_and_nothing_else(counted: Server):
    collection = Collections(counted.data_dir, load_encoder(EMBEDDED)).create("default")
    (folder,) = (counted.data_dir / "tmp").glob("citespan-metrics-*")
    stuck = threading.Thread(target=_ignore_failure, args=(counted,))
    with collection.writer():
        stuck.start()
        until(lambda: Scrape(counted).sum("citespan_writers", state="waiting") == 1)
        before = Scrape(counted)
        for number, pid in enumerate(sorted(before.pids()), 1):
            os.kill(pid, signal.SIGKILL)
            until(lambda wanted=number: _exits(counted) == before.sum("citespan_worker_exits_total") + wanted)
        stuck.join()
    until(lambda: len(_scrape(counted).pids()) == 2)
    after = _scrape(counted)
    assert not after.pids() & before.pids()
    assert f'pid="{min(before.pids())}"' not in after.text
    assert (after.sum("citespan_writers"), after.sum("citespan_requests_in_progress")) == (0, 1)
    for name in ("requests_total", "answers_total", "stage_seconds_count", "stage_seconds_bucket", "problems_total"):
        for labels, value in before.all(f"citespan_{name}"):
            kept = after.sum(f"citespan_{name}", **labels)
            if labels.get("route") == "/metrics":
                assert kept > value
            else:
                assert kept == value, (name, labels)
    files = {path.name for path in folder.glob("*.db")}
    assert {"counter_dead.db", "histogram_dead.db", "counter_master.db"} < files
    assert {int(found) for name in files for found in re.findall(r"\d+", name)} == after.pids()


def _scrape(server: Server) -> Scrape:
    """A scrape that a dying worker may have cut short is made again."""
    while True:
        try:
            return Scrape(server)
        except requests.ConnectionError:
            time.sleep(0.05)


def _exits(server: Server) -> float:
    return _scrape(server).sum("citespan_worker_exits_total")


def _ignore_failure(server: Server) -> None:
    with suppress(requests.ConnectionError):
        call(server, "PUT", "/v1/documents/never", json={"text": "不会写入。"})


def test_what_an_earlier_run_left_is_not_counted(tmp_path: Path):
    folder = tmp_path / "counts"
    folder.mkdir()
    (folder / "counter_4194303.db").write_bytes(b"\x00" * 64)
    (folder / "gauge_livesum_4194303.db").write_bytes(b"no counts at all")
    with start_server(tmp_path, PROMETHEUS_MULTIPROC_DIR=str(folder)) as server:
        assert Scrape(server).sum("citespan_requests_total", route="/v1/ask") == 0
    assert folder.is_dir()
