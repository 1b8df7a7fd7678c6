"""doctor and status on what lies beside the index: feedback, the collection's own calibration, keys; really damaged."""

import json
import shutil
import sqlite3
from pathlib import Path

import command_line
import pytest
import requests
from key_helpers import add_key, bearer
from small_service import KLING, start_server

from indexer.calibration import CALIBRATION, write_calibration
from indexer.encoder import EMBEDDED, load_encoder
from indexer.feedback import FEEDBACK, Feedback, FeedbackStore
from qa.refit import Refit, basis_of

VERDICTS = {"right": 40, "wrong": 2}


@pytest.fixture(scope="module")
def stock(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data folder with a document, feedback, a calibration and a key; to be copied, not changed."""
    folder = tmp_path_factory.mktemp("stock")
    text = tmp_path_factory.mktemp("texts") / "kling.txt"
    text.write_text(KLING, "utf-8")
    command_line.citespan("index", text, data=folder)
    store = FeedbackStore(beside(folder, ""))
    for verdict, number in VERDICTS.items():
        for at in range(number):
            store.add(Feedback(f"{verdict}-{at}", "digest", "可灵？" * 20, verdict), lambda: None)
    calibrate(folder, EMBEDDED)
    add_key(folder, "read")
    return folder


@pytest.fixture
def data(stock: Path, tmp_path: Path) -> Path:
    return shutil.copytree(stock, tmp_path / "data")


def beside(data: Path, name: str) -> Path:
    return data / "collections" / "default" / name


def calibrate(data: Path, reader: str) -> None:
    basis = basis_of(load_encoder(EMBEDDED), reader)
    refit = Refit(0.5, -1.0, 0.4, 80, "2026-01-01T00:00:00+00:00", basis)
    write_calibration(beside(data, CALIBRATION), refit.told())


@pytest.fixture
def doctor(citespan):
    def run(data: Path, *options: str, code: int = 0) -> dict:
        told = json.loads(citespan("doctor", "--json", *options, data=data, code=code).stdout)
        assert told["well"] == (code == 0)
        return told

    return run


def page_of(file: Path, name: str) -> tuple[int, int]:
    """Where the root page of a table or index of ``file`` lies: offset and length."""
    connection = sqlite3.connect(file)
    (size,) = connection.execute("PRAGMA page_size").fetchone()
    (root,) = connection.execute("SELECT rootpage FROM sqlite_master WHERE name = ?", (name,)).fetchone()
    connection.close()
    return (root - 1) * size, size


def overwrite(file: Path, at: int, data: bytes) -> None:
    whole = bytearray(file.read_bytes())
    whole[at : at + len(data)] = data
    file.write_bytes(whole)


def test_all_is_well_and_status_counts(data: Path, citespan, doctor):
    doctor(data)
    status = json.loads(citespan("status", "--json", data=data).stdout)
    assert status["feedback"] == VERDICTS
    assert status["calibration"]["in_use"] is True
    shown = citespan("status", data=data).stdout
    assert "right 40, wrong 2" in shown
    assert "in use: fitted on 80 questions" in shown


def test_an_index_of_the_feedback_is_made_again(data: Path, citespan, doctor):
    file = beside(data, FEEDBACK)
    start, size = page_of(file, "by_time")
    page = file.read_bytes()[start : start + size]
    overwrite(file, start + page.rindex(b"20"), b"19")  # a time in the index that is not the row's
    (finding, *_) = doctor(data, code=1)["findings"]
    assert (finding["part"], finding["repairable"]) == ("feedback", True)
    assert "--repair" in citespan("doctor", data=data, code=1).stdout
    assert doctor(data, "--repair")["repaired_beside"] == ["the indexes of feedback.db made again"]
    doctor(data)
    assert len(FeedbackStore(beside(data, "")).rows()) == sum(VERDICTS.values())


def test_a_damaged_table_of_feedback_is_named_and_left(data: Path, citespan, doctor):
    file = beside(data, FEEDBACK)
    start, size = page_of(file, "feedback")
    overwrite(file, start, bytes(size))
    damaged = file.read_bytes()
    told = doctor(data, "--repair", code=1)
    assert {finding["part"] for finding in told["left"]} == {"feedback"}
    assert all("put it back from a backup" in finding["message"] for finding in told["left"])
    assert file.read_bytes() == damaged
    assert "broken" in json.loads(citespan("status", "--json", data=data).stdout)["feedback"]
    file.rename(file.with_suffix(".away"))  # as it says
    doctor(data)


@pytest.mark.parametrize(
    ("sql", "says"),
    [
        ("PRAGMA user_version = 7", "another version (format 7"),
        ("PRAGMA user_version = 0", "of another program"),
        ("UPDATE feedback SET expected = '{' WHERE row = 3", "not as it was written"),
        ("UPDATE feedback SET verdict = 'maybe' WHERE row = 3", "not as it was written"),
    ],
)
def test_feedback_that_is_none_is_named(data: Path, sql: str, says: str, doctor):
    connection = sqlite3.connect(beside(data, FEEDBACK))
    connection.execute(sql)
    connection.commit()
    connection.close()
    (finding,) = doctor(data, code=1)["findings"]
    assert (finding["part"], finding["repairable"]) == ("feedback", False)
    assert says in finding["message"]


def test_a_file_that_is_no_database_is_named(data: Path, doctor):
    beside(data, FEEDBACK).write_bytes(b"no database at all " * 500)
    (finding,) = doctor(data, code=1)["findings"]
    assert "not a database" in finding["message"]


@pytest.mark.parametrize(
    "content", [b"", b"{", b"\xff\xfe", b"[]", b'{"format": "citespan-calibration-1", "slope": 0}']
)
def test_a_damaged_calibration_is_removed(data: Path, content: bytes, citespan, doctor):
    beside(data, CALIBRATION).write_bytes(content)
    (finding,) = doctor(data, code=1)["findings"]
    assert (finding["part"], finding["repairable"]) == ("calibration", True)
    assert json.loads(citespan("status", "--json", data=data).stdout)["calibration"]["in_use"] is False
    (done,) = doctor(data, "--repair")["repaired_beside"]
    assert "the confidence that ships holds" in done
    assert not beside(data, CALIBRATION).exists()


def test_a_calibration_of_another_reader_is_told_and_left(data: Path, citespan, doctor):
    calibrate(data, "another")
    (finding,) = doctor(data, "--repair", code=1)["left"]
    assert (finding["part"], finding["repairable"]) == ("calibration", False)
    assert "fitted with another reader" in finding["message"]
    assert beside(data, CALIBRATION).exists()
    assert "not in use: fitted with another reader" in citespan("status", data=data).stdout


def test_a_damaged_file_of_keys_is_named_and_never_mended(data: Path, doctor):
    file = data / "keys.jsonl"
    damaged = file.read_bytes()[:-20]
    file.write_bytes(damaged)
    (finding,) = doctor(data, "--repair", code=1)["left"]
    assert (finding["part"], finding["repairable"]) == ("keys", False)
    assert "create new keys" in finding["message"]
    assert file.read_bytes() == damaged


def test_the_list_of_collections_tells_both(data: Path):
    token = add_key(data, "read")
    with start_server(data) as server:
        (listed,) = requests.get(f"{server.url}/v1/collections", headers=bearer(token), timeout=30).json()[
            "collections"
        ]
    assert listed["feedback"] == VERDICTS
    assert listed["calibration"]["in_use"] is True
