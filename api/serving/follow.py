"""A thread in each worker that follows the commits of every open collection.

A request sees a new commit anyway. The thread is for workers that nobody asks: they let go of what was deleted, open a
new commit before the next request needs it, and have damage mended that a writer can mend.
"""

from __future__ import annotations

import logging
import threading
import time
from datetime import datetime

from api.service import Service
from indexer.collections import Collections

log = logging.getLogger("citespan")

_PAUSE_S = 0.4


def follow(held: Service) -> threading.Thread:
    """Starts the thread; to be called after the fork. It ends with the process."""
    thread = threading.Thread(target=_run, args=(held,), name="follow", daemon=True)
    thread.start()
    return thread


def _run(held: Service) -> None:
    commits: dict[str, int] = {}
    while True:
        time.sleep(_PAUSE_S)
        held.metrics.followed(look(held.collections, commits))


def look(collections: Collections, commits: dict[str, int]) -> list[float]:
    """Follows every open collection once. ``commits`` are those that it held before, and are brought up to date; the
    seconds since each that is new was made come back."""
    lags = []
    for collection in collections.opened():
        try:
            snapshot = collection.follow()
        except Exception:  # the thread must outlive whatever one collection does to it
            log.exception("collection %s cannot be followed", collection.name)
            continue
        if snapshot is None:
            continue
        if commits.get(collection.name, snapshot.commit) < snapshot.commit and snapshot.committed_at:
            lags.append(time.time() - datetime.fromisoformat(snapshot.committed_at).timestamp())
        commits[collection.name] = snapshot.commit
    return lags
