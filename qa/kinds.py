"""What sort of answer a question asks for, by rules over its folded text.

The rules are tried in order and the first that fits decides: a question that asks for a share is a ratio even if it
says "how much", a list even if its items are numbers. Chinese rules come before English ones because a mixed
question (kling 占比 how much) carries its meaning in the Chinese words.
"""

from __future__ import annotations

import re

from qa.results import AnswerKind

_QUANTITY_ZH = r"(?:多少|几|多大|多高|何等|how much|how many)"
_MONEY_ZH = (
    r"(?:钱|元|价格?|市值|估值|营收|营业额|收入|利润|净利|毛利|亏损|支出|开支|费用|成本|投入|投资|"
    r"融资|金额|消耗|现金流|薪|"
    r"销售额|gmv|预算|资金|花费|债|股价|发行价|售价|贵)"
)
_RULES: tuple[tuple[AnswerKind, str], ...] = (
    ("list", r"分别|各自"),
    (
        "reason",
        r"为什么|为何|为啥|为甚么|凭什么|什么原因|原因是|的原因|缘故|怎么(?!样的)|如何|怎样|咋|干嘛|"
        r"靠什么|有什么用",
    ),
    (
        "comparison",
        r"(?:谁|哪个|哪家|哪一个|哪款|哪边|哪方)[^,。?]{0,12}(?:更|最[大高多快低少])|"
        r"更[大高多快低少长].{0,4}的是|还是.{1,12}[更多高大]|谁多|谁大|谁高|相差|差多少|对比",
    ),
    (
        "list",
        r"分别|各(?:自|是|为|有|靠|占)|哪些|哪几|哪[两三四五六七八九十]|有什么(?:功能|产品|业务)|包括什么|"
        r"包含什么|列举|列出|几大[^?]{0,4}(?:是|为|有)",
    ),
    (
        "date",
        r"什么时[候间]|何时|何年|哪一?[天年日月]|哪个?(?:月|季度|年份|日子|世纪|年代)|几月|几号|几点|几时|"
        r"日期|啥时候?|(?:在|是|于)多少年|(?<![第])(?:19|20)几几年",
    ),
    (
        "ratio",
        r"占比|比例|比率|百分之几|百分之多少|几成|几分之|份额|渗透率|增长?率|增[速幅]|涨幅|跌幅|"
        r"[毛净]利率|几个(?:百分)?点|多少(?:个)?(?:百分)?点|几倍|多少倍|"
        rf"(?:同比|环比)[^,。?]{{0,8}}(?:增|涨|升|降|跌|减|下滑)[^,。?]{{0,4}}{_QUANTITY_ZH}|(?:收入|营收|"
        rf"利润|销售额?)(?:里|中|当中)[^?]{{0,4}}多少|贡献了?[^,。?]{{0,12}}多少|多少"
        r"(?:是|都)?(?:来自|源自|出自|由)",
    ),
    (
        "duration",
        r"多久|多长时间|多少时间|几(?:年|天|小时|分钟|秒|个月|个小时|周|个星期|个季度)|多少(?:年|天|小时|"
        r"分钟|秒|个月)|时长[^?]{0,4}多少|用时|历时",
    ),
    (
        "number",
        r"(?:多少|几|有多)(?:个|家|人|名|位|次|款|种|条|项|部|台|件|用户|员工|万|亿|篇|座|所|只|版|张|辆|"
        r"架|枚|艘|首|集|岁|米|公里|吨|平方|度|分(?!钟)|票|步)|几次|岁数",
    ),
    (
        "money",
        rf"{_MONEY_ZH}[^,。?]{{0,14}}{_QUANTITY_ZH}|{_QUANTITY_ZH}[^,。?]{{0,8}}{_MONEY_ZH}|多少(?:美元|"
        rf"美金|港元|日元|欧元)|几[块毛]",
    ),
    ("number", r"多少|几(?=[^乎率何个]|个)|多[大高长重宽深远快]|数量|人数"),
    (
        "yes-no",
        r"吗(?:$|[?。!~呢,])|是不是|是否|有没有|能不能|会不会|要不要|可不可以|([\u4e00-\u9fff])不\1|"
        r"没有\?*$|对不对|对吧",
    ),
    ("entity", r"谁|哪|什么|啥|何(?:人|地|处|物|种|名)|叫做?|名字|名称"),
    ("yes-no", r"么\?*$|嘛\?*$"),
    (
        "comparison",
        r"\bwhich (?:one )?(?:is|was|are|were|has|had|company|of)\b.{0,60}\b(?:\w+er|more|less|fewer|most|"
        r"\w+est)\b.{0,40}(?::|,|\bor\b|\bthan\b)|\brise or fall\b|\bmore or less\b|"
        r"\b(?:higher|lower|bigger|larger|smaller|faster|slower|better|greater|more|fewer|"
        r"less)\b.{0,40}\bthan\b.{0,60}\bor\b|\bcompared? (?:to|with)\b|\bdiffer(?:ence)?\b|"
        r"\bamong\b.{0,80}\b(?:most|least|\w+est)\b|\b(?:and|,)\b.{0,60}\beach\b.{0,20}(?:move|change|"
        r"perform|grow)",
    ),
    (
        "reason",
        r"\bwhy\b|\breasons?\b|\bwhat (?:caused|led to|causes)\b|\bhow (?:do|does|did|is|are|was|were|can|"
        r"could|will|would|come|to|should|has|have)\b",
    ),
    (
        "date",
        r"^\W*(?:\w+ )?when\b|\bwhen (?:did|was|is|were|will|do|does|has|have|are|would|can)\b|\b(?:what|"
        r"which|on what|in what) (?:date|day|year|month|quarter|century|decade|time)\b|\bhow (?:recently|"
        r"early)\b",
    ),
    (
        "duration",
        r"\bhow (?:long|quickly|soon|fast)\b|\bhow many (?:years|days|hours|minutes|seconds|months|weeks|"
        r"quarters)\b",
    ),
    (
        "ratio",
        r"\bhow (?:much|many) of\b|\b(?:share|percent(?:age)?|proportion|fraction|ratio|portion|growth rate|"
        r"growth of|year-on-year|yoy|margin)\b(?! (?:price|capital|holder|repurchase|buy))|\bby how much\b|"
        r"\bhow (?:much|many)\b.{0,60}\b(?:grow|grew|rise|rose|increase|decrease|fall|fell|drop|jump|decline|gain|"
        r"times)\w*\b",
    ),
    (
        "money",
        r"\bhow much\b.{0,80}\b(?:revenue|money|profit|income|spend|spent|spending|cost|pay|paid|"
        r"invest\w*|raise|raised|price|worth|earn\w*|sales|pledge\w*|charge\w*|lose|lost|fund\w*|made?)\b|"
        r"\bwhat (?:is|was|were|are|'s)\b.{0,60}\b(?:revenue|market cap\w*|capitali[sz]ation|valuation|"
        r"price|cost|salary|profit|net income|budget|spend(?:ing)?|expenditure|turnover|fee|"
        r"value)\b(?! models?| streams?)|\bwhat (?:revenue|market cap\w*|valuation|price|cost|salary|"
        r"profit|budget)\b(?! models?| streams?)|\bhow expensive\b",
    ),
    (
        "number",
        r"\bhow (?:many|much|old|far|large|big|tall|high|deep|often|wide|heavy)\b|\bwhat (?:number|amount|"
        r"total|is the number|was the number|is the total)\b|\bwhat (?:was|is) the (?:average|population|"
        r"total)\b",
    ),
    (
        "list",
        r"\b(?:what|which) (?:are|were) the\b|\b(?:what|which) (?:two|three|four|five|six|several)\b|"
        r"\blist\b|\bname (?:the|all|two|three|four)\b|"
        r"\b(?:what|which) (?!(?:is|was|does|has|this|its|his|business|series|process|news|status|basis|"
        r"company's|class)\b)(?:[\w'-]+ ){0,3}?(?!(?:is|was|does|has|this|its|his|as|business|series|"
        r"process|news|status|basis|class)\b)[a-z-]+[^s'\W]s\b(?='?\s(?:do|does|did|are|were|have|has|"
        r"can|might|will|would|the|could|should|\w+ed)\b)|\brespectively\b|\beach\b",
    ),
    (
        "yes-no",
        r"^\W*(?:and |so |but )?(?:did|does|do|is|are|was|were|has|have|had|can|could|will|would|should|"
        r"may|must)\b",
    ),
    ("entity", r"\b(?:who|whom|whose|which|what|where)\b"),
    ("reason", r"\bhow\b"),
)
_COMPILED = tuple((kind, re.compile(pattern)) for kind, pattern in _RULES)


def answer_kind(folded: str) -> AnswerKind:
    """The kind of answer that the question ``folded`` (match text) asks for; ``other`` when no rule fits."""
    text = folded.replace("？", "?").replace("，", ",")
    for kind, pattern in _COMPILED:
        if pattern.search(text):
            return kind
    return "other"
