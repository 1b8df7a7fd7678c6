"""What a question may ask of a subject, and the words that ask for it: 收入 是多少, 总部 在哪里, CEO is a who.

The lists are closed on purpose: a word that is not on them is not taken for an attribute.
"""

from __future__ import annotations

import re
from typing import Literal

Sort = Literal["person", "place", "duration", "time", "count", "figure"]

_ZH: tuple[tuple[Sort, str], ...] = (
    (
        "person",
        r"创始人|创办人|CEO|CFO|CTO|COO|首席\S{1,4}官|董事长|总裁|总经理|负责人|老板|上级|主席|掌门人|发言人|"
        r"作者|导演|法人|主管|经理|联系人",
    ),
    ("place", r"总部|地址|注册地|所在地|办公室|办公地点|地点"),
    ("duration", r"期限|时长|周期|有效期|保质期|工期"),
    ("time", r"(?:成立|上线|发布|上市|推出|截止|生效|到期)?(?:时间|日期)"),
    (
        "count",
        r"用户数?|员工数?|客户数|会员数|粉丝数?|门店数?|商家数|人数|数量|日活|月活|DAU|MAU|订单数?",
    ),
    (
        "figure",
        r"收入|营收|营业额|利润|净利|毛利|盈利|亏损|市值|估值|价格|售价|单价|定价|股价|租金|成本|费用|费|开支|支出|投入|"
        r"投资|预算|销售额|销量|交易额|额|量|率|份额|占比|比例|比重|增速|增幅|涨幅|跌幅|规模|现金流|负债|资产|股息|分红|"
        r"薪资|工资|标准|限额|GMV|ARR|EBITDA|ROI|capex|revenue|profit",
    ),
)
_ZH_SORTS = tuple((sort, re.compile(rf"(?:.*(?:{words}))", re.IGNORECASE)) for sort, words in _ZH)
ZH_TAILS: dict[Sort, str] = {
    "person": "是谁",
    "place": "在哪里",
    "duration": "是多久",
    "time": "是什么时候",
    "count": "有多少",
    "figure": "是多少",
}

_EN: tuple[tuple[Sort, str], ...] = (
    (
        "person",
        r"ceo|cfo|cto|coo|founders?|co-founders?|chair(?:man|woman|person)?|president|director|head|boss|owner|"
        r"leader|author|chief \w+ officer|manager|spokes(?:man|woman|person)|successor|predecessor",
    ),
    ("place", r"headquarters|hq|head office|address|office|location"),
    ("time", r"(?:launch|release|founding|start|end|due|expiry|listing) date|deadline"),
    ("count", r"users|customers|clients|employees|staff|members|subscribers|followers|stores|orders|merchants"),
    (
        "figure",
        r"revenues?|sales|profits?|income|earnings|loss(?:es)?|margins?|costs?|expenses?|spending|expenditure|capex|"
        r"budget|price|fee|valuation|market (?:cap|value|share)|share price|cash flow|debt|assets|dividend|growth|"
        r"growth rate|rate|gmv|dau|mau|arr|ebitda|turnover|salary|size|share",
    ),
)
_EN_SORTS = tuple((sort, re.compile(rf"(?:.*\b)?(?:{words})", re.IGNORECASE)) for sort, words in _EN)


def sort_zh(phrase: str) -> Sort | None:
    """What the Chinese noun phrase ``phrase`` (simplified) is, by its last word; None where that is not known."""
    return next((sort for sort, pattern in _ZH_SORTS if pattern.fullmatch(phrase)), None)


def sort_en(phrase: str) -> Sort | None:
    """The same for an English one."""
    return next((sort for sort, pattern in _EN_SORTS if pattern.fullmatch(phrase)), None)
