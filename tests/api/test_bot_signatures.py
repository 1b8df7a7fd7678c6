"""The platforms' own examples, and their SDKs, against our verifiers; and what no platform sends."""

from __future__ import annotations

import base64
import json
import time

import pytest
from bot_senders import DINGTALK_SECRET, FEISHU_KEY, SLACK_SECRET, WECOM_KEY, WECOM_TOKEN, FeishuSender, WecomSender
from fake_platform import SLACK_TOKEN, WECOM_CORP
from slack_sdk import WebClient
from slack_sdk.signature import SignatureVerifier

from api.bots import aes, dingtalk, feishu, flat_xml, slack, wecom
from api.bots.authentic import check_fresh
from api.bots.message import Sent
from api.bots.outgoing import Outgoing
from api.errors import RequestError
from api.settings import Settings
from indexer.errors import ConfigError

# docs.slack.dev, "Verifying requests from Slack".
SLACK_BODY = (
    b"token=xyzz0WbapA4vBCDEFasx0q6G&team_id=T1DC2JH3J&team_domain=testteamnow&channel_id=G8PSS9T3V"
    b"&channel_name=foobar&user_id=U2CERLKJA&user_name=roadrunner&command=%2Fwebhook-collect&text="
    b"&response_url=https%3A%2F%2Fhooks.slack.com%2Fcommands%2FT1DC2JH3J%2F397700885554%2F96rGlfmibIGlgcZRskXaIFfN"
    b"&trigger_id=398738663015.47445629121.803a0bc887a14d10d2c447fce8b6703c"
)
SLACK_SIGNATURE = "v0=a2114d57b48eac39b9ad189dd8316235a7b4a8d21a10bd27519666489c69b503"

# The sample of WeCom's libraries (WXBizMsgCrypt): an address check and a message.
ECHO = "P9nAzCzyDtyTWESHep1vC5X9xho/qYX3Zpb4yKa9SKld1DsH3Iyt3tP3zNdtp+4RPcs8TgAE7OaBO+FZXvnaqQ=="
ENCRYPTED = (
    "RypEvHKD8QQKFhvQ6QleEB4J58tiPdvo+rtK1I9qca6aM/wvqnLSV5zEPeusUiX5L5X/0lWfrf0QADHHhGd3QczcdCUpj911L3vg3W/sYYvuJTs3"
    "TUUkSUXxaccAS0qhxchrRYt66wiSpGLYL42aM6A8dTT+6k4aSknmPj48kzJs8qLjvd4Xgpue06DOdnLxAUHzM6+kDZ+HMZfJYuR+LtwGc2hgf5gs"
    "ijff0ekUNXZiqATP7PF5mZxZ3Izoun1s4zG4LUMnvw2r+KqCKIw+3IQH03v+BCA9nMELNqbSf6tiWSrXJB3LAVGUcallcrw8V2t9EL4EhzJWrQUa"
    "x5wLVMNS0+rUPA3k22Ncx4XXZS9o0MBH27Bo6BpNelZpS+/uh9KsNlY6bHCmJU9p8g7m3fVKn28H3KDYA5Pl/T8Z1ptDAVe0lXdQ2YoyyH2uyPIG"
    "HBZZIs2pDBS8R07+qN+E7Q=="
)


def test_slacks_example_has_the_signature_that_slack_gives():
    assert slack.signature(SLACK_SECRET, "1531420618", SLACK_BODY) == SLACK_SIGNATURE


@pytest.mark.parametrize("body", [b"", SLACK_BODY, '{"text":"可灵"}'.encode(), b"\xff\x00"[1:]])
def test_slacks_own_verifier_takes_our_signature(body):
    stamp = str(int(time.time()))
    assert SignatureVerifier(SLACK_SECRET).is_valid(body, stamp, slack.signature(SLACK_SECRET, stamp, body))


def test_feishus_example_is_decrypted():
    assert feishu.unseal("test key", "P37w+VZImNgPEO1RBhJ6RtKl7n6zymIbEG1pReEzghk=") == b"hello world"


@pytest.mark.parametrize(
    "sealed", ["", "AAAA", "not base64!", "P37w+VZImNgPEO1RBhJ6RtKl7n6zymIbEG1pReEzgh==", "A" * 64]
)
def test_what_feishu_did_not_encrypt_is_refused(sealed):
    with pytest.raises(ValueError):
        feishu.unseal("test key", sealed)


def test_feishus_signature_is_of_time_nonce_key_and_body():
    sealed = FeishuSender.sealed(b"{}")
    request = FeishuSender(None).signed(sealed, 1700000000)
    nonce = request.headers["X-Lark-Request-Nonce"]
    assert feishu.signature(FEISHU_KEY, "1700000000", nonce, sealed) == request.headers["X-Lark-Signature"]


@pytest.mark.parametrize("spoilt", [0, 16, -1])
def test_what_is_wrong_with_sealed_text_is_told_to_nobody(spoilt):
    """The first block is what the text begins with, the last bytes are its padding."""
    settings = Settings(
        feishu_app_id="cli_a", feishu_app_secret="s", feishu_verification_token="t", feishu_encrypt_key=FEISHU_KEY
    )
    sealed = json.loads(FeishuSender.sealed(b'{"type": "url_verification", "challenge": "c"}'))
    text = bytearray(base64.b64decode(sealed["encrypt"]))
    text[spoilt] ^= 0x55
    body = json.dumps({"encrypt": base64.b64encode(text).decode()}).encode()
    with pytest.raises(RequestError) as refused:
        feishu.Feishu(settings, Outgoing()).receive(Sent({}, {}, body, "application/json", time.time()))
    assert refused.value.error_code == "signature_invalid"


def test_dingtalks_signature_is_that_of_another_tool():
    """By ``openssl dgst -sha256 -hmac`` over the time of DingTalk's example and the secret of its code samples."""
    assert dingtalk.signature(DINGTALK_SECRET, "1577262236757") == "hmPWwU+7lVdm3ZZz0r9tSfx0L4Q26jWOZr9+Gs6EZQM="


def test_wecoms_examples_are_verified_and_decrypted():
    cipher = wecom.Cipher(WECOM_KEY, WECOM_CORP)
    assert wecom.signature(WECOM_TOKEN, "1409659589", "263014780", ECHO) == "5c45ff5e21c57e6ad56bac8758b79b1d9ac89fd3"
    assert cipher.open(ECHO) == b"1616140317555161061"
    signed = wecom.signature(WECOM_TOKEN, "1409659813", "1372623149", ENCRYPTED)
    assert signed == "477715d11cdb4164915debcba66cb864d751f3e6"
    fields = flat_xml.parse(cipher.open(ENCRYPTED))
    assert (fields["Content"], fields["MsgId"], fields["FromUserName"]) == ("hello", "4561255354251345929", "mycreate")


def test_what_we_seal_for_wecom_is_opened_by_others():
    for length in (0, 1, 11, 12, 13, 31, 32, 33, 2048):
        text = b"x" * length
        assert WecomSender.opened(wecom.Cipher(WECOM_KEY, WECOM_CORP).seal(text)) == text


def test_what_wecom_sealed_for_others_is_refused():
    cipher = wecom.Cipher(WECOM_KEY, WECOM_CORP)
    for sealed in (WecomSender.sealed(b"<xml/>", "ww-other"), "", "A" * 44, ECHO[4:], "***"):
        with pytest.raises(ValueError):
            cipher.open(sealed)


@pytest.mark.parametrize("key", ["", "short", "!" * 43, "é" * 43, WECOM_KEY + "A"])
def test_a_key_that_is_none_stops_the_start_and_is_not_shown(key):
    with pytest.raises(ConfigError, match="wecom_encoding_aes_key") as caught:
        wecom.Cipher(key, WECOM_CORP)
    assert not key or key not in caught.value.message


@pytest.mark.parametrize("length", [0, 1, 15, 16, 17, 32])
@pytest.mark.parametrize("padded_to", [16, 32])
def test_padding_there_and_back(length, padded_to):
    key, iv, text = b"k" * 32, b"i" * 16, b"t" * length
    assert aes.decrypt(key, iv, aes.encrypt(key, iv, text, padded_to=padded_to), padded_to=padded_to) == text


@pytest.mark.parametrize("stamp", ["", "abc", "-5", "1e9", "１２３", "9" * 16, " 1", "1\n"])
def test_what_is_no_time_is_no_signature(stamp):
    with pytest.raises(RequestError) as caught:
        check_fresh(stamp, 1.0)
    assert caught.value.error_code == "signature_invalid"


def test_the_window_is_five_minutes_both_ways():
    for sent_at in ("700", "1300"):
        check_fresh(sent_at, 1000.0)
    for sent_at in ("699", "1301"):
        with pytest.raises(RequestError) as caught:
            check_fresh(sent_at, 1000.0)
        assert caught.value.error_code == "request_stale"


@pytest.mark.parametrize(
    "document",
    [
        b"",
        b"<xml>",
        b"<xml></yml>",
        b"\x00",
        b"<xml>\xff</xml>",
        b'<!DOCTYPE xml SYSTEM "file:///etc/passwd"><xml/>',
        b'<!DOCTYPE xml [<!ENTITY a SYSTEM "file:///etc/passwd">]><xml><a>&a;</a></xml>',
        b"<xml>&undeclared;</xml>",
        b'<?xml-stylesheet href="a.xsl"?><xml/>',
        '<?xml version="1.0" encoding="utf-16"?><xml/>'.encode("utf-16"),
        b"<xml/><xml/>",
    ],
)
def test_xml_that_is_not_flat_and_plain_is_refused(document):
    with pytest.raises(ValueError):
        flat_xml.parse(document)


def test_flat_xml_gives_the_text_of_its_children_and_of_nothing_below():
    document = b"<?xml version='1.0'?><xml><A><![CDATA[<b> & c]]></A><B>x<C>deep</C>y</B>" + b"<d>" * 5000
    document += b"</d>" * 5000 + b"</xml>"
    assert flat_xml.parse(document) == {"A": "<b> & c", "B": "xy", "d": ""}


@pytest.mark.parametrize("text", ["", "a]]>b", "]]>]]>", "<x>&amp;", "可灵"])
def test_cdata_brings_any_text_through(text):
    assert flat_xml.parse(f"<xml><A>{flat_xml.cdata(text)}</A></xml>".encode()) == {"A": text}


def test_the_fake_platform_takes_what_slacks_own_client_sends(platform):
    client = WebClient(SLACK_TOKEN, base_url=f"{platform.url}/slack/api/")
    assert client.chat_postMessage(channel="C1", text="hello", thread_ts="1.5")["ok"] is True
    assert platform.replies("1.5")[0].text == "hello"
