"""What is served: the service of a module, or with ``--from`` one of recordings."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

import click

from servers.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Callable

    from click.shell_completion import CompletionItem

    from servers.server import Service

_NEEDS_FROM: dict[str, object] = {"ignore": (), "latency": None, "strict": False}
"""Options that are for recordings alone → what stands for none."""
_WORDS = ("recorded", "none")
_MS_PER_S = 1_000


class _Latency(click.ParamType):  # type: ignore[type-arg]  # generic only in types
    """``recorded``, ``none``, or milliseconds, which become seconds."""

    name = "latency"

    def get_metavar(self, param: click.Parameter, ctx: click.Context) -> str:
        """Return what help texts show."""
        del param, ctx
        return "recorded|none|MS"

    def shell_complete(
        self, ctx: click.Context, param: click.Parameter, incomplete: str
    ) -> list[CompletionItem]:
        """Complete the words."""
        from click.shell_completion import CompletionItem  # noqa: PLC0415

        del ctx, param
        return [CompletionItem(each) for each in _WORDS if each.startswith(incomplete)]

    def convert(
        self,
        value: Any,  # noqa: ANN401 — of click
        param: click.Parameter | None,
        ctx: click.Context | None,
    ) -> str | float:
        """Return the word, or seconds."""
        if isinstance(value, float) or value in _WORDS:
            return value  # type: ignore[no-any-return]
        try:
            seconds = float(value.removesuffix("ms")) / _MS_PER_S
        except ValueError:
            seconds = -1.0
        if not 0 <= seconds < float("inf"):
            words = f"{value!r} is neither recorded, none nor milliseconds"
            self.fail(words, param, ctx)
        return seconds


LATENCY = _Latency()
"""The type of ``--latency``."""


def finder_of(options: dict[str, Any]) -> tuple[Callable[[], Service], dict[str, Any]]:
    """Return what finds the service, and the options with all their URLs.

    Args:
        options: Of the command, by name.

    Raises:
        UsageError: Neither a module nor recordings are named, or both, or there is an
            option that is for the other one.
    """
    target = options["target"]
    if options["recorded"] is None:
        for name, none in _NEEDS_FROM.items():
            if options[name] is not none:
                raise UsageError(f"--{name} is for --from")
        if target is None:
            raise UsageError("Missing argument 'MODULE[:SERVICE]', or --from FILE")
        from .loading import load  # noqa: PLC0415 — not for recordings

        return partial(load, target, factory=options["factory"]), options
    _refuse_others(options)
    if target is not None:
        options = {**options, "urls": (target, *options["urls"])}
    return partial(_fake, options), options


def _refuse_others(options: dict[str, Any]) -> None:
    from servers.locating import scheme_of  # noqa: PLC0415 — --help needs no transport

    target = options["target"]
    if target is not None and not scheme_of(target):
        raise UsageError(f"--from takes the place of the module {target!r}")
    for name, words in (("factory", "--factory"), ("reloading", "--reload")):
        if options[name]:
            raise UsageError(f"{words} is for a module, not for --from")
    if options["workers"] > 1:
        raise UsageError("--from is served by one process: its answers have an order")


def _fake(options: dict[str, Any]) -> Service:
    from servers.recorded.loading import load_fake  # noqa: PLC0415 — seldom asked for

    latency = options["latency"]
    return load_fake(
        options["recorded"],
        ignore=options["ignore"],
        latency="recorded" if latency is None else latency,
        strict=options["strict"],
    ).service
