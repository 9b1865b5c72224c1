"""A number after the captures: of a connection, or of an exchange."""

from __future__ import annotations

import click

from .paths import exists


def parted(captures: tuple[str, ...]) -> tuple[tuple[str, ...], int | None]:
    """Part the captures from the number after them, if there is one.

    A number may be spelled with the sign that views put before that of an exchange:
    ``#422``. A file of this name is a capture.

    Args:
        captures: The arguments, of which the last may be a number.

    Raises:
        click.UsageError: There is another number before that.
    """
    *names, last = captures
    if not names or not _is_number(last):
        return captures, None
    if len(names) > 1 and _is_number(names[-1]):
        raise click.UsageError(f"one number at a time: {names[-1]} or {last}")
    return tuple(names), int(last.removeprefix("#"))


def of_exchange(captures: tuple[str, ...]) -> bool:
    """Whether the number after the captures is spelled as that of an exchange."""
    return len(captures) > 1 and _is_number(captures[-1]) and captures[-1][0] == "#"


def _is_number(word: str) -> bool:
    number = word.removeprefix("#")
    return number.isascii() and number.isdecimal() and not exists(word)
