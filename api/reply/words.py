"""The words of a reply, in English and Chinese of both scripts, and how both write dates and confidence."""

from __future__ import annotations

import re
from calendar import month_name
from collections.abc import Mapping
from dataclasses import dataclass

from api.reply.traditional import is_traditional
from qa.results import Language

_DATE = re.compile(r"(?P<year>\d{4}|-)-(?P<month>0[1-9]|1[0-2])(?:-(?P<day>0[1-9]|[12]\d|3[01]))?(?:T.*)?")


@dataclass(frozen=True, slots=True)
class Words:
    """Fixed texts; those with braces are filled in. ``reasons``: why there is no answer, by the code of it."""

    understood: str
    answer: str
    possible: str
    in_words: str
    verdicts: Mapping[str, str]
    confidence: str
    levels: tuple[str, str, str, str]
    as_of: str
    forecast: str
    agree: str
    conflict: str
    others: str
    sources: str
    published: str
    page: str
    untitled: str
    abstention: str
    reasons: Mapping[str, str]
    reason: str
    nearest: str
    advice: str
    at_least: str
    at_most: str
    between: str
    brackets: str
    is_english: bool
    is_traditional: bool = False

    def date(self, text: str) -> str:
        """An ISO date, month or yearless day as people write it; anything else as it is."""
        found = _DATE.fullmatch(text)
        if not found:
            return text
        year, month, day = found["year"], int(found["month"]), found["day"]
        if self.is_english:
            parts = [str(int(day)) if day else "", month_name[month], "" if year == "-" else year]
            return " ".join(part for part in parts if part)
        return f"{'' if year == '-' else f'{year}年'}{month}月{f'{int(day)}日' if day else ''}"

    def how_sure(self, confidence: float) -> str:
        """Confidence in words and percent; never certain."""
        at = next((at for at, floor in enumerate((0.9, 0.7, 0.5)) if confidence >= floor), 3)
        return self.confidence.format(words=self.levels[at], percent=round(100 * min(max(confidence, 0.01), 0.99)))


ENGLISH = Words(
    understood="Understood as: {question}",
    answer="Answer:",
    possible="Possible answer:",
    in_words="In the words of the document:",
    verdicts={"yes": "Yes, by this sentence:", "no": "No, by this sentence:"},
    confidence="{words}, about {percent}%",
    levels=("very likely right", "probably right", "more likely right than wrong", "doubtful"),
    as_of="as of {date}",
    forecast="a forecast",
    agree="{n} passages say the same",
    conflict="The documents do not agree. Which figure holds is for you to judge:",
    others="Less likely, but also found:",
    sources="Sources",
    published="{date}",
    page="page {page}",
    untitled="Untitled",
    abstention="Not in these documents.",
    reasons={
        "nothing_found": "No passage matches the question.",
        "low_confidence": "There are passages on the subject, but none is clear enough to be quoted as the answer.",
        "other_period": "The documents speak of another period than the one you asked about.",
    },
    reason="No passage answers the question clearly enough.",
    nearest="Nearest passages",
    advice="Ask in other words, or add documents.",
    at_least="at least {value}",
    at_most="at most {value}",
    between=", ",
    brackets=" ({})",
    is_english=True,
)

CHINESE = Words(
    understood="理解为：{question}",
    answer="答案：",
    possible="可能的答案：",
    in_words="原文如下：",
    verdicts={"yes": "是，依据是这句原文：", "no": "否，依据是这句原文："},
    confidence="{words}，约 {percent}%",
    levels=("很可能正确", "大概正确", "正确的可能性略大", "存疑"),
    as_of="截至{date}",
    forecast="预测",
    agree="{n} 处来源说法一致",
    conflict="文档说法不一，以哪个为准请自行判断：",
    others="可能性较小，但也查到：",
    sources="来源",
    published="{date}",
    page="第 {page} 页",
    untitled="无标题",
    abstention="这些文档中没有答案。",
    reasons={
        "nothing_found": "没有与问题相符的段落。",
        "low_confidence": "有相关段落，但没有一处说得足够明确、可以引为答案。",
        "other_period": "文档讲的是另一个时期，不是你问的时期。",
    },
    reason="没有一处足够明确地回答了这个问题。",
    nearest="最接近的段落",
    advice="可以换个问法，或添加文档。",
    at_least="至少 {value}",
    at_most="至多 {value}",
    between="，",
    brackets="（{}）",
    is_english=False,
)

TRADITIONAL = Words(
    understood="理解為：{question}",
    answer="答案：",
    possible="可能的答案：",
    in_words="原文如下：",
    verdicts={"yes": "是，依據是這句原文：", "no": "否，依據是這句原文："},
    confidence="{words}，約 {percent}%",
    levels=("很可能正確", "大概正確", "正確的可能性略大", "存疑"),
    as_of="截至{date}",
    forecast="預測",
    agree="{n} 處來源說法一致",
    conflict="文檔說法不一，以哪個為準請自行判斷：",
    others="可能性較小，但也查到：",
    sources="來源",
    published="{date}",
    page="第 {page} 頁",
    untitled="無標題",
    abstention="這些文檔中沒有答案。",
    reasons={
        "nothing_found": "沒有與問題相符的段落。",
        "low_confidence": "有相關段落，但沒有一處說得足夠明確、可以引為答案。",
        "other_period": "文檔講的是另一個時期，不是你問的時期。",
    },
    reason="沒有一處足夠明確地回答了這個問題。",
    nearest="最接近的段落",
    advice="可以換個問法，或添加文檔。",
    at_least="至少 {value}",
    at_most="至多 {value}",
    between="，",
    brackets="（{}）",
    is_english=False,
    is_traditional=True,
)


def words_of(language: Language, question: str) -> Words:
    """The words for a ``question`` in ``language``; a Chinese question with English words in it is Chinese."""
    if language == "en":
        return ENGLISH
    return TRADITIONAL if is_traditional(question) else CHINESE
