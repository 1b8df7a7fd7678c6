"""What the image leaves out of its packages: never a licence, never what runs."""

from __future__ import annotations

import subprocess
from pathlib import Path

from container_image import ROOT

GOES = (
    "numpy/tests/test_a.py",
    "numpy/_core/tests/test_b.py",
    "numpy/_core/include/numpy/ndarrayobject.h",
    "numpy/__init__.pyi",
    "zstandard/_cffi.cpython-311-x86_64-linux-gnu.so",
    "torch/include/torch/a.h",
)
STAYS = (
    "numpy/__init__.py",
    "numpy/testing/__init__.py",
    "numpy-2.0.dist-info/METADATA",
    "numpy-2.0.dist-info/licenses/numpy/tests/LICENSE.txt",
    "numpy-2.0.dist-info/licenses/LICENSE.txt",
    "zstandard/backend_c.cpython-311-x86_64-linux-gnu.so",
    "torch/lib/libtorch.so",
    "flask/testing.py",
)


def test_it_takes_what_never_runs_and_leaves_the_rest(tmp_path: Path):
    for name in (*GOES, *STAYS):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).touch()
    for _ in range(2):  # the full image does it a second time
        subprocess.run(["sh", ROOT / "deploy" / "prune", tmp_path], check=True)
        left = {str(path.relative_to(tmp_path)) for path in tmp_path.rglob("*") if path.is_file()}
        assert left == set(STAYS)


def test_a_folder_that_is_none_stops_the_build(tmp_path: Path):
    assert subprocess.run(["sh", ROOT / "deploy" / "prune", tmp_path / "none"], check=False).returncode != 0
