"""A gthread worker that stops, and ends connections, without losing a request or waiting for a client.

What it changes in gunicorn 27:

- A stopping gthread worker closes its listener with connections still in the queue, and the kernel resets them. Here
  the listener first takes no new ones, then those it has are accepted, then it is closed.
- ``/readyz`` answers 503 from SIGTERM on, and with ``shutdown_delay`` the worker goes on for so long, until whoever
  sends requests has seen it.
- A new connection takes a thread only once its request begins to arrive. Silent ones would keep every thread busy for
  five seconds, and hold up a stop by their keep-alive time.
- A connection that ends is half-closed and left to the poller; gthread waits for the client, in the one thread that
  accepts for all.
"""

from __future__ import annotations

import ctypes
import signal
import socket
import struct
import time
from collections import deque
from concurrent.futures import Future
from functools import partial
from queue import SimpleQueue
from selectors import EVENT_READ
from types import FrameType
from typing import TYPE_CHECKING, Any

from gunicorn.sock import BaseSocket  # type: ignore[import-untyped]
from gunicorn.workers.gthread import TConn, ThreadWorker  # type: ignore[import-untyped]

from api.service import EXTENSION

if TYPE_CHECKING:
    from api.service import Service

# How long a closing listener waits for handshakes that have begun: the round trip of a far client.
SETTLE_SECONDS = 0.25
# How long a half-closed connection waits for its client, which may still be sending (RFC 9112, 9.6).
LINGER_SECONDS = 2.0
_CHUNK = 65536

# Classic BPF, run on each segment from its TCP header on: drop those with SYN and without ACK, let the rest pass.
_DROP_SYN = (
    (0x30, 0, 0, 13),  # load the byte of the flags
    (0x54, 0, 0, 0x12),  # and with SYN and ACK
    (0x15, 0, 1, 0x02),  # only SYN?
    (0x06, 0, 0, 0),  # drop
    (0x06, 0, 0, 0xFFFFFFFF),  # pass
)
_SO_ATTACH_FILTER = 26  # asm-generic/socket.h; not in the socket module


class StoppingWorker(ThreadWorker):  # type: ignore[misc]
    """Needs listeners of its own (``reuse_port``), and a Flask application of ``api.app`` (or a loading one)."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.closing_conns: deque[TConn] = deque()

    # ------------------------------------------------------------------ stopping

    def init_signals(self) -> None:
        """Take signals over from the master, with what came since the fork: else a worker that has just begun would
        miss SIGTERM, and the master wait for it until ``graceful_timeout``."""
        inherited = getattr(signal.getsignal(signal.SIGTERM), "__self__", None)  # gunicorn's Arbiter, which queues them
        super().init_signals()
        waiting: SimpleQueue[int] | None = getattr(inherited, "SIG_QUEUE", None)
        while waiting is not None and not waiting.empty():
            if waiting.get() == signal.SIGTERM:
                self.handle_exit(signal.SIGTERM, None)

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        """SIGTERM: no longer ready; and, ``shutdown_delay`` later, stop. Said twice it means the same."""
        held = self._service()
        if held is None:  # still opening its models
            super().handle_exit(sig, frame)
        elif not held.stopping.is_set():
            held.stopping.set()
            signal.signal(signal.SIGALRM, super().handle_exit)
            # Not zero, which would set no timer. A timer and no thread: this may interrupt what starts one.
            signal.setitimer(signal.ITIMER_REAL, held.settings.shutdown_delay or 1e-6)

    def _service(self) -> Service | None:
        app = getattr(self, "wsgi", None)
        return None if app is None else app.extensions[EXTENSION]

    def set_accept_enabled(self, enabled: bool) -> None:
        """Accept connections or not. A worker that stops accepts the last ones here, and closes its listeners."""
        if enabled or self.alive:
            super().set_accept_enabled(enabled)
            return
        for listener in self.sockets:
            take_no_more(listener)
        super().set_accept_enabled(True)  # it may have been off, for too many connections
        deadline = time.monotonic() + SETTLE_SECONDS
        while (left := deadline - time.monotonic()) > 0:
            self.wait_for_and_dispatch_events(left)
        super().set_accept_enabled(False)
        for listener in self.sockets:
            while self.accept(listener):
                pass
            listener.close()

    def _cap_keepalive(self, deadline: float) -> None:
        super()._cap_keepalive(deadline)
        for conn in self.pending_conns:
            conn.timeout = min(conn.timeout, deadline)

    # ------------------------------------------------------------------ connections

    def accept(self, listener: BaseSocket) -> bool:
        """Accept a connection; False if there was none."""
        before: int = self.nr_conns
        super().accept(listener)
        return bool(self.nr_conns > before)

    def enqueue_req(self, conn: TConn) -> None:
        """Give ``conn`` to a thread or, if it is new, to the poller until its first bytes are there."""
        if conn.initialized or conn.data_ready:
            super().enqueue_req(conn)
            return
        conn.sock.setblocking(False)
        conn.set_timeout()
        self.pending_conns.append(conn)
        self.poller.register(conn.sock, EVENT_READ, partial(self.on_pending_socket_readable, conn))

    def finish_request(self, conn: TConn, done: Future[object]) -> None:
        """A thread has left ``conn``, to be kept alive or, where it returned False, to end."""
        if done.cancelled() or done.exception() is not None or done.result() is not False:
            super().finish_request(conn, done)
            return
        try:
            conn.sock.shutdown(socket.SHUT_WR)
            conn.sock.setblocking(False)
            self.poller.register(conn.sock, EVENT_READ, partial(self._drain, conn))
        except (OSError, ValueError):  # the client has reset it, or the thread has closed it
            self._end(conn)
            return
        conn.timeout = time.monotonic() + LINGER_SECONDS
        self.closing_conns.append(conn)

    def _drain(self, conn: TConn, client: socket.socket) -> None:
        """Read what the client of a half-closed connection still sends: closing before would reset the answer."""
        try:
            if client.recv(_CHUNK):
                return
        except BlockingIOError:
            return
        except OSError:
            pass
        self.closing_conns.remove(conn)
        self.poller.unregister(client)
        self._end(conn)

    def murder_pending(self) -> None:
        super().murder_pending()
        now = time.monotonic()
        while self.closing_conns and self.closing_conns[0].timeout <= now:
            conn = self.closing_conns.popleft()
            self.poller.unregister(conn.sock)
            self._end(conn)

    def _end(self, conn: TConn) -> None:
        self.nr_conns -= 1
        conn.close()


def take_no_more(listener: BaseSocket) -> None:
    """Let ``listener`` ignore new connections, and complete those whose handshake has begun.

    A client whose first segment is ignored sends it again a second later, to whoever listens then. Where the system has
    no such filter nothing happens: a connection that comes between the last ``accept`` and ``close`` may be reset.
    """
    program = b"".join(struct.pack("HBBI", *step) for step in _DROP_SYN)
    held = ctypes.create_string_buffer(program, len(program))
    try:
        listener.setsockopt(
            socket.SOL_SOCKET, _SO_ATTACH_FILTER, struct.pack("HL", len(_DROP_SYN), ctypes.addressof(held))
        )
    except OSError:
        return
