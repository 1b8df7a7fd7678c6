"""Traditional Chinese: whether a text is written in it, and values in it. Quotations are never converted."""

from __future__ import annotations

_UNITS = str.maketrans("万亿个钟时业欧镑纪", "萬億個鐘時業歐鎊紀")


def is_traditional(text: str) -> bool:
    """Whether more characters of ``text`` are traditional only than are simplified only: a name of the other script
    in a question tells nothing.

    Traditional only are those of Big5 that GB 2312 lacks, simplified only the other way round: both sets hold what is
    in daily use, each of one script.
    """
    in_big5, in_gb2312 = (sum(_holds(char, charset) for char in text) for charset in ("big5", "gb2312"))
    return in_big5 > in_gb2312  # those in both cancel out


def traditional_units(text: str) -> str:
    """A value with its unit, as ``api/value_text.py`` writes them, in traditional characters."""
    return text.translate(_UNITS)


def _holds(char: str, charset: str) -> bool:
    try:
        return bool("\u3400" <= char <= "\u9fff" and char.encode(charset))
    except UnicodeEncodeError:
        return False
