"""The text layers on real noise: five articles as they were found."""

from __future__ import annotations

import json
import re
from functools import cache

import pytest
from textmaking import SEED_ARTICLES, SEED_QUESTIONS, marked, needs_seeds

from indexer.chunk import ChunkSpan, chunk
from indexer.clean import clean
from indexer.documents import Document, Readable
from indexer.load import LoadFailure, load_file, walk

pytestmark = needs_seeds

TONE = "āáǎàēéěèīíǐìōóǒòūúǔùǖǘǚǜ"
NOISE = re.compile(
    rf"[(\uff08][a-zü{TONE}]*[{TONE}][a-zü{TONE}]*[)\uff09]|[a-zü]*[{TONE}][a-zü]*\)|/p>|<br|[\u4e00-\u9fff]`|\?\?"
)
NAMES = [path.name for path in sorted(SEED_ARTICLES.glob("*.txt"))] if SEED_ARTICLES.is_dir() else []


@cache
def article(name: str) -> tuple[Document, Readable, list[ChunkSpan]]:
    document = load_file(SEED_ARTICLES / name, name)
    readable = clean(document)
    return document, readable, chunk(readable)


def numbered(number: str) -> tuple[Document, Readable, list[ChunkSpan]]:
    return article(next(name for name in NAMES if name.startswith(number)))


def test_all_five_are_found_and_loaded_untouched() -> None:
    found = [entry for entry in walk(SEED_ARTICLES) if not isinstance(entry, LoadFailure)]
    assert [source for _, source in found] == NAMES
    for path, name in found:
        with path.open(encoding="utf-8", newline="") as file:
            assert article(name)[0].text == file.read()


@pytest.mark.parametrize("name", NAMES)
def test_no_noise_is_left(name: str) -> None:
    assert not NOISE.findall(article(name)[1].text)


@pytest.mark.parametrize(("number", "count"), [("002", 298), ("004", 706)])
def test_every_reading_goes(number: str, count: int) -> None:
    assert numbered(number)[1].fixes["pinyin"] == count


@pytest.mark.parametrize(
    ("number", "bracket"),
    [
        ("000", "(Capex)"),
        ("001", "(DAU)"),
        ("002", "DeepSeek(深度求索)"),
        ("003", "(Pro会员)"),
        ("003", "(Diffusion Transformer)"),
        ("004", "P端(專業創作者、廣告從業者)"),
        ("004", "(可選720p、1080p,僅支持圖生視頻)"),
    ],
)
def test_true_brackets_stay(number: str, bracket: str) -> None:
    assert bracket in numbered(number)[1].text


@pytest.mark.parametrize(
    ("number", "repaired"),
    [
        ("004", "升級。可靈2.1涵蓋"),
        ("004", "超過1.5億元。快手在財報中"),
        ("004", "約16%。快手解釋稱,"),
        ("004", "的影響,快手在戰略上"),
        ("004", "高質量內容的交流"),
        ("002", "新參與者。”\n"),
        ("002", "溝通。”AI創企們"),
    ],
)
def test_certain_repairs_are_made(number: str, repaired: str) -> None:
    assert repaired in numbered(number)[1].text


def test_what_is_lost_for_good_is_marked_and_nothing_else() -> None:
    assert [len(marked(article(name)[1], "broken")) for name in NAMES] == [0, 0, 0, 0, 2]


@pytest.mark.parametrize("name", NAMES)
def test_readable_text_is_the_source_text_but_for_the_repairs(name: str) -> None:
    document, readable, _ = article(name)
    for piece in readable.map.pieces:
        if piece.copied:
            upper = readable.text[piece.upper_start : piece.upper_end]
            lower = document.text[piece.lower_start : piece.lower_end]
            assert sum(a != b for a, b in zip(upper, lower, strict=True)) <= 3  # a repair of equal length


def test_the_second_run_of_an_article_is_a_copy() -> None:
    _, readable, spans = numbered("002")
    (copy,) = marked(readable, "copy")
    assert copy.startswith("中廠的AI宿命")
    assert len(copy) > 0.45 * len(readable.text)
    assert sum(span.copy for span in spans) == pytest.approx(sum(not span.copy for span in spans), abs=2)


def test_boilerplate_is_marked_where_it_is_and_nowhere_else() -> None:
    apart = {name[:3]: "\n".join(marked(article(name)[1], "boilerplate")) for name in NAMES}
    assert (apart["000"], apart["003"]) == ("", "")
    assert apart["001"].startswith("“特别声明")
    assert apart["001"].endswith("官方微信")
    assert apart["004"].startswith("我們致力于提供")
    assert apart["004"].endswith("歸屬本網站所有)")
    for line in ("掃一掃下載", "僅退款", "暫無評論", "微信公眾號"):
        assert line in apart["002"]
    assert len(apart["002"]) < 250


def test_every_evidence_lies_in_one_chunk_of_its_kind() -> None:
    for line in SEED_QUESTIONS.read_text(encoding="utf-8").splitlines():
        question = json.loads(line)
        for evidence in question["evidence"]:
            document, readable, spans = article(evidence["file"])
            assert document.text[evidence["start"] : evidence["end"]] == evidence["quote"]
            place = readable.map.to_upper(evidence["start"], evidence["end"])
            assert place is not None
            holding = [s for s in spans if s.text_start <= place[0] and place[1] <= s.text_end]
            assert len(holding) == 1, question["id"]
            if question["type"] != "boilerplate":
                assert not holding[0].boilerplate, question["id"]


def test_no_chunk_is_longer_in_the_source_than_a_passage_may_be() -> None:
    for name in NAMES:
        _, readable, spans = article(name)
        for span in spans:
            low, high = readable.map.to_lower(span.text_start, span.text_end)
            assert high - low <= 1000
