"""Replies as JSON to stdout; what happened, a line at a time, to stderr."""

from __future__ import annotations

import os
import sys
from contextlib import suppress

import click

from protocol import escape_controls, escape_controls_in_lines

PROGRAM = "protocol-call"


def write(text: bytes) -> None:
    """Write JSON; a terminal obeys nothing that is in it, and its value stays."""
    if sys.stdout.isatty():
        text = escape_controls_in_lines(text)
    sys.stdout.buffer.write(text + b"\n")
    sys.stdout.buffer.flush()  # a stream is read as it arrives


def say(sentence: str) -> None:
    """Write one line to stderr; it may quote the peer, or what was typed."""
    words = escape_controls(" ".join(sentence.split()))
    click.echo(f"{PROGRAM}: {words}", err=True)


def abandon() -> None:
    """Keep Python from flushing, at exit, what cannot be written."""
    with suppress(OSError):  # stdout may not be a file
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
