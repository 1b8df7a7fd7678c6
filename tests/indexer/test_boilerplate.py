from __future__ import annotations

import pytest

from indexer.boilerplate import boilerplate
from indexer.dedupe import copies

BODY = [
    "这家公司昨天公布了第一季度的业绩,收入比去年同期增长了三成,超出市场的普遍预期。",
    "管理层在电话会上说,平台用户的增长放缓,下一步将把重点放在内容创作工具的商业化上。",
    "分析师认为,评论区里的争议不会影响公司的长期计划,关注点仍然是研发投入的回报。",
    "The company said it would share more details with its users in the next quarter.",
]


def marked(*lines: str) -> list[str]:
    text = "\n".join(lines)
    return [line for start, end in boilerplate(text) for line in text[start:end].split("\n")]


@pytest.mark.parametrize(
    "line",
    [
        "掃一掃下載某某新聞APP", "微信公众号", "暂无评论,快来抢沙发",
        "责任编辑:某某", "分享到:", "相关阅读", "上一篇:别的标题",
        "本文為轉載內容,授權事宜請聯系原著作權人。",
        "© 2025 Some Press", "All rights reserved.", "Follow us on social media",
        "Related articles", "版权所有 未经许可不得转载", "阅读原文",
    ],
)  # fmt: skip
def test_furniture_lines_are_marked_among_an_article(line: str) -> None:
    assert marked(*BODY, line) == [line]


@pytest.mark.parametrize(
    "line", ["01 公司的转向", "下载量增长了三倍,创下新高。", "微信和微博都推出了类似的产品。", "我们关注用户"]
)
def test_article_lines_with_such_words_are_not(line: str) -> None:
    assert marked(*BODY[:2], line, *BODY[2:]) == []


def test_short_lines_between_furniture_go_along() -> None:
    lines = ["相关阅读", "6.2k", "• 另一条新闻的标题", "评论"]
    assert marked(*BODY, *lines) == lines


def test_a_sentence_between_furniture_stays() -> None:
    assert marked(*BODY, "相关阅读", "最后一段只有一句话。", "评论") == ["相关阅读", "评论"]


def test_disclaimers_at_the_end_are_marked() -> None:
    lines = [
        "免责声明:以上内容由用户上传,仅代表作者观点。",
        "Notice: The content above was uploaded by a user.",
    ]
    assert marked(*BODY, *lines) == lines


RULES = [
    "为了维护社区氛围,我们将依据本公约的条款对注册用户发布的违规内容进行处罚。",
    "一、违反法律法规的信息,主要表现为:",
    *(
        f"{n}){text}"
        for n, text in enumerate(["煽动他人", "侮辱、诽谤他人", "发布垃圾广告", "淫秽、色情、低俗内容", "造谣"] * 5, 1)
    ),
    "二、违规处罚:本网站将视情节对帐号禁言或封停账号,涉及未成年人的从重处罚。",
    "三、申诉:如有异议,可以向本网站申诉,本公约的最终解释权归本网站所有。",
]


def test_a_policy_behind_an_article_is_marked_from_its_first_line() -> None:
    article = BODY * 6
    assert marked(*article, *RULES) == RULES


def test_a_file_that_is_all_policy_is_content() -> None:
    assert marked(*RULES) == []


def test_an_article_about_rules_is_content() -> None:
    news = "监管部门昨天宣布,将处罚一批违规账号,平台表示会配合,并公布了申诉渠道和处理结果。"
    assert marked(*BODY * 6, news, BODY[0]) == []


def copied(*lines: str) -> list[str]:
    text = "\n".join(lines)
    return [line for start, end in copies(text) for line in text[start:end].split("\n")]


def test_the_second_run_of_an_article_is_a_copy_headings_included() -> None:
    article = ["标题", BODY[0], "01 小标题", BODY[1], BODY[2]]
    assert copied(*article, "评论", *article) == article


def test_a_copy_with_small_damage_is_still_one() -> None:
    damaged = BODY[0].replace("公布了", "公佈了").replace("。", "?")
    assert copied(*BODY, damaged) == [damaged]


@pytest.mark.parametrize(
    "other", [BODY[0].replace("第一", "第二").replace("三成", "两成,低于前两年的水平"), "01 小标题"]
)
def test_what_is_only_like_another_paragraph_is_none(other: str) -> None:
    assert copied("01 小标题", *BODY, other) == []


def test_rows_that_differ_in_their_figures_are_no_copies() -> None:
    rows = [f"公司在第{n}季度的总收入为{n}00亿元,与去年同期相比增长了一成以上" for n in range(1, 5)]
    assert copied(*rows) == []
