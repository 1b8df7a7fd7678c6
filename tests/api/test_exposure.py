"""Who could reach the service, and by which name: what it starts with, and what it answers."""

from __future__ import annotations

import json
import os
import signal
from contextlib import suppress
from pathlib import Path

import pytest
import requests
from command_line import citespan
from key_helpers import add_key, bearer
from small_service import start_server

from api.access.exposure import check_exposure
from api.access.hosts import is_loopback
from api.access.key_file import path_of
from api.access.shared import SharedMemory
from api.app import create_app
from api.settings import Settings
from indexer.errors import ConfigError

VALUE = "0123456789abcdef0123456789abcdef0123456789abcdef"


def workers(server) -> set[int]:
    """The ids of the worker processes."""
    children = Path(f"/proc/{server.process.pid}/task/{server.process.pid}/children")
    return {int(child) for child in children.read_text().split()}


def fresh(server, **headers: str) -> requests.Response:
    """A request on a connection of its own, which may reach any worker."""
    return requests.get(f"{server.url}/v1/documents", headers={"Connection": "close", **headers}, timeout=30)


@pytest.mark.parametrize(
    ("host", "own"),
    [
        ("127.0.0.1", True),
        ("127.8.0.1:80", True),
        ("::1", True),
        ("[::1]:8000", True),
        ("::ffff:127.0.0.1", True),
        ("LocalHost.", True),
        ("app.localhost", True),
        ("0.0.0.0", False),
        ("::", False),
        ("192.168.1.5", False),
        ("::ffff:10.0.0.1", False),
        ("localhost.example.org", False),
        ("127.0.0.1.example.org", False),
        ("", False),
    ],
)
def test_what_is_this_machine_alone(host, own):
    assert is_loopback(host) is own


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.168.1.5", "citespan.example.org", ""])
def test_another_address_without_a_key_is_refused_with_the_way_out(tmp_path, host):
    with pytest.raises(ConfigError) as caught:
        check_exposure(Settings(data_dir=tmp_path, host=host), SharedMemory())
    for way in ("citespan keys create", "CITESPAN_API_KEYS", "127.0.0.1", "CITESPAN_ALLOW_ANONYMOUS=1"):
        assert way in caught.value.message
    assert "EVERYBODY" in check_exposure(Settings(data_dir=tmp_path, host=host, allow_anonymous=True), SharedMemory())
    assert "1 in force" in check_exposure(
        Settings(data_dir=tmp_path, host=host, api_keys=f"read:{VALUE}"), SharedMemory()
    )
    add_key(tmp_path, "read")
    assert "1 in force" in check_exposure(Settings(data_dir=tmp_path, host=host, allow_anonymous=True), SharedMemory())


def test_the_command_refuses_in_one_line(tmp_path):
    done = citespan("serve", "--host", "0.0.0.0", data=tmp_path, code=1)
    assert "citespan keys create" in done.stderr
    assert "Traceback" not in done.stderr


def test_the_log_says_who_is_let_in(server):
    assert "open to this machine, and to it alone" in server.log.read_text()


def test_on_all_addresses_keys_count_and_their_loss_opens_nothing(tmp_path):
    token = add_key(tmp_path, "read")
    with start_server(tmp_path, CITESPAN_HOST="0.0.0.0", CITESPAN_ALLOW_ANONYMOUS="1") as server:
        assert fresh(server).status_code == 401
        assert fresh(server, **bearer(token)).status_code == 200
        path_of(tmp_path).unlink()
        answers = [fresh(server, **headers) for headers in ({}, bearer(token)) for _ in range(10)]
        assert {answer.json()["code"] for answer in answers} == {"keys_unreadable"}
        before = workers(server)
        for worker in before:
            os.kill(worker, signal.SIGKILL)
        # Those that come in their place have never seen a key; they know all the same.
        answers = []
        while len(answers) < 30:
            with suppress(requests.ConnectionError):  # of a worker that is no more, or not yet
                answers.append(fresh(server))
        assert {answer.json()["code"] for answer in answers} == {"keys_unreadable"}
        assert not before & workers(server)


def test_a_key_of_the_environment_is_enough_for_all_addresses_and_is_never_shown(tmp_path):
    with start_server(tmp_path, CITESPAN_HOST="0.0.0.0", CITESPAN_API_KEYS=f"write:{VALUE}") as server:
        assert fresh(server).status_code == 401
        assert fresh(server, **bearer(VALUE)).status_code == 200
        stored = requests.put(
            f"{server.url}/v1/documents/a", json={"text": "内容。"}, headers=bearer(VALUE), timeout=30
        )
        assert stored.status_code == 201
        assert VALUE not in server.log.read_text()
    (line,) = (tmp_path / "audit.jsonl").read_text().splitlines()
    assert json.loads(line)["key"]["id"].startswith("env-")
    assert VALUE not in line


def test_with_leave_everybody_is_let_in(tmp_path):
    with start_server(tmp_path, CITESPAN_HOST="0.0.0.0", CITESPAN_ALLOW_ANONYMOUS="1") as server:
        assert fresh(server, Host="any.example.org").status_code == 200
        assert "OPEN TO EVERYBODY" in server.log.read_text()


def test_a_remote_address_is_not_let_in_where_the_machine_is(settings, pipeline, collections):
    """Should it come, by a server that listens where the settings do not say."""
    client = create_app(settings, pipeline, collections).test_client()
    for address, status in [("127.0.0.1", 200), ("::1", 200), ("10.0.0.7", 401), ("", 401)]:
        assert client.get("/v1/documents", environ_base={"REMOTE_ADDR": address}).status_code == status


def test_nobody_is_this_machine_through_a_trusted_proxy(settings, pipeline, collections):
    behind = Settings(data_dir=settings.data_dir, trusted_proxies=1)
    client = create_app(behind, pipeline, collections).test_client()
    assert client.get("/v1/documents", headers={"X-Forwarded-For": "127.0.0.1, 203.0.113.9"}).status_code == 401
    untrusting = create_app(settings, pipeline, collections).test_client()
    assert untrusting.get("/v1/documents", headers={"X-Forwarded-For": "203.0.113.9"}).status_code == 200


@pytest.mark.parametrize(
    ("host", "status"),
    [
        ("localhost:8000", 200),
        ("127.0.0.1", 200),
        ("[::1]:8000", 200),
        ("LOCALHOST.", 200),
        ("evil.example", 403),
        ("127.0.0.1.evil.example:8000", 403),
        ("localhost@evil.example", 403),
        ("citespan.example.org", 403),
    ],
)
def test_an_open_service_answers_only_to_this_machines_names(client, host, status):
    response = client.get("/v1/documents", headers={"Host": host})
    assert response.status_code == status
    if status == 403:
        assert response.get_json()["code"] == "host_refused"
    assert client.get("/healthz", headers={"Host": host}).status_code == 200


def test_names_that_are_allowed(settings, pipeline, collections):
    open_at = Settings(data_dir=settings.data_dir, public_url="https://citespan.example.org/ask/")
    client = create_app(open_at, pipeline, collections).test_client()
    for host, status in [("citespan.example.org", 200), ("other.example.org", 403)]:
        assert client.get("/v1/documents", headers={"Host": host}).status_code == status
    named = Settings(data_dir=settings.data_dir, allowed_hosts=("Citespan.Example.org",))
    client = create_app(named, pipeline, collections).test_client()
    token = add_key(settings.data_dir, "read")
    for host, status in [("citespan.example.org:443", 200), ("localhost", 200), ("other.example.org", 403)]:
        assert client.get("/v1/documents", headers={"Host": host, **bearer(token)}).status_code == status


def test_with_keys_any_name_will_do_for_a_page_of_another_site_has_none(client, settings):
    token = add_key(settings.data_dir, "read")
    assert client.get("/v1/documents", headers={"Host": "any.example", **bearer(token)}).status_code == 200
