"""What other packages do before and after a command, and how their errors end.

A hook learns the name of the command, what was typed after it, and how it ended. It
changes nothing: what it returns is passed over, and what it raises is a warning.
"""

from __future__ import annotations

from copy import copy
from typing import TYPE_CHECKING, Any

import click

from inspector import plugins
from inspector.errors import InspectorError

from .speech import say

if TYPE_CHECKING:
    from collections.abc import Sequence

_FAILED = 1


class Hooks:
    """The hooks around one command.

    Attributes:
        name: What the command is called; empty before one begins.
    """

    def __init__(self) -> None:
        self.name = ""
        self._hooks: list[tuple[str, Any]] = []
        self._parameters: dict[str, Any] = {}

    def watched(
        self, name: str, command: click.Command, words: Sequence[str], *, foreign: bool
    ) -> click.Command:
        """Return a command that asks the hooks before it begins.

        Args:
            name: What it is called.
            command: The command.
            words: What was typed after it.
            foreign: Whether another package made it, whose errors are one line each.
        """
        watched, given = copy(command), list(words)

        def invoke(context: click.Context) -> Any:  # noqa: ANN401 — of click
            self._before(name, _typed(command, context, given))
            if not foreign:
                return command.invoke(context)
            return _contained(name, command, context)

        watched.invoke = invoke  # type: ignore[method-assign, assignment]
        return watched

    def _before(self, name: str, parameters: dict[str, Any]) -> None:
        from inspector.additions import load_hooks  # noqa: PLC0415 — not for --help

        self.name, self._parameters = name, parameters
        self._hooks = load_hooks()
        self._ask("before", name, parameters)

    def after(self, exit_code: int) -> None:
        """Tell the hooks how the command ended; nothing if none has begun."""
        if self.name:
            self._ask("after", self.name, self._parameters, exit_code)

    def _ask(self, method: str, *arguments: object) -> None:
        for name, hook in self._hooks:
            function = getattr(hook, method, None)
            if function is None:
                continue
            try:
                function(*arguments)
            except plugins.FAILURES as error:
                why = plugins.described(error)
                say(f"hook {name} fails in {method}(): {why}", "warning")


def _typed(
    command: click.Command, context: click.Context, words: list[str]
) -> dict[str, Any]:
    """Return the parameters of a command that were given, as they were typed."""
    values, _, _ = command.make_parser(context).parse_args(list(words))
    kinds = (str, int, list, tuple)  # and nothing that stands for what was not given
    return {name: value for name, value in values.items() if isinstance(value, kinds)}


def _contained(name: str, command: click.Command, context: click.Context) -> Any:  # noqa: ANN401 — of click
    """Run a command of another package; what it raises is one line.

    Raises:
        SystemExit: It failed, or ended so by itself.
    """
    try:
        return command.invoke(context)
    except (click.ClickException, click.exceptions.Exit, click.Abort, InspectorError):
        raise
    except (OSError, SystemExit) as error:
        if isinstance(error, BrokenPipeError) or isinstance(
            getattr(error, "code", ""), int | None
        ):
            raise
        why = str(error) if isinstance(error, SystemExit) else plugins.described(error)
    except Exception as error:  # noqa: BLE001 — whatever it raises
        why = plugins.described(error)
    say(f"command {name} fails: {why}", "error")
    raise SystemExit(_FAILED)
