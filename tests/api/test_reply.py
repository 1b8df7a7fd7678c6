"""Replies for people, made from objects of ``/v1/ask`` as the service gives them."""

from __future__ import annotations

import copy
import dataclasses

import pytest
from opencc import OpenCC

from api.bots import words as bot_words
from api.reply import words as reply_words
from api.reply.compose import answered, compose, markdown_reply
from api.reply.links import links_from
from api.reply.markup import PLAIN

LINK = links_from("https://qa.example.org/")


def place(doc_id="kling", start=0, end=17, title="可灵收入", published="2025-06-01", **more):
    return {
        "doc_id": doc_id, "revision": "0f", "source": f"{doc_id}.txt", "title": title, "publisher": None,
        "published": published, "start": start, "end": end, "quote": "目前可灵AI近七成收入由P端贡献。", "page": None,
        **more,
    }  # fmt: skip


def answer(text="近七成", **more):
    return {
        "text": text, "confidence": 0.91, "value": None, "as_of": "2025-05-31", "parts": [], "forecast": False,
        "context": "目前可灵AI近七成收入由P端贡献。", "verdict": None, "span": place(start=6, end=9),
        "citations": [place()],
        **more,
    }  # fmt: skip


def passage(text, **more):
    return {"rank": 1, "score": 1.0, **place(**more), "text": text, "highlights": [], "scores": {}, "copies": []}


def result(given=None, **more):
    return {
        "question": "可灵的收入有多少来自P端？", "answerable": given is not None, "answer": given, "alternatives": [],
        "agreement": "single", "reason": None if given else "low_confidence", "passages": [],
        "index": {"collection": "news", "commit": 3}, "took_ms": 5.0, **more,
    }  # fmt: skip


def test_an_answer_is_span_sentence_confidence_date_and_source():
    cited = place(publisher="Citespan", page=4)
    assert markdown_reply(result(answer(citations=[cited])), LINK, "en") == (
        "Answer: **近七成**\n\n"
        "> 目前可灵AI近七成收入由P端贡献。 [1]\n\n"
        "Very likely right, about 91% · as of 31 May 2025\n\n"
        "**Sources**\n\n"
        "1. [可灵收入](https://qa.example.org/#/doc/news/kling?start=0&end=17&revision=0f&page=4)"
        " — Citespan, 1 June 2025, page 4"
    )


TRADITIONAL = "可靈的收入有多少來自P端？"


def test_a_question_in_traditional_characters_is_answered_in_them_and_quotations_stay():
    asked = result(answer(value={"kind": "count", "min": 4.08e8, "max": 4.08e8, "unit": None}), question=TRADITIONAL)
    assert compose(asked, LINK, "zh", PLAIN) == (
        "答案：近七成（4.08億）\n\n"
        "> 目前可灵AI近七成收入由P端贡献。 [1]\n\n"
        "很可能正確，約 91% · 截至2025年5月31日\n\n"
        "來源\n\n"
        "[1] 可灵收入 — 2025年6月1日\n"
        "    https://qa.example.org/#/doc/news/kling?start=0&end=17&revision=0f"
    )
    assert answered(markdown_reply(asked, LINK, "zh")) == "近七成"


@pytest.mark.parametrize(
    ("question", "said"),
    [
        (TRADITIONAL, "這些文檔中沒有答案。 有相關段落，但沒有一處說得足夠明確、可以引為答案。"),
        ("鴻海的营收是多少？", "这些文档中没有答案。 有相关段落，但没有一处说得足够明确、可以引为答案。"),
        ("他們和我說了什么？", "這些文檔中沒有答案。"),
        ("皇后和云里了解？Revenue ＡＢＣ", "这些文档中没有答案。"),
        ("可灵的收入？", "这些文档中没有答案。 有相关段落，但没有一处说得足够明确、可以引为答案。"),
    ],
)
def test_an_abstention_is_in_the_script_of_the_question(question: str, said: str):
    assert compose(result(question=question), LINK, "zh", PLAIN).startswith(said)


@pytest.mark.parametrize("words", [reply_words, bot_words], ids=["replies", "bots"])
def test_the_words_in_both_scripts_are_the_same(words):
    convert = OpenCC("s2tw").convert
    for field in dataclasses.fields(words.CHINESE):
        if field.name != "is_traditional":
            simplified, traditional = (getattr(each, field.name) for each in (words.CHINESE, words.TRADITIONAL))
            assert convert(repr(simplified)) == repr(traditional)


def test_a_bot_speaks_the_script_of_the_question():
    assert bot_words.words_for("这个问题呢？") is bot_words.CHINESE
    assert bot_words.words_for(TRADITIONAL) is bot_words.TRADITIONAL


def test_the_same_in_chinese_and_without_markup():
    assert compose(result(answer()), LINK, "zh", PLAIN) == (
        "答案：近七成\n\n"
        "> 目前可灵AI近七成收入由P端贡献。 [1]\n\n"
        "很可能正确，约 91% · 截至2025年5月31日\n\n"
        "来源\n\n"
        "[1] 可灵收入 — 2025年6月1日\n    https://qa.example.org/#/doc/news/kling?start=0&end=17&revision=0f"
    )


def test_a_chinese_question_with_english_words_gets_chinese_words():
    assert markdown_reply(result(answer()), LINK, "mixed") == markdown_reply(result(answer()), LINK, "zh")


@pytest.mark.parametrize(("confidence", "words"), [(0.2, "about 20%"), (1.0, "about 99%"), (0.0, "about 1%")])
def test_confidence_is_never_certain(confidence, words):
    assert words in markdown_reply(result(answer(confidence=confidence)), LINK, "en")


def test_a_figure_is_told_in_the_readers_language():
    worth = answer(value={"kind": "ratio", "min": 0.65, "max": 0.7, "unit": None})
    assert markdown_reply(result(worth), LINK, "zh").startswith("答案：**近七成**（65% – 70%）\n")
    reply = markdown_reply(result(worth, alternatives=[worth]), LINK, "en")
    assert reply.startswith("Answer: **近七成** (65% – 70%)\n")
    assert "- **近七成** (65% – 70%, as of 31 May 2025)\n" in reply
    assert answered(reply) == "近七成"


def test_an_unlikely_answer_is_called_possible():
    assert markdown_reply(result(answer(confidence=0.3)), LINK, "zh").startswith("可能的答案：**近七成**")


def test_the_parts_of_a_list_stand_in_lines():
    listed = answer("vivo、周大福", parts=["vivo", "周大福"])
    assert "Answer:\n\n- vivo\n- 周大福\n\n>" in markdown_reply(result(listed), LINK, "en")


@pytest.mark.parametrize(("verdict", "language", "words"), [("yes", "en", "**Yes, "), ("no", "zh", "**否，")])
def test_a_yes_or_no_stands_first(verdict, language, words):
    assert markdown_reply(result(answer(verdict=verdict)), LINK, language).startswith(words)


def test_an_answer_that_is_its_sentence_is_told_once():
    whole = answer("目前可灵AI近七成收入由P端贡献")
    reply = compose(result(whole), LINK, "en", PLAIN)
    assert reply.count("近七成收入") == 1
    assert reply.startswith("In the words of the document:")


def test_sources_that_agree_are_quoted_and_numbered_once_each():
    both = answer(citations=[place(), place("other", quote="<td>近七成</td>来自P端。")])
    reply = markdown_reply(result(both, agreement="agree"), LINK, "en")
    assert "2 passages say the same" in reply
    assert "> 近七成 来自P端。 [2]" in reply
    assert reply.count("https://") == 2


def test_what_contradicts_is_told_with_its_date_and_place():
    other = answer(
        "约六成", context="约六成收入由P端贡献。", as_of="2024-12-31", forecast=True, citations=[place("old")]
    )
    reply = markdown_reply(result(answer(), alternatives=[other], agreement="conflict"), LINK, "en")
    assert "**The documents do not agree." in reply
    assert "- **约六成** (as of 31 December 2024, a forecast)\n   > 约六成收入由P端贡献。 [2]" in reply
    assert "2. [可灵收入](https://qa.example.org/#/doc/news/old?" in reply


def test_less_likely_readings_are_told_as_such():
    reply = markdown_reply(result(answer(), alternatives=[answer("六成")]), LINK, "zh")
    assert "可能性较小，但也查到：\n\n- **六成**" in reply
    assert "文档说法不一" not in reply


def test_no_answer_reads_as_none_and_shows_the_nearest_passages():
    long = "可灵AI的收入。\n\n快手成立于2011年。" + "快手的总部在北京。" * 30
    given = [passage(long, title="可灵AI的收入"), passage("短。"), passage("三。"), passage("四。")]
    reply = markdown_reply(result(passages=given, question="快手总部在哪里？"), LINK, "zh")
    assert reply.startswith("**这些文档中没有答案。** 有相关段落")
    quotes = [line.strip() for line in reply.splitlines() if line.strip().startswith(">")]
    assert len(quotes) == 3
    assert quotes[0].startswith("> 快手的总部在北京。")
    assert quotes[0].endswith("。 …")
    assert len(quotes[0]) < 130


@pytest.mark.parametrize(
    ("reason", "words"),
    [
        ("nothing_found", "No passage matches"),
        ("other_period", "another period"),
        ("low_confidence", "none is clear enough"),
        ("something_new", "No passage answers the question"),
    ],
)
def test_the_reason_is_given(reason, words):
    reply = markdown_reply(result(reason=reason), LINK, "en")
    assert reply.startswith("**Not in these documents.** ")
    assert words in reply


def test_a_completed_question_stands_first():
    assert markdown_reply(result(), LINK, "en", completed="What *of* Q1?").startswith(
        "Understood as: What \\*of\\* Q1?\n\n"
    )


def test_every_text_of_a_document_is_escaped():
    evil = "[a](http://evil.example/) <b>@all</b> ```"
    bad = place(title=evil, publisher=evil, published=evil, source=evil)
    hostile = answer(
        evil, context=f"{evil} and so on and on and on and on", as_of=evil, citations=[bad, bad | {"doc_id": "b"}]
    )
    listed = copy.deepcopy(hostile) | {"parts": [evil, evil]}
    given = [
        result(hostile, alternatives=[hostile], agreement="conflict"),
        result(listed),
        result(passages=[passage(evil, title=evil, publisher=evil, published=evil)]),
    ]
    for each in given:
        text = markdown_reply(each, LINK, "en", completed=evil)
        for raw in ("[a]", "evil.example", "p://evil", "<b>", "@all", "```"):
            assert raw not in text.replace("https://qa.example.org", "")
        assert "://evil" not in compose(each, LINK, "zh", PLAIN, completed=evil)


@pytest.mark.parametrize(
    ("written", "english", "chinese"),
    [
        ("2025-06-01", "1 June 2025", "2025年6月1日"),
        ("2025-06-01T08:00:00Z", "1 June 2025", "2025年6月1日"),
        ("2025-06", "June 2025", "2025年6月"),
        ("--03-31", "31 March", "3月31日"),
        ("2025", "2025", "2025"),
    ],
)
def test_dates_are_written_as_people_do(written, english, chinese):
    assert f"as of {english}\n" in markdown_reply(result(answer(as_of=written)), LINK, "en")
    assert f"截至{chinese}\n" in markdown_reply(result(answer(as_of=written)), LINK, "zh")
