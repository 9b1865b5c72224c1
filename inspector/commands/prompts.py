"""Questions at a terminal, for an argument that was left out.

Nobody is asked in a pipe: stdin, stdout and stderr are all terminals, or the argument
is missing as ever. Ctrl-C and Ctrl-D end the program as an interruption.
"""

from __future__ import annotations

import shlex
import sys
from contextlib import suppress
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from .paths import exists

if TYPE_CHECKING:
    from collections.abc import Callable

T = TypeVar("T")

_SUFFIXES = (".pcap", ".pcapng", ".pcap.gz", ".pcapng.gz", ".pcap.zst", ".pcapng.zst")


class AskedArgument(click.Argument):
    """An argument that is asked for where it is missing and somebody can answer.

    Args:
        declarations: The name of the argument.
        ask: Returns what the command line would have had.
        attributes: As click has them.
    """

    def __init__(
        self,
        declarations: list[str],
        *,
        ask: Callable[[], object],
        **attributes: Any,  # noqa: ANN401 — click's
    ) -> None:
        super().__init__(declarations, **attributes)
        self._ask = ask

    def process_value(self, ctx: click.Context, value: object) -> Any:  # noqa: ANN401
        """Return the value, asking for it if need be."""
        if self.value_is_missing(value) and not ctx.resilient_parsing and can_ask():
            value = self._ask()
        return super().process_value(ctx, value)


# decision 165: Only a terminal is asked, and only for what cannot be left out
def can_ask() -> bool:
    """Whether a person sees questions, and can answer them."""
    streams = (sys.stdin, sys.stdout, sys.stderr)
    return all(stream is not None and stream.isatty() for stream in streams)


def ask(
    words: str, read: Callable[[str], T], *, usual: str | None = None, hint: str = ""
) -> T:
    """Ask until the answer can be read.

    Args:
        words: What is asked for.
        read: Reads an answer; what it raises a :class:`click.UsageError` for is asked
            again.
        usual: The answer that an empty line stands for, which is shown.
        hint: What an answer looks like.

    Raises:
        click.Abort: Nobody answers.
    """
    with suppress(ImportError):  # not on Windows
        # Edited as in a shell, with names of files completed by Tab.
        import_module("readline").parse_and_bind("tab: complete")
    text = f"{words} ({hint})" if hint else words
    try:
        return click.prompt(text, default=usual, value_proc=read, err=True)
    except click.Abort:
        click.echo(err=True)  # the line of the question ends
        raise


def ask_captures() -> tuple[str, ...]:
    """Ask for captures; the newest one here is offered."""
    return ask("Capture", _captures, usual=_newest())


def ask_number() -> int:
    """Ask for the number of an exchange."""
    return ask("Exchange", _number, usual="1", hint="its number")


def as_it_is(answer: str) -> str:
    """Return an answer of any kind."""
    return answer


def _captures(answer: str) -> tuple[str, ...]:
    """Read names of files, quoted as in a shell.

    Raises:
        click.BadParameter: One of them is no file.
    """
    try:
        names = tuple(shlex.split(answer))
    except ValueError as error:
        raise click.BadParameter(str(error).lower()) from None
    for name in names:
        if not exists(name):
            raise click.BadParameter(f"there is no file {name}")
    if not names:
        raise click.BadParameter("name a file")
    return names


def _number(answer: str) -> int:
    digits = answer.strip().removeprefix("#")
    if not (digits.isascii() and digits.isdecimal()):
        raise click.BadParameter("a number, as the other views have it")
    return int(digits)


def _newest() -> str | None:
    """Return the capture in this folder that was written last, as a shell spells it."""
    newest: tuple[float, str] | None = None
    with suppress(OSError):
        for path in Path().iterdir():
            if path.name.endswith(_SUFFIXES) and path.is_file():
                found = (path.stat().st_mtime, path.name)
                newest = found if newest is None else max(newest, found)
    return None if newest is None else shlex.quote(newest[1])
