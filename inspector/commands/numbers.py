"""A number after the captures: of a connection, or of an exchange."""

from __future__ import annotations

from .paths import exists


def parted(captures: tuple[str, ...]) -> tuple[tuple[str, ...], int | None]:
    """Part the captures from the number after them, if there is one.

    A number may be spelled with the sign that views put before that of an exchange:
    ``#422``. A file of this name is a capture.

    Args:
        captures: The arguments, of which the last may be a number.
    """
    *names, last = captures
    number = last.removeprefix("#")
    if not (names and number.isascii() and number.isdecimal()) or exists(last):
        return captures, None
    return tuple(names), int(number)
