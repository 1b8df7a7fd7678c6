"""SIGTERM: what was sent is answered, whatever state its connection is in, and the service ends by itself."""

from __future__ import annotations

import http.client
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import pytest
import requests
from small_service import DOCUMENTS, Server, start_server

from bench.service import free_port
from deploy.load import Load

SEARCH = {"question": "可灵收入有多少来自P端？"}


@pytest.fixture
def stoppable(tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[Server]:
    """A service of the test's own, with the variables that it was parametrized with."""
    variables = getattr(request, "param", {})
    with start_server(tmp_path, **variables) as server:
        for doc_id, body in DOCUMENTS.items():
            requests.put(f"{server.url}/v1/documents/{doc_id}", json=body, timeout=30).raise_for_status()
        yield server


def connect(server: Server) -> socket.socket:
    return socket.create_connection((server.host, server.port), timeout=30)


@contextmanager
def connections(server: Server, number: int) -> Iterator[list[socket.socket]]:
    with ExitStack() as stack:
        yield [stack.enter_context(connect(server)) for _ in range(number)]


def send(connection: socket.socket, *headers: str) -> None:
    lines = ("GET /v1/documents HTTP/1.1", "Host: localhost", *headers)
    connection.sendall("\r\n".join((*lines, "", "")).encode())


def answer(connection: socket.socket) -> http.client.HTTPResponse:
    response = http.client.HTTPResponse(connection)
    response.begin()
    assert len(response.read()) == int(response.headers["Content-Length"])
    return response


def workers(server: Server) -> list[int]:
    pid = server.process.pid
    return [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]


def wait_until_refused(server: Server) -> None:
    """Until nobody listens any more. An attempt that is ignored tells nothing yet."""
    while True:
        try:
            socket.create_connection((server.host, server.port), timeout=0.1).close()
        except TimeoutError:
            continue
        except ConnectionRefusedError:
            return


def test_no_question_is_lost_under_load(stoppable: Server):
    load = Load(stoppable.url, connections=16).start()
    load.wait_for(answered=200)
    assert stoppable.stop() == 0
    count = load.stop()
    assert (count.lost, count.other) == ([], [])
    assert count.answered >= 200
    assert count.refused  # they went on asking until nobody was there


def test_requests_that_wait_in_the_queue_of_a_listener_are_answered(stoppable: Server):
    pids = workers(stoppable)
    for pid in pids:  # the kernel alone completes handshakes and takes requests
        os.kill(pid, signal.SIGSTOP)
    with connections(stoppable, 40) as waiting:
        for connection in waiting:
            send(connection)
        stoppable.process.send_signal(signal.SIGTERM)
        for pid in pids:
            os.kill(pid, signal.SIGTERM)
            os.kill(pid, signal.SIGCONT)
        assert [answer(connection).status for connection in waiting] == [200] * 40
    assert stoppable.process.wait(20) == 0


def test_a_request_that_has_begun_may_end(stoppable: Server):
    body = b'{"question": "When was Kuaishou founded?"}'
    with connect(stoppable) as connection:
        head = f"POST /v1/search HTTP/1.1\r\nHost: ::1\r\nContent-Type: application/json\r\nContent-Length: {len(body)}"
        connection.sendall(head.encode() + b"\r\n\r\n" + body[:10])
        stoppable.process.send_signal(signal.SIGTERM)
        wait_until_refused(stoppable)
        connection.sendall(body[10:])
        response = answer(connection)
    assert response.status == 200
    assert stoppable.process.wait(20) == 0


def test_a_kept_connection_is_told_to_close_or_closed_without_a_reset(stoppable: Server):
    with connect(stoppable) as asking, connect(stoppable) as idle, connect(stoppable) as silent:
        for connection in (asking, idle):
            send(connection)
            assert not answer(connection).will_close
        stoppable.process.send_signal(signal.SIGTERM)
        wait_until_refused(stoppable)
        send(asking)
        response = answer(asking)
        assert (response.status, response.will_close) == (200, True)
        assert idle.recv(1) == b""
        assert silent.recv(1) == b""
    # The keep-alive time of both is longer than this.
    assert stoppable.process.wait(20) == 0


@pytest.mark.parametrize("stoppable", [{"CITESPAN_SHUTDOWN_DELAY": "300"}], indirect=True)
def test_it_says_first_that_it_is_not_ready_and_goes_on(stoppable: Server):
    with requests.Session() as session:
        assert session.get(f"{stoppable.url}/readyz", timeout=30).status_code == 200
        for _ in range(2):  # a supervisor may send it to every process of the service, and again
            stoppable.process.send_signal(signal.SIGTERM)
            for pid in workers(stoppable):
                os.kill(pid, signal.SIGTERM)
        while (ready := session.get(f"{stoppable.url}/readyz", timeout=30)).status_code != 503:
            pass
        assert (ready.json()["code"], ready.json()["reason"]) == ("not_ready", "stopping")
        for _ in range(8):  # on connections of their own, to every worker
            fresh = requests.post(
                f"{stoppable.url}/v1/search", json=SEARCH, headers={"Connection": "close"}, timeout=30
            )
            assert fresh.status_code == 200
        assert session.get(f"{stoppable.url}/healthz", timeout=30).status_code == 200
    stoppable.process.send_signal(signal.SIGINT)  # in haste
    assert stoppable.process.wait(20) == 0


@pytest.mark.parametrize("stoppable", [{"CITESPAN_SHUTDOWN_DELAY": "0.5"}], indirect=True)
def test_after_the_delay_it_ends(stoppable: Server):
    load = Load(stoppable.url, connections=8).start()
    load.wait_for(answered=50)
    assert stoppable.stop() == 0
    assert load.stop().lost == []


ONE_THREAD = {"CITESPAN_WORKERS": "1", "CITESPAN_THREADS": "1"}


@pytest.mark.parametrize("stoppable", [ONE_THREAD], indirect=True)
def test_silent_connections_take_no_thread(stoppable: Server):
    with connections(stoppable, 60) as silent:  # gthread would give each the thread for five seconds
        assert requests.get(f"{stoppable.url}/readyz", timeout=30).status_code == 200
        send(silent[0])
        assert answer(silent[0]).status == 200


@pytest.mark.parametrize("stoppable", [ONE_THREAD], indirect=True)
def test_clients_that_do_not_close_hold_up_nobody(stoppable: Server):
    with connections(stoppable, 40) as ended:  # gthread would wait two seconds for each
        for connection in ended:
            send(connection, "Connection: close")
        for connection in ended:
            assert answer(connection).will_close
            assert connection.recv(1) == b""
        assert requests.get(f"{stoppable.url}/readyz", timeout=30).status_code == 200


@pytest.mark.parametrize("stoppable", [ONE_THREAD], indirect=True)
def test_an_answer_to_a_body_that_nobody_read_arrives(stoppable: Server):
    """Closing with bytes unread would make the kernel reset the connection, and the answer with it."""
    size = 2_000_000  # more than a JSON body may have
    with connect(stoppable) as connection:
        head = (
            f"POST /v1/search HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: {size}"
        )
        connection.sendall(f"{head}\r\nConnection: close\r\n\r\n".encode())
        connection.sendall(b" " * size)
        response = answer(connection)
    assert response.status == 413


STARTED_WORKER = """
import os, signal
from queue import SimpleQueue
from gunicorn.config import Config
from gunicorn.glogging import Logger
from api.serving.stopping import StoppingWorker

class Master:
    SIG_QUEUE = SimpleQueue()
    def signal(self, number, frame):
        self.SIG_QUEUE.put(number)

signal.signal(signal.SIGTERM, Master().signal)
worker = StoppingWorker(1, os.getpid(), [], None, 30, Config(), Logger(Config()))
worker.PIPE = os.pipe()
os.set_blocking(worker.PIPE[1], False)
worker.method_queue.init()
if {signalled}:
    os.kill(os.getpid(), signal.SIGTERM)
worker.init_signals()
print(worker.alive)
"""


@pytest.mark.parametrize("signalled", [True, False])
def test_a_worker_that_has_just_begun_hears_it_too(signalled: bool):
    """Between the fork and its own handlers a worker has the master's, which only notes a signal for the master."""
    program = STARTED_WORKER.format(signalled=signalled)
    done = subprocess.run([sys.executable, "-c", program], check=True, capture_output=True, text=True)
    assert done.stdout.split() == [str(not signalled)]


def test_a_stop_while_it_starts_is_heard(tmp_path: Path):
    """As the first process of a container it would not even be ended by the signal's default."""
    process = subprocess.Popen(
        [sys.executable, "-m", "api", "serve", "--port", str(free_port())],
        env={**os.environ, "CITESPAN_DATA": str(tmp_path), "TMPDIR": str(tmp_path)},
        stderr=subprocess.PIPE,
    )
    with process:
        assert process.stderr
        assert b"settings" in process.stderr.readline()
        process.send_signal(signal.SIGTERM)
        assert process.wait(60) == 0
    assert list(tmp_path.iterdir()) == []
