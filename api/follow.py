"""A thread in each worker that follows the commits of every open collection.

A request sees a new commit anyway. The thread is for workers that nobody asks: they let go of what was deleted, open a
new commit before the next request needs it, and have damage mended that a writer can mend.
"""

from __future__ import annotations

import logging
import threading
import time

from indexer.collections import Collections

log = logging.getLogger("citespan")

_PAUSE_S = 0.4


def follow(collections: Collections) -> threading.Thread:
    """Starts the thread; to be called after the fork. It ends with the process."""
    thread = threading.Thread(target=_run, args=(collections,), name="follow", daemon=True)
    thread.start()
    return thread


def _run(collections: Collections) -> None:
    while True:
        time.sleep(_PAUSE_S)
        for collection in collections.opened():
            try:
                collection.follow()
            except Exception:  # the thread must outlive whatever one collection does to it
                log.exception("collection %s cannot be followed", collection.name)
