"""Text that surrounds an article: navigation, sharing, disclaimers, related headlines, comment policies.

Three rules, all on folded lines and all careful, because an article paragraph marked by mistake is one
that readers do not find: *furniture* lines say what they are; short lines between two of them belong to
them; a *policy* is a long tail of the document in the vocabulary of terms of use.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import pairwise

from indexer.normalize import fold

_MAX_FURNITURE = 60  # characters of a furniture line that is known by a phrase in it
_MAX_BETWEEN = 60
_MAX_GAP = 6  # lines between two furniture lines
_MIN_POLICY = 300  # characters of a policy block
_MIN_BEFORE_POLICY = 400  # and of the article before it: a file that is all policy is content
_LINE = re.compile(r"[^\n]+")
_EDGE = re.compile(r"^[\W_]+|[\W_]+$")
_SENTENCE_END = (".", "\u3002", ";", "\uff1b", "\u2026", ":\u201d", "\u3002\u201d")

# All patterns meet folded text: simplified, lower case, half-width.
_WHOLE = re.compile(
    r"(?:正在阅读|正在浏览|当前位置.{0,30}|首页|返回首页|返回顶部|回到顶部|登录|注册|登录注册|登录/注册"
    r"|搜索|菜单|导航|目录导航"
    r"|评论|全部评论|热门评论|最新评论|发表评论|写评论|网友评论|查看更多评论|暂无评论.{0,20}"
    r"|\d{1,6} ?条评论|参与评论"
    r"|分享|分享到.{0,20}|分享至.{0,20}|点赞|收藏|转发|举报|打印|字号|关注|关注我们|联系我们|关于我们"
    r"|加入我们|友情链接|网站地图"
    r"|微信|微博|新浪微博|微信公众号|微信扫一扫.{0,12}|微信朋友圈|朋友圈|qq空间|下载app|打开app.{0,12}"
    r"|app下载|客户端下载"
    r"|上一篇.{0,60}|下一篇.{0,60}|相关阅读|相关推荐|相关文章|相关新闻|推荐阅读|延伸阅读|热门推荐"
    r"|热门文章|猜你喜欢|为你推荐"
    r"|更多精彩.{0,20}|更多推荐|阅读原文|点击阅读原文|查看原文|展开全文|阅读全文|广告|赞助内容|隐私政策"
    r"|用户协议|服务条款|使用条款"
    r"|home|menu|search|log ?in|sign ?in|sign ?up|register|subscribe|subscribe now|share"
    r"|share this.{0,20}|tweet|follow us.{0,30}"
    r"|related (?:articles|posts|stories|news)|recommended(?: for you)?|read more|more from.{0,30}"
    r"|advertisement|sponsored"
    r"|comments?|leave a comment|\d{1,6} comments?|no comments yet|privacy policy|cookie policy"
    r"|terms of (?:use|service)"
    r"|about us|contact us|back to top|skip to (?:main )?content|previous article|next article|newsletter)"
)
_PHRASE = re.compile(
    r"扫一扫下载|扫码下载|扫描二维码|长按.{0,6}二维码|识别二维码|扫码关注|下载.{0,10}(?:新闻|app|客户端)$"
    r"|关注.{0,12}公众号"
    r"|(?:官方微信|官方微博|微信公众号)$|暂无评论|快来评价|点击.{0,6}(?:关注|订阅|下载)|责任编辑|^责编\W"
    r"|本文(?:为|系)转载|未经(?:授权|许可)"
    r"|著作权(?:人|归)|版权所有|转载请(?:注明|联系)|授权事宜|侵权请联系|联系(?:删除|我们删除)|icp备"
    r"|公网安备|增值电信|违法和不良信息举报"
    r"|all rights reserved|^(?:©|copyright\b|\(c\) ?\d{4})|accept (?:all )?cookies|we use cookies"
    r"|sign up for our|follow us on|powered by"
)
_DISCLAIMER = re.compile(
    r"^[\W_]*(?:特别声明|免责声明|版权声明|郑重声明|法律声明|风险提示及免责|声明:"
    r"|disclaimer\b|legal notice\b|notice: the content above|copyright notice\b"
    r"|cookie (?:policy|notice)\b)|仅代表作者(?:本人|个人)?(?:观点|立场)|不代表本(?:平台|网站|站|网|报|刊)"
    r"|仅提供信息存储空间服务|does not represent the (?:views|position)"
    r"|views expressed .{0,60}are those of the author"
)
_POLICY = re.compile(
    r"本?公约|本(?:网站|平台|协议|条款|规则|社区|政策)|条款|违规|违法|不良信息|侵权|法律法规|行政法规"
    r"|处罚|封停|禁言|申诉|举报|帐号|账号|注册用户"
    r"|解释权|未成年人|隐私政策|个人信息|淫秽|色情|低俗|诽谤|侮辱|谩骂|造谣|辱骂|煽动|颠覆|封建迷信"
    r"|垃圾广告|包括但不限于|主要表现为|他人"
    r"|terms of (?:use|service)|privacy policy|liabilit|warrant(?:y|ies)|herein|hereby|third[- ]part"
    r"|personal (?:data|information)|consent"
    r"|governing law|jurisdiction|infring|prohibited|terminate|cookies?\b|opt[- ]out|arbitration|indemnif"
)
_ANCHOR = re.compile(
    r"本公约|本(?:协议|条款|政策)|解释权|本(?:网站|平台)(?:将|有权)|法律法规|封停|禁言|违规处罚|隐私政策"
    r"|terms of (?:use|service)|privacy policy|liabilit|governing law|personal (?:data|information)"
    r"|we may terminate"
)
_ITEM = re.compile(r"^(?:\(?\d{1,2}[).、.]|[一二三四五六七八九十]{1,3}、|[-*•])")


@dataclass(frozen=True, slots=True)
class _Line:
    start: int
    end: int
    folded: str

    @property
    def short(self) -> bool:
        return self.end - self.start <= _MAX_BETWEEN


def boilerplate(text: str) -> list[tuple[int, int]]:
    """Ranges of whole lines of ``text`` that are not its content, in order, without overlap."""
    folded = fold(text)
    lines = [
        _Line(found.start(), found.end(), folded[found.start() : found.end()].strip()) for found in _LINE.finditer(text)
    ]
    lines = [line for line in lines if line.folded]
    marked = [_furniture(line) for line in lines]
    _between(lines, marked)
    _disclaimers(lines, marked)
    for i in range(_policy_start(lines), len(lines)):
        marked[i] = True
    return _ranges(lines, marked)


def _furniture(line: _Line) -> bool:
    if line.end - line.start > _MAX_FURNITURE:
        return False
    return bool(_WHOLE.fullmatch(_EDGE.sub("", line.folded)) or _PHRASE.search(line.folded))


def _between(lines: list[_Line], marked: list[bool]) -> None:
    """Counters, tags and headlines between two furniture lines are furniture too."""
    anchors = [i for i, mark in enumerate(marked) if mark]
    for low, high in pairwise(anchors):
        between = lines[low + 1 : high]
        if len(between) <= _MAX_GAP and all(line.short and not line.folded.endswith(_SENTENCE_END) for line in between):
            marked[low + 1 : high] = [True] * len(between)


def _disclaimers(lines: list[_Line], marked: list[bool]) -> None:
    """Paragraphs that disclaim, among the first and last ten; what follows one at the very end goes along."""
    near_edge = set(range(min(10, len(lines)))) | set(range(max(0, len(lines) - 10), len(lines)))
    for i in sorted(near_edge):
        if len(lines) > 1 and len(lines[i].folded) <= 800 and _DISCLAIMER.search(lines[i].folded):
            marked[i] = True


def _policy_start(lines: list[_Line]) -> int:
    """The line at which a closing policy begins, or the number of lines.

    Each line weighs its policy words against its length; the tail that weighs most is the candidate, so
    plain paragraphs before it keep out and list items without such words stay in.
    """
    best, start, weight = 0.0, len(lines), 0.0
    for i in range(len(lines) - 1, -1, -1):
        weight += _weight(lines[i].folded)
        if weight > best:
            best, start = weight, i
    if start == len(lines) or lines[start].start < _MIN_BEFORE_POLICY:
        return len(lines)
    tail = lines[start:]
    anchors = {found[0] for line in tail for found in _ANCHOR.finditer(line.folded)}
    if len(anchors) < 3 or lines[-1].end - lines[start].start < _MIN_POLICY:
        return len(lines)
    return start


def _weight(folded: str) -> float:
    words = len({found[0] for found in _POLICY.finditer(folded)})
    if not words:
        return -0.1 if _ITEM.match(folded) else -max(0.5, len(folded) / 40)
    return words - len(folded) / 40


def _ranges(lines: list[_Line], marked: list[bool]) -> list[tuple[int, int]]:
    out: list[tuple[int, int]] = []
    for i, line in enumerate(lines):
        if not marked[i]:
            continue
        if i and marked[i - 1]:
            out[-1] = (out[-1][0], line.end)
        else:
            out.append((line.start, line.end))
    return out
