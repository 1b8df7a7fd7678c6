"""What Prometheus may know: requests, latencies, answers given and withheld, and the state of the index.

Counters live in the worker that counted; under ``PROMETHEUS_MULTIPROC_DIR`` (set by ``api/server.py``) a
scrape adds up those of all workers. The index's figures are read at the scrape: all workers
serve the same index.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator

from prometheus_client import CollectorRegistry, Counter, Histogram, generate_latest
from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.multiprocess import MultiProcessCollector
from prometheus_client.registry import Collector

from indexer.collections import Collections
from indexer.errors import CitespanError
from qa.results import AskResult

MULTIPROCESS_VARIABLE = "PROMETHEUS_MULTIPROC_DIR"
_SECONDS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10, 60)


class Metrics:
    """The counters of one application. ``collections`` is read at each scrape."""

    def __init__(self, collections: Collections) -> None:
        self._index = IndexGauges(collections)
        self._registry = CollectorRegistry()
        self._registry.register(self._index)
        self._requests = Counter(
            "citespan_requests", "Requests answered.", ("method", "route", "status"), registry=self._registry
        )
        self._latency = Histogram(
            "citespan_request_seconds",
            "Time to answer.",
            ("route",),
            buckets=_SECONDS,
            registry=self._registry,
        )
        self._answers = Counter(
            "citespan_answers",
            "Questions by outcome: answered, or why not.",
            ("outcome",),
            registry=self._registry,
        )

    def observe(self, method: str, route: str, status: int, seconds: float) -> None:
        """Count a request. ``route`` is the rule, not the path: the number of series stays bounded."""
        self._requests.labels(method, route, str(status)).inc()
        self._latency.labels(route).observe(seconds)

    def answered(self, result: AskResult) -> None:
        """Count a question."""
        self._answers.labels("answered" if result.answerable else result.reason or "abstained").inc()

    def exposition(self) -> bytes:
        """The text format of Prometheus."""
        if not os.environ.get(MULTIPROCESS_VARIABLE):
            return generate_latest(self._registry)
        registry = CollectorRegistry()
        MultiProcessCollector(registry)  # type: ignore[no-untyped-call]
        registry.register(self._index)
        return generate_latest(registry)


class IndexGauges(Collector):
    """Commit, documents and passages of every collection that can be opened."""

    def __init__(self, collections: Collections) -> None:
        self._collections = collections

    def describe(self) -> Iterable[Metric]:
        """Nothing: without this, registering would read the collections."""
        return ()

    def collect(self) -> Iterator[Metric]:
        commit = GaugeMetricFamily("citespan_index_commit", "Newest commit.", labels=("collection",))
        documents = GaugeMetricFamily("citespan_documents", "Documents.", labels=("collection",))
        passages = GaugeMetricFamily("citespan_passages", "Passages.", labels=("collection",))
        for name in self._collections.names():
            try:
                snapshot = self._collections.open(name).snapshot()
            except CitespanError:  # a gauge that is missing is the sign; /readyz and the log say why
                continue
            commit.add_metric((name,), snapshot.commit)
            documents.add_metric((name,), snapshot.documents_count)
            passages.add_metric((name,), snapshot.passages_count)
        yield from (commit, documents, passages)
