"""Bots: questions from Slack, Feishu, DingTalk and WeCom, answered where they were asked.

A request goes ``routes`` -> a platform's module (is it authentic, what does it ask) -> ``seen`` (not twice) ->
``workers`` -> ``replies`` (the answer in the platform's markup) -> the platform's module again, which sends it.
"""
