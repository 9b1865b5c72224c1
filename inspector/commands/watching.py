"""What ``live`` and ``proxy`` take, and the view that they show."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import click

from inspector.sources.rotation import CaptureFiles, Rotation
from inspector.views.live_lines import JsonLines, TextLines
from inspector.views.live_view import LiveTable
from inspector.views.theme import make_console

from .bounds import limit_options
from .choice import (
    choose_besides,
    current_choice,
    fail_on_option,
    nest_option,
    redact_option,
    where_option,
)
from .formats import json_option
from .options import port_option
from .quantities import DURATION, SIZE
from .speech import say
from .watch import Bounds, View, Watch

if TYPE_CHECKING:
    from collections.abc import Callable

    from .watch import Source


def _choose_only(_: click.Context, __: click.Parameter, pairs: tuple[str, ...]) -> None:
    for pair in pairs:
        field, sign, text = pair.partition("=")
        if not sign or not field:
            raise click.BadParameter(f"{pair!r} is not FIELD=VALUE")
        from inspector.filters.selection import compile_selection  # noqa: PLC0415

        # A pattern is named as in the views, by its route, which is always a string.
        field = "route" if field == "pattern" else field
        word = field == "route" or not _literal(text)
        value = json.dumps(text, ensure_ascii=False) if word else text
        choose_besides(compile_selection(f"{field} == {value}"))


def _literal(text: str) -> bool:
    """Whether a value is a number or one of JSON's words, and no string."""
    try:
        return not isinstance(json.loads(text), str | list | dict)
    except ValueError:
        return False


_only_option = click.option(
    "--only",
    metavar="FIELD=VALUE",
    multiple=True,
    expose_value=False,
    callback=_choose_only,
    help="Only exchanges like this: pattern=sum, outcome=error.",
)
_OPTIONS = (
    click.option("--for", "time_ns", type=DURATION, help="Stop after: 30s, 5min."),
    click.option(
        "--count",
        "exchanges",
        type=click.IntRange(min=1),
        help="Stop after so many exchanges.",
    ),
    click.option(
        "--slow",
        "slow_ns",
        type=DURATION,
        default="500ms",
        show_default=True,
        help="Report a call that waits for longer.",
    ),
    click.option("--write", metavar="FILE", help="Write all packets to a pcapng file."),
    click.option(
        "--rotate-size", type=SIZE, help="Begin another file before this: 100MB."
    ),
    click.option(
        "--rotate-time", type=DURATION, help="Begin another file after this: 1h."
    ),
    click.option(
        "--keep",
        type=click.IntRange(min=1),
        default=Rotation().files,
        show_default=True,
        help="Files that are kept when they rotate.",
    ),
    json_option,
    _only_option,
    where_option,
    redact_option,
    fail_on_option,
    nest_option,
    port_option,
    *limit_options,
)


def watch_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """Give a command what every command takes that watches what passes."""
    for option in reversed(_OPTIONS):
        command = option(command)
    return command


class Herald:
    """Tells what happens to a source: on stderr, or where a table leaves room."""

    def __init__(self) -> None:
        self.tell: Callable[[str], None] = lambda words: say(words, "warning")

    def __call__(self, words: str) -> None:
        """Tell something."""
        self.tell(words)


def watch(
    open_source: Callable[[Callable[[str], None]], Source], options: dict[str, Any]
) -> None:
    """Watch a source, as the options of a command want it.

    Args:
        open_source: Begins to listen; the file to write stands by then. It is given
            what takes a sentence about the source.
        options: The parameters that :func:`watch_options` gave the command.

    Raises:
        SystemExit: With the exit code, if it is not 0.
    """
    files = _files(options)
    herald = Herald()
    try:
        source = open_source(herald)
    except BaseException:
        if files is not None:
            files.close()
        raise
    bounds = Bounds(options["time_ns"], options["exchanges"], options["slow_ns"])
    view = _view(source, options)
    if isinstance(view, LiveTable):
        herald.tell = view.notice
    Watch(source, view, bounds, options["ports"], files).run()


def _files(options: dict[str, Any]) -> CaptureFiles | None:
    size, time_ns = options["rotate_size"], options["rotate_time"]
    rotation = Rotation(size, time_ns, options["keep"])
    if options["write"] is None:
        if rotation.wanted:
            raise click.UsageError("--rotate-size and --rotate-time need --write")
        return None
    if current_choice().redaction is not None:
        raise click.UsageError("--write has the packets as they were; --redact cannot")
    return CaptureFiles(options["write"], rotation)


def _view(source: Source, options: dict[str, Any]) -> View:
    if options["as_json"]:
        return JsonLines(source.name)
    console = make_console()
    if console.is_terminal and not console.is_dumb_terminal:
        return LiveTable(console, source.name, options["slow_ns"])
    return TextLines(console, source.name)
