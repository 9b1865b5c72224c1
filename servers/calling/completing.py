"""What shells complete: names from the file, and servers and patterns seen before."""

from __future__ import annotations

import os
import shlex
from typing import TYPE_CHECKING

from click.shell_completion import (
    BashComplete,
    CompletionItem,
    add_completion_class,
    split_arg_string,
)

from protocol import escape_controls
from protocol.configuration import ConfigurationError

from .addresses import Address, parse_address
from .configuration import Configuration, read_configuration
from .history import History, typed

if TYPE_CHECKING:
    import click

_QUOTES = ("'", '"')


def complete_address(
    context: click.Context, parameter: click.Parameter, incomplete: str
) -> list[str]:
    """Return the names in the file, then the addresses that were called."""
    del parameter
    configuration = _configuration(context)
    names = [*configuration.servers, *configuration.calls]
    seen = map(str, _history(context).servers())
    return [each for each in (*names, *seen) if each.startswith(incomplete)]


def complete_pattern(
    context: click.Context, parameter: click.Parameter, incomplete: str
) -> list[str]:
    """Return the patterns that were called at the server that is named."""
    del parameter
    server = _server(context)
    if server is None:
        return []
    texts = map(typed, _history(context).patterns(server))
    shown = (each for each in texts if escape_controls(each) == each)
    return [each for each in shown if each.startswith(incomplete)]


def _server(context: click.Context) -> Address | None:
    name = context.params.get("address") or ""
    known = _configuration(context).servers.get(name)
    return known.address if known is not None else parse_address(name)


def _configuration(context: click.Context) -> Configuration:
    if context.params.get("no_config"):
        return Configuration()
    try:
        return read_configuration()
    except ConfigurationError:
        return Configuration()  # the call says what is wrong


def _history(context: click.Context) -> History:
    wanted = not context.params.get("no_history")
    return History.of_user(os.environ, wanted=wanted)


class _Bash(BashComplete):
    """bash, which takes ``host:port`` for three words, and quotes nothing.

    Source: bash(1), ``COMP_WORDBREAKS``, which has the colon.
    """

    def get_completion_args(self) -> tuple[list[str], str]:
        """Return the words before the one that is completed, and that."""
        words, current = _joined(
            os.environ["COMP_WORDS"], int(os.environ["COMP_CWORD"])
        )
        self._quoted = current.startswith(_QUOTES)
        self._kept = "" if self._quoted else current[: current.rfind(":") + 1]
        before = split_arg_string(" ".join(words[1:]))
        return before, "".join(split_arg_string(current))

    def format_completion(self, item: CompletionItem) -> str:
        """Return a line for the script; bash has what stands before a colon."""
        value = item.value.removeprefix(self._kept)
        if item.type == "plain" and not self._quoted and not self._kept:
            value = shlex.quote(value)
        return f"{item.type},{value}"


def _joined(text: str, index: int) -> tuple[list[str], str]:
    """Return the words before one of them, and that; colons part no words."""
    separator = "\n" if "\n" in text else " "
    words: list[str] = []
    colon = False
    for word in text.split(separator)[: index + 1]:
        is_colon = word.strip(":") == "" != word
        if words and (colon or is_colon):
            words[-1] += word
        else:
            words.append(word)
        colon = is_colon
    return words[:-1], words[-1]


def mend_bash() -> None:
    """Let bash complete words that have a colon, or need quotes."""
    add_completion_class(_Bash, "bash")
