"""``serve``: gunicorn, started from Python with the options that fit the settings.

gthread keeps connections alive; SO_REUSEPORT lets the kernel spread them over the workers, otherwise one
worker gets every kept-alive connection. The embedded models are opened before the fork, so that workers share
their memory and start at once; no database crosses it, and no torch, which does not survive a fork.
"""

from __future__ import annotations

import gc
import logging
import math
import os
import shutil
import signal
import socket
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

from gunicorn.app.base import BaseApplication  # type: ignore[import-untyped]
from gunicorn.arbiter import Arbiter  # type: ignore[import-untyped]
from gunicorn.errors import HaltServer  # type: ignore[import-untyped]
from gunicorn.workers.base import Worker  # type: ignore[import-untyped]

from api.access.exposure import check_exposure
from api.access.shared import shared_memory
from api.observe.logs import GunicornLogger, configure
from api.observe.otel import wanted
from api.settings import Settings
from indexer.encoder import EMBEDDED
from indexer.errors import CitespanError, ConfigError

if TYPE_CHECKING:
    from flask import Flask

    from indexer.collections import Collections
    from qa.pipeline import Pipeline

log = logging.getLogger("citespan")

# As in `metric_files`. Not imported from there: when prometheus_client is imported it decides how it counts, so the
# variable must be set before.
METRICS_VARIABLE = "PROMETHEUS_MULTIPROC_DIR"

_MEMORY = Path("/dev/shm")  # noqa: S108 - holds only heartbeat files, which gunicorn unlinks as it opens them


def options(settings: Settings) -> dict[str, Any]:
    """gunicorn's own settings, by name."""
    host = f"[{settings.host}]" if ":" in settings.host else settings.host
    return {
        "bind": f"{host}:{settings.port}",
        "workers": settings.workers,
        "worker_class": "api.serving.pacing.PacedWorker",
        "threads": settings.threads,
        "reuse_port": True,
        "preload_app": False,
        "keepalive": 30,
        "limit_request_line": 8190,
        "limit_request_fields": 64,
        "limit_request_field_size": 8190,
        # How long the master waits for its workers, from SIGTERM on.
        "graceful_timeout": settings.graceful_timeout + math.ceil(settings.shutdown_delay),
        # Of a worker's heartbeat, not of a request: opening a large model may take long.
        "timeout": 120,
        # A slow disk must not make the master think that a worker hangs.
        "worker_tmp_dir": str(_MEMORY) if os.access(_MEMORY, os.W_OK) else None,
        "proc_name": "citespan",
        "loglevel": "warning",
        "logger_class": GunicornLogger,
        "on_starting": on_starting,
        "child_exit": child_exit,
        # Since gunicorn 25.1; it would write a socket into the home folder, which a container may not have.
        "control_socket_disable": True,
    }


def on_starting(_: Arbiter) -> None:
    """Runs in the master, before there are workers."""
    if os.environ.get(METRICS_VARIABLE):
        from api.observe import metric_files

        metric_files.begin(Path(os.environ[METRICS_VARIABLE]))


def child_exit(arbiter: Arbiter, worker: Worker) -> None:
    """Runs in the master when a worker has ended, however it did."""
    if os.environ.get(METRICS_VARIABLE):
        from api.observe import metric_files

        try:
            metric_files.bury(Path(os.environ[METRICS_VARIABLE]), worker.pid, arbiter.WORKERS)
        except Exception:  # counting must not cost the master its life
            log.exception("the counts of worker %d cannot be kept", worker.pid)


class Server(BaseApplication):  # type: ignore[misc]
    """gunicorn for one Citespan application, which each worker makes for itself after the fork.

    ``models`` are shared by the workers; without them each opens its own.
    """

    def __init__(self, settings: Settings, models: tuple[Pipeline, Collections] | None = None) -> None:
        self.settings = settings
        self.models = models
        shared_memory()  # made before the fork: what the workers count together
        super().__init__()

    def load_config(self) -> None:
        for name, value in options(self.settings).items():
            if name in self.cfg.settings:
                self.cfg.set(name, value)

    def load(self) -> Flask:
        from api.app import create_app  # only in a worker: it opens models and starts to count
        from api.service import EXTENSION
        from api.serving.follow import follow

        try:
            pipeline, collections = self.models or (None, None)
            app = create_app(self.settings, pipeline, collections, shared_memory())
            follow(app.extensions[EXTENSION])
            return app
        except CitespanError as error:
            log.critical("%s", error.message)
            sys.exit(Arbiter.APP_LOAD_ERROR)
        except Exception:  # gunicorn would log it, and print it beside the log
            log.critical("the application cannot be made", exc_info=True)
            sys.exit(Arbiter.APP_LOAD_ERROR)


def serve(settings: Settings) -> None:
    """Serve until SIGTERM or SIGINT.

    Raises ConfigError if the address is taken, or open to others without a key; exits if a model cannot be opened or
    no worker can start.
    """
    # Until gunicorn takes the signal over; and the first process of a container has no default for it.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    configure(settings.log_format)
    log.info("settings: %s", settings)
    wanted(os.environ)  # what stands in the way of traces should be said here, not by every worker
    admitted = check_exposure(settings, shared_memory())
    check_address(settings)
    log.info("serving on http://%s:%d, %s", settings.host, settings.port, admitted)
    given = os.environ.get(METRICS_VARIABLE)
    folder = given or tempfile.mkdtemp(prefix="citespan-metrics-")
    os.environ[METRICS_VARIABLE] = folder
    master = os.getpid()
    try:
        Server(settings, shared_models(settings)).run()
    except HaltServer as error:  # no worker could start, and the log says why
        sys.exit(error.exit_status)
    except CitespanError as error:
        log.critical("%s", error.message)
        sys.exit(Arbiter.APP_LOAD_ERROR)
    finally:
        # Workers leave through here as well; the folder is their master's.
        if not given and os.getpid() == master:
            del os.environ[METRICS_VARIABLE]
            shutil.rmtree(folder, ignore_errors=True)


def shared_models(settings: Settings) -> tuple[Pipeline, Collections] | None:
    """The embedded models, opened and warm, for all workers; None for models that must not cross a fork."""
    if {settings.encoder, settings.reader} != {EMBEDDED}:
        return None
    from api.app import open_models  # the metrics folder is set by now

    pipeline, collections = open_models(settings)
    pipeline.warm()
    gc.collect()
    gc.freeze()  # else the first collection in each worker would copy the pages that it marks
    return pipeline, collections


def check_address(settings: Settings) -> None:
    """Raises ConfigError if ``host:port`` is taken.

    Workers share the port by SO_REUSEPORT: a second server would start, and take half of the requests.
    """
    try:
        found = socket.getaddrinfo(settings.host, settings.port, type=socket.SOCK_STREAM)
        family, kind, protocol, _, address = found[0]
        with socket.socket(family, kind, protocol) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind(address)
            probe.listen()
    except OSError as error:
        reason = error.strerror or str(error)
        raise ConfigError(f"cannot listen at {settings.host}:{settings.port}: {reason}") from error
