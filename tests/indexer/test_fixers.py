"""Each fixer on cases in its own words: what it repairs, and what it must leave alone."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from indexer.fixers import FIXERS
from indexer.offsets import apply_edits


def fixed(name: str, text: str) -> str:
    return apply_edits(text, FIXERS[name](text))[0]


@pytest.mark.parametrize(
    ("noisy", "clean"),
    [
        ("創(chuàng)業(yè)者", "創業者"),
        ("經\uff08j\u012bng\uff09濟", "經濟"),
        ("綠(l\u01dc)色和女(n\u01da)", "綠色和女"),
        ("發( zh\u01ceng )長", "發長"),
    ],
)
def test_bracketed_readings_go(noisy: str, clean: str) -> None:
    assert fixed("pinyin", noisy) == clean


@pytest.mark.parametrize(
    "text",
    [
        "用户(P端)",
        "产品(chatGPT)",
        "参数(a)",
        "日活(DAU)",
        "上限(max)",
        "标准版(可選720p)",
        "(hǎo)",
        "café (é)",
    ],
)
def test_true_brackets_stay(text: str) -> None:
    assert fixed("pinyin", text) == text


SOUND = "公司公布了財報。可靈收入增長。快手說,可靈的影響很大。快手在財報中解釋。" * 2


def misread(text: str, swallowed: str = "") -> str:
    """``text`` in GBK as it looks once its first byte is lost, up to where the rows are in step again."""
    data = text.encode("gbk")[1:] + swallowed.encode()
    return "?" + data.decode("gbk", "replace").replace("\uff1f", "?").replace("\ufffd", "?")


def test_a_misread_run_is_put_back_in_step() -> None:
    assert misread("。可靈") == "??伸`"
    assert fixed("shifted_bytes", SOUND + "再看??伸`2.1") == SOUND + "再看。可靈2.1"


def test_a_run_that_swallowed_a_bracket_is_completed_by_its_reading() -> None:
    noisy = SOUND + "財(cái)報也好??焓衷谪?cái)報"
    assert fixed("shifted_bytes", noisy) == SOUND + "財(cái)報也好。快手在財報"


def test_a_lost_character_is_restored_from_its_reading_if_the_document_knows_it() -> None:
    text = "戰(zhàn)略很重要。快手在?zhàn)略上"
    assert fixed("shifted_bytes", text) == "戰(zhàn)略很重要。快手在戰略上"


def test_a_character_cut_by_a_false_reading_is_restored() -> None:
    text = "業績(jī)不錯,內(nèi)容也好。高質量?jī)?nèi)容"
    assert fixed("shifted_bytes", text) == "業績(jī)不錯,內(nèi)容也好。高質量內容"


def test_what_the_document_does_not_support_becomes_a_replacement_character() -> None:
    assert fixed("shifted_bytes", "他?zhàn)略了") == "他\ufffd略了"
    assert fixed("shifted_bytes", "使用?。?br />之後") == "使用\ufffd\n之後"


def test_a_lost_closing_quote_is_restored_where_the_document_closes_quotes_so() -> None:
    text = "他說:“好。”\n她說:“也好?!?/p>\n"
    assert fixed("shifted_bytes", text) == "他說:“好。”\n她說:“也好。”\n\n"


@pytest.mark.parametrize(
    "text",
    [
        "真的吗?!好A",
        "为什么?我们用AI。为什么?我们用AI。",
        "是吗?这样做`code`",
        "什么??",
        "a?b=c",
        "Is it?(yes)",
    ],
)
def test_true_question_marks_stay(text: str) -> None:
    assert fixed("shifted_bytes", text) == text


@pytest.mark.parametrize(
    ("noisy", "clean"),
    [
        ("“可灵”很强".encode().decode("latin-1"), "“可灵”很强"),
        ("it’s".encode().decode("cp1252"), "it’s"),
        ("café, crème, déjà".encode().decode("cp1252"), "café, crème, déjà"),
    ],
)
def test_utf8_read_as_latin_is_read_again(noisy: str, clean: str) -> None:
    assert fixed("mojibake", noisy) == clean


@pytest.mark.parametrize("text", ["café, crème", "Ã© once", "smörgåsbord", "“可灵”", "£5 – €7"])
def test_true_accents_stay(text: str) -> None:
    assert fixed("mojibake", text) == text


@pytest.mark.parametrize(
    ("noisy", "clean"),
    [("一<br />二", "一\n二"), ("a<b>c</b>", "ac"), ("末尾?/p>", "末尾\ufffd\n"), ("<a href='x'>y</a>", "y")],
)
def test_tags_in_plain_text_go(noisy: str, clean: str) -> None:
    assert fixed("tags", noisy) == clean


@pytest.mark.parametrize("text", ["a < b > c", "x<y>z", "List<String>", "1 <2> 3", "<unknown>"])
def test_true_angle_brackets_stay(text: str) -> None:
    assert fixed("tags", text) == text


def test_known_entities_are_decoded_and_others_stay() -> None:
    assert fixed("entities", "A&amp;B&nbsp;C&#20013;&#x6587; AT&T; R&D &nosuch;") == "A&B\xa0C中文 AT&T; R&D &nosuch;"


def test_invisible_characters_go_and_emoji_joiners_stay() -> None:
    assert fixed("invisible", "\ufeff快\u200b手\x00\u00ad\ue000A\u200dI") == "快手AI"
    assert fixed("invisible", "\U0001f468\u200d\U0001f469") == "\U0001f468\u200d\U0001f469"


@pytest.mark.parametrize(
    ("noisy", "clean"),
    [
        ("  a \t b\u3000\u3000c ", "a b c"),
        ("a\r\nb\rc", "a\nb\nc"),
        ("a \n\n\n\n b", "a\n\nb"),
        ("重 要 通 知 全 文", "重要通知全文"),
        ("第一章 总则 第二章", "第一章 总则 第二章"),
        ("使用 AI 技术", "使用 AI 技术"),
    ],
)
def test_space_is_made_plain(noisy: str, clean: str) -> None:
    assert fixed("spacing", noisy) == clean


def test_runs_of_replacement_characters_become_one() -> None:
    assert fixed("lost_runs", "a\ufffd\ufffd\ufffdb\ufffd") == "a\ufffdb\ufffd"


NOISE = st.lists(
    st.sampled_from(
        [
            *"?\uff1f!!`QA<>&;()[] \n\r\u3000\ufeff\ufffd\xa0\u200d中文報在快手。”“é",
            *("(hǎo)", "zhàn)", "/p>", "<br />", "&amp;", "å¯", "\u00e2\u20ac\u0153", "??伸`", "焓衷谪"),
        ]
    ),
    max_size=60,
).map("".join)


@given(NOISE | st.text(max_size=80))
def test_every_fixer_gives_edits_that_can_be_made(text: str) -> None:
    for fixer in FIXERS.values():
        _, offsets = apply_edits(text, fixer(text))
        assert all(0 <= p.lower_start <= p.lower_end <= len(text) for p in offsets.pieces)


@given(NOISE)
def test_the_simple_fixers_leave_nothing_to_do_for_a_second_run(text: str) -> None:
    for name in ("invisible", "lost_runs", "spacing"):
        once = fixed(name, text)
        assert fixed(name, once) == once
