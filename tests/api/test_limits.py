"""Rates, counted exactly; uploads, bounded; clients, not waited for."""

from __future__ import annotations

import json
import os
import re
import select
import socket
import threading
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack

import pytest
import requests
from command_line import citespan
from hypothesis import given
from hypothesis import strategies as st
from key_helpers import add_key, bearer
from small_service import start_server

from api.access.limits import network
from api.access.rate import Rate, judge
from api.access.shared import SharedMemory
from api.app import create_app
from api.settings import Settings
from indexer.errors import ConfigError

SECOND = 1_000_000_000


@pytest.mark.parametrize(
    ("text", "rate"), [("600/minute", (600, 60)), ("1 / Day", (1, 86400)), ("5/second", (5, 1)), ("7/hour", (7, 3600))]
)
def test_rates_are_read(text, rate):
    assert Rate.parse(text) == rate


@pytest.mark.parametrize(
    "text", ["600", "0/minute", "-1/minute", "1.5/second", "6/fortnight", "6/minutes", "٦/minute", ""]
)
def test_what_is_no_rate_is_named(text):
    with pytest.raises(ConfigError, match="rate_limit"):
        Rate.parse(text)


def test_a_burst_and_then_an_even_pace():
    rate, arrival, now = Rate(10, 60), 0, 1000 * SECOND
    remaining = []
    for _ in range(10):
        verdict = judge(rate, arrival, now)
        arrival = verdict.arrival
        remaining.append(verdict.remaining)
    assert remaining == list(range(9, -1, -1))
    refused = judge(rate, arrival, now)
    assert (refused.allowed, refused.wait, refused.reset, refused.arrival) == (False, 6, 60, arrival)
    assert not judge(rate, arrival, now + 6 * SECOND - 1).allowed
    assert judge(rate, arrival, now + 6 * SECOND).allowed
    assert judge(rate, arrival, now + 60 * SECOND).remaining == 9


@given(
    number=st.integers(1, 50),
    seconds=st.sampled_from([1, 60, 3600]),
    gaps=st.lists(st.integers(0, 3 * SECOND), max_size=80),
)
def test_it_is_a_bucket_that_leaks(number, seconds, gaps):
    """Against the textbook: a bucket of ``number`` tokens, refilled evenly, in whole numbers."""
    rate = Rate(number, seconds)
    arrival, now, tokens = 0, 10**15, number * rate.interval
    for gap in gaps:
        now += gap
        tokens = min(number * rate.interval, tokens + gap)
        verdict = judge(rate, arrival, now)
        assert verdict.allowed == (tokens >= rate.interval)
        tokens -= rate.interval if verdict.allowed else 0
        arrival = verdict.arrival
        if not verdict.allowed:
            assert judge(rate, arrival, now + verdict.wait * SECOND).allowed
            assert verdict.wait <= seconds


def test_processes_count_together():
    memory, rate = SharedMemory(), Rate(1000, 86400)
    children = []
    for _ in range(4):
        reading, writing = os.pipe()
        child = os.fork()
        if child == 0:
            allowed = sum(memory.count(rate, who).allowed for _ in range(400) for who in ("a", "b"))
            os.write(writing, str(allowed).encode())
            os._exit(0)
        os.close(writing)
        children.append((child, reading))
    counts = []
    for child, reading in children:
        os.waitpid(child, 0)
        with os.fdopen(reading, "rb") as pipe:
            counts.append(int(pipe.read()))
    assert sum(counts) == 2000
    assert not memory.count(rate, "a").allowed
    assert memory.count(rate, "c").allowed


def test_many_callers_are_told_apart():
    memory, rate = SharedMemory(clock=lambda: SECOND), Rate(2, 60)
    names = [f"key:{number}" for number in range(3000)]
    assert all(memory.count(rate, name).allowed for name in names for _ in range(2))
    again = sum(memory.count(rate, name).allowed for name in names)
    assert again < 3000 * 0.02  # those whose place was given up


def test_slots_are_given_back_also_by_the_dead():
    memory = SharedMemory()
    assert [memory.take(3, 2) for _ in range(3)] == [0, 1, None]
    child = os.fork()
    if child == 0:
        # A process of its own: it may have two itself, but only one of three is left.
        mine = SharedMemory.__new__(SharedMemory)
        mine.__dict__.update(memory.__dict__, _taken=set())
        os._exit(0 if [mine.take(3, 2), mine.take(3, 2)] == [2, None] else 1)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
    memory.give_back(0)
    assert [memory.take(3, 3) for _ in range(3)] == [0, 2, None]


@pytest.mark.parametrize(
    ("who", "counted"),
    [
        ("10.1.2.3", "10.1.2.3"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("fe80::1%eth0", "fe80::/64"),
        ("::ffff:10.1.2.3", "10.1.2.3"),
        ("key:abc", "key:abc"),
        ("", ""),
    ],
)
def test_an_address_counts_as_its_network(who, counted):
    assert network(who) == counted


def limited(settings, pipeline, collections, rate):
    return create_app(Settings(data_dir=settings.data_dir, rate_limit=rate), pipeline, collections).test_client()


def test_refusals_say_when_to_come_again(settings, pipeline, collections):
    client = limited(settings, pipeline, collections, "2/hour")
    address = {"REMOTE_ADDR": "127.9.9.1"}
    first = client.get("/v1/documents", environ_base=address)
    assert first.headers["RateLimit-Policy"] == '"requests";q=2;w=3600'
    assert first.headers["RateLimit"] == '"requests";r=1;t=1800'
    assert client.get("/v1/documents", environ_base=address).status_code == 200
    refused = client.get("/v1/documents", environ_base=address)
    assert (refused.status_code, refused.get_json()["code"]) == (429, "rate_limited")
    assert 1790 <= int(refused.headers["Retry-After"]) <= 1800
    assert re.fullmatch('"requests";r=0;t=3[56][0-9][0-9]', refused.headers["RateLimit"])
    assert client.get("/v1/documents", environ_base={"REMOTE_ADDR": "127.9.9.2"}).status_code == 200
    assert client.get("/healthz", environ_base=address).status_code == 200


def test_each_key_has_a_rate_of_its_own_and_guesses_count_for_their_address(settings, pipeline, collections):
    client = limited(settings, pipeline, collections, "3/hour")
    here = {"REMOTE_ADDR": "127.9.8.1"}
    one, two = (add_key(settings.data_dir, "read") for _ in range(2))
    for token in (one, two):
        statuses = [client.get("/v1/documents", headers=bearer(token), environ_base=here).status_code for _ in range(4)]
        assert statuses == [200, 200, 200, 429]
    guesses = [client.get("/v1/documents", headers=bearer("guess"), environ_base=here).status_code for _ in range(4)]
    assert guesses == [401, 401, 401, 429]
    third = add_key(settings.data_dir, "read")
    assert client.get("/v1/documents", headers=bearer(third), environ_base=here).status_code == 200


def test_without_a_rate_there_is_none(client):
    responses = [client.get("/v1/documents") for _ in range(5)]
    assert not any("RateLimit" in response.headers for response in responses)


@pytest.fixture(scope="module")
def busy(tmp_path_factory):
    """Four workers, one rate."""
    folder = tmp_path_factory.mktemp("busy")
    add_key(folder, "admin", name="first")  # there must be one to begin with, or the service is open
    environ = {"CITESPAN_WORKERS": "4", "CITESPAN_THREADS": "2", "CITESPAN_RATE_LIMIT": "100/day"}
    with start_server(folder, **environ, CITESPAN_ACCESS_LOG="1", CITESPAN_RECEIVE_TIMEOUT="1") as server:
        yield server


def ask_all(server, token: str, times: int) -> list[int]:
    """``times`` requests by eight threads, each on a connection of its own, which may reach any worker."""

    def one(_: int) -> int:
        headers = {"Connection": "close", **bearer(token)}
        return requests.get(f"{server.url}/v1/documents", headers=headers, timeout=30).status_code

    with ThreadPoolExecutor(8) as pool:
        return list(pool.map(one, range(times)))


def test_four_workers_let_through_exactly_as_many_as_one_would(busy):
    statuses = ask_all(busy, add_key(busy.data_dir, "read"), 180)
    assert (statuses.count(200), statuses.count(429)) == (100, 80)


def test_a_revoked_key_is_refused_by_every_worker_at_once(busy):
    made = json.loads(citespan("keys", "create", "temporary", "--json", data=busy.data_dir).stdout)
    kept = requests.Session()
    kept.headers.update(bearer(made["key"]))
    with kept:
        assert set(ask_all(busy, made["key"], 40)) == {200}
        assert kept.get(f"{busy.url}/v1/documents", timeout=30).status_code == 200
        citespan("keys", "revoke", made["id"], data=busy.data_dir)
        # A worker among four is missed by 60 connections with a chance of 3e-8.
        assert set(ask_all(busy, made["key"], 60)) == {401}
        assert kept.get(f"{busy.url}/v1/documents", timeout=30).status_code == 401


def test_no_log_of_a_busy_server_holds_a_key(busy):
    tokens = [add_key(busy.data_dir, "write"), add_key(busy.data_dir, "read", name="reader")]
    for token in tokens:
        for headers in (bearer(token), {"X-API-Key": token}, bearer(token[:-1] + "?"), bearer("x" + token)):
            requests.get(f"{busy.url}/v1/documents", headers=headers, timeout=30)
            requests.get(f"{busy.url}/v1/documents/none", headers=headers, timeout=30)
            requests.put(f"{busy.url}/v1/documents/a", json={"text": "第一版。"}, headers=headers, timeout=30)
            requests.get(f"{busy.url}/v1/documents?key={token}", headers=headers, timeout=30)
    requests.put(f"{busy.url}/v1/documents/a", json={"text": "第二版。"}, headers=bearer(tokens[0]), timeout=30)
    logs = [busy.log, *busy.data_dir.glob("audit*"), *busy.data_dir.glob("keys*")]
    written = "\n".join(path.read_text() for path in logs)
    assert '"route":"/v1/documents/<doc_id:doc_id>"' in written
    assert "put_document" in written
    for token in tokens:
        secret = token.split("_")[2]
        assert not any(secret[start : start + 8] in written for start in range(len(secret) - 7))
    assert "第二版" not in written


def connect(server) -> socket.socket:
    return socket.create_connection((server.host, server.port), timeout=30)


def everything(client: socket.socket) -> bytes:
    """What comes until the server closes the connection."""
    with client.makefile("rb") as answer:
        return answer.read()


def head(server, token: str, length: int, path: str = "/v1/documents/slow") -> bytes:
    return (
        f"PUT {path} HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer {token}\r\n"
        f"Content-Type: application/json\r\nContent-Length: {length}\r\n\r\n"
    ).encode()


def test_a_body_that_stops_is_answered_and_the_connection_closed(busy):
    token = add_key(busy.data_dir, "write")
    with connect(busy) as client:
        client.sendall(head(busy, token, 1000) + b'{"text": "')
        answer = everything(client)
    assert b" 408 " in answer.splitlines()[0]
    assert b'"request_timeout"' in answer


def test_a_head_that_stops_is_dropped(busy):
    with connect(busy) as client:
        client.sendall(b"GET /healthz HTTP/1.1\r\nHost: loc")
        assert everything(client) == b""
    assert "Traceback" not in busy.log.read_text()


def test_uploads_leave_a_thread_for_questions(tmp_path):
    environ = {"CITESPAN_WORKERS": "1", "CITESPAN_THREADS": "2", "CITESPAN_RECEIVE_TIMEOUT": "60"}
    body = json.dumps({"text": "慢慢来的文件。"}).encode()
    with start_server(tmp_path, **environ) as server, ExitStack() as opened:

        def put(number: int) -> requests.Response:
            return requests.put(f"{server.url}/v1/documents/n{number}", json={"text": "另一个。"}, timeout=30)

        def begin() -> socket.socket:
            client = opened.enter_context(connect(server))
            client.sendall(head(server, "none", len(body)) + body[:5])
            return client

        slow, refused = begin(), put(0)
        for number in range(1, 100):
            if refused.status_code == 503:
                break
            if select.select([slow], [], [], 0)[0]:  # it met the one before, and was refused itself
                slow = begin()
            refused = put(number)
        assert refused.json()["code"] == "uploads_busy"
        assert int(refused.headers["Retry-After"]) > 0
        assert requests.get(f"{server.url}/v1/documents", timeout=30).status_code == 200
        slow.sendall(body[5:])
        with slow.makefile("rb") as answer:
            assert b" 201 " in answer.readline()
        # The place is free once the request is over, a moment after its answer.
        accepted = next(response for number in range(100) if (response := put(number)).status_code != 503)
        assert accepted.ok


def test_a_refused_upload_gives_its_place_back(busy):
    token = add_key(busy.data_dir, "write")
    for _ in range(20):
        response = requests.put(f"{busy.url}/v1/documents/a", data=b"{", headers=bearer(token), timeout=30)
        assert response.status_code == 415


@pytest.mark.parametrize(
    "sent",
    [
        b"GET /healthz HTTP/1.1\r\n" + b"".join(b"X-%d: y\r\n" % number for number in range(65)) + b"\r\n",
        b"GET /healthz HTTP/1.1\r\nX-Long: " + b"y" * 9000 + b"\r\n\r\n",
        b"GET /" + b"y" * 9000 + b" HTTP/1.1\r\n\r\n",
    ],
    ids=["many headers", "a long header", "a long start line"],
)
def test_heads_have_a_limit(busy, sent):
    with connect(busy) as client:
        client.sendall(sent)
        assert everything(client).split()[1] in (b"400", b"414", b"431")


def test_a_thread_lock_and_a_process_lock_together_count_threads_too():
    memory, rate, allowed = SharedMemory(), Rate(500, 86400), []

    def count() -> None:
        allowed.append(sum(memory.count(rate, "a").allowed for _ in range(200)))

    threads = [threading.Thread(target=count) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sum(allowed) == 500
