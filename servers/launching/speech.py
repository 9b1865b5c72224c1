"""What the command is called, how it ends, and its words on stderr."""

from __future__ import annotations

import click

from protocol import escape_controls

PROGRAM = "protocol-serve"
LIFE_FD = "--life-fd"
"""The hidden option that tells the service the end of the pipe that it has."""
FAILED, USAGE, CANNOT_LISTEN = 1, 2, 3
INTERRUPTED = 130  # as a shell reports SIGINT


def say(sentence: str) -> None:
    """Write one line to stderr; it may quote what was typed."""
    words = escape_controls(" ".join(sentence.split()))
    click.echo(f"{PROGRAM}: {words}", err=True)
