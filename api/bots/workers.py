"""The threads that answer: a bounded number, with a bounded queue.

When the process ends in good order, Python itself waits for all that is queued (``concurrent.futures`` joins its
threads before the interpreter goes down), and gunicorn gives it ``graceful_timeout`` seconds for that.
"""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from threading import BoundedSemaphore
from typing import TypeVar

T = TypeVar("T")


class Full(Exception):
    """The queue takes no more."""


class Workers:
    """``threads`` jobs at a time, and ``queue`` more that wait. Starts its threads when there is work, so that it may
    be made before a fork."""

    def __init__(self, name: str, threads: int, queue: int) -> None:
        self._pool = ThreadPoolExecutor(threads, thread_name_prefix=f"citespan-{name}")
        self._room = BoundedSemaphore(threads + queue)

    def submit(self, job: Callable[[], T]) -> Future[T]:
        """``job``, to be run soon. Full if there is no room for it."""
        if not self._room.acquire(blocking=False):
            raise Full
        try:
            future = self._pool.submit(job)
        except BaseException:
            self._room.release()
            raise
        future.add_done_callback(lambda _: self._room.release())
        return future
