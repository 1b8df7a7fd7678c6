"""What sort of answer a question asks for."""

from __future__ import annotations

import pytest

from indexer.normalize import fold
from qa.kinds import answer_kind

QUESTIONS = [
    ("公司有多少员工？", "number"),
    ("这部电影一共有几集？", "number"),
    ("2025年一季度平均日活是多少？", "number"),
    ("珠穆朗玛峰有多高？", "number"),
    ("How many users does the app have?", "number"),
    ("How far is the airport from the city?", "number"),
    ("What is the population of the town?", "number"),
    ("广告收入占比多少？", "ratio"),
    ("三線城市的用戶比例有多大？", "ratio"),
    ("净利润同比增长了多少？", "ratio"),
    ("月活增长了多少倍？", "ratio"),
    ("毛利率是多少？", "ratio"),
    ("What is its share of revenue from subscriptions?", "ratio"),
    ("What percentage of sellers are new?", "ratio"),
    ("By how much did exports grow?", "ratio"),
    ("占比 how much?", "ratio"),
    ("去年的净利润是多少？", "money"),
    ("一张门票多少钱？", "money"),
    ("公司市值有多少？", "money"),
    ("How much did they spend on advertising?", "money"),
    ("What is the company's market cap?", "money"),
    ("What was the revenue in 2024?", "money"),
    ("禁言多久？", "duration"),
    ("这项工程用了几年？", "duration"),
    ("每天使用多长时间？", "duration"),
    ("How long did the war last?", "duration"),
    ("这款产品是什么时候上线的？", "date"),
    ("哪一年成立？", "date"),
    ("會議在幾月召開？", "date"),
    ("When was the company founded?", "date"),
    ("On what day did it launch?", "date"),
    ("In what year did he die?", "date"),
    ("谁是首席执行官？", "entity"),
    ("总部在哪里？", "entity"),
    ("新模型叫什么名字？", "entity"),
    ("Who wrote the report?", "entity"),
    ("Which company bought the studio?", "entity"),
    ("Where is the head office?", "entity"),
    ("企业客户有哪些公司？", "list"),
    ("三家公司的营收分别是多少？", "list"),
    ("文中提到哪三个方向？", "list"),
    ("What are the three priorities?", "list"),
    ("What features does the tool offer?", "list"),
    ("为什么股价下跌？", "reason"),
    ("他们如何降低成本？", "reason"),
    ("导致亏损的原因是什么？", "reason"),
    ("Why did the share price fall?", "reason"),
    ("How does the model work?", "reason"),
    ("公司盈利了吗？", "yes-no"),
    ("是不是已经开源？", "yes-no"),
    ("贵不贵？", "yes-no"),
    ("Did profits rise in 2024?", "yes-no"),
    ("Is the API free?", "yes-no"),
    ("两家公司哪家的用户更多？", "comparison"),
    ("Which is bigger, the old or the new market?", "comparison"),
    ("Did margins rise or fall?", "comparison"),
    ("Among A, B and C, whose shares gained the most?", "comparison"),
    ("人工智能", "other"),
    ("quarterly report", "other"),
]


@pytest.mark.parametrize(("question", "kind"), QUESTIONS, ids=[row[0] for row in QUESTIONS])
def test_kind_of_answer_asked_for(question: str, kind: str) -> None:
    assert answer_kind(fold(question)) == kind
