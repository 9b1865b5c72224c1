"""Replies as JSON to stdout; what happened, a line at a time, to stderr."""

from __future__ import annotations

import os
import shutil
import sys
import unicodedata
from contextlib import suppress

import click
import msgspec

from protocol import escape_controls, escape_controls_in_lines

PROGRAM = "protocol-call"
STRONG, MUTED, NOTE, ERROR = "1", "2", "34", "1;31"
"""Styles of what stands out, is usual, is new, is wrong (ECMA-48, SGR)."""
_COLOURLESS = {"1", "2"}  # bold and dim are no colours


def write(text: bytes) -> None:
    """Write JSON, on a terminal in lines of its width.

    A terminal obeys nothing that is in it, and its value stays.
    """
    if sys.stdout.isatty():
        columns, _ = shutil.get_terminal_size()
        text = escape_controls_in_lines(laid_out(text, columns))
    sys.stdout.buffer.write(text + b"\n")
    sys.stdout.buffer.flush()  # a stream is read as it arrives


def write_lines(lines: bytes) -> None:
    """Write lines of JSON, of which a terminal obeys nothing, at once."""
    if sys.stdout.isatty():
        lines = escape_controls_in_lines(lines)
    sys.stdout.buffer.write(lines)
    sys.stdout.buffer.flush()


def laid_out(text: bytes, columns: int) -> bytes:
    """Return JSON text in indented lines, if it is too long for one.

    Args:
        text: JSON text.
        columns: How long one may be, in characters.
    """
    if len(text) <= columns or len(text.decode("utf-8", "replace")) <= columns:
        return text
    try:
        return msgspec.json.format(text, indent=2)
    except (msgspec.MsgspecError, RecursionError):  # what only JavaScript reads
        return text


def cut(text: str, columns: int) -> str:
    """Return a text that is no wider than a screen, with an ellipsis if it is cut.

    Source: UAX #11: wide and fullwidth characters take two columns.
    """
    if sum(map(_cells, text)) <= columns:
        return text
    width, place = 1, 0  # that of the ellipsis
    while (width := width + _cells(text[place])) <= columns:
        place += 1
    return f"{text[:place]}…"


def _cells(character: str) -> int:
    if unicodedata.combining(character):
        return 0
    return 1 + (unicodedata.east_asian_width(character) in {"W", "F"})


def draws_in_place() -> bool:
    """Whether stdout is a terminal that moves its cursor."""
    return sys.stdout.isatty() and os.environ.get("TERM", "dumb") != "dumb"


def draw(text: str) -> None:
    """Write to a terminal what it is to obey."""
    sys.stdout.buffer.write(text.encode("utf-8", "replace"))
    sys.stdout.buffer.flush()


def styled(text: str, style: str) -> str:
    """Return a text in a style, without a colour if the user wants none.

    Args:
        text: What nothing needs to be escaped in.
        style: Parameters of SGR (ECMA-48), ``1;31``.

    Source: no-color.org.
    """
    if os.environ.get("NO_COLOR"):
        parts = (each for each in style.split(";") if each in _COLOURLESS)
        style = ";".join(parts)
    return f"\x1b[{style}m{text}\x1b[0m" if style else text


def remark(text: str, style: str = "") -> None:
    """Write one line for a person at a terminal to stderr."""
    click.echo(styled(escape_controls(text), style), err=True)


def say(sentence: str) -> None:
    """Write one line to stderr; it may quote the peer, or what was typed."""
    words = escape_controls(" ".join(sentence.split()))
    click.echo(f"{PROGRAM}: {words}", err=True)


def abandon() -> None:
    """Keep Python from flushing, at exit, what cannot be written."""
    with suppress(OSError):  # stdout may not be a file
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
