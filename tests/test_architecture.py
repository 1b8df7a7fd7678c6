"""Imports run one way: api -> qa -> indexer. And serving never imports what only training needs."""

import ast
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
MAY_IMPORT = {"indexer": {"indexer"}, "qa": {"indexer", "qa"}, "api": {"indexer", "qa", "api"}}


@pytest.mark.parametrize("room", MAY_IMPORT)
def test_imports_run_one_way(room: str):
    for path in sorted((ROOT / room).rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            names = (
                [alias.name for alias in node.names]
                if isinstance(node, ast.Import)
                else [node.module or ""]
                if isinstance(node, ast.ImportFrom)
                else []
            )
            rooms = {name.split(".")[0] for name in names} & (set(MAY_IMPORT) | {"training", "tests", "bench"})
            assert rooms <= MAY_IMPORT[room], f"{path.relative_to(ROOT)} imports {rooms - MAY_IMPORT[room]}"


def test_serving_on_the_embedded_models_imports_neither_torch_nor_langchain_nor_what_only_bots_need():
    code = (
        "import sys, api.app, qa.assemble; from api.bots.platforms import open_bots; from api.settings import Settings;"
        "open_bots(Settings()); from indexer.encoder import load_encoder;"
        "qa.assemble.assemble(load_encoder('embedded'));"
        "heavy = {'torch', 'transformers', 'sentence_transformers', 'langchain_core', 'scipy', 'sklearn', 'requests', "
        "'cryptography'};"
        "print(sorted(heavy & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert done.stdout.strip() == "[]"


@pytest.mark.parametrize(
    "path", sorted((*ROOT.glob("indexer/**/*.py"), *ROOT.glob("qa/**/*.py"), *ROOT.glob("api/**/*.py")))
)
def test_a_file_is_one_idea(path: Path):
    assert len(path.read_text(encoding="utf-8").splitlines()) <= 400


def test_the_command_line_leaves_it_to_the_server_how_prometheus_counts():
    """At its import prometheus_client decides whether the counts of several workers are added up."""
    code = "import sys, api.cli, api.serving.server; print('prometheus_client' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.stdout.strip() == "False", done.stdout + done.stderr
