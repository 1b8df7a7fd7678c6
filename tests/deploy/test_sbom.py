"""The bill of materials, made of the environment of the tests by the commands that the image is made with."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import sys
from pathlib import Path
from urllib.parse import unquote

import cyclonedx.schema
import jsonschema_rs
import pytest
from container_image import DOCKERFILE, ROOT


@pytest.fixture(scope="module")
def text() -> str:
    tool = Path(sys.executable).with_name("cyclonedx-py")
    options = re.search(r"cyclonedx-py (environment .*?)/opt/citespan", DOCKERFILE.replace("\\\n", ""))
    assert options
    seen = subprocess.run(
        [tool, *options[1].split(), sys.executable], cwd=ROOT, check=True, capture_output=True, text=True
    )
    done = subprocess.run(
        [sys.executable, ROOT / "deploy" / "sbom.py"], input=seen.stdout, check=True, capture_output=True, text=True
    )
    return done.stdout


@pytest.fixture(scope="module")
def bill(text: str) -> dict:
    return json.loads(text)


def normal(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def test_it_is_valid_cyclonedx(bill: dict):
    check = validator(bill["specVersion"])
    check.validate(bill)
    assert not check.is_valid(bill | {"components": [{"type": "library"}]})
    assert not check.is_valid(bill | {"components": [bill["components"][0] | {"licence": "MIT"}]})


def validator(version: str) -> jsonschema_rs.Draft7Validator:
    """CycloneDX's own schemas, which its library brings along; the library's way to use them takes a minute."""
    folder = Path(cyclonedx.schema.__file__).parent / "_res"
    schemas = {path.name: json.loads(path.read_text("utf-8")) for path in folder.glob("*.schema.json")}
    address = "http://cyclonedx.org/schema/"
    registry = jsonschema_rs.Registry([(address + name, schema) for name, schema in schemas.items()])
    return jsonschema_rs.Draft7Validator(
        schemas[f"bom-{version}.SNAPSHOT.schema.json"], registry=registry, validate_formats=True
    )


def test_it_lists_what_pip_lists(text: str):
    listed = json.loads(text)["components"]
    purls = {unquote(each["purl"].split("?")[0]) for each in listed if each["purl"].startswith("pkg:pypi/")}
    done = subprocess.run(
        [sys.executable, "-m", "pip", "freeze", "--all", "--exclude", "citespan"],
        check=True,
        capture_output=True,
        text=True,
    )
    frozen = {line.split("==")[0]: line.split("==")[1] for line in done.stdout.splitlines() if "==" in line}
    assert len(frozen) > 50
    assert {f"pkg:pypi/{normal(name)}@{version}" for name, version in frozen.items()} <= purls


def test_it_names_the_service_its_licence_and_what_it_needs_directly(bill: dict):
    root = bill["metadata"]["component"]
    assert (root["name"], root["type"]) == ("citespan", "application")
    assert root["licenses"][0]["license"]["id"] == "Apache-2.0"
    (needs,) = [each["dependsOn"] for each in bill["dependencies"] if each["ref"] == root["bom-ref"]]
    names = {each["bom-ref"]: normal(each["name"]) for each in bill["components"] if "name" in each}
    assert {"flask", "gunicorn", "numpy", "tantivy"} <= {names.get(ref) for ref in needs}


def test_it_names_python_and_the_packages_of_the_system(bill: dict):
    purls = [each["purl"] for each in bill["components"]]
    assert f"pkg:generic/python@{'.'.join(map(str, sys.version_info[:3]))}" in purls
    assert len(set(purls)) == len(purls)
    if shutil.which("dpkg-query"):
        assert any(re.fullmatch(r"pkg:deb/debian/libc6@[^?]+\?arch=\w+&distro=[a-z]+-\S+", purl) for purl in purls)


def test_it_is_the_same_each_time(text: str):
    order = [each["bom-ref"].lower() for each in json.loads(text)["components"]]
    assert order == sorted(order)
    assert "serialNumber" not in json.loads(text)
    assert "timestamp" not in json.loads(text)["metadata"]
