"""Traces as a collector gets them: the real service sends them to one that reads OpenTelemetry's own protobuf."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from itertools import pairwise
from pathlib import Path

import pytest
import requests
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
from opentelemetry.proto.common.v1.common_pb2 import KeyValue
from small_service import DOCUMENTS, KLING, Server, start_server

from api.observe.otel import wanted
from bench.service import free_port
from indexer.errors import ConfigError
from qa.stages import STAGES

QUESTION = "可灵AI的收入有多少由P端贡献？"
TRACE, PARENT = "4bf92f3577b34da6a3ce929d0e0e4736", "00f067aa0ba902b7"
SERVER_KIND, ERROR = 2, 2


@dataclass
class Span:
    name: str
    trace: str
    id: str
    parent: str
    start: int
    end: int
    kind: int
    status: int
    attributes: dict[str, object]
    resource: dict[str, object]


@dataclass
class Receiver:
    """A collector: OTLP over HTTP on a port of its own."""

    url: str = ""
    spans: list[Span] = field(default_factory=list)
    bodies: list[bytes] = field(default_factory=list)
    paths: set[str] = field(default_factory=set)
    changed: threading.Condition = field(default_factory=threading.Condition)

    def take(self, path: str, body: bytes) -> None:
        sent = ExportTraceServiceRequest.FromString(body)
        with self.changed:
            self.paths.add(path)
            self.bodies.append(body)
            for group in sent.resource_spans:
                resource = values(group.resource.attributes)
                self.spans += [as_span(span, resource) for scope in group.scope_spans for span in scope.spans]
            self.changed.notify_all()

    def wait(self, met: Callable[[list[Span]], bool]) -> list[Span]:
        with self.changed:
            assert self.changed.wait_for(lambda: met(self.spans), timeout=30), [span.name for span in self.spans]
            return list(self.spans)


def values(attributes: list[KeyValue]) -> dict[str, object]:
    return {each.key: getattr(each.value, str(each.value.WhichOneof("value"))) for each in attributes}


def as_span(span, resource: dict[str, object]) -> Span:
    return Span(
        span.name, span.trace_id.hex(), span.span_id.hex(), span.parent_span_id.hex(), span.start_time_unix_nano,
        span.end_time_unix_nano, span.kind, span.status.code, values(span.attributes), resource,
    )  # fmt: skip


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    yield from receive()


@pytest.fixture(scope="module")
def collected() -> Iterator[Receiver]:
    yield from receive()


def receive() -> Iterator[Receiver]:
    held = Receiver()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            held.take(self.path, self.rfile.read(int(self.headers["Content-Length"])))
            self.send_response(200)
            self.send_header("Content-Type", "application/x-protobuf")
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *_: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as listening:
        held.url = f"http://127.0.0.1:{listening.server_port}"
        thread = threading.Thread(target=listening.serve_forever)
        thread.start()
        try:
            yield held
        finally:
            listening.shutdown()
            thread.join()


@pytest.fixture(scope="module")
def traced(tmp_path_factory: pytest.TempPathFactory, collected: Receiver) -> Iterator[Server]:
    """The real service, with two workers, that sends its spans to ``collected``."""
    folder = tmp_path_factory.mktemp("traced")
    environ = {"OTEL_EXPORTER_OTLP_ENDPOINT": collected.url, "OTEL_BSP_SCHEDULE_DELAY": "100"}
    with start_server(folder, CITESPAN_LOG_FORMAT="json", CITESPAN_ACCESS_LOG="1", **environ) as server:
        for doc_id, body in DOCUMENTS.items():
            requests.put(f"{server.url}/v1/documents/{doc_id}", json=body, timeout=30).raise_for_status()
        yield server


def post(server: Server, route: str, body: object, **headers: str) -> requests.Response:
    return requests.post(
        f"{server.url}/v1/{route}", json=body, headers={"Connection": "close", **headers}, timeout=30
    )  # fmt: skip


def of_request(spans: list[Span], request_id: str) -> list[Span]:
    """The spans of the trace that a request had."""
    roots = [span for span in spans if span.attributes.get("citespan.request_id") == request_id]
    return [span for span in spans if roots and span.trace == roots[0].trace]


def test_a_question_is_a_trace_of_its_stages_within_the_callers(traced: Server, collected: Receiver):
    headers = {"traceparent": f"00-{TRACE}-{PARENT}-01", "X-Request-ID": "asked-1"}
    body = post(traced, "ask", {"question": QUESTION, "min_confidence": 0.0}, **headers).json()
    spans = of_request(collected.wait(lambda spans: len(of_request(spans, "asked-1")) == 2 + len(STAGES)), "asked-1")
    (request,) = [span for span in spans if span.kind == SERVER_KIND]
    (question,) = [span for span in spans if span.name == "citespan.ask"]
    stages = [span for span in spans if span.parent == question.id]
    assert (request.name, request.trace, request.parent) == ("POST /v1/ask", TRACE, PARENT)
    assert (question.trace, question.parent) == (TRACE, request.id)
    assert [span.name for span in stages] == [f"citespan.{stage}" for stage in STAGES]
    wanted_ = {"http.request.method": "POST", "http.route": "/v1/ask", "http.response.status_code": 200}
    assert request.attributes.items() >= wanted_.items()
    assert question.attributes == {
        "citespan.collection": "default",
        "citespan.commit": body["index"]["commit"],
        "citespan.passages": len(body["passages"]),
        "citespan.answerable": True,
        "citespan.reason": "",
    }
    # By the clock, each stage begins where the one before ended; all lie inside the question, and it in the request.
    for before, after in pairwise(stages):
        assert before.end == after.start
    assert (question.start, question.end) == (stages[0].start, stages[-1].end)
    assert request.start <= question.start < question.end <= request.end
    assert all(span.attributes["citespan.cpu_ms"] > 0 for span in stages)
    assert request.resource["service.name"] == "citespan"


def test_a_search_has_its_stages_and_a_trace_of_its_own(traced: Server, collected: Receiver):
    post(traced, "search", {"question": QUESTION}, **{"X-Request-ID": "searched-1", "traceparent": "no such thing"})
    spans = of_request(collected.wait(lambda spans: len(of_request(spans, "searched-1")) == 6), "searched-1")
    (request,) = [span for span in spans if span.kind == SERVER_KIND]
    assert request.parent == ""
    assert [span.name for span in spans if span.name not in (request.name, "citespan.search")] == [
        f"citespan.{stage}" for stage in ("query", "retrieve", "rerank", "cite")
    ]


def test_a_problem_is_named_and_a_clients_fault_is_no_error(traced: Server, collected: Receiver):
    post(traced, "ask", {"question": ""}, **{"X-Request-ID": "wrong-1"})
    requests.get(f"{traced.url}/no/such", headers={"X-Request-ID": "lost-1"}, timeout=30)
    spans = collected.wait(lambda spans: all(of_request(spans, name) for name in ("wrong-1", "lost-1")))
    (wrong,), (lost,) = of_request(spans, "wrong-1"), of_request(spans, "lost-1")
    assert (wrong.attributes["error.type"], wrong.status) == ("question_empty", 0)
    assert (lost.name, lost.attributes["error.type"]) == ("GET", "route_not_found")
    assert "http.route" not in lost.attributes


def test_every_worker_sends_its_own(traced: Server, collected: Receiver):
    for _ in range(20):
        post(traced, "search", {"question": QUESTION})
    collected.wait(lambda spans: len({span.resource["process.pid"] for span in spans}) == 2)
    assert collected.paths == {"/v1/traces"}


def test_a_trace_that_the_caller_does_not_sample_is_not_sent(traced: Server, collected: Receiver):
    post(traced, "search", {"question": QUESTION}, traceparent=f"00-{'ab' * 16}-{PARENT}-00")
    post(traced, "search", {"question": QUESTION}, **{"X-Request-ID": "after-it"})
    spans = collected.wait(lambda spans: bool(of_request(spans, "after-it")))
    assert "ab" * 16 not in {span.trace for span in spans}


def test_nothing_that_was_asked_or_stored_is_sent(traced: Server, collected: Receiver):
    post(traced, "ask", {"question": QUESTION}, **{"X-Request-ID": "secret-1"})
    collected.wait(lambda spans: len(of_request(spans, "secret-1")) == 2 + len(STAGES))
    sent = b"".join(collected.bodies)
    assert b"citespan.ask" in sent
    for text in (QUESTION, KLING, "可灵", "近七成", DOCUMENTS["kling"]["title"]):
        assert text.encode() not in sent


def test_log_lines_name_the_trace(traced: Server):
    post(traced, "search", {"question": QUESTION}, traceparent=f"00-{TRACE}-{PARENT}-01")
    lines = [json.loads(line) for line in traced.log.read_text("utf-8").splitlines()]
    assert TRACE in {line.get("trace_id") for line in lines}


def test_what_is_not_sent_yet_is_sent_at_the_end(tmp_path: Path, receiver: Receiver):
    environ = {"OTEL_EXPORTER_OTLP_TRACES_ENDPOINT": f"{receiver.url}/own/path", "OTEL_BSP_SCHEDULE_DELAY": "600000"}
    names = {"OTEL_SERVICE_NAME": "answers", "OTEL_RESOURCE_ATTRIBUTES": "deployment.environment=test"}
    with start_server(tmp_path, **environ, **names) as server:
        requests.get(f"{server.url}/healthz", headers={"X-Request-ID": "last-1"}, timeout=30)
        assert not receiver.spans
        assert server.stop() == 0
    (span,) = of_request(receiver.spans, "last-1")
    assert span.resource.items() >= {"service.name": "answers", "deployment.environment": "test"}.items()
    assert receiver.paths == {"/own/path"}


def test_a_collector_that_is_not_there_harms_nobody(tmp_path: Path):
    environ = {
        "OTEL_EXPORTER_OTLP_ENDPOINT": f"http://127.0.0.1:{free_port()}",
        "OTEL_BSP_SCHEDULE_DELAY": "50",
        "OTEL_EXPORTER_OTLP_TIMEOUT": "1",
    }
    with start_server(tmp_path, CITESPAN_LOG_FORMAT="json", **environ) as server:
        put = requests.put(f"{server.url}/v1/documents/kling", json=DOCUMENTS["kling"], timeout=30)
        assert put.status_code == 201
        assert post(server, "ask", {"question": QUESTION}).ok
        assert server.stop() == 0
    events = [json.loads(line) for line in server.log.read_text("utf-8").splitlines()]
    assert any(event["logger"].startswith("opentelemetry") for event in events)


WITHOUT = """
import sys
for name in ("opentelemetry.sdk", "opentelemetry.exporter"):
    sys.modules[name] = None
from api.__main__ import main
main()
"""


def test_an_endpoint_without_the_extra_stops_the_start(tmp_path: Path):
    environ = {**os.environ, "CITESPAN_DATA": str(tmp_path), "OTEL_EXPORTER_OTLP_ENDPOINT": "http://127.0.0.1:1"}
    command = [sys.executable, "-c", WITHOUT, "serve", "--port", str(free_port())]
    done = subprocess.run(command, env=environ, capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 1
    assert "OTEL_EXPORTER_OTLP_ENDPOINT is set" in done.stderr
    assert "pip install 'citespan[otel]' [config_invalid]" in done.stderr
    assert "Traceback" not in done.stderr


def test_without_an_endpoint_nothing_of_it_is_imported(tmp_path: Path):
    code = (
        "import sys; from api.app import create_app; from api.settings import Settings; from pathlib import Path;"
        f"app = create_app(Settings(data_dir=Path({str(tmp_path)!r})));"
        "app.test_client().get('/healthz');"
        "print([name for name in sys.modules if name.startswith('opentelemetry')])"
    )
    environ = {name: value for name, value in os.environ.items() if not name.startswith("OTEL_")}
    done = subprocess.run([sys.executable, "-c", code], env=environ, capture_output=True, text=True, check=False)
    assert (done.stdout.strip(), done.returncode) == ("[]", 0), done.stderr


@pytest.mark.parametrize(
    ("environ", "on"),
    [
        ({}, False),
        ({"OTEL_SERVICE_NAME": "x"}, False),
        ({"OTEL_EXPORTER_OTLP_ENDPOINT": ""}, False),
        ({"OTEL_EXPORTER_OTLP_ENDPOINT": "http://a:4318"}, True),
        ({"OTEL_EXPORTER_OTLP_TRACES_ENDPOINT": "http://a:4318/v1/traces"}, True),
        ({"OTEL_TRACES_EXPORTER": "otlp"}, True),
        ({"OTEL_EXPORTER_OTLP_ENDPOINT": "http://a:4318", "OTEL_TRACES_EXPORTER": "none"}, False),
        ({"OTEL_EXPORTER_OTLP_ENDPOINT": "http://a:4318", "OTEL_SDK_DISABLED": "true"}, False),
    ],
)
def test_the_standard_variables_switch_it_on_and_off(environ: dict[str, str], on: bool):
    assert wanted(environ) is on


@pytest.mark.parametrize(
    "environ",
    [
        {"OTEL_TRACES_EXPORTER": "zipkin"},
        {"OTEL_EXPORTER_OTLP_ENDPOINT": "http://a:4317", "OTEL_EXPORTER_OTLP_PROTOCOL": "grpc"},
        {"OTEL_EXPORTER_OTLP_ENDPOINT": "http://a:4318", "OTEL_EXPORTER_OTLP_TRACES_PROTOCOL": "http/json"},
    ],
)
def test_what_is_not_spoken_is_refused_and_named(environ: dict[str, str]):
    with pytest.raises(ConfigError) as caught:
        wanted(environ)
    name, value = list(environ.items())[-1]
    assert name in caught.value.message
    assert value in caught.value.message
