"""What ``check-image`` wants to know from inside a container. Prints JSON; needs nothing but Python.

``ready``: when ``/readyz`` said yes; ``ask N KEY``: an answer, and the memory of each process after N questions;
``upload KEY``: the starter documents, over HTTP; ``bill``: the bill of materials against what is installed;
``writable``: folders in which a file can be made.
"""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import unquote

URL = f"http://127.0.0.1:{os.environ.get('CITESPAN_PORT', '8000')}"
HOME = Path("/usr/share/citespan")
ENVIRONMENT = "/opt/citespan/bin/python"


def call(path: str, body: bytes | None = None, kind: str = "application/json", key: str = "") -> dict[str, Any]:
    headers = {"Content-Type": kind} | ({"Authorization": f"Bearer {key}"} if key else {})
    request = urllib.request.Request(URL + path, body, headers)
    with urllib.request.urlopen(request, timeout=60) as response:
        return {"status": response.status, **json.load(response)}


def ready() -> dict[str, float]:
    deadline = time.monotonic() + 120
    while True:
        try:
            call("/readyz")
            return {"time": time.time()}
        except OSError:
            if time.monotonic() > deadline:
                raise
            time.sleep(0.01)


def ask(number: str, key: str = "") -> dict[str, Any]:
    for each in range(int(number)):
        body = json.dumps({"question": "可灵的收入有多少来自P端?", "k": 1 + each % 20}).encode()
        told = call("/v1/ask", body, key=key)
    answer = told["answer"] or {}
    return {"answer": answer.get("text"), "citations": len(answer.get("citations", ())), "processes": processes()}


def processes() -> list[dict[str, object]]:
    """Resident and proportional memory, in MiB, of the service's master and of its workers."""
    found: list[dict[str, object]] = []
    for folder in sorted(Path("/proc").glob("[0-9]*"), key=lambda each: int(each.name)):
        try:
            command = (folder / "cmdline").read_bytes().split(b"\0")
            sizes = dict(re.findall(r"(\w+): +(\d+) kB", (folder / "smaps_rollup").read_text()))
        except OSError:  # it has ended meanwhile, or is another user's
            continue
        if "Pss" not in sizes or not any(part.endswith(b"/citespan") for part in command):
            continue
        role = "master" if folder.name == "1" else "worker"
        found.append({"role": role, "rss": int(sizes["Rss"]) // 1024, "pss": int(sizes["Pss"]) // 1024})
    return found


def upload(key: str = "") -> dict[str, Any]:
    """Every starter document, under another name, as a form."""
    mark = "b07df4c1"
    parts = []
    files = [each for each in sorted((HOME / "seeds" / "articles").iterdir()) if each.is_file()]
    for file in files:
        head = f'--{mark}\r\nContent-Disposition: form-data; name="file"; filename="again-{file.name}"\r\n\r\n'
        parts.append(head.encode() + file.read_bytes() + b"\r\n")
    body = b"".join(parts) + f"--{mark}--\r\n".encode()
    told = call("/v1/documents", body, f"multipart/form-data; boundary={mark}", key)
    failed = [each for each in told["results"] if "code" in each]
    return {"status": told["status"], "files": len(files), "failed": failed}


def bill() -> dict[str, Any]:
    listed = json.loads((HOME / "sbom.json").read_text(encoding="utf-8"))
    told = {unquote(each["purl"].split("?")[0]) for each in listed["components"]}
    pypi = {each for each in told if each.startswith("pkg:pypi/")}
    program = (
        "import importlib.metadata as m; print(*(d.metadata['Name'] + '@' + d.version for d in m.distributions()))"
    )
    found: set[str] = set()
    for python in (ENVIRONMENT, str(Path(sys.executable).resolve())):
        done = subprocess.run([python, "-c", program], check=True, capture_output=True, text=True)
        for name, _, version in (each.partition("@") for each in done.stdout.split()):
            found.add(f"pkg:pypi/{re.sub('[-_.]+', '-', name).lower()}@{version}")
    own = {each for each in found if each.startswith("pkg:pypi/citespan@")}
    return {
        "missing": sorted(found - own - pypi),
        "absent": sorted(pypi - found),
        "components": len(told),
        "python": len(pypi),
    }


def writable() -> dict[str, list[str]]:
    """Mount points, and folders of the root, in which a file can be made."""
    mounts = {line.split()[1] for line in Path("/proc/mounts").read_text().splitlines()}
    folders = mounts | {str(each) for each in Path("/").iterdir() if each.is_dir()} | {"/opt/citespan", str(HOME)}
    found = []
    for folder in sorted(folders - {"/proc", "/sys"}):
        try:
            with tempfile.TemporaryFile(dir=folder):
                found.append(folder)
        except OSError:
            continue
    return {"writable": [each for each in found if not each.startswith(("/proc", "/sys"))]}


if __name__ == "__main__":
    commands: dict[str, Callable[..., object]] = {}
    commands |= {"ready": ready, "ask": ask, "upload": upload, "bill": bill, "writable": writable}
    print(json.dumps(commands[sys.argv[1]](*sys.argv[2:]), ensure_ascii=False))
