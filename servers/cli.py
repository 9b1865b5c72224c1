"""The command ``protocol-call``: call a Nest service from the shell.

Replies go to stdout as JSON, a line each; reports and errors go to stderr.

====  ==============================================================
code  meaning
====  ==============================================================
0     a reply was received, or the event was sent
1     the reply was an error, or no handler matches the pattern
2     usage
3     the server cannot be reached, or the connection was lost
4     no reply in time
5     the output cannot be written
130   interrupted
====  ==============================================================
"""

from __future__ import annotations

import os
import sys
from functools import partial
from typing import TYPE_CHECKING

import click
from click.shell_completion import shell_complete

from .calling.addresses import Address
from .calling.asking import ask
from .calling.completing import mend_bash
from .calling.history import History
from .calling.options import call_options, question_of
from .calling.output import PROGRAM, abandon, say, write
from .running import run

if TYPE_CHECKING:
    from collections.abc import Sequence

    from protocol import Json

    from .hooks import Kind

_COMPLETION = "_PROTOCOL_CALL_COMPLETE"
"""The variable in which a shell asks for completions, as click names it."""
_USAGE = 2
_CANNOT_WRITE = 5
_INTERRUPTED = 130  # as a shell reports SIGINT


@click.group(
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 80},
    options_metavar="",
    subcommand_metavar="send | emit ...",
)
@click.version_option(package_name="protocol-inspect", prog_name=PROGRAM)
def command() -> None:
    """Call a NestJS microservice over TCP.

    \b
    Example:
      protocol-call send 127.0.0.1:8888 sum '[1,2,3]'
    """


@command.command()
@call_options
@click.option("--stream", is_flag=True, help="Write every value as it arrives.")
def send(*, stream: bool, **options: Json) -> None:
    """Send a message and write its reply.

    Instead of HOST:PORT there may be the name of a server in protocol-inspect.toml;
    instead of HOST:PORT PATTERN, that of a call. PATTERN is JSON, otherwise a plain
    string. DATA is JSON, @FILE for the content of a file, or - for stdin.

    The reply is written to stdout as JSON; for a reply without a value nothing is
    written. Of a stream the last value is written; --stream writes all values.

    \b
    Examples:
      protocol-call send 127.0.0.1:8888 '{"cmd":"sum"}' '[1,2,3]'
      protocol-call send --stream 127.0.0.1:8888 count '3'
    """
    _run("stream" if stream else "message", options)


@command.command()
@call_options
def emit(**options: Json) -> None:
    """Send an event, which never has a reply.

    Instead of HOST:PORT there may be the name of a server in protocol-inspect.toml;
    instead of HOST:PORT PATTERN, that of a call. PATTERN is JSON, otherwise a plain
    string. DATA is JSON, @FILE for the content of a file, or - for stdin.

    \b
    Example:
      protocol-call emit 127.0.0.1:8888 log '"hello"'
    """
    _run("event", options)


def _run(kind: Kind, options: dict[str, Json]) -> None:
    question = question_of(kind, options)
    history = History.of_user(os.environ, wanted=not options["no_history"])
    seen = partial(history.add, Address(question.host, question.port))
    code = run(ask(question, write, say, seen))
    sys.stdout.flush()
    raise SystemExit(code)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command and return its exit code."""
    instruction = os.environ.get(_COMPLETION)
    if instruction:
        mend_bash()
        return shell_complete(command, {}, PROGRAM, _COMPLETION, instruction)
    try:
        return _invoke(sys.argv[1:] if arguments is None else list(arguments))
    except (click.Abort, KeyboardInterrupt):
        return _INTERRUPTED
    except BrokenPipeError:  # the reader of our output has closed it
        abandon()
        return 0
    except OSError as error:
        abandon()
        say(f"cannot write: {(error.strerror or str(error)).lower()}")
        return _CANNOT_WRITE


def _invoke(arguments: list[str]) -> int:
    """Run the command by parts of click, whose main() returns 1 for a closed pipe."""
    try:
        with command.make_context(PROGRAM, arguments) as context:
            command.invoke(context)
    except click.exceptions.Exit as end:
        return end.exit_code
    except click.exceptions.NoArgsIsHelpError:
        say("no command is given; try --help")
        return _USAGE
    except click.ClickException as error:
        say(error.format_message().rstrip("."))
        return _USAGE
    except SystemExit as end:
        return int(end.code or 0)
    return 0


if __name__ == "__main__":
    sys.exit(main())
