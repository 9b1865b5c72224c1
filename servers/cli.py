"""The command ``protocol-call``: call a Nest service from the shell.

Replies go to stdout as JSON, a line each; reports and errors go to stderr.

====  ==============================================================
code  meaning
====  ==============================================================
0     a reply was received, or the event was sent
1     the reply was an error, or no handler matches the pattern; a
      replay was not answered as recorded
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
from typing import TYPE_CHECKING

import click
from click.shell_completion import shell_complete

from protocol.standard_streams import open_standard_streams

from .calling.completing import mend_bash
from .calling.options import (
    WatchableCommand,
    call_options,
    prompt_options,
    watch_option,
)
from .calling.output import PROGRAM, abandon, say
from .replaying.options import replay_options

if TYPE_CHECKING:
    from collections.abc import Sequence

    from protocol import Json

_COMPLETION = "_PROTOCOL_CALL_COMPLETE"
"""The variable in which a shell asks for completions, as click names it."""
_USAGE = 2
_CANNOT_WRITE = 5
_INTERRUPTED = 130  # as a shell reports SIGINT


class _Group(click.Group):
    """The commands; of others it says that they are the inspector's, if they are."""

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        try:
            return super().resolve_command(ctx, args)
        except click.UsageError as error:
            known = ", ".join(self.list_commands(ctx))
            said = error.message.removesuffix(".")
            words = f"{said}; there are {known}, and protocol-inspect has others"
            raise click.UsageError(words, ctx) from None


@click.group(
    cls=_Group,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 80},
    options_metavar="",
    subcommand_metavar="send | emit | prompt | replay ...",
)
@click.version_option(package_name="protocol-inspect", prog_name=PROGRAM)
def command() -> None:
    """Call a NestJS microservice over TCP, a broker or gRPC.

    \b
    Examples:
      protocol-call send 127.0.0.1:8888 sum '[1,2,3]'
      protocol-call send nats://127.0.0.1:4222 sum '[1,2,3]'
    """


@command.command(cls=WatchableCommand)
@call_options
@click.option("--stream", is_flag=True, help="Write every value as it arrives.")
@watch_option
def send(*, stream: bool, watch: float | None, **options: Json) -> None:
    """Send a message and write its reply.

    Instead of HOST:PORT there may be unix:/PATH, the URL of a broker (nats://HOST:PORT,
    redis://HOST:PORT, mqtt://HOST:PORT, mqtt+ws://HOST:PORT, kafka://HOST:PORT,
    amqp://HOST:PORT/QUEUE) or of a service by gRPC (grpc://HOST:PORT?proto=FILE), or
    the name of a server in protocol-inspect.toml; instead of HOST:PORT PATTERN, the
    name of a call. PATTERN is JSON, otherwise a plain string. DATA is JSON, @FILE for
    the content of a file, or - for stdin.

    The reply is written to stdout as JSON; for a reply without a value nothing is
    written. Of a stream the last value is written; --stream writes all values.
    --watch repeats the call until it is interrupted; at a terminal the reply is drawn
    in place, with marks at what has changed.

    \b
    Examples:
      protocol-call send 127.0.0.1:8888 '{"cmd":"sum"}' '[1,2,3]'
      protocol-call send --stream 127.0.0.1:8888 count '3'
      protocol-call send 127.0.0.1:8888 sum '[1,2]' --watch 0.1 --repeat 3
    """
    if watch is not None and stream:
        raise click.UsageError("--watch shows the last value; leave --stream out")
    from .calling import acting  # noqa: PLC0415 — --help needs no event loop

    if watch is None:
        acting.call("stream" if stream else "message", options)
    else:
        acting.watch(watch, options)


@command.command()
@call_options
def emit(**options: Json) -> None:
    """Send an event, which never has a reply.

    Instead of HOST:PORT there may be unix:/PATH, the URL of a broker (nats://HOST:PORT,
    redis://HOST:PORT, mqtt://HOST:PORT, mqtt+ws://HOST:PORT, kafka://HOST:PORT,
    amqp://HOST:PORT/QUEUE) or of a service by gRPC (grpc://HOST:PORT?proto=FILE), or
    the name of a server in protocol-inspect.toml; instead of HOST:PORT PATTERN, the
    name of a call. PATTERN is JSON, otherwise a plain string. DATA is JSON, @FILE for
    the content of a file, or - for stdin.

    \b
    Example:
      protocol-call emit 127.0.0.1:8888 log '"hello"'
    """
    from .calling import acting  # noqa: PLC0415 — --help needs no event loop

    acting.call("event", options)


@command.command()
@prompt_options
def prompt(*, address: str, **options: Json) -> None:
    """Make calls from a prompt, on one connection.

    At a terminal it has a history, completes the patterns that were called before,
    and takes JSON of several lines; help lists what can be typed. Ctrl-C cancels a
    call, Ctrl-D leaves. Otherwise the lines of stdin are obeyed one after the other.

    \b
    Example:
      echo "send sum [1,2,3]" | protocol-call prompt 127.0.0.1:8888
    """
    from .calling import acting  # noqa: PLC0415 — --help needs no event loop

    acting.converse(address, options)


@command.command()
@replay_options
def replay(**options: Json) -> None:
    """Send what was recorded again, and compare the answers.

    FILE has JSON lines of "protocol-inspect exchanges --json" or "fixture" (or - for
    stdin), or is a capture. TARGET is what send takes. Requests are sent at their
    recorded pace, with ids of their own, to TARGET alone; what the answers differ in
    is reported, with latencies as recorded and now.

    Only what is read-only by its name is sent, unless --allow or --allow-all says
    otherwise; docs/replay.md lists the names. --dry-run shows what would be sent.

    \b
    Example:
      protocol-call replay captures/seed-nest12.pcap 127.0.0.1:8888 --dry-run
    """
    from .replaying.acting import replay  # noqa: PLC0415 — --help needs no event loop

    replay(options)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command and return its exit code."""
    if arguments is None:
        open_standard_streams()
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
