"""Questions at a terminal, for an argument that was left out.

Nobody is asked in a pipe: stdin, stdout and stderr are all terminals, or the argument
is missing as ever. Ctrl-C and Ctrl-D end the program as an interruption.
"""

from __future__ import annotations

import sys
from contextlib import suppress
from importlib import import_module
from typing import TYPE_CHECKING, Any, TypeVar

import click

if TYPE_CHECKING:
    from collections.abc import Callable

T = TypeVar("T")


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
        import_module("readline")  # edits the line as a shell does
    text = f"{words} ({hint})" if hint else words
    try:
        return click.prompt(text, default=usual, value_proc=read, err=True)
    except click.Abort:
        click.echo(err=True)  # the line of the question ends
        raise


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
        ask: Callable[[], str],
        **attributes: Any,  # noqa: ANN401 — click's
    ) -> None:
        super().__init__(declarations, **attributes)
        self._ask = ask

    def process_value(self, ctx: click.Context, value: object) -> Any:  # noqa: ANN401
        """Return the value, asking for it if need be."""
        if self.value_is_missing(value) and not ctx.resilient_parsing and can_ask():
            value = self._ask()
        return super().process_value(ctx, value)
