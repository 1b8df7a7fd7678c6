"""What is looked up when Prometheus asks: the collections, the disk, the processes, the build."""

from __future__ import annotations

import os
import platform
import shutil
from collections import Counter
from collections.abc import Iterable, Iterator
from datetime import datetime
from importlib.metadata import version
from pathlib import Path

from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, InfoMetricFamily, Metric
from prometheus_client.registry import Collector

from api.observe import metric_files
from indexer.collections import Collections
from indexer.errors import CitespanError
from indexer.sealed import size_of

_PROC = Path("/proc")
_TICKS = os.sysconf("SC_CLK_TCK")
_MEMORY = {
    "resident": ("Rss", "Memory in use, pages that are shared with other processes included."),
    "proportional": ("Pss", "Memory in use, each shared page divided among those who share it: these add up."),
    "private": ("Private_", "Memory that ending this process would free."),
}


class Source(Collector):
    """Read at each scrape. Without ``describe``, registering would read it too."""

    def describe(self) -> Iterable[Metric]:
        return ()


class IndexGauges(Source):
    """State and size of every collection, and whether ``default`` can be asked."""

    def __init__(self, collections: Collections, default: str) -> None:
        self._collections = collections
        self._default = default

    def collect(self) -> Iterator[Metric]:
        def gauge(name: str, text: str, *labels: str) -> GaugeMetricFamily:
            return GaugeMetricFamily(f"citespan_{name}", text, labels=("collection", *labels))

        up = gauge("collection_up", "1 if the collection can be opened, else 0; the log says why.")
        commit = gauge("index_commit", "Number of the newest commit.")
        committed = gauge("index_commit_timestamp_seconds", "When the newest commit was made, in seconds since 1970.")
        size = gauge("index_bytes", "Bytes on the disk.")
        documents = gauge("documents", "Documents that can be found.")
        passages = gauge("passages", "Passages that can be found.")
        segments = gauge("segments", "Segments of vectors: flat ones are searched whole, ivf ones by cells.", "kind")
        for name in self._collections.names():
            try:
                collection = self._collections.open(name)
                snapshot = collection.snapshot()
            except CitespanError:
                up.add_metric((name,), 0)
                continue
            up.add_metric((name,), 1)
            commit.add_metric((name,), snapshot.commit)
            if snapshot.committed_at:
                committed.add_metric((name,), datetime.fromisoformat(snapshot.committed_at).timestamp())
            size.add_metric((name,), size_of(collection.path))
            documents.add_metric((name,), snapshot.documents_count)
            passages.add_metric((name,), snapshot.passages_count)
            kinds = Counter(kind for _, _, kind in snapshot.segments)
            for kind in ("flat", "ivf"):
                segments.add_metric((name, kind), kinds[kind])
        ready = GaugeMetricFamily("citespan_ready", "1 if the default collection can be asked, else 0, as /readyz.")
        ready.add_metric((), float(self._ready()))
        yield from (ready, up, commit, committed, size, documents, passages, segments, *self._disk())

    def _ready(self) -> bool:
        try:
            self._collections.create(self._default).snapshot()
        except CitespanError:
            return False
        return True

    def _disk(self) -> Iterator[Metric]:
        root = next(folder for folder in (self._collections.root.absolute(), *self._collections.root.absolute().parents)
                    if folder.exists())  # fmt: skip
        usage = shutil.disk_usage(root)
        for name, value, text in (
            ("free", usage.free, "Room that is left on the disk of the data folder."),
            ("size", usage.total, "Size of the disk of the data folder."),
        ):
            yield GaugeMetricFamily(f"citespan_disk_{name}_bytes", text, value=value)


class BuildInfo(Source):
    """Which version this is, and which models it runs."""

    def __init__(self, **models: str) -> None:
        self._labels = {"version": version("citespan"), "python": platform.python_version(), **models}

    def collect(self) -> Iterator[Metric]:
        yield InfoMetricFamily("citespan_build", "The version that runs and its models; always 1.", value=self._labels)


class ProcessGauges(Source):
    """Memory, CPU time and start of every process of the service, as Linux tells them; elsewhere nothing."""

    def collect(self) -> Iterator[Metric]:
        labels = ("pid", "role")
        memory = {
            kind: GaugeMetricFamily(f"citespan_process_{kind}_memory_bytes", text, labels=labels)
            for kind, (_, text) in _MEMORY.items()
        }
        cpu = CounterMetricFamily("citespan_process_cpu_seconds", "CPU time, of user and system.", labels=labels)
        start = GaugeMetricFamily(
            "citespan_process_start_time_seconds", "When it started, in seconds since 1970.", labels=labels
        )
        for pid, role in sorted(_processes().items()):
            own = (str(pid), role)
            try:
                seconds, began = _times(pid)
                sizes = _memory(pid)
            except (OSError, ValueError, IndexError):  # it has just ended, or this is no Linux
                continue
            cpu.add_metric(own, seconds)
            start.add_metric(own, began)
            for kind, size in sizes.items():
                memory[kind].add_metric(own, size)
        yield from (*memory.values(), cpu, start)


def _processes() -> dict[int, str]:
    folder = metric_files.folder()
    return {os.getpid(): "worker"} if folder is None else metric_files.processes(folder)


def _times(pid: int) -> tuple[float, float]:
    """CPU seconds, and when it started: proc_pid_stat(5), the fields behind the name, which may hold anything."""
    fields = (_PROC / str(pid) / "stat").read_text(encoding="utf-8", errors="replace").rpartition(")")[2].split()
    boot = next(line for line in (_PROC / "stat").read_text(encoding="ascii").splitlines() if line.startswith("btime"))
    return (int(fields[11]) + int(fields[12])) / _TICKS, int(boot.split()[1]) + int(fields[19]) / _TICKS


def _memory(pid: int) -> dict[str, int]:
    """Bytes by kind. Where the sums of pages are not to be had, the resident size alone."""
    try:
        lines = (_PROC / str(pid) / "smaps_rollup").read_text(encoding="ascii", errors="replace").splitlines()[1:]
    except OSError:
        pages = int((_PROC / str(pid) / "statm").read_text(encoding="ascii").split()[1])
        return {"resident": pages * os.sysconf("SC_PAGE_SIZE")}
    found = [(name, int(rest.split()[0]) * 1024) for name, _, rest in (line.partition(":") for line in lines) if rest]
    return {
        kind: sum(size for name, size in found if name == key or (key.endswith("_") and name.startswith(key)))
        for kind, (key, _) in _MEMORY.items()
    }
