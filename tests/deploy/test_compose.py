"""deploy/compose.yaml fits the image: its port, user, volume, health and settings."""

from __future__ import annotations

import re

import pytest
import yaml
from container_image import ROOT, healthcheck, port, stages, user, variables, volume

from api.settings import Settings

FILE = ROOT / "deploy" / "compose.yaml"


@pytest.fixture(scope="module")
def service() -> dict:
    return yaml.safe_load(FILE.read_text("utf-8"))["services"]["citespan"]


def seconds(text: str) -> int:
    found = re.fullmatch(r"(\d+)s", text)
    assert found
    return int(found[1])


def test_only_keys_of_the_compose_specification(service: dict):
    known = set(
        "image build ports environment env_file volumes stop_grace_period restart user read_only tmpfs cap_drop"
        " security_opt mem_limit cpus pids_limit healthcheck logging".split()
    )
    assert set(service) <= known
    whole = yaml.safe_load(FILE.read_text("utf-8"))
    assert set(whole) == {"name", "services", "volumes"}
    assert {mount.split(":")[0] for mount in service["volumes"]} == set(whole["volumes"])


def test_it_builds_a_target_that_there_is(service: dict):
    assert (FILE.parent / service["build"]["context"]).resolve() == ROOT
    assert service["build"]["target"] in stages()


def test_it_is_published_to_this_machine_alone(service: dict):
    assert service["ports"] == [f"127.0.0.1:{port()}:{port()}"]


def test_it_may_do_nothing_but_serve(service: dict):
    assert service["user"] == "{}:{}".format(*user())
    assert service["read_only"] is True
    assert service["cap_drop"] == ["ALL"]
    assert service["security_opt"] == ["no-new-privileges:true"]
    assert service["volumes"] == [f"data:{volume()}"]
    assert service["tmpfs"][0].split(":")[0] == "/tmp"
    assert {"mem_limit", "cpus", "pids_limit"} <= set(service)


def test_its_health_is_that_of_the_image(service: dict):
    assert service["healthcheck"]["test"] == ["CMD", *healthcheck()]


def test_its_variables_are_settings_and_it_waits_for_the_end(service: dict):
    assert all(isinstance(text, str) for text in service["environment"].values())  # true would become "True"
    settings = Settings.load(environ={**variables(), **service["environment"]})
    assert settings.log_format == "json"
    assert seconds(service["stop_grace_period"]) > settings.graceful_timeout + settings.shutdown_delay


def test_secrets_do_not_come_into_version_control(service: dict):
    (file,) = service["env_file"]
    assert file["path"] in (FILE.parent / ".gitignore").read_text("utf-8").split()
