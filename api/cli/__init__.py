"""``citespan``: the command line."""

from __future__ import annotations

import sys

import click

from api.cli.ask import ask_command, search_command
from api.cli.backup import backup_command, recode_command, restore_command
from api.cli.calibrate import calibrate_command
from api.cli.eval import eval_command
from api.cli.feedback import feedback_command
from api.cli.index import index_command, remove_command
from api.cli.keys import keys_command
from api.cli.status import collections_command, serve_command, status_command
from api.cli.store import compact_command, doctor_command
from api.cli.terminal import say
from indexer.errors import CitespanError


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="citespan")
def cli() -> None:
    """Answers questions over your own documents, in Chinese and English, by quoting them."""


for _command in (
    index_command,
    ask_command,
    search_command,
    serve_command,
    remove_command,
    status_command,
    collections_command,
    eval_command,
    feedback_command,
    calibrate_command,
    doctor_command,
    compact_command,
    backup_command,
    restore_command,
    recode_command,
    keys_command,
):
    cli.add_command(_command)


def main() -> None:
    """Exit codes: 0 all well, 1 an error that the message explains, 2 a command line that does not fit."""
    try:
        cli()
    except CitespanError as error:
        say(f"citespan: {error.message} [{error.error_code}]", err=True)
        sys.exit(1)
