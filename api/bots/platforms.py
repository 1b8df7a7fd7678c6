"""Which bots are configured. A bot's code, and what it imports, is loaded only if it is."""

from __future__ import annotations

from collections.abc import Mapping

from api.bots.message import Bot
from api.fields import is_collection_name
from api.settings import Settings
from indexer.errors import ConfigError

NEEDED: Mapping[str, tuple[str, ...]] = {
    "slack": ("slack_signing_secret", "slack_bot_token"),
    "feishu": ("feishu_app_id", "feishu_app_secret", "feishu_verification_token"),
    "dingtalk": ("dingtalk_app_secret",),
    "wecom": ("wecom_corp_id", "wecom_token", "wecom_encoding_aes_key"),
}
"""The settings without which a bot cannot work, by its name. With none of them it is simply not there."""
_OPTIONAL = {"feishu": ("feishu_encrypt_key",), "wecom": ("wecom_secret",)}


def open_bots(settings: Settings) -> dict[str, Bot]:
    """The bots that are configured, by name. Raises ConfigError for one that is configured by half."""
    return {name: _open(name, settings) for name in NEEDED if _is_wanted(name, settings)}


def _is_wanted(name: str, settings: Settings) -> bool:
    given = [field for field in (*NEEDED[name], *_OPTIONAL.get(name, ())) if getattr(settings, field)]
    missing = [field for field in NEEDED[name] if field not in given]
    if given and missing:
        raise ConfigError(f"{given[0]} is set, but the {name} bot also needs {' and '.join(missing)}")
    collection = getattr(settings, f"{name}_collection")
    if collection is not None and not is_collection_name(collection):
        raise ConfigError(f"{name}_collection={collection!r}: not a collection name")
    return not missing


def _open(name: str, settings: Settings) -> Bot:
    from api.bots.outgoing import Outgoing

    outgoing = Outgoing()
    if name == "slack":
        from api.bots.slack import Slack

        return Slack(settings, outgoing)
    if name == "feishu":
        from api.bots.feishu import Feishu

        return Feishu(settings, outgoing)
    if name == "dingtalk":
        from api.bots.dingtalk import Dingtalk

        return Dingtalk(settings, outgoing)
    from api.bots.wecom import Wecom

    return Wecom(settings, outgoing)
