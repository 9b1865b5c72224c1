"""The command ``protocol-inspect``.

Data goes to stdout, words go to stderr. Only here an error becomes a line and an exit
code; see :mod:`inspector.errors` for the codes.
"""

from __future__ import annotations

import atexit
import gc
import os
import sys
import warnings
from contextlib import contextmanager
from importlib import import_module
from inspect import cleandoc
from typing import TYPE_CHECKING, Any

import click

from .commands.hooks import Hooks
from .commands.paths import exists
from .commands.speech import COMPLETION, PROGRAM, abandon, open_streams, say
from .errors import InspectorError

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from typing import TextIO

    from click.shell_completion import CompletionItem

# decision 134: Of a program nothing is loaded that was not asked for
_COMMANDS = {
    "report": "Report on a capture: packets, patterns, findings.",
    "exchanges": "List the exchanges of a capture, one line each.",
    "show": "Show one complete exchange: payloads, packets, findings, neighbours.",
    "browse": "Look through captures on a terminal: exchanges, findings, ladders, "
    "packets.",
    "chain": "Show a request with all that it caused, as one tree with its packets.",
    "timeline": "Draw the calls of a capture over time, and how long they took.",
    "services": "List who calls whom in a capture, worst first, and draw a map.",
    "contract": "Infer what the payloads of each pattern are: schemas, types, "
    "skeletons.",
    "check": "Check traffic against a contract.",
    "diff": "Compare two captures: payloads, latencies, errors, sizes, packets.",
    "packets": "List every packet of Nest connections, and what it carried.",
    "ladder": "Draw the messages between clients and servers as a sequence diagram.",
    "follow": "Show the traffic of one connection, frame by frame.",
    "fixture": "Write the answers of a capture as JSON lines, "
    "for protocol-serve --from.",
    "live": "Inspect the traffic of an interface or a pipe as it arrives.",
    "proxy": "Forward traffic to services, and show their requests and replies.",
    "query": "Ask exchanges that --parquet has written, in SQL.",
    "fleet": "Inspect what several hosts captured, each conversation once, as one "
    "report.",
    "merge": "Merge reports that fleet --save has written, each of other sources.",
    "explain": "Explain frames: length, packet, and what Nest does with them.",
    "conformance": "Grade a server or a client in any language: "
    "does it speak as Nest does?",
    "wireshark": "Write a Wireshark dissector for this protocol, in Lua.",
    "completion": "Write the completion script of a shell.",
    "doctor": "Check what can be used on this machine, "
    "with commands that fix the rest.",
}
"""Module of commands/ → the first sentence of its help, in the order of --help.

A module is imported when it is called for, and its sentence stands here as well.
"""

_ELSEWHERE = {
    **{name: f"protocol-call {name}" for name in ("send", "emit", "prompt", "replay")},
    "serve": "protocol-serve",
}
"""What other programs of ours do → the command."""
_EXAMPLE = "\b\nExample:\n"
_BY_DEFAULT = "report"  # not listed: a capture as the first argument is all it takes
_HELP = ("--help", "-h")
_VERSION = {"-v", "-V"}  # as other programs call --version
_USAGE = 2
_CANNOT_WRITE = 5
_INTERRUPTED = 130  # as a shell reports SIGINT
_OBJECTS = 50_000
"""New objects after which cycles are sought: hardly anything here is in one …"""
_OLDER = 2, 2
"""… but connections are: searches before one among those that lived for longer."""


def _added() -> dict[str, str]:
    """Return commands of other packages by name and sentence, without loading them."""
    from .additions import added  # noqa: PLC0415 — not for every command

    return added(_COMMANDS)


class Listing(click.Group):
    """The commands by name and first sentence, none of which is loaded."""

    def __init__(self, *, params: list[click.Parameter] | None = None) -> None:
        super().__init__(params=params)
        self._sentences = _COMMANDS | _added()

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002
        """Return the names, in the order of --help; those of other packages last."""
        return list(self._sentences)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command:  # noqa: ARG002
        """Return what stands for a command in a list, and can do nothing."""
        sentence, hidden = self._sentences[cmd_name], cmd_name == _BY_DEFAULT
        return click.Command(cmd_name, help=sentence, hidden=hidden)


class _CaptureGroup(click.Group):
    """A group that takes a first argument that is not a command as a capture."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002
        return list(_COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002
        if cmd_name not in _COMMANDS:
            return _load_added(cmd_name)
        module = import_module(f".commands.{cmd_name}", __package__)
        found: click.Command = getattr(module, cmd_name)
        _end_in_example(found)
        return found

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        name, found, rest = super().resolve_command(ctx, args)
        if isinstance(ctx.obj, Hooks) and name is not None and found is not None:
            foreign = name not in _COMMANDS
            found = ctx.obj.watched(name, found, rest, foreign=foreign)
        return name, found, rest

    def format_commands(
        self, ctx: click.Context, formatter: click.HelpFormatter
    ) -> None:
        Listing().format_commands(ctx, formatter)

    def invoke(self, ctx: click.Context) -> Any:  # noqa: ANN401 — of click
        with _warnings_as_lines():
            return super().invoke(ctx)

    def shell_complete(
        self, ctx: click.Context, incomplete: str
    ) -> list[CompletionItem]:
        """Complete commands, or files: a capture may stand in their place."""
        from click.shell_completion import CompletionItem as Item  # noqa: PLC0415

        listing = Listing(params=self.params)
        known = click.Context(listing, help_option_names=ctx.help_option_names)
        found = listing.shell_complete(known, incomplete)
        return found or [Item(incomplete, type="file")]

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        if not args and _can_ask():
            args = [_BY_DEFAULT]  # which asks for a capture
        plain = {*_COMMANDS, *_HELP, "--version"}
        if args and (args[0] in _HELP or (args[0] == "help" and not exists("help"))):
            args = [*_documented(args[1:2]), "--help"]
        if args and args[0] not in plain and not _is_added(args[0]):
            _check_spelling(args[0])
            args = ["report", *args]
        return super().parse_args(ctx, args)


def _can_ask() -> bool:
    """Whether a person can be asked for a capture."""
    from .commands.prompts import can_ask  # noqa: PLC0415 — not for --help

    return can_ask()


# decision 153: A command of another package is imported when it is called
def _is_added(word: str) -> bool:
    """Whether a word is a command of another package; a file of that name is none."""
    name = word.replace("-", "_")  # an option or a path is none
    return (
        name.isidentifier() and word[0] != "-" and not exists(word) and word in _added()
    )


def _load_added(name: str) -> click.Command | None:
    """Return a command of another package, if there is one.

    Raises:
        click.UsageError: It cannot be used, as a warning has said.
    """
    if name not in _added():
        return None
    from .additions import load_command  # noqa: PLC0415 — not for every command

    found = load_command(name)
    if found is None:
        raise click.UsageError(f"command {name} cannot be used")
    return found


def _documented(words: list[str]) -> list[str]:
    """Return the command that help is asked of, if one is.

    Raises:
        click.UsageError: There is no such command.
    """
    for word in words:
        if word not in _COMMANDS and not _is_added(word):
            _check_spelling(word)
            known = ", ".join(_COMMANDS)
            raise click.UsageError(f"no command {word}; there are {known}")
    return words


def _check_spelling(word: str) -> None:
    """Refuse a word that is no file, and resembles a command.

    Raises:
        click.UsageError: Naming the command that was meant.
    """
    if exists(word):
        return
    if word in _ELSEWHERE:
        raise click.UsageError(f"no command and no file {word}; see {_ELSEWHERE[word]}")
    from difflib import get_close_matches  # noqa: PLC0415 — for mistakes alone

    meant = get_close_matches(word, _COMMANDS, n=1)
    if meant:
        raise click.UsageError(
            f"no command and no file {word}; did you mean {meant[0]}?"
        )


def _print_version(
    context: click.Context,
    _: click.Parameter,
    wanted: bool,  # noqa: FBT001 — click's way
) -> None:
    """Print which version runs, and whether its parts in C do."""
    if not wanted or context.resilient_parsing:
        return
    from importlib.metadata import version  # noqa: PLC0415 — for this option alone

    from .checkup.extensions import summary  # noqa: PLC0415 — the same

    click.echo(f"{PROGRAM}, version {version(PROGRAM)}, {summary()}")
    context.exit()


@click.group(
    cls=_CaptureGroup,
    context_settings={"help_option_names": [*_HELP[::-1]], "max_content_width": 80},
    options_metavar="",
    subcommand_metavar="CAPTURE... | COMMAND ...",
)
@click.option(
    "--version",
    is_flag=True,
    expose_value=False,
    is_eager=True,
    callback=_print_version,
    help="Show the version and exit.",
)
def command() -> None:
    """See what NestJS services say to each other over TCP or a broker, by packets.

    CAPTURE is a pcap or pcapng file, or - for stdin; several captures are read in
    time order. An argument that is not a command is taken for a capture, and gives
    the report. The command help COMMAND describes a command.

    \b
    Example:
      protocol-inspect captures/seed-nest12.pcap
    """


def _end_in_example(documented: click.Command) -> None:
    """Show the example of a docstring after the options: it is what stays in view."""
    text, mark, example = cleandoc(documented.help or "").partition(_EXAMPLE)
    if mark:
        documented.help, documented.epilog = text, mark + example


_end_in_example(command)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command and return its exit code.

    Args:
        arguments: Those after the name of the program; None for the process's own.
    """
    if arguments is None:
        open_streams()
        _collect_less()
    instruction = os.environ.get(COMPLETION)
    if instruction:
        from click.shell_completion import shell_complete  # noqa: PLC0415

        return shell_complete(command, {}, PROGRAM, COMPLETION, instruction)
    hooks = Hooks()
    given = sys.argv[1:] if arguments is None else list(arguments)
    exit_code = _outcome(given, hooks)
    hooks.after(exit_code)
    return exit_code


# decision 158: Half of the search for garbage is for modules, which are none
def _collect_less() -> None:
    """Seek cycles seldom, and none when the process ends and lets go of all."""
    gc.set_threshold(_OBJECTS, *_OLDER)
    atexit.register(gc.freeze)


def _outcome(arguments: list[str], hooks: Hooks) -> int:
    """Run the command, say what went wrong, and return the exit code."""
    try:
        return _invoke(arguments, hooks)
    except (click.Abort, KeyboardInterrupt):
        return _INTERRUPTED
    except BrokenPipeError:  # whoever read our output has seen enough
        abandon(sys.stdout)
        return 0
    except OSError as error:
        abandon(sys.stdout)
        say(f"cannot write: {(error.strerror or str(error)).lower()}", "error")
        return _CANNOT_WRITE


@contextmanager
def _warnings_as_lines() -> Iterator[None]:
    """Say what is wrong with what others bring, also where warnings are errors."""
    from .additions import CommandsWarning  # noqa: PLC0415 — for commands alone
    from .carriers.base import CarrierWarning  # noqa: PLC0415 — the same
    from .findings.registry import FindingsWarning  # noqa: PLC0415 — the same

    of_others = (CarrierWarning, CommandsWarning, FindingsWarning)
    with warnings.catch_warnings():
        show = warnings.showwarning

        def say_or_show(  # noqa: PLR0913, PLR0917 — what warnings calls it with
            message: Warning | str,
            category: type[Warning],
            filename: str,
            lineno: int,
            file: TextIO | None = None,
            line: str | None = None,
        ) -> None:
            if issubclass(category, of_others):
                say(str(message), "warning")
            else:
                show(message, category, filename, lineno, file, line)

        warnings.showwarning = say_or_show
        for kind in of_others:
            warnings.simplefilter("always", kind)
        yield


def _invoke(arguments: list[str], hooks: Hooks) -> int:
    """Run the command by click's parts: its own main() takes a closed pipe for 1."""
    try:
        with command.make_context(PROGRAM, arguments, obj=hooks) as context:
            command.invoke(context)
    except click.exceptions.Exit as end:
        return end.exit_code
    except click.exceptions.NoArgsIsHelpError:
        say("no capture is named; try --help", "error")
        return _USAGE
    except click.ClickException as error:
        say(_mistake(error), "error")
        return _USAGE
    except InspectorError as error:
        say(str(error), "error")
        return error.exit_code
    except SystemExit as end:
        return int(end.code or 0)
    return 0


def _mistake(error: click.ClickException) -> str:
    """Return what is wrong with a call; of an option also which commands take it."""
    if isinstance(error, click.NoSuchOption):
        name = error.option_name
        if name in _VERSION:
            return f"No such option '{name}'; --version says which version this is"
        others = [each for each in _COMMANDS if name in _options_of(each)]
        if others:
            return f"No such option '{name}'; it belongs to {', '.join(others)}"
    return " ".join(error.format_message().split()).rstrip(".")


def _options_of(name: str) -> set[str]:
    """Return the options of a command, as they are typed."""
    found = command.get_command(click.Context(command), name)
    params = [] if found is None else found.params
    return {each for param in params for each in param.opts}


if __name__ == "__main__":
    sys.exit(main())
