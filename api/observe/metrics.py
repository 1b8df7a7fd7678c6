"""What Prometheus may know: requests, latencies, answers given and withheld, writers, and the state of the index.

Counters live in the worker that counted; under ``PROMETHEUS_MULTIPROC_DIR`` (set by ``api/serving/server.py``) a scrape
adds up those of all workers, dead ones included (``metric_files.py``). What can be looked up, is:
``metric_sources.py``. Every label has few values: a route is its rule, never a path; nothing that a client makes up is
a label.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from time import perf_counter, time

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest
from prometheus_client.registry import Collector

from api.observe import metric_files
from api.problems import PROBLEMS
from qa.results import REASONS, AskResult
from qa.stages import STAGES, StageTime

_SECONDS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10, 60)
_STAGE_SECONDS = (0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1, 10)
_LAG_SECONDS = (0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60)
ANSWERED = "answered"


class Metrics:
    """The counters of one application. ``sources`` are read at each scrape."""

    def __init__(self, sources: Iterable[Collector]) -> None:
        self._sources = tuple(sources)
        self._registry = own = CollectorRegistry()
        for source in self._sources:
            own.register(source)
        self._make_request_counters(own)
        self._make_question_counters(own)
        self._make_writer_counters(own)
        self._make_follower_counters(own)
        Counter(*metric_files.EXITS, registry=own)  # counted by the master; here only the zero to start from

    def _make_request_counters(self, own: CollectorRegistry) -> None:
        self._requests = Counter("citespan_requests", "Requests answered.", ("method", "route", "status"), registry=own)
        self._latency = Histogram(
            "citespan_request_seconds", "Time to answer a request.", ("route",), buckets=_SECONDS, registry=own
        )
        self.in_progress = Gauge(
            "citespan_requests_in_progress", "Requests that are being answered.", multiprocess_mode="livesum",
            registry=own,
        )  # fmt: skip
        self._problems = Counter("citespan_problems", "Requests answered by a problem.", ("code",), registry=own)
        for code in PROBLEMS:  # a series that begins with its first event hides that event from rate()
            self._problems.labels(code)

    def _make_question_counters(self, own: CollectorRegistry) -> None:
        self._answers = Counter(
            "citespan_answers", "Questions by outcome: answered, or why not.", ("outcome",), registry=own
        )
        for outcome in (ANSWERED, *REASONS):
            self._answers.labels(outcome)
        self._stages = Histogram(
            "citespan_stage_seconds", "Time of each stage of a question.", ("operation", "stage"),
            buckets=_STAGE_SECONDS, registry=own,
        )  # fmt: skip
        self._stage_cpu = Counter(
            "citespan_stage_cpu_seconds", "CPU time of each stage of a question.", ("operation", "stage"), registry=own
        )
        self._by_stage = {  # found once: questions come by the thousand
            (operation, stage): (self._stages.labels(operation, stage), self._stage_cpu.labels(operation, stage))
            for operation in ("ask", "search")
            for stage in STAGES
        }
        self._repeated = Counter(
            "citespan_repeated", "Questions and searches answered from what was kept.", registry=own
        )

    def _make_writer_counters(self, own: CollectorRegistry) -> None:
        writers = Gauge(
            "citespan_writers", "Changes that wait for their turn to write, and those that write.", ("state",),
            multiprocess_mode="livesum", registry=own,
        )  # fmt: skip
        self._waiting, self._writing = writers.labels("waiting"), writers.labels("writing")
        self._writer_wait = Histogram(
            "citespan_writer_wait_seconds", "Time that a change waited for its turn to write.", buckets=_SECONDS,
            registry=own,
        )  # fmt: skip

    def _make_follower_counters(self, own: CollectorRegistry) -> None:
        self._follow_lag = Histogram(
            "citespan_follow_lag_seconds", "Time from a commit until a worker that nobody asked had opened it.",
            buckets=_LAG_SECONDS, registry=own,
        )  # fmt: skip
        self._followed = Gauge(
            "citespan_follow_timestamp_seconds",
            "When the slowest worker last looked for new commits, in seconds since 1970.",
            multiprocess_mode="livemin", registry=own,
        )  # fmt: skip
        self._followed.set(time())

    def observe(self, method: str, route: str, status: int, seconds: float, problem: str | None) -> None:
        """Count a request. ``route`` is the rule, not the path; ``problem`` a code of ``api/problems.py``."""
        self._requests.labels(method, route, str(status)).inc()
        self._latency.labels(route).observe(seconds)
        if problem is not None:
            self._problems.labels(problem).inc()

    def asked(self, result: AskResult) -> None:
        """Count a question that was to be answered."""
        self._answers.labels(ANSWERED if result.answerable else result.reason or "low_confidence").inc()
        self._timed("ask", result.stages)

    def searched(self, result: AskResult) -> None:
        """Count a question of which only passages were wanted."""
        self._timed("search", result.stages)

    def _timed(self, operation: str, stages: Iterable[StageTime]) -> None:
        for each in stages:
            seconds, cpu = self._by_stage[operation, each.stage]
            seconds.observe(each.seconds)
            cpu.inc(max(0.0, each.cpu_ms / 1000))

    @contextmanager
    def writer_turn(self) -> Iterator[Callable[[], None]]:
        """Counts a change as waiting until what is yielded is called, from then on as writing."""
        began = perf_counter()
        state = self._waiting
        state.inc()

        def granted() -> None:
            nonlocal state
            state.dec()
            state = self._writing
            state.inc()
            self._writer_wait.observe(perf_counter() - began)

        try:
            yield granted
        finally:
            state.dec()

    def followed(self, lags: Iterable[float]) -> None:
        """This worker has looked for new commits; ``lags``: seconds since each that it found was made."""
        for lag in lags:
            self._follow_lag.observe(max(0.0, lag))
        self._followed.set(time())

    def repeated(self) -> None:
        """Count a question or a search whose result was kept from before."""
        self._repeated.inc()

    def exposition(self) -> bytes:
        """The text format of Prometheus."""
        folder = metric_files.folder()
        if folder is None:
            return generate_latest(self._registry)
        registry = CollectorRegistry()
        for source in (metric_files.Counts(folder), *self._sources):
            registry.register(source)
        return generate_latest(registry)
