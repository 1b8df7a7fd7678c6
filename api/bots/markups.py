"""How each platform writes a reply. What stems from a document or a user is written so that it stays text.

None of the platforms documents an escape for its marks, Slack's three entities apart. So a mark in a text is taken
apart by a zero-width space where that is certain to work, and else written full width, as Chinese type has it anyway.
"""

from __future__ import annotations

import re

from api.reply.markup import Plain

_GAP = "\u200b"
_ENTITIES = str.maketrans({"&": "&amp;", "<": "&lt;", ">": "&gt;"})
# Slack takes a mark for one only at the edge of a word; between two gaps it stands inside of one.
_SLACK_MARK = re.compile(r"[*_~`]")
_SLACK_EMOJI = re.compile(r":(?=[\w+'-]+:)")
_DINGTALK_MARKS = str.maketrans("*[]<>`~|\\", "＊［］＜＞｀～｜＼")
_DINGTALK_EDGE = re.compile(r"_(?![0-9A-Za-z])|(?<![0-9A-Za-z])_|^[#+=-]|^(?:[0-9]{1,9})(?=[.)])")


class SlackMarkup(Plain):
    """Slack's mrkdwn."""

    def text(self, text: str) -> str:
        text = super().text(text).translate(_ENTITIES)
        return _SLACK_EMOJI.sub(":" + _GAP, _SLACK_MARK.sub(rf"{_GAP}\g<0>{_GAP}", text))

    def strong(self, text: str) -> str:
        return f"*{text}*" if text else ""

    def bullet(self, text: str) -> str:
        return f"• {text}"

    def under(self, text: str) -> str:
        return text  # a quotation is one at the start of its line only

    def source(self, number: int, title: str, details: str, url: str) -> str:
        address = url.translate(_ENTITIES).replace("|", "%7C")
        return f"{number}. <{address}|{title}>{f' — {details}' if details else ''}"


class DingtalkMarkup(Plain):
    """DingTalk's part of Markdown: headings, quotes, bold, links and lists."""

    def text(self, text: str) -> str:
        text = super().text(text).translate(_DINGTALK_MARKS)
        return _DINGTALK_EDGE.sub(lambda found: _GAP + found.group().replace("_", "＿"), text)

    def strong(self, text: str) -> str:
        return f"**{text}**" if text else ""

    def under(self, text: str) -> str:
        return text

    def source(self, number: int, title: str, details: str, url: str) -> str:
        return f"{number}. [{title}]({url}){f' — {details}' if details else ''}"


class _Quoting(Plain):
    """For platforms without a mark for quotations."""

    def quotation(self, text: str, mark: str = "") -> str:
        return f"“{text}” {mark}".rstrip()

    def bullet(self, text: str) -> str:
        return f"• {text}"


class WecomMarkup(_Quoting):
    """WeCom's text messages, which know links and nothing else. Its Markdown does not reach members in WeChat."""

    def source(self, number: int, title: str, details: str, url: str) -> str:
        address = url.replace('"', "%22")
        return f'[{number}] <a href="{address}">{title}</a>{f" — {details}" if details else ""}'


SLACK, DINGTALK, WECOM = SlackMarkup(), DingtalkMarkup(), WecomMarkup()


# Feishu's rich text is no markup but a structure. Its marks are characters that no text holds (they are taken out as
# control characters), and `feishu_lines` makes the structure of them.
_BOLD, _LINK, _TO, _END = "\x01", "\x02", "\x03", "\x04"
_ELEMENT = re.compile(rf"{_BOLD}([^{_END}]*){_END}|{_LINK}([^{_TO}]*){_TO}([^{_END}]*){_END}|([^{_BOLD}{_LINK}]+)")


class FeishuMarkup(_Quoting):
    """Feishu's rich text ("post"), to be read by :func:`feishu_lines`."""

    def strong(self, text: str) -> str:
        return f"{_BOLD}{text}{_END}" if text else ""

    def source(self, number: int, title: str, details: str, url: str) -> str:
        return f"{number}. {_LINK}{title}{_TO}{url}{_END}{f' — {details}' if details else ''}"


FEISHU = FeishuMarkup()


def feishu_lines(text: str) -> list[list[dict[str, object]]]:
    """The paragraphs of a post: each a list of elements, whose text Feishu shows as it is."""
    return [[_element(found) for found in _ELEMENT.finditer(line)] for line in text.split("\n")]


def _element(found: re.Match[str]) -> dict[str, object]:
    bold, title, address, text = found.groups()
    if bold is not None:
        return {"tag": "text", "text": bold, "style": ["bold"]}
    if title is not None:
        return {"tag": "a", "text": title, "href": address}
    return {"tag": "text", "text": text}
