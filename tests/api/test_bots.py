"""Every bot in every case, as docs/bots.md has it: signed requests to the real service, replies on a fake platform."""

from __future__ import annotations

import json
import re
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from itertools import count
from pathlib import Path

import pytest
import requests
from bot_senders import SECRETS, SENDERS, Request
from fake_platform import FEISHU_APP, SLACK_TOKEN, WECOM_SECRET, FakePlatform
from small_service import DOCUMENTS, start_server

PAGE = Path(__file__).parents[2] / "docs" / "bots.md"
QUESTION = "可灵AI的收入有多少来自P端？"
ANSWER = "近七成"
BUSY = "忙不过来"
KEY = "k" * 20 + "-for-the-tests-alone"
_targets = (f"{number}.0001" for number in count(1000))


@pytest.fixture(scope="module")
def platform():
    platform = FakePlatform()
    yield platform
    platform.close()


@pytest.fixture(scope="module")
def served(tmp_path_factory, platform):
    """All bots, on two workers, where everybody else needs a key."""
    environ = {**platform.settings(), **SECRETS, "CITESPAN_PUBLIC_URL": "https://docs.example.org"}
    environ["CITESPAN_API_KEYS"] = f"admin:{KEY}"
    with start_server(tmp_path_factory.mktemp("bots"), **environ) as server:
        put_documents(server)
        yield server


@pytest.fixture(scope="module")
def narrow(tmp_path_factory, platform):
    """All bots, on one worker that answers one question at a time and lets none wait; WeCom without its secret."""
    environ = {**platform.settings(), **SECRETS, "CITESPAN_WORKERS": "1", "CITESPAN_BOT_THREADS": "1"}
    del environ["CITESPAN_WECOM_SECRET"]
    with start_server(tmp_path_factory.mktemp("narrow"), **environ, CITESPAN_BOT_QUEUE="0") as server:
        put_documents(server)
        yield server


@pytest.fixture(params=SENDERS, ids=lambda kind: kind.bot)
def sender(request, platform):
    return request.param(platform)


@pytest.fixture
def target():
    return next(_targets)


def put_documents(server) -> None:
    for doc_id, body in DOCUMENTS.items():
        url, headers = f"{server.url}/v1/documents/{doc_id}", {"X-API-Key": KEY}
        requests.put(url, json=body, headers=headers, timeout=30).raise_for_status()


def send(server, request: Request) -> requests.Response:
    """On a connection of its own, which may reach any worker."""
    headers = {**request.headers, "Connection": "close"}
    return requests.request(request.method, server.url + request.path, data=request.body, headers=headers, timeout=30)


@contextmanager
def occupied(narrow, platform) -> Iterator[None]:
    """While the one thread of ``narrow`` waits for the platform."""
    slack, text = SENDERS[0](platform), BUSY
    with platform.holding():
        while BUSY in text:  # the thread may have a moment's work from the test before
            held = next(_targets)
            assert send(narrow, slack.question(held, QUESTION)).status_code == 200
            text = platform.arrived(held)
        yield


def told(response: requests.Response) -> str:
    return "200" if response.status_code == 200 else f"{response.status_code} {response.json()['code']}"


def outcome(server, sender, target: str, response: requests.Response) -> str:
    """What the platform was told, and the replies that came by the time that later questions were answered."""
    for _ in range(3):
        later = next(_targets)
        assert send(server, sender.question(later, QUESTION)).status_code == 200
        sender.platform.replies(later)
    replies = len(sender.platform.replies(target, 0))
    if response.status_code != 200 and replies == 0:
        return told(response)
    return f"{told(response)}, {'no reply' if not replies else 'one reply' if replies == 1 else f'{replies} replies'}"


# The cases, each a row of the table. They give what happened, as the table says it.


def address_is_checked(served, narrow, sender, target):
    request, word = sender.check()
    response = send(served, request)
    return "answered" if response.text == word else told(response)


def question(served, narrow, sender, target):
    response = send(served, sender.question(target, QUESTION))
    (reply,) = sender.platform.replies(target)
    assert ANSWER in reply.text
    return outcome(served, sender, target, response)


def message_without_question(served, narrow, sender, target):
    response = send(served, sender.picture(target))
    assert "Ask me a question" in sender.platform.replies(target)[0].text
    return outcome(served, sender, target, response)


def question_that_is_too_long(served, narrow, sender, target):
    response = send(served, sender.question(target, "可灵" * 1001))
    assert "2000" in sender.platform.replies(target)[0].text
    return outcome(served, sender, target, response)


def wrong_signature(served, narrow, sender, target):
    return outcome(served, sender, target, send(served, sender.forged(target, QUESTION)))


def no_signature(served, narrow, sender, target):
    request = sender.question(target, QUESTION)
    return outcome(served, sender, target, send(served, Request(request.path.split("?")[0], request.body)))


def other_body_under_the_signature(served, narrow, sender, target):
    first, second = sender.question(next(_targets), QUESTION), sender.question(target, QUESTION)
    return outcome(served, sender, target, send(served, Request(first.path, second.body, first.headers)))


def sent_six_minutes_ago(served, narrow, sender, target):
    return outcome(served, sender, target, send(served, sender.question(target, QUESTION, time.time() - 360)))


def sent_six_minutes_ahead(served, narrow, sender, target):
    return outcome(served, sender, target, send(served, sender.question(target, QUESTION, time.time() + 360)))


def replayed(served, narrow, sender, target):
    request = sender.question(target, QUESTION)
    assert send(served, request).status_code == 200
    return outcome(served, sender, target, send(served, request))


def sent_again_by_the_platform(served, narrow, sender, target):
    assert send(served, sender.question(target, QUESTION, time.time() - 60)).status_code == 200
    return outcome(served, sender, target, send(served, sender.question(target, QUESTION)))


def sent_to_both_workers_at_once(served, narrow, sender, target):
    with ThreadPoolExecutor(16) as pool:
        answers = list(pool.map(lambda _: send(served, sender.question(target, QUESTION)), range(16)))
    assert {answer.status_code for answer in answers} == {200}
    return outcome(served, sender, target, answers[0])


def not_well_formed(served, narrow, sender, target):
    return outcome(served, sender, target, send(served, sender.raw(b'{"<xml>')))


def of_another_shape(served, narrow, sender, target):
    body = b"<xml><Encrypt><a/></Encrypt></xml>" if sender.bot == "wecom" else b"[1]"
    return outcome(served, sender, target, send(served, sender.raw(body)))


def hostile(served, narrow, sender, target):
    bomb = b'<!DOCTYPE xml [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]><xml><Encrypt>&b;</Encrypt></xml>'
    deep = b'{"type":' + b"[" * 100_000
    return outcome(served, sender, target, send(served, sender.raw(bomb if sender.bot == "wecom" else deep)))


def too_large(served, narrow, sender, target):
    return outcome(served, sender, target, send(served, sender.raw(b" " * 1_100_000)))


def own_message(served, narrow, sender, target):
    return outcome(served, sender, target, send(served, sender.own_message(target)))


def reply_to_a_stranger(served, narrow, sender, target):
    return outcome(served, sender, target, send(served, sender.stranger(target)))


def platform_limits(served, narrow, sender, target):
    sender.platform.limited = 1
    response = send(served, sender.question(target, QUESTION))
    sender.platform.replies(target)
    assert sender.platform.limited == 0
    return outcome(served, sender, target, response)


def platform_is_down(served, narrow, sender, target):
    sender.platform.status = 500
    try:
        response = send(served, sender.question(target, QUESTION, time.time()))
        wait_for_log(served, f"{sender.bot} [{response.headers['X-Request-ID']}]: a reply could not be delivered")
    finally:
        sender.platform.status = 200
    return outcome(served, sender, target, response)


def queue_is_full(served, narrow, sender, target):
    with occupied(narrow, sender.platform):
        response = send(narrow, sender.question(target, QUESTION))
    if response.content not in (b"", b"{}"):
        return f"{told(response)}, busy message in the answer"
    (reply,) = sender.platform.replies(target)
    assert BUSY in reply.text
    return f"{told(response)}, busy message"


CASES = {
    "the address is checked": address_is_checked,
    "a question": question,
    "a picture, or nothing asked": message_without_question,
    "a question that is too long": question_that_is_too_long,
    "wrong signature": wrong_signature,
    "no signature": no_signature,
    "another body under a good signature": other_body_under_the_signature,
    "sent six minutes ago": sent_six_minutes_ago,
    "sent six minutes ahead": sent_six_minutes_ahead,
    "replayed, byte for byte": replayed,
    "sent again by the platform": sent_again_by_the_platform,
    "sent to both workers at once, 16 times": sent_to_both_workers_at_once,
    "signed, but not well-formed": not_well_formed,
    "signed, but of another shape": of_another_shape,
    "signed, but hostile (entities, 100,000 levels)": hostile,
    "larger than `max_body_bytes`": too_large,
    "of the bot itself or another one": own_message,
    "a reply address of a stranger": reply_to_a_stranger,
    "the platform limits (429)": platform_limits,
    "the platform is down": platform_is_down,
    "too many questions wait": queue_is_full,
}
NOT_CONFIGURED = "the bot is not configured"
NEEDS = {address_is_checked: "check", reply_to_a_stranger: "stranger"}
"""What a sender may lack, because its platform has no such thing."""


def wait_for_log(server, text: str) -> None:
    deadline = time.monotonic() + 30
    while text not in server.log.read_text():
        assert time.monotonic() < deadline, server.log.read_text()[-2000:]
        time.sleep(0.02)


def wait_until_closed(server) -> None:
    """Until nobody takes requests any more."""
    deadline = time.monotonic() + 30
    while time.monotonic() < deadline:
        try:
            requests.get(f"{server.url}/healthz", timeout=10)
        except requests.ConnectionError:
            return
    raise AssertionError("the server goes on")


def table() -> dict[str, dict[str, str]]:
    """Case -> bot -> result, as the page says."""
    rows = [[cell.strip() for cell in row.strip("|").split(" | ")] for row in re.findall(r"^\|.*\|$", _table(), re.M)]
    bots = [name.lower() for name in rows[0][1:]]
    return {case: dict(zip(bots, results, strict=True)) for case, *results in rows[2:]}


def _table() -> str:
    return PAGE.read_text(encoding="utf-8").split("## What it does when", 1)[1]


def test_the_table_has_every_case_and_every_bot():
    assert list(table()) == [*CASES, NOT_CONFIGURED]
    assert all(list(row) == [kind.bot for kind in SENDERS] for row in table().values())


@pytest.mark.parametrize("case", CASES)
def test_a_bot_does_what_the_table_says(served, narrow, sender, target, case):
    act, said = CASES[case], table()[case][sender.bot]
    if act in NEEDS and getattr(sender, NEEDS[act]) is None:
        assert said == "–"
    else:
        assert act(served, narrow, sender, target) == said


def test_a_bot_that_is_not_configured(server, sender, target):
    assert told(send(server, sender.question(target, QUESTION))) == table()[NOT_CONFIGURED][sender.bot]


def test_a_bot_needs_no_key_where_others_do(served, sender, target):
    assert told(send(served, sender.question(target, QUESTION))) == "200"
    asked = requests.post(f"{served.url}/v1/ask", json={"question": QUESTION}, timeout=30)
    assert told(asked) == "401 key_missing"
    assert ANSWER in sender.platform.replies(target)[0].text


def test_no_secret_is_in_the_log(served, sender, target):
    """After all of the above, which logged what went wrong; the tokens that were fetched are named so."""
    log = served.log.read_text()
    assert "could not be delivered" in log
    for secret in (*SECRETS.values(), SLACK_TOKEN, FEISHU_APP[1], WECOM_SECRET, KEY, "t-secret", "w-secret", QUESTION):
        assert secret not in log
    assert "slack_bot_token='***'" in log
    assert "Traceback" not in log


def test_an_expired_token_is_fetched_anew(served, platform):
    for kind in SENDERS[1], SENDERS[3]:
        sender, first, second = kind(platform), next(_targets), next(_targets)
        send(served, sender.question(first, QUESTION))
        platform.replies(first)
        platform.tokens += 1  # the platform takes the old one no more
        send(served, sender.question(second, QUESTION))
        platform.replies(second)


def test_a_reply_goes_to_the_thread_with_links_to_the_exact_place(served, platform):
    slack, first, second = SENDERS[0](platform), next(_targets), next(_targets)
    send(served, slack.question(first, QUESTION))
    body = platform.replies(first)[0].body
    assert (body["channel"], body["thread_ts"], body["parse"]) == ("C1", first, "none")
    assert "<https://docs.example.org/#/doc/default/kling?start=0" in body["text"]
    direct = slack.event(second, QUESTION, "message", channel="D" + second, channel_type="im")
    send(served, slack.raw(json.dumps(direct).encode()))
    assert "thread_ts" not in platform.replies("D" + second)[0].body


def test_a_question_in_traditional_characters_is_answered_in_them(served, platform, target):
    send(served, SENDERS[0](platform).question(target, "可靈AI的收入有多少來自P端？"))
    (reply,) = platform.replies(target)
    assert "來源" in reply.text
    assert "目前可灵AI近七成收入由P端贡献" in reply.text


def test_a_slash_command_is_answered_to_its_sender_alone(served, narrow, platform, target):
    slack = SENDERS[0](platform)
    assert send(served, slack.command(target, QUESTION)).content == b""
    (reply,) = platform.replies(target)
    assert reply.body["response_type"] == "ephemeral"
    assert ANSWER in reply.text


def test_a_busy_bot_says_so_in_the_answer_to_a_slash_command(narrow, platform, target):
    slack = SENDERS[0](platform)
    with occupied(narrow, platform):
        assert "ask again in a minute" in send(narrow, slack.command(target, "When was Kuaishou founded?")).text


def test_where_there_is_no_other_way_the_reply_is_in_the_answer(narrow, platform):
    wecom, dingtalk = SENDERS[3](platform), SENDERS[2](platform)
    reply = BUSY
    while BUSY in reply:  # the thread may have a moment's work from the test before
        request = wecom.question(next(_targets), QUESTION)
        reply = wecom.reply(send(narrow, request).content)["Content"]
    assert ANSWER in reply
    assert send(narrow, request).content == b""
    reply = BUSY
    while BUSY in reply:
        body = json.dumps(dingtalk.message(next(_targets), QUESTION, sessionWebhook="")).encode()
        request = dingtalk.raw(body)
        reply = send(narrow, request).json()["markdown"]["text"]
    assert ANSWER in reply
    assert send(narrow, request).json() == {}


def test_sigterm_waits_for_the_replies_that_are_due(tmp_path, platform):
    environ = {**platform.settings(), **SECRETS, "CITESPAN_WORKERS": "1", "CITESPAN_BOT_THREADS": "1"}
    slack, targets = SENDERS[0](platform), [next(_targets) for _ in range(6)]
    with start_server(tmp_path, **environ) as server:
        put_documents(server)
        with platform.holding():
            for each in targets:
                assert send(server, slack.question(each, QUESTION)).status_code == 200
            server.process.terminate()
            wait_until_closed(server)
            assert not any(platform.replies(each, 0) for each in targets)
        assert server.process.wait(20) == 0
    assert [len(platform.replies(each)) for each in targets] == [1] * 6
