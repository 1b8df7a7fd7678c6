"""What can be set: defaults < ``citespan.toml`` < ``CITESPAN_*`` environment variables.

One frozen :class:`Settings` is built at start and passed down. A key that is not declared here, or a value
that does not fit, stops the start with a :class:`ConfigError` that names both.
"""

from __future__ import annotations

import os
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, fields
from functools import cache
from pathlib import Path
from typing import Any, get_type_hints

from api.options import PREFIX, Option, from_text, from_toml, item_type, option, plain_type, shown
from indexer.errors import ConfigError

FILE_VARIABLE = PREFIX + "CONFIG"
DEFAULT_FILE = "citespan.toml"
MEGABYTE = 1_000_000


@dataclass(frozen=True, slots=True, repr=False)
class Settings:
    """Every option of the service. Sizes are in bytes, times in seconds."""

    data_dir: Path = option(Path("data"), "Folder of the collections.", env=PREFIX + "DATA")  # noqa: RUF009
    collection: str = option("default", "Collection used by requests and commands that name none.")
    encoder: str = option("embedded", "Encoder slot: `embedded`, or the name or path of a sentence-transformers model.")
    reader: str = option(
        "embedded", "Reader slot: `embedded`, or the name or path of a question-answering model (SQuAD style)."
    )
    min_confidence: float | None = option(
        None,
        "Least confidence of an answer; without it the model's own threshold decides.",
        minimum=0,
        maximum=1,
    )
    glossary: tuple[Path, ...] = option((), "Glossary files (TOML): names that mean the same thing.")

    host: str = option("127.0.0.1", "Address to listen at. `0.0.0.0` opens the service to the network.")
    port: int = option(8000, "TCP port to listen at.", minimum=1, maximum=65535)
    workers: int = option(2, "Worker processes.", minimum=1, maximum=256)
    threads: int = option(
        4, "Threads of a worker, which is how many requests it serves at a time.", minimum=1, maximum=256
    )
    graceful_timeout: int = option(30, "Seconds that running requests are given at shutdown.", minimum=1, maximum=3600)
    shutdown_delay: float = option(
        0.0,
        "Seconds between SIGTERM, from which `/readyz` says no, and the stop: until a load balancer has seen it.",
        minimum=0,
        maximum=600,
    )
    answer_cache: int = option(
        1000,
        "Answers that each worker keeps for questions that come again (16 MB at most); 0 keeps none.",
        minimum=0,
        maximum=100_000,
    )
    access_log: bool = option(False, "Write a line to standard output for each request.")
    log_format: str = option(
        "text",
        "How log lines are written: `text` for people, `json` (one object a line) for machines.",
        choices=("text", "json"),
    )
    public_url: str | None = option(
        None, "Address at which people reach the web page, for links in replies; without it the host that was asked."
    )

    api_keys: str | None = option(
        None, "Keys by their value, beside those of `citespan keys create`: see security.md.", secret=True
    )
    allow_anonymous: bool = option(
        False, "While there is no key, serve everybody who can reach the address: for a gateway that asks instead."
    )
    metrics_open: bool = option(False, "Serve `/metrics` without a key.")
    allowed_hosts: tuple[str, ...] = option(
        (), "Names that requests may call the service by (header `Host`), besides this machine's own."
    )
    cors_origins: tuple[str, ...] = option(
        (), "Origins, such as `https://wiki.example.org`, whose pages may call the API from a browser."
    )
    trusted_proxies: int = option(
        0, "Proxies in front whose `X-Forwarded-For` and `X-Forwarded-Proto` are believed.", minimum=0, maximum=10
    )
    rate_limit: str | None = option(
        None, "Requests of a key, or without keys of an address, such as `600/minute`; none without it."
    )
    max_uploads: int = option(
        8, "Uploads and stored documents under way at a time, over all workers.", minimum=1, maximum=1024
    )
    receive_timeout: int = option(
        20, "Seconds in which a request must arrive, and one more for each 1000 bytes of it.", minimum=1, maximum=3600
    )
    audit_log: str = option(
        "audit.jsonl", "Where changes are noted: a file (relative: in the data folder), `-` (standard output) or `off`."
    )
    audit_max_bytes: int = option(
        10 * MEGABYTE, "Size at which the file of the audit log is set aside; five older ones are kept.", minimum=10_000
    )

    bot_threads: int = option(2, "Questions that a worker answers at a time for bots.", minimum=1, maximum=64)
    bot_queue: int = option(
        32,
        "Further questions that wait in a worker; beyond them a bot says that it is busy.",
        minimum=0,
        maximum=10_000,
    )
    slack_signing_secret: str | None = option(None, "Slack: signing secret of the app.", secret=True)
    slack_bot_token: str | None = option(None, "Slack: bot token of the app (`xoxb-…`).", secret=True)
    slack_collection: str | None = option(None, "Slack: collection to answer from; the default one without it.")
    slack_url: str = option("https://slack.com/api", "Slack: where its Web API is.")
    slack_hooks_url: str = option("https://hooks.slack.com", "Slack: where replies to slash commands may go.")
    feishu_app_id: str | None = option(None, "Feishu: id of the app (`cli_…`).")
    feishu_app_secret: str | None = option(None, "Feishu: secret of the app.", secret=True)
    feishu_verification_token: str | None = option(None, "Feishu: verification token of the app's events.", secret=True)
    feishu_encrypt_key: str | None = option(
        None, "Feishu: encrypt key of the app's events; with it they must be encrypted and signed.", secret=True
    )
    feishu_collection: str | None = option(None, "Feishu: collection to answer from; the default one without it.")
    feishu_url: str = option(
        "https://open.feishu.cn", "Feishu: its open platform; Lark's is https://open.larksuite.com."
    )
    dingtalk_app_secret: str | None = option(None, "DingTalk: client secret (app secret) of the app.", secret=True)
    dingtalk_collection: str | None = option(None, "DingTalk: collection to answer from; the default one without it.")
    dingtalk_url: str = option("https://oapi.dingtalk.com", "DingTalk: where replies may go.")
    wecom_corp_id: str | None = option(None, "WeCom: id of the company.")
    wecom_token: str | None = option(None, "WeCom: token of the app's callback.", secret=True)
    wecom_encoding_aes_key: str | None = option(None, "WeCom: EncodingAESKey of the app's callback.", secret=True)
    wecom_secret: str | None = option(
        None, "WeCom: secret of the app; with it replies are messages of the app and may take their time.", secret=True
    )
    wecom_collection: str | None = option(None, "WeCom: collection to answer from; the default one without it.")
    wecom_url: str = option("https://qyapi.weixin.qq.com", "WeCom: where its API is.")

    max_question_chars: int = option(
        2000, "Longest question, in characters; can be lowered, not raised.", minimum=1, maximum=2000
    )
    k_max: int = option(100, "Most passages that a request may ask for.", minimum=1, maximum=100)
    max_body_bytes: int = option(1_048_576, "Largest JSON body, documents apart.", minimum=1024)
    max_upload_bytes: int = option(50 * MEGABYTE, "Largest document, and largest upload as a whole.", minimum=1024)
    writer_timeout: float = option(
        10.0, "Seconds that a change waits for another writer before it is refused.", minimum=0, maximum=600
    )

    def __repr__(self) -> str:
        """Every setting, secrets masked: this is what the log shows at the start."""
        values = (f"{name}={shown(declared, getattr(self, name))}" for name, declared in options().items())
        return f"Settings({', '.join(values)})"

    @classmethod
    def load(cls, file: Path | None = None, environ: Mapping[str, str] | None = None, **overrides: Any) -> Settings:
        """The settings from ``file`` and ``environ`` (``os.environ``); ``overrides`` that are not None win.

        Without ``file``: the one that ``CITESPAN_CONFIG`` names, else ``citespan.toml`` if there is one.
        """
        environ = os.environ if environ is None else environ
        values: dict[str, Any] = {}
        if file is None and environ.get(FILE_VARIABLE):
            file = Path(environ[FILE_VARIABLE])
        if file is not None or Path(DEFAULT_FILE).is_file():
            values |= _file_values(file or Path(DEFAULT_FILE))
        values |= _environment_values(environ)
        values |= {name: value for name, value in overrides.items() if value is not None}
        return cls(**values)


@cache
def options() -> dict[str, Option]:
    """Every declared setting by name, in the order of declaration."""
    hints = get_type_hints(Settings)
    found = {}
    for declared in fields(Settings):
        doc = dict(declared.metadata)
        env = doc.pop("env") or PREFIX + declared.name.upper()
        hint = hints[declared.name]
        found[declared.name] = Option(
            declared.name, plain_type(hint), declared.default, env=env, item=item_type(hint), **doc
        )
    return found


def _file_values(file: Path) -> dict[str, Any]:
    try:
        table = tomllib.loads(file.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:  # TOMLDecodeError and UnicodeDecodeError are ValueErrors
        raise ConfigError(f"{file}: {error}") from error
    unknown = sorted(table.keys() - options().keys())
    if unknown:
        raise ConfigError(
            # Not its value: it may be a secret whose name was mistyped.
            f"{file}: unknown setting {unknown[0]}; known: {', '.join(options())}"
        )
    try:
        return {name: from_toml(options()[name], value, file.parent) for name, value in table.items()}
    except ConfigError as error:
        raise ConfigError(f"{file}: {error.message}") from None


def _environment_values(environ: Mapping[str, str]) -> dict[str, Any]:
    by_variable = {declared.env: declared for declared in options().values()}
    values = {}
    for variable, text in environ.items():
        if not variable.startswith(PREFIX) or variable == FILE_VARIABLE:
            continue
        if variable not in by_variable:
            raise ConfigError(f"unknown setting {variable}; known: {', '.join(sorted(by_variable))}")
        values[by_variable[variable].name] = from_text(by_variable[variable], text)
    return values
