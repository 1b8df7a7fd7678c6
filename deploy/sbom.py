"""Completes a bill of materials: what cyclonedx-py saw in an environment, and what else the image brings along.

``cyclonedx-py environment ENVIRONMENT/bin/python | python3 sbom.py``, in the image that is described: adds Debian's
packages, the Python interpreter and the distributions that it has besides the environment (such as pip). CycloneDX JSON
in and out; the order is fixed, so that equal images give equal files. Needs nothing but Python.
"""

from __future__ import annotations

import json
import platform
import re
import subprocess
import sys
from importlib.metadata import distributions
from pathlib import Path
from shutil import which
from typing import Any
from urllib.parse import quote

Component = dict[str, Any]


def component(kind: str, name: str, version: str, purl: str, **more: object) -> Component:
    return {"type": kind, "bom-ref": purl, "name": name, "version": version, "purl": purl, **more}


def debian_packages() -> list[Component]:
    """The packages that dpkg knows as installed; none where there is no dpkg."""
    if which("dpkg-query") is None:
        return []
    form = "${db:Status-Abbrev}\t${Package}\t${Version}\t${Architecture}\n"
    listed = subprocess.run(["dpkg-query", "-W", "-f", form], check=True, capture_output=True, text=True)
    distro = release()
    found = []
    for line in listed.stdout.splitlines():
        status, name, version, architecture = line.split("\t")
        if status.startswith("ii"):
            purl = f"pkg:deb/debian/{quote(name)}@{quote(version, safe='')}?arch={architecture}&distro={distro}"
            found.append(component("library", name, version, purl))
    return found


def release() -> str:
    """As ``debian-12``."""
    told = dict(re.findall(r'(?m)^(\w+)="?(.*?)"?$', Path("/etc/os-release").read_text(encoding="utf-8")))
    return f"{told.get('ID', 'linux')}-{told.get('VERSION_ID', '0')}"


def interpreter() -> list[Component]:
    """Python itself and what lies in its own folders, apart from any environment."""
    version = platform.python_version()
    own = {(each.metadata["Name"], each.version) for each in distributions()}
    return [
        component("platform", "python", version, f"pkg:generic/python@{version}"),
        *(component("library", name, number, purl_of(name, number)) for name, number in sorted(own)),
    ]


def purl_of(name: str, version: str) -> str:
    """A package URL, with the name in its normal form."""
    return f"pkg:pypi/{re.sub(r'[-_.]+', '-', name).lower()}@{quote(version, safe='')}"


def complete(bill: dict[str, Any]) -> dict[str, Any]:
    """``bill`` with the components that it lacks."""
    known = {each.get("purl", "").split("?")[0].lower() for each in bill["components"]}
    added = [each for each in (*interpreter(), *debian_packages()) if each["purl"].lower() not in known]
    return bill | {"components": sorted([*bill["components"], *added], key=lambda each: str(each["bom-ref"]).lower())}


if __name__ == "__main__":
    json.dump(complete(json.load(sys.stdin)), sys.stdout, ensure_ascii=False, indent=1)
