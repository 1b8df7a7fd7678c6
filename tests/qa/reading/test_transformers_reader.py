"""Question-answering heads in the reader slot, by a small real one: what it reads, how it fails, and how it serves."""

from __future__ import annotations

import json
import shutil
import sys
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
import requests
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from small_service import start_server
from tiny_reader import WINDOW, config, save_tiny_reader, save_tokenizer

from api.serving.server import shared_models
from api.settings import Settings
from indexer.encoder import load_encoder
from indexer.errors import ConfigError, QueryError
from indexer.sentences import sentences
from qa.assemble import load_reader
from qa.glossary import Glossary
from qa.query import analyse
from qa.reading.read import ClauseReader, Reader, embedded_encoder
from qa.reading.span_model import SpanModel, load_span_model
from qa.reading.transformers_reader import TransformersReader, best_spans
from qa.results import Passage, Reading
from qa.values.find import find_values

pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning", "ignore::FutureWarning")


def passage(text: str) -> Passage:
    return Passage(text, tuple(sentences(text)), 1.0, published="2025-06-01")


CHINESE = passage("今年一季度，云帆科技营收为45.2亿元，同比增长。公司创始人是林晓舟。")
ENGLISH = passage("The revenue of Yunfan was 3100 billion yuan. The founder is Lin Xiaozhou.")
SILENT = passage("云帆科技的企业客户有模型用户。")
LONG = passage("云帆科技的企业客户是用户，模型用户是公司的客户。" * 20 + "公司创始人是林晓舟。")


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return save_tiny_reader(tmp_path_factory.mktemp("tiny"))


@pytest.fixture(scope="module")
def reader(folder: Path) -> Reader:
    return load_reader(str(folder), load_encoder("embedded"))


@pytest.fixture(scope="module")
def model(folder: Path) -> SpanModel:
    return load_span_model(str(folder))


@pytest.fixture
def broken(folder: Path, tmp_path: Path) -> Path:
    """A copy to be damaged."""
    return Path(shutil.copytree(folder, tmp_path / "broken"))


def read(reader: Reader, question: str, passages: Sequence[Passage]) -> list[Reading]:
    return reader.read(analyse(question, Glossary()), passages)


def text_of(reading: Reading, passages: Sequence[Passage]) -> str:
    return passages[reading.passage].text[reading.start : reading.end]


# --- answers


@pytest.mark.parametrize(
    ("question", "found", "answer"),
    [
        ("云帆科技营收是多少？", CHINESE, "45.2亿元"),
        ("云帆科技的创始人是谁？", CHINESE, "林晓舟"),
        ("How much was the revenue of Yunfan, how much?", ENGLISH, "3100 billion yuan"),
        ("So who is the founder?", ENGLISH, "Lin Xiaozhou"),
    ],
)
def test_a_model_by_path_answers_in_both_languages(reader, question, found, answer) -> None:
    assert isinstance(reader, TransformersReader)
    passages = [SILENT, found]
    best = read(reader, question, passages)[0]
    assert text_of(best, passages) == answer
    assert best.features["raw"] > 0


def test_a_value_is_whole_typed_and_dated_though_the_model_marks_a_piece_of_it(reader) -> None:
    best = read(reader, "云帆科技营收是多少？", [CHINESE])[0]
    assert (best.kind, best.as_of) == ("money", "2025-03-31")
    assert best.value == {"kind": "money", "min": 4_520_000_000.0, "max": 4_520_000_000.0, "unit": "CNY"}


def test_every_part_of_a_long_passage_is_seen(model) -> None:
    windows = model.windows("谁？", [LONG.text, SILENT.text])
    own = [window for window in windows if window.text == 0]
    assert len(own) > 3
    assert all(len(window.offsets) < WINDOW for window in own)
    seen = {place for window in own for low, high in window.offsets for place in range(low, high)}
    assert seen == set(range(len(LONG.text)))
    for one, other in pairwise(own):
        assert other.offsets[0, 0] < one.offsets[-1, 0]  # so that no answer is cut by a window's end
    assert [window.text for window in windows[len(own) :]] == [1]


def test_the_end_of_a_long_passage_answers(reader) -> None:
    best = read(reader, "创始人是谁？", [LONG])[0]
    assert (text_of(best, [LONG]), best.end) == ("林晓舟", len(LONG.text) - 1)


def test_a_span_is_worth_its_logits_less_the_least_null_score_of_its_passage(reader, model) -> None:
    windows = model.windows("创始人是谁？", [LONG.text])
    best = max(start + end for window in windows for _, _, start, end in _all_spans(window))
    least = min(window.null for window in windows)
    assert least < max(window.null for window in windows)
    assert read(reader, "创始人是谁？", [LONG])[0].features["raw"] == pytest.approx(best - least, abs=1e-4)


def _all_spans(window) -> list[tuple[int, int, float, float]]:
    count = len(window.start)
    return [(a, b, float(window.start[a]), float(window.end[b])) for a in range(count) for b in range(a, count)]


def test_no_answer_lowers_the_score_of_a_passage(reader) -> None:
    for question in ("云帆科技营收是多少？", "云帆科技的创始人是谁？"):
        readings = read(reader, question, [SILENT, CHINESE])
        raw = {at: max(r.features["raw"] for r in readings if r.passage == at) for at in (0, 1)}
        assert raw[0] < 0 < raw[1]
        alone = read(reader, question, [SILENT])
        # Nothing of what it is compared with changes a passage's score, and its belief is no probability.
        assert alone[0].features["raw"] == pytest.approx(raw[0], abs=1e-3)
        assert alone[0].score > readings[-1].score


def test_the_best_spans_are_those_of_all_sums() -> None:
    rng = np.random.default_rng(5)
    start, end = rng.normal(size=(2, 100)).astype(np.float32)
    every = [(a, b, start[a] + end[b]) for a in range(100) for b in range(a, min(a + 64, 100))]
    wanted = sorted(every, key=lambda span: -span[2])[:20]
    found = sorted(best_spans(start, end), key=lambda span: -span[2])
    assert [span[:2] for span in found] == [span[:2] for span in wanted]
    assert best_spans(start[:1], end[:1]) == [(0, 0, pytest.approx(start[0] + end[0]))]
    assert best_spans(start[:0], end[:0]) == []


# --- what every reading keeps


def test_readings_are_ordered_apart_and_share_belief(reader) -> None:
    passages = [CHINESE, ENGLISH, SILENT, LONG]
    readings = read(reader, "云帆科技营收是多少？", passages)
    assert len(readings) == 10
    scores = [reading.score for reading in readings]
    assert scores == sorted(scores, reverse=True)
    assert 0 < sum(scores) <= 1 + 1e-6
    spans = sorted((r.passage, r.start, r.end) for r in readings)
    for one, other in pairwise(spans):
        assert one[0] < other[0] or one[2] <= other[1]
    for reading in readings:
        starts, ends = zip(*passages[reading.passage].sentences, strict=True)
        assert reading.sentence_start in starts
        assert reading.sentence_end in ends
        assert reading.sentence_start <= reading.start < reading.end <= reading.sentence_end


def test_measures_are_those_of_the_embedded_reader(reader) -> None:
    passages = [CHINESE, ENGLISH, SILENT]
    ours = read(reader, "云帆科技今年一季度营收是多少？", passages)
    theirs = ClauseReader(embedded_encoder()).read(analyse("云帆科技今年一季度营收是多少？", Glossary()), passages)
    by_sentence = {(r.passage, r.sentence_start, r.sentence_end): r.features for r in theirs}
    keys = [(r.passage, r.sentence_start, r.sentence_end) for r in ours]
    shared = [(r, by_sentence[key]) for r, key in zip(ours, keys, strict=True) if key in by_sentence]
    assert len(shared) > 1
    for reading, features in shared:
        assert reading.features.keys() == features.keys()
        assert reading.features["belief"] == reading.score
        for name in features.keys() - {"belief", "raw", "cover_clause"}:  # the last is of the span, not the sentence
            assert reading.features[name] == features[name], name
        assert 0.0 <= reading.features["cover_clause"] <= reading.features["cover_sentence"] + 1e-6


@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
@given(
    st.text(alphabet="云帆科技营收多少谁who how much 2025年?？", min_size=1, max_size=30),
    st.text(
        alphabet="云帆科技林晓舟45.2亿元。，、“”《》(）the rose to $3 million in Q1\n\ud800", min_size=1, max_size=150
    ),
)
def test_no_reading_cuts_a_value_or_leaves_the_text(reader, question: str, text: str) -> None:
    try:
        query = analyse(question, Glossary())
    except QueryError:
        return
    found = passage(text)
    for reading in reader.read(query, [found]):
        assert 0 <= reading.sentence_start <= reading.start < reading.end <= reading.sentence_end <= len(text)
        assert not text[reading.start].isspace()
        assert not text[reading.end - 1].isspace()
        for start, end in found.sentences:
            for value in find_values(text[start:end]):
                for edge in (reading.start, reading.end):
                    assert not start + value.start < edge < start + value.end


def test_nothing_to_read_is_no_reading(reader) -> None:
    for passages in ([], [Passage("", (), 1.0)], [Passage("", (), 1.0), passage("。。。")]):
        assert read(reader, "星河是什么？", passages) == []


def test_a_question_longer_than_a_window_is_cut(reader) -> None:
    assert text_of(read(reader, "创始人是谁？" + "云帆" * 900, [CHINESE])[0], [CHINESE]) == "林晓舟"


def test_more_windows_than_a_batch_holds_are_all_read(reader) -> None:
    passages = [*[SILENT] * 40, CHINESE]
    best = read(reader, "创始人是谁？", passages)[0]
    assert (best.passage, text_of(best, passages)) == (40, "林晓舟")


def test_threads_read_at_a_time_and_alike(reader) -> None:
    questions = ["营收是多少？", "创始人是谁？", "who?" + " of" * 30, "how much?"] * 10
    passages = [CHINESE, ENGLISH, LONG]
    with ThreadPoolExecutor(8) as pool:
        found = list(pool.map(lambda question: read(reader, question, passages), questions))
    assert found == [read(reader, question, passages) for question in questions]


def test_threads_do_not_set_the_tokenizer_of_one_another(model) -> None:
    """Some 17 of these 200 calls fail without the model's lock."""
    questions = ["谁", "谁" + "云帆" * 900] * 100
    with ThreadPoolExecutor(8) as pool:
        found = list(pool.map(lambda question: len(model.windows(question, [LONG.text[:72]])), questions))
    assert found[:2] == [len(model.windows(question, [LONG.text[:72]])) for question in questions[:2]]
    assert found == found[:2] * 100


# --- models that cannot be used


def test_a_missing_package_is_named_with_what_to_do(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "transformers", None)
    with pytest.raises(ConfigError, match=r"reader 'any/model' .*pip install 'citespan\[models\]'"):
        load_reader("any/model", load_encoder("embedded"))


def test_a_missing_model_is_an_error_without_network(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from huggingface_hub import constants

    monkeypatch.setattr(constants, "HF_HUB_OFFLINE", True)
    for name in (str(tmp_path / "nothing"), "citespan/no-such-model"):
        with pytest.raises(ConfigError, match=f"reader '{name}' cannot be loaded"):
            load_span_model(name)


def test_a_model_without_a_trained_head_is_refused(tmp_path: Path) -> None:
    from transformers import BertModel

    BertModel(config(save_tokenizer(tmp_path))).save_pretrained(tmp_path)
    with pytest.raises(ConfigError, match=r"no trained question-answering head.*qa_outputs"):
        load_span_model(str(tmp_path))


def test_a_tokenizer_without_offsets_is_refused(broken: Path) -> None:
    from transformers import BertJapaneseTokenizer

    for name in ("tokenizer.json", "tokenizer_config.json"):
        (broken / name).unlink()
    (broken / "vocab.txt").write_text("[PAD]\n[UNK]\n[CLS]\n[SEP]\n[MASK]\na\n", encoding="utf-8")
    slow = BertJapaneseTokenizer(broken / "vocab.txt", word_tokenizer_type="basic", subword_tokenizer_type="character")
    slow.save_pretrained(broken)
    with pytest.raises(ConfigError, match=r"no fast tokenizer.*tokenizer\.json"):
        load_span_model(str(broken))


def _other_kind(folder: Path) -> None:
    (folder / "config.json").write_text(json.dumps({"model_type": "vit"}))


def _own_code(folder: Path) -> None:
    own = {"auto_map": {"AutoConfig": "own.Config", "AutoModelForQuestionAnswering": "own.Model"}, "model_type": "own"}
    (folder / "config.json").write_text(json.dumps(own))
    (folder / "own.py").write_text("raise SystemExit('code of a model was run')")


def _too_few_positions(folder: Path) -> None:
    text = (folder / "tokenizer_config.json").read_text()
    (folder / "tokenizer_config.json").write_text(
        text.replace(f'"model_max_length": {WINDOW}', '"model_max_length": 3')
    )


def _cut_weights(folder: Path) -> None:
    weights = folder / "model.safetensors"
    weights.write_bytes(weights.read_bytes()[:1000])


def _no_tokenizer(folder: Path) -> None:
    (folder / "tokenizer.json").unlink()


@pytest.mark.parametrize("damage", [_other_kind, _own_code, _too_few_positions, _cut_weights, _no_tokenizer])
def test_a_folder_that_does_not_read_is_refused(broken: Path, damage) -> None:
    damage(broken)
    with pytest.raises(ConfigError, match=r"broken' cannot be loaded .*'embedded'") as caught:
        load_span_model(str(broken))
    assert len(caught.value.message) < 700


# --- as a service


def test_no_torch_is_opened_before_the_fork(folder: Path, tmp_path: Path) -> None:
    assert shared_models(Settings(data_dir=tmp_path, reader=str(folder))) is None


def test_a_service_answers_with_the_model_that_is_set(folder: Path, tmp_path: Path) -> None:
    with start_server(tmp_path, CITESPAN_READER=str(folder), CITESPAN_WORKERS="1") as server:
        for number, found in enumerate((SILENT, CHINESE, ENGLISH)):
            url = f"{server.url}/v1/documents/{number}"
            requests.put(url, json={"text": found.text, "published": "2025-06-01"}, timeout=60).raise_for_status()

        def ask(question: str) -> dict:
            body = {"question": question, "min_confidence": 0.0}
            done = requests.post(f"{server.url}/v1/ask", json=body, headers={"Connection": "close"}, timeout=60)
            assert done.status_code == 200, done.text
            return done.json()["answer"]

        with ThreadPoolExecutor(4) as pool:
            found = list(pool.map(ask, ["云帆科技的创始人是谁？", "云帆科技今年一季度营收是多少？"] * 8))
    assert {answer["text"] for answer in found[::2]} <= {"林晓舟", "Lin Xiaozhou"}
    assert {answer["text"] for answer in found[1::2]} == {"45.2亿元"}
    for answer in found[1::2]:
        span = answer["span"]
        assert CHINESE.text[span["start"] : span["end"]] == span["quote"] == "45.2亿元"
        assert answer["as_of"] == "2025-03-31"
