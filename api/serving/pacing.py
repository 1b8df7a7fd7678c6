"""A worker for which no client is too slow: a thread waits for a request, and for an answer to be taken, only so long.

gunicorn waits for the bytes of a request without an end, and holds a thread for it; a handful of connections that send
nothing more would stop a worker. Here a request must keep a pace, and a client that does not read its answer is left.
Apache's mod_reqtimeout does the same.
"""

from __future__ import annotations

import errno
import select
import socket
import struct
import time
from typing import Any

from gunicorn.http.errors import NoMoreData  # type: ignore[import-untyped]
from gunicorn.workers.gthread import TConn  # type: ignore[import-untyped]

from api.errors import RequestError
from api.serving.stopping import StoppingWorker

BYTES_PER_SECOND = 1000
"""What a request must bring, on the average, beyond the seconds that it is given anyway."""
SENDING_S = 30
"""How long a client may take nothing of its answer."""
_STARTING_S = 20  # while the application is not there yet, and with it the setting


class RequestTooSlow(RequestError):
    """The body of a request did not come in time. Whoever reads it need not care: it is answered like any problem."""

    def __init__(self) -> None:
        detail = "The body came too slowly; see the setting `receive_timeout`."
        super().__init__("request_timeout", detail, headers={"Connection": "close"})


class PacedSocket(socket.socket):
    """A client's connection. ``begin`` starts the clock of a request."""

    _deadline = 0.0
    in_body = False

    def begin(self, seconds: float) -> None:
        self._deadline = time.monotonic() + seconds
        self.in_body = False

    def recv(self, size: int, flags: int = 0) -> bytes:
        """Once the clock has run out, raises RequestTooSlow in a body. In a head, NoMoreData, as if the connection had
        broken off: gunicorn closes it."""
        if self.gettimeout() is None:  # else something is only drained, with a clock of its own
            self._wait()
        data = super().recv(size, flags)
        self._deadline += len(data) / BYTES_PER_SECOND
        return data

    def sendall(self, data: Any, flags: int = 0) -> None:
        """Raises BrokenPipeError for a client that does not read, as for one that has left."""
        try:
            super().sendall(data, flags)
        except BlockingIOError as error:
            raise BrokenPipeError(errno.EPIPE, "the client does not read its answer") from error

    def _wait(self) -> None:
        left = self._deadline - time.monotonic()
        poll = select.poll()
        poll.register(self.fileno(), select.POLLIN)
        if left <= 0 or not poll.poll(left * 1000):
            raise RequestTooSlow if self.in_body else NoMoreData


class PacedWorker(StoppingWorker):
    """Holds each request to the setting ``receive_timeout``."""

    def enqueue_req(self, conn: TConn) -> None:
        if not isinstance(conn.sock, PacedSocket):
            conn.sock = _paced(conn.sock)
        super().enqueue_req(conn)

    def handle(self, conn: TConn) -> object:
        held = self._service()
        conn.sock.begin(_STARTING_S if held is None else held.settings.receive_timeout)
        return super().handle(conn)

    def handle_request(self, req: object, conn: TConn) -> object:
        conn.sock.in_body = True
        return super().handle_request(req, conn)


def _paced(accepted: socket.socket) -> PacedSocket:
    accepted.setsockopt(socket.SOL_SOCKET, socket.SO_SNDTIMEO, struct.pack("ll", SENDING_S, 0))
    return PacedSocket(fileno=accepted.detach())
