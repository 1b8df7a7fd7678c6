"""What every command shares: settings, the models (opened when needed), and how results are printed."""

from __future__ import annotations

import functools
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

import click
import orjson

from api.cli.terminal import say
from api.settings import Settings
from indexer.collections import Collections
from indexer.encoder import Encoder, load_encoder
from qa.assemble import assemble
from qa.pipeline import Pipeline

Command = TypeVar("Command", bound=Callable[..., Any])


@dataclass
class CliContext:
    """``collection`` and ``as_json`` are filled in by ``common_options``."""

    settings: Settings
    collection: str
    as_json: bool = False

    @functools.cached_property
    def encoder(self) -> Encoder:
        return load_encoder(self.settings.encoder)

    def collections(self) -> Collections:
        return Collections(self.settings.data_dir, self.encoder)

    def pipeline(self) -> Pipeline:
        return assemble(
            self.encoder,
            reader=self.settings.reader,
            glossaries=self.settings.glossary,
            min_confidence=self.settings.min_confidence,
        )

    def show(self, result: object, lines: Callable[[], list[str]]) -> None:
        """``result`` as JSON where that was asked for, else ``lines()`` for a person."""
        if self.as_json:
            click.echo(orjson.dumps(result, option=orjson.OPT_INDENT_2).decode())
        else:
            for line in lines():
                say(line)


def common_options(command: Command) -> Command:
    """Adds --collection, --json and --data; the command gets a ``CliContext`` as its first argument."""

    @click.option("--collection", "-c", metavar="NAME", help="Collection to use (default: the setting `collection`).")
    @click.option("--json", "as_json", is_flag=True, help="Print JSON.")
    @click.option("--data", metavar="FOLDER", type=click.Path(path_type=Path), help="Data folder (CITESPAN_DATA).")
    @functools.wraps(command)
    def wrapped(collection: str | None, as_json: bool, data: Path | None, **arguments: Any) -> Any:
        settings = Settings.load(data_dir=data)
        return command(CliContext(settings, collection or settings.collection, as_json), **arguments)

    return wrapped  # type: ignore[return-value]
