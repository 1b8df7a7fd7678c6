"""From the messages of a conversation to the question that its last user message means."""

from __future__ import annotations

from collections.abc import Sequence

from api.chat.schemas import Message
from api.reply.compose import answered
from qa.followup import Turn, complete_last
from qa.glossary import Glossary

TURNS = 20
"""User messages before the last one that may be leant on; older ones are not looked at."""


def last_question(messages: Sequence[Message]) -> str:
    """The text of the last user message."""
    return next((message.text().strip() for message in reversed(messages) if message.role == "user"), "")


def completed_question(messages: Sequence[Message], glossary: Glossary) -> str | None:
    """The last user message completed from those before it; None where it stands alone."""
    turns = turns_before(messages)
    return complete_last(turns[-TURNS:], last_question(messages), glossary) if turns else None


def turns_before(messages: Sequence[Message]) -> list[Turn]:
    """The user messages before the last one, each with the answer that this service gave to it."""
    turns: list[Turn] = []
    for message in messages:
        if message.role == "user":
            turns.append(Turn(message.text().strip()))
        elif message.role == "assistant" and turns:
            turns[-1] = Turn(turns[-1].question, answered(message.text()))
    return turns[:-1]
