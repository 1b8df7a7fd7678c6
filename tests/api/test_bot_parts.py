"""The parts of the bots: what was asked, how replies are written and sent, what is remembered and awaited."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
import textwrap
import threading
import time
from pathlib import Path
from urllib.parse import quote, urlsplit

import pytest
import yaml
from bot_senders import FEISHU_TOKEN, SECRETS, DingtalkSender, FeishuSender, SlackSender, WecomSender
from fake_platform import FEISHU_APP, SLACK_TOKEN, WECOM_CORP
from small_service import UNANSWERABLE

import api.bots.desk
from api.app import create_app
from api.bots import feishu, slack
from api.bots.markups import DINGTALK, FEISHU, SLACK, WECOM, feishu_lines
from api.bots.outgoing import Outgoing, PlatformError, delivered, json_object
from api.bots.platforms import NEEDED
from api.bots.replies import cut, fitted
from api.bots.seen import FOLDER, Seen
from api.bots.token import AccessToken
from api.bots.workers import Full, Workers
from api.settings import Settings, options
from indexer.errors import ConfigError

# What was asked.


@pytest.mark.parametrize(
    ("text", "asked"),
    [
        ("<@U0BOT> 可灵收入？", "可灵收入？"),
        ("<@U0BOT|citespan>\n  a &lt;b&gt; &amp;amp; c ", "a <b> &amp; c"),
        ("<!here> see <https://a.example/x|the page> and <https://b.example>", "see the page and https://b.example"),
        ("in <#C123|general> <!subteam^S1|@team> now", "in general now"),
        ("<@U0BOT>", ""),
        ("2 < 3", "2 < 3"),
    ],
)
def test_slack_text_becomes_a_question(text, asked):
    assert slack.question(text) == asked


@pytest.mark.parametrize("piece", ["<", "<!", "<@A|", "<a|", "<@A"])
def test_many_open_brackets_are_read_in_one_go(piece):
    """Read once for each bracket, they would take until the test is timed out."""
    assert slack.question(piece * 200_000) == piece * 200_000


@pytest.mark.parametrize(
    ("kind", "content", "asked"),
    [
        ("text", {"text": "@_user_1 可灵 @_user_12 收入？ @_all"}, "可灵 收入？"),
        ("text", {"text": "mail me@_users_x"}, "mail me@_users_x"),
        (
            "post",
            {
                "title": "问",
                "content": [
                    [{"tag": "at", "user_id": "@_user_1"}, {"tag": "text", "text": "可灵"}],
                    [{"tag": "a", "text": "收入", "href": "x"}],
                ],
            },
            "问 可灵 收入",
        ),
        ("post", {"content": [3, [4, {"tag": "text", "text": 5}]]}, ""),
        ("text", {"text": 7}, ""),
        ("text", [1], ""),
        ("image", {"image_key": "k"}, ""),
    ],
)
def test_feishu_content_becomes_a_question(kind, content, asked):
    message = feishu._FeishuMessage(message_id="om_1", message_type=kind, content=json.dumps(content))
    assert feishu.question(message) == asked


# How replies are written.

HOSTILE = [
    "<https://evil.example|click>",
    "<!channel> <@U1>",
    "*bold* _it_ ~no~ `code`",
    "[click](https://evil.example)",
    "# heading",
    '<a href="https://evil.example">x</a>',
    "![i](http://evil.example/i.png)",
    ":smile: a:b",
    "@all @所有人",
    "\x01bold\x04 \x02t\x03u\x04",
    "1. one",
    "snake_case 3 * 4 > 5",
]


@pytest.mark.parametrize("text", HOSTILE)
def test_text_of_a_document_stays_text(text):
    in_slack = SLACK.text(text)
    assert not re.search(r"[<>]|(?<!\u200b)[*_~`]|[*_~`](?!\u200b)", in_slack)
    assert not re.search(r":\w+:", in_slack)
    in_dingtalk = DINGTALK.text(text)
    assert not re.search(r"[*\[\]<>`~|\\]|^[#\d+-]|\b_|_\b", in_dingtalk)
    assert "<a" not in WECOM.text(text)
    assert all(element["tag"] == "text" for line in feishu_lines(FEISHU.text(text)) for element in line)
    for markup in (SLACK, DINGTALK, WECOM, FEISHU):
        assert not re.search("@[a-z所]|[\x00-\x1f]|://", markup.text(text))


def test_marks_are_those_of_each_platform():
    written = {
        markup: [markup.strong("b"), markup.bullet("x"), markup.source(1, "t", "d", "https://h/#/doc?a=1&b=2")]
        for markup in (SLACK, DINGTALK, WECOM)
    }
    assert written[SLACK] == ["*b*", "• x", "1. <https://h/#/doc?a=1&amp;b=2|t> — d"]
    assert written[DINGTALK] == ["**b**", "- x", "1. [t](https://h/#/doc?a=1&b=2) — d"]
    assert written[WECOM] == ["b", "• x", '[1] <a href="https://h/#/doc?a=1&b=2">t</a> — d']
    text = f"{FEISHU.strong('b')} x\n{FEISHU.source(1, 't', 'd', 'https://h/')}"
    assert feishu_lines(text) == [
        [{"tag": "text", "text": "b", "style": ["bold"]}, {"tag": "text", "text": " x"}],
        [
            {"tag": "text", "text": "1. "},
            {"tag": "a", "text": "t", "href": "https://h/"},
            {"tag": "text", "text": " — d"},
        ],
    ]


def test_a_long_reply_leaves_out_what_matters_least():
    result = {"answer": {"citations": ["c1", "c2", "c3"]}, "alternatives": ["a"], "passages": []}
    write = lambda part: "".join([*part["answer"]["citations"], *part["alternatives"]])  # noqa: E731
    assert [fitted(result, write, len, limit) for limit in (7, 6, 5, 2)] == ["c1c2c3a", "c1c2c3", "c1c2", "c1"]
    nothing = {"answer": None, "alternatives": [], "passages": ["p1", "p2"]}
    assert fitted(nothing, lambda part: "".join(part["passages"]), len, 3) == "p1"


@pytest.mark.parametrize("limit", [5, 20, 100, 1000])
@pytest.mark.parametrize("text", ["字" * 2000, "line\n" * 500, "a\n\n" + "字" * 900])
def test_a_reply_is_cut_at_last(text, limit):
    def size(text: str) -> int:
        return len(text.encode())

    short = cut(text, size, limit)
    assert size(short) <= limit
    assert short.endswith("…")
    assert text.startswith(short[:-1].rstrip())


# How they are sent.


def test_a_password_in_netrc_does_not_take_the_place_of_the_token(platform, tmp_path, monkeypatch):
    (tmp_path / "netrc").write_text("machine 127.0.0.1 login me password other\n")
    monkeypatch.setenv("NETRC", str(tmp_path / "netrc"))
    body = {"channel": "C1", "text": "t"}
    url = f"{platform.url}/slack/api/chat.postMessage"
    assert json_object(Outgoing().post(url, body, token=SLACK_TOKEN))["ok"] is True
    Outgoing().post(url, body)
    assert len(platform.delivered) == 1


def test_a_redirect_is_not_followed(platform):
    platform.status = 302
    with pytest.raises(PlatformError, match="302"):
        delivered(Outgoing().post(f"{platform.url}/slack/hooks/x", {"text": "t"}))


def test_a_platform_that_cannot_be_reached_is_told_without_its_address(caplog):
    with pytest.raises(PlatformError) as caught:
        Outgoing().get("http://127.0.0.1:9/cgi-bin/gettoken", {"corpsecret": "hidden"})
    assert "hidden" not in f"{caught.value.message}{caught.value.__cause__}{caplog.text}"


def test_more_than_a_few_refusals_are_not_waited_for(platform):
    platform.limited = 9
    assert Outgoing().post(f"{platform.url}/slack/api/chat.postMessage", {}).status == 429
    assert platform.limited == 6


def test_what_was_sent_is_not_sent_again_when_the_answer_breaks_off(platform):
    platform.status = 500
    Outgoing().post(f"{platform.url}/slack/hooks/y", {"text": "t"})
    assert platform.paths == ["/slack/hooks/y"]


def test_a_token_is_fetched_once_for_all_threads_and_again_when_it_expired():
    fetched, used = [], []

    def fetch() -> tuple[str, float]:
        fetched.append(len(fetched))
        return f"t{len(fetched)}", 7200.0

    def call(token: str) -> str:
        used.append(token)
        if token == "t1" and len(used) > 2:
            raise PlatformError("expired", "42001")
        return token

    token = AccessToken(fetch, ("42001",))
    assert [token.use(call) for _ in range(4)] == ["t1", "t1", "t2", "t2"]
    assert len(fetched) == 2
    with pytest.raises(PlatformError, match="no"):
        token.use(lambda _: (_ for _ in ()).throw(PlatformError("no", "48002")))


def test_a_token_that_holds_for_a_moment_is_used_for_half_of_it():
    token = AccessToken(lambda: (str(time.monotonic()), 0.0), ())
    assert token.use(str) != token.use(str)


# What is remembered and awaited.


CLAIM = """
import sys
from pathlib import Path
from api.bots.seen import Seen
seen = Seen(Path(sys.argv[1]))
input()
print(sum(seen.claim("slack", f"Ev{number}") for number in range(50)))
"""


def test_of_many_processes_one_gets_each_event(tmp_path):
    start = [sys.executable, "-c", CLAIM, str(tmp_path)]
    racing = [subprocess.Popen(start, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) for _ in range(4)]
    for each in racing:
        each.stdin.write("\n")
        each.stdin.flush()
    assert sum(int(each.communicate(timeout=60)[0]) for each in racing) == 50


def test_an_event_is_another_one_at_another_bot_and_can_be_given_back(tmp_path):
    seen = Seen(tmp_path)
    assert [seen.claim("slack", "1"), seen.claim("feishu", "1"), Seen(tmp_path).claim("slack", "1")] == [
        True,
        True,
        False,
    ]
    seen.release("slack", "1")
    assert seen.claim("slack", "1")


def test_events_are_forgotten_after_a_day(tmp_path):
    assert [Seen(tmp_path).claim("slack", event) for event in "12"] == [True, True]
    first = Seen(tmp_path)._file("slack", "1")
    os.utime(first, (time.time() - 86_401,) * 2)
    again = Seen(tmp_path)  # as a worker that starts, or goes on for an hour
    assert [again.claim("slack", event) for event in "12"] == [True, False]
    os.utime(first, (time.time() - 86_401,) * 2)
    assert not again.claim("slack", "1")


def test_a_record_that_cannot_be_written_stops_no_answer(tmp_path, caplog):
    (tmp_path / FOLDER).write_bytes(b"no folder")
    assert [Seen(tmp_path).claim("slack", "1") for _ in range(2)] == [True, True]
    assert "may be answered twice" in caplog.text
    Seen(tmp_path).release("slack", "1")


def test_the_queue_is_bounded():
    workers, gate = Workers("test", 1, 1), threading.Event()
    running = [workers.submit(gate.wait) for _ in range(2)]
    with pytest.raises(Full):
        workers.submit(gate.wait)
    gate.set()
    assert all(each.result(10) for each in running)
    assert workers.submit(lambda: 5).result(10) == 5


# Configured by half, and in the other ways.


@pytest.mark.parametrize(
    ("given", "named"),
    [
        ({"slack_bot_token": "xoxb-hidden"}, "slack_signing_secret"),
        ({"feishu_encrypt_key": "xoxb-hidden"}, "feishu_app_id"),
        ({"wecom_secret": "xoxb-hidden", "wecom_corp_id": "ww1"}, "wecom_token and wecom_encoding_aes_key"),
        ({"slack_collection": "No!"}, "slack_collection"),
        ({"wecom_corp_id": "w", "wecom_token": "t", "wecom_encoding_aes_key": "hidden"}, "wecom_encoding_aes_key"),
    ],
)
def test_a_bot_that_is_configured_by_half_stops_the_start(settings, pipeline, collections, given, named):
    with pytest.raises(ConfigError, match=named) as caught:
        create_app(Settings(data_dir=settings.data_dir, **given), pipeline, collections)
    assert "hidden" not in caught.value.message


@pytest.fixture
def passive(stock, tmp_path, pipeline, collections, platform):
    """A client of a service whose WeCom has no secret, and whose Feishu has no encrypt key."""
    shutil.copytree(stock, tmp_path, dirs_exist_ok=True)
    given = {
        name.removeprefix("CITESPAN_").lower(): value
        for name, value in (SECRETS | platform.settings()).items()
        if name not in ("CITESPAN_WECOM_SECRET", "CITESPAN_FEISHU_ENCRYPT_KEY")
    }
    app = create_app(Settings(data_dir=tmp_path, bot_threads=1, bot_queue=2, **given), pipeline, collections)
    yield app.test_client()
    for workers in (app.extensions["citespan-bots"]._workers, app.extensions["citespan-bots"]._busy):
        workers._pool.shutdown()  # what is still to be sent, before the platform closes


def post(client, request):
    return client.post(request.path, data=request.body, headers=request.headers)


def test_wecom_without_a_secret_is_answered_in_the_answer(passive, platform):
    wecom = WecomSender(platform)
    reply = WecomSender.reply(post(passive, wecom.question("100", "可灵收入？")).data)
    assert (reply["ToUserName"], reply["FromUserName"], reply["MsgType"]) == ("100", WECOM_CORP, "text")
    assert "目前可灵A" in reply["Content"]
    assert len(reply["Content"].encode()) <= 2048
    assert post(passive, wecom.question("100", "可灵收入？")).data == b""


def test_wecom_is_told_when_an_answer_takes_too_long(passive, platform, pipeline, monkeypatch):
    monkeypatch.setattr(api.bots.desk, "PATIENCE_S", 0.05)
    gate, ask = threading.Event(), pipeline.ask
    monkeypatch.setattr(pipeline, "ask", lambda *given: gate.wait(20) and ask(*given))
    wecom = WecomSender(platform)
    assert "请稍后再问" in WecomSender.reply(post(passive, wecom.question("101", "可灵收入？")).data)["Content"]
    waiting = ["1.7", "2.7"]
    for thread in waiting:
        post(passive, SlackSender(platform).question(thread, "可灵收入？"))
    assert "忙不过来" in WecomSender.reply(post(passive, wecom.question("102", "可灵收入？")).data)["Content"]
    gate.set()
    assert all(platform.replies(thread) for thread in waiting)


def test_a_bot_too_busy_to_say_so_lets_the_platform_send_again(settings, pipeline, collections, platform, monkeypatch):
    monkeypatch.setattr(api.bots.desk, "_BUSY_QUEUE", 0)
    given = {name.removeprefix("CITESPAN_").lower(): value for name, value in (SECRETS | platform.settings()).items()}
    narrow = Settings(data_dir=settings.data_dir, bot_threads=1, bot_queue=0, **given)
    client, slack = create_app(narrow, pipeline, collections).test_client(), SlackSender(platform)
    with platform.holding():
        told = [post(client, slack.question(f"{number}.9", "可灵收入？")) for number in range(3)]
        assert [each.status_code for each in told] == [200, 200, 503]
        assert (told[2].get_json()["code"], told[2].headers["Retry-After"]) == ("bot_busy", "5")
    assert "忙不过来" in platform.replies("1.9")[0].text
    platform.replies("0.9")
    again = lambda: post(client, slack.question("2.9", "可灵收入？")).status_code  # noqa: E731
    while again() == 503:  # the thread is free a moment after the platform has the reply
        pass
    assert len(platform.replies("2.9")) == 1


STRANGE = [
    "{0}.evil.example/x",
    "{0}@evil.example/x",
    "{0}:8443/x",
    "{0}",
    "//evil.example/",
    "https://evil.example/{0}/",
]


@pytest.mark.parametrize("address", [*STRANGE, "http://oapi.dingtalk.com/x", "http://hooks.slack.com/x"])
def test_no_reply_goes_to_a_stranger(settings, pipeline, collections, platform, address):
    given = {name.removeprefix("CITESPAN_").lower(): value for name, value in SECRETS.items() if "WECOM" not in name}
    given |= {"slack_bot_token": SLACK_TOKEN, "feishu_app_id": "cli_1", "feishu_app_secret": "s"}
    client = create_app(Settings(data_dir=settings.data_dir, **given), pipeline, collections).test_client()
    slack, dingtalk = SlackSender(platform), DingtalkSender(platform)
    command = f"command=/ask&text=x&response_url={quote(address.format('https://hooks.slack.com'))}".encode()
    answers = [post(client, slack.signed(command, time.time(), "application/x-www-form-urlencoded"))]
    message = dingtalk.message("1", "x", sessionWebhook=address.format("https://oapi.dingtalk.com"))
    answers.append(post(client, dingtalk.raw(json.dumps(message).encode())))
    assert [answer.get_json()["code"] for answer in answers] == ["request_invalid"] * 2


def test_dingtalk_without_an_address_is_answered_in_the_answer(passive, platform):
    ding = DingtalkSender(platform)
    body = json.dumps(ding.message("103", "可灵 @张三 收入？", sessionWebhook="")).encode()
    answer = post(passive, ding.raw(body)).get_json()
    assert answer["msgtype"] == "markdown"
    assert "目前可灵A" in answer["markdown"]["text"]
    assert post(passive, ding.raw(body)).get_json() == {}


def test_feishu_without_a_key_is_known_by_its_token(passive, platform):
    sender = FeishuSender(platform)
    event = sender.event("om_1", "可灵收入？")
    good = json.dumps(event).encode()
    assert passive.post("/bots/feishu", data=good).get_json() == {}
    assert "目前可灵A" in platform.replies("om_1")[0].text
    event["header"]["token"] = "another"
    assert passive.post("/bots/feishu", json=event).get_json()["code"] == "signature_invalid"
    old = sender.event("om_2", "可灵收入？", time.time() - 360)
    assert passive.post("/bots/feishu", json=old).get_json()["code"] == "request_stale"
    sealed = passive.post("/bots/feishu", data=FeishuSender.sealed(good))
    assert (sealed.status_code, sealed.get_json()["code"]) == (422, "request_invalid")
    challenge = {"type": "url_verification", "challenge": "c", "token": FEISHU_TOKEN}
    assert passive.post("/bots/feishu", json=challenge).get_json() == {"challenge": "c"}
    assert passive.post("/bots/feishu", json={**challenge, "token": "x"}).status_code == 401


def test_in_a_feishu_group_only_a_mention_is_answered(passive, platform):
    sender = FeishuSender(platform)
    for chat, mentions, said in (("group", [], False), ("p2p", None, True)):
        event = sender.event(f"om_{chat}", "可灵收入？", chat_type=chat, mentions=mentions)
        assert passive.post("/bots/feishu", json=event).get_json() == {}
        assert len(platform.replies(f"om_{chat}", said)) == said


ODD = [None, True, -1, 1e308, "", "x" * 5000, "a\0b", [], ["x"], {}, {"x": [[]]}, "@_user_1", "<@U1>", "\U0001f600"]


def variations(value):
    """``value`` with each part of it in turn taken out, or replaced by something odd."""
    if isinstance(value, dict):
        for name, inner in value.items():
            rest = {other: kept for other, kept in value.items() if other != name}
            yield rest
            yield from ({**rest, name: changed} for changed in (*ODD, *variations(inner)))


@pytest.mark.parametrize("kind", [SlackSender, FeishuSender, DingtalkSender])
def test_nothing_that_is_signed_is_too_odd(passive, platform, pipeline, kind):
    """Secrets leak, and platforms change what they send: an answer, or a refusal that says why."""
    sender = kind(platform)
    event = sender.message("200", "可灵") if kind is DingtalkSender else sender.event("200", "可灵")
    told = set()
    for body in [*ODD, *variations(event)]:
        response = post(passive, sender.raw(json.dumps(body).encode()))
        told.add(response.status_code)
        assert response.status_code == 200 or response.get_json()["code"] in (
            *("request_invalid", "signature_invalid", "request_stale", "text_invalid", "json_invalid", "bot_busy"),
        ), body
    assert told >= {200, 422}
    surrogate = post(passive, sender.raw(b'{"type": "\\ud800"}'))
    assert surrogate.get_json()["code"] == "text_invalid"


def test_wecom_messages_that_are_odd(passive, platform):
    wecom = WecomSender(platform)
    for text in (b"", b"<xml/>", b"<xml>", b"\xff", wecom.message("", "x"), wecom.message("300", "\u0001" * 3)):
        response = post(passive, wecom.signed(wecom.sealed(text), time.time()))
        assert response.status_code == 200 or response.get_json()["code"] == "xml_invalid"
    assert (
        WecomSender.reply(post(passive, wecom.question("302", "]")).data)["Content"]
        == "看不出这是一个问题，请用文字提问。"
    )


def test_who_is_not_told_is_told_why(passive, platform, pipeline):
    """Abstention, an empty question, a fault: each is said in the chat, in the language of the question."""
    wecom = WecomSender(platform)
    ask = lambda number, text: WecomSender.reply(post(passive, wecom.question(str(number), text)).data)["Content"]  # noqa: E731
    assert ask(110, f"{UNANSWERABLE}在哪里？").startswith("这些文档中没有答案。")
    assert ask(111, "？！") == "看不出这是一个问题，请用文字提问。"
    pipeline.failure = RuntimeError("secret of the house")
    failed = ask(112, "When was Kuaishou founded?")
    assert "a fault on my side" in failed
    assert "secret" not in failed


def test_a_bot_answers_from_the_collection_that_is_set_for_it(settings, pipeline, collections, platform):
    given = {"data_dir": settings.data_dir, "dingtalk_app_secret": SECRETS["CITESPAN_DINGTALK_APP_SECRET"]}
    client = create_app(Settings(dingtalk_collection="other", **given), pipeline, collections).test_client()
    ding = DingtalkSender(platform)

    def ask(event: str, client=client) -> str:
        body = json.dumps(ding.message(event, "可灵收入？", sessionWebhook="")).encode()
        return post(client, ding.raw(body)).get_json()["markdown"]["text"]

    assert "没能作答" in ask("120")  # there is no such collection, and the log says so
    other = create_app(Settings(collection="other", **given), pipeline, collections).test_client()
    assert "还没有可以用来回答的文档" in ask("121", other)
    assert other.put("/v1/documents/d", json={"text": "另一个文件夹。"}).status_code == 201
    assert "另一个文件" in ask("122")


def test_the_app_id_is_no_secret_and_the_rest_is():
    shown = repr(Settings(**{name.removeprefix("CITESPAN_").lower(): value for name, value in SECRETS.items()}))
    assert not any(f"'{value}'" in shown for value in SECRETS.values())
    assert FEISHU_APP[0] in repr(Settings(feishu_app_id=FEISHU_APP[0]))


# What the page says.

PAGE = (Path(__file__).parents[2] / "docs" / "bots.md").read_text(encoding="utf-8")


def test_the_page_names_variables_that_there_are_and_all_that_are_needed():
    named = set(re.findall(r"CITESPAN_[A-Z_]+", PAGE))
    known = {declared.env: declared for declared in options().values()}
    assert named <= known.keys()
    needed = {known_name for names in NEEDED.values() for known_name in names}
    assert needed <= {known[variable].name for variable in re.findall(r"export (CITESPAN_[A-Z_]+)=", PAGE)}


def test_the_manifest_for_slack_asks_for_what_the_bot_uses():
    (block,) = re.findall(r"```yaml\n(.*?)```", PAGE, re.DOTALL)
    manifest = yaml.safe_load(textwrap.dedent(block))
    addresses = [manifest["settings"]["event_subscriptions"]["request_url"]]
    addresses += [command["url"] for command in manifest["features"]["slash_commands"]]
    assert {urlsplit(address).path for address in addresses} == {"/bots/slack"}
    assert manifest["settings"]["event_subscriptions"]["bot_events"] == ["app_mention", "message.im"]
    assert manifest["oauth_config"]["scopes"]["bot"] == ["app_mentions:read", "chat:write", "commands", "im:history"]
