"""What a bot says that is no answer, in both languages, Chinese in both scripts."""

from __future__ import annotations

from dataclasses import dataclass

from api.reply.traditional import is_traditional
from qa.query import language


@dataclass(frozen=True, slots=True)
class Words:
    help: str
    busy: str
    slow: str
    too_long: str
    unclear: str
    not_ready: str
    failed: str


ENGLISH = Words(
    help="Ask me a question about the documents. I answer by quoting them, or say that they do not tell.",
    busy="I have too many questions to answer right now. Please ask again in a minute.",
    slow="This takes longer than I am given here. Please ask again in a moment.",
    too_long="This question is too long. Please ask it in {limit} characters at most.",
    unclear="I cannot read this as a question. Please ask in words.",
    not_ready="There are no documents to answer from yet.",
    failed="I could not answer because of a fault on my side. The operator finds it in the log under {id}.",
)

CHINESE = Words(
    help="请向我提一个关于文档的问题。我引用原文作答；文档里没有的，我会直说。",
    busy="现在提问太多，忙不过来。请过一分钟再问。",
    slow="这个问题用时超过了这里允许的时限。请稍后再问。",
    too_long="问题太长了，请控制在 {limit} 个字以内。",
    unclear="看不出这是一个问题，请用文字提问。",
    not_ready="还没有可以用来回答的文档。",
    failed="我这边出了故障，没能作答。管理员可以在日志里按 {id} 查到原因。",
)

TRADITIONAL = Words(
    help="請向我提一個關於文檔的問題。我引用原文作答；文檔裡沒有的，我會直說。",
    busy="現在提問太多，忙不過來。請過一分鐘再問。",
    slow="這個問題用時超過了這裡允許的時限。請稍後再問。",
    too_long="問題太長了，請控制在 {limit} 個字以內。",
    unclear="看不出這是一個問題，請用文字提問。",
    not_ready="還沒有可以用來回答的文檔。",
    failed="我這邊出了故障，沒能作答。管理員可以在日誌裡按 {id} 查到原因。",
)


def words_for(question: str) -> Words:
    """The words in the language of ``question``; Chinese where it holds none to tell that by."""
    if language(question) == "en":
        return ENGLISH
    return TRADITIONAL if is_traditional(question) else CHINESE
