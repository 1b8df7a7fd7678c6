"""Keys, their file, and what a service makes of both."""

from __future__ import annotations

import json
import os
import stat
import threading
from datetime import UTC, datetime, timedelta

import pytest
from key_helpers import add_key, bearer, revoke_key

from api.access.fixed_keys import fixed_keys
from api.access.key_file import KeysUnreadable, change_keys, path_of, read_keys
from api.access.keyring import Keyring
from api.access.keys import SCOPES, Key
from api.access.shared import SharedMemory
from api.access.tokens import digest_of, id_of, make_token
from api.app import create_app
from api.settings import Settings
from indexer.errors import ConfigError

VALUE = "correct-horse-battery-staple-0123456789"


def test_a_token_names_its_id_and_a_changed_one_names_none():
    key_id, token = make_token()
    assert id_of(token) == key_id
    for place in range(len(token)):
        changed = token[:place] + ("x" if token[place] != "x" else "y") + token[place + 1 :]
        assert id_of(changed) is None
    assert id_of(token + "\n") is None
    assert id_of("") is None


def test_tokens_are_all_different():
    tokens = [make_token() for _ in range(2000)]
    assert len({token for _, token in tokens}) == 2000
    assert len({token[12:44] for _, token in tokens}) == 2000


def test_the_file_is_its_owners_and_holds_no_key(tmp_path):
    token = add_key(tmp_path, "admin")
    file = path_of(tmp_path)
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    text = file.read_text()
    secret = token.split("_")[2]
    assert not any(secret[start : start + 8] in text for start in range(len(secret) - 7))
    assert digest_of(token) in text


def test_a_file_that_was_changed_or_cut_anywhere_is_refused(tmp_path):
    add_key(tmp_path, "read", "team")
    add_key(tmp_path, "admin")
    file = path_of(tmp_path)
    whole = file.read_bytes()
    assert len(read_keys(file)) == 2
    damaged = [whole[:length] for length in range(len(whole))]
    damaged += [whole[:at] + bytes([whole[at] ^ 1]) + whole[at + 1 :] for at in range(len(whole))]
    damaged += [whole + b"\n", whole + whole, b"\0" * len(whole), b"[]", b"{}"]
    for data in damaged:
        file.write_bytes(data)
        with pytest.raises(KeysUnreadable):
            read_keys(file)


@pytest.mark.parametrize(
    "damage",
    [
        lambda file: file.write_bytes(b""),
        lambda file: file.write_bytes(file.read_bytes()[:-2]),
        lambda file: file.write_bytes(file.read_bytes().replace(b'"read"', b'"admin"')),
        lambda file: file.unlink(),
        lambda file: (file.unlink(), file.mkdir()),
        lambda file: (file.unlink(), file.symlink_to(file.name)),
    ],
    ids=["emptied", "cut", "edited", "removed", "a folder", "a loop"],
)
def test_damage_closes_a_running_service_and_mending_opens_it(client, settings, damage, tmp_path):
    token = add_key(settings.data_dir, "read")
    file, kept = path_of(settings.data_dir), tmp_path / "kept"
    kept.write_bytes(file.read_bytes())
    assert client.get("/v1/documents", headers=bearer(token)).status_code == 200
    damage(file)
    for headers in ({}, bearer(token)):
        response = client.get("/v1/documents", headers=headers)
        assert (response.status_code, response.get_json()["code"]) == (503, "keys_unreadable")
    assert client.get("/readyz").get_json()["reason"] == "keys_unreadable"
    assert client.get("/healthz").status_code == 200
    if file.is_dir():
        file.rmdir()
    kept.replace(file)
    assert client.get("/v1/documents", headers=bearer(token)).status_code == 200
    assert client.get("/v1/documents").status_code == 401


def test_a_service_over_a_damaged_file_starts_closed(settings, pipeline, collections):
    path_of(settings.data_dir).write_bytes(b"citespan keys 1 ")
    client = create_app(settings, pipeline, collections).test_client()
    assert client.get("/v1/collections").get_json()["code"] == "keys_unreadable"


def test_what_the_file_holds_lets_nobody_in(client, settings):
    """Whoever reads the file gains nothing: neither ids nor hashes nor lines are keys."""
    token = add_key(settings.data_dir, "admin")
    revoke_key(settings.data_dir, add_key(settings.data_dir, "admin"))
    text = path_of(settings.data_dir).read_text()
    held = [value for line in text.splitlines()[1:] for value in json.loads(line).values() if isinstance(value, str)]
    digests = [value for value in held if len(value) == 64]
    tries = [*held, *digests, *(digest_of(digest) for digest in digests), *(f"ck_{value}" for value in held)]
    tries += [f"ck_{id_of(token)}_{digest[:38]}" for digest in digests] + text.split() + ["", "ck_", "null", "None"]
    for tried in tries:
        response = client.get("/v1/documents", headers={"X-API-Key": tried})
        assert response.status_code == 401, tried
    assert client.get("/v1/documents", headers=bearer(token)).status_code == 200


@pytest.mark.parametrize("scheme", ["Bearer {}", "bearer {}", "BEARER   {} "])
def test_a_key_comes_as_bearer_whatever_the_case(client, settings, scheme):
    token = add_key(settings.data_dir, "read")
    assert client.get("/v1/documents", headers={"Authorization": scheme.format(token)}).status_code == 200


@pytest.mark.parametrize(
    ("headers", "code"),
    [
        ({}, "key_missing"),
        ({"Authorization": "Basic dTpw"}, "key_missing"),
        ({"Authorization": "Bearer"}, "key_missing"),
        ({"X-API-Key": " "}, "key_missing"),
        ({"Authorization": "Bearer nonsense"}, "key_invalid"),
        ({"Authorization": "Bearer " + "x" * 7000}, "key_invalid"),
        ({"X-API-Key": "钥匙".encode().decode("latin-1")}, "key_invalid"),
    ],
)
def test_what_is_no_key_is_told_as_http_tells_it(client, settings, headers, code):
    add_key(settings.data_dir, "read")
    response = client.get("/v1/documents", headers=headers)
    assert (response.status_code, response.get_json()["code"]) == (401, code)
    challenge = response.headers["WWW-Authenticate"]
    assert challenge.startswith('Bearer realm="citespan"')
    assert ("invalid_token" in challenge) == (code == "key_invalid")


def test_the_header_of_our_own_goes_before_that_of_a_proxy(client, settings):
    token = add_key(settings.data_dir, "read")
    both = {"Authorization": "Bearer of-the-gateway", "X-API-Key": token}
    assert client.get("/v1/documents", headers=both).status_code == 200
    assert client.get("/v1/documents", headers={**bearer(token), "X-API-Key": "wrong"}).status_code == 401


def test_a_key_ends_when_it_is_said_to(client, settings):
    now = datetime.now(UTC)
    ended = add_key(settings.data_dir, "admin", expires=(now - timedelta(seconds=1)).isoformat())
    going = add_key(settings.data_dir, "admin", expires=(now + timedelta(hours=1)).isoformat())
    assert client.get("/v1/documents", headers=bearer(ended)).get_json()["code"] == "key_invalid"
    assert client.get("/v1/documents", headers=bearer(going)).status_code == 200


def test_no_key_is_needed_until_there_is_one_and_then_always(client, settings):
    assert client.get("/v1/documents").status_code == 200
    assert client.get("/v1/documents", headers=bearer("any")).status_code == 200  # what OpenAI's clients send
    token = add_key(settings.data_dir, "read")
    assert client.get("/v1/documents").status_code == 401
    revoke_key(settings.data_dir, token)
    assert client.get("/v1/documents").status_code == 401
    assert client.get("/v1/documents", headers=bearer(token)).status_code == 401


def test_many_changes_at_once_all_count(tmp_path):
    threads = [threading.Thread(target=add_key, args=(tmp_path, "read")) for _ in range(16)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len({key.id for key in read_keys(path_of(tmp_path))}) == 16


def test_a_keyring_follows_changes_that_leave_size_and_time_alike(tmp_path):
    """Also where a new file could take the place, the size and the time of the one before."""
    first = add_key(tmp_path, "read", created="2026-01-01T00:00:00+00:00")
    keyring, file = Keyring(path_of(tmp_path), SharedMemory()), path_of(tmp_path)
    facts = file.stat()
    for _ in range(20):
        assert keyring.current().find(first) is not None
        change_keys(file, lambda keys: [])
        second = add_key(tmp_path, "read", created="2026-01-01T00:00:00+00:00")
        os.utime(file, ns=(facts.st_atime_ns, facts.st_mtime_ns))
        assert file.stat().st_size == facts.st_size
        assert keyring.current().find(first) is None
        first = second


def test_scopes_include_the_ones_before():
    may = {held: [scope for scope in SCOPES if Key(id="a", name="a", scope=held).may(scope)] for held in SCOPES}
    assert may == {"read": ["read"], "write": ["read", "write"], "admin": ["read", "write", "admin"]}


def test_keys_of_the_environment(settings, pipeline, collections):
    text = f"read:{VALUE}, admin@team+news:{VALUE}2"
    app = create_app(Settings(data_dir=settings.data_dir, api_keys=text), pipeline, collections)
    client = app.test_client()
    assert client.get("/v1/collections").status_code == 401
    assert client.get("/v1/collections", headers=bearer(VALUE)).status_code == 200
    assert client.get("/v1/documents?collection=other", headers=bearer(VALUE + "2")).status_code == 403
    assert VALUE not in repr(app.extensions["citespan"].settings)


@pytest.mark.parametrize(
    "text", ["", " , ", VALUE, "read:short", f"owner:{VALUE}", f"read@Team:{VALUE}", f"read@a++b:{VALUE}",
             "read:钥" * 40, f"read:{VALUE},write:{VALUE}"]
)  # fmt: skip
def test_keys_of_the_environment_that_will_not_do_are_refused_and_not_shown(text):
    with pytest.raises(ConfigError) as caught:
        fixed_keys(text)
    assert "CITESPAN_API_KEYS" in caught.value.message
    assert VALUE not in caught.value.message
