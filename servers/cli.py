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
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

import click
from click.shell_completion import shell_complete

from protocol import (
    UNDEFINED,
    Json,
    escape_controls,
    escape_controls_in_lines,
    loads,
)

from .asking import Question, ask
from .running import run
from .sockets import LAST_PORT
from .tls import client_tls

if TYPE_CHECKING:
    import ssl
    from collections.abc import Callable, Sequence

    from .hooks import Kind

PROGRAM = "protocol-call"
_COMPLETION = "_PROTOCOL_CALL_COMPLETE"
"""The variable in which a shell asks for completions, as click names it."""
_USAGE = 2
_CANNOT_WRITE = 5
_INTERRUPTED = 130  # as a shell reports SIGINT


def _address(_: click.Context, __: click.Parameter, text: str) -> tuple[str, int]:
    """Read ``host:port``; an IPv6 address is in brackets."""
    host, colon, port = text.rpartition(":")
    if not colon or not port.isdecimal() or not 0 < int(port) <= LAST_PORT:
        raise click.BadParameter(f"{text!r} is not host:port")
    return host.strip("[]") or "localhost", int(port)


def _pattern(_: click.Context, __: click.Parameter, text: str) -> Json:
    """Read JSON; what is not JSON is a plain string."""
    try:
        return loads(text.encode())
    except ValueError:
        return text


def _data(_: click.Context, __: click.Parameter, text: str | None) -> Json:
    """Read JSON, that of a file for ``@file``, of stdin for ``-``."""
    if text is None:
        return UNDEFINED
    try:
        return loads(_bytes_of(text))
    except OSError as error:
        raise click.BadParameter(f"{text[1:]}: {error.strerror}") from None
    except ValueError as error:
        raise click.BadParameter(f"not JSON: {error}") from None


def _bytes_of(value: str) -> bytes:
    if value == "-":
        return sys.stdin.buffer.read()
    if value.startswith("@"):
        return Path(value[1:]).read_bytes()
    return value.encode("utf-8", "surrogateescape")


_FILE = click.Path(exists=True, dir_okay=False)
_ARGUMENTS_AND_OPTIONS = (
    click.argument("address", callback=_address, metavar="HOST:PORT"),
    click.argument("pattern", callback=_pattern, metavar="PATTERN"),
    click.argument("data", callback=_data, default="{}", metavar="[DATA]"),
    click.option("--metadata", callback=_data, help="JSON for a Nest 12 context."),
    click.option(
        "--timeout",
        type=click.FloatRange(0),
        default=30.0,
        show_default=True,
        metavar="SECONDS",
        help="Limit for a reply, or for each value of a stream; 0 for none.",
    ),
    click.option(
        "--repeat",
        type=click.IntRange(1),
        default=1,
        metavar="TIMES",
        help="Make the call this many times, one after the other.",
    ),
    click.option("--tls", is_flag=True, help="Use TLS."),
    click.option("--tls-authority", type=_FILE, help="PEM file to trust."),
    click.option("--tls-certificate", type=_FILE, help="PEM file of the client."),
    click.option("--tls-key", type=_FILE, help="PEM file with its private key."),
    click.option("--tls-name", help="Name in the server's certificate."),
    click.option("--tls-insecure", is_flag=True, help="Do not verify the server."),
)


def _options(command: Callable[..., None]) -> Callable[..., None]:
    """Add the arguments and options that both commands take."""
    for add in reversed(_ARGUMENTS_AND_OPTIONS):
        command = add(command)
    return command


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
@_options
@click.option("--stream", is_flag=True, help="Write every value as it arrives.")
def send(*, stream: bool, **options: Json) -> None:
    """Send a message and write its reply.

    PATTERN is JSON, otherwise a plain string. DATA is JSON, @FILE for the content of
    a file, or - for stdin. The reply is written to stdout as JSON; for a reply
    without a value nothing is written. Of a stream the last value is written;
    --stream writes all values.

    \b
    Examples:
      protocol-call send 127.0.0.1:8888 '{"cmd":"sum"}' '[1,2,3]'
      protocol-call send --stream 127.0.0.1:8888 count '3'
    """
    _run("stream" if stream else "message", options)


@command.command()
@_options
def emit(**options: Json) -> None:
    """Send an event, which never has a reply.

    PATTERN is JSON, otherwise a plain string. DATA is JSON, @FILE for the content of
    a file, or - for stdin.

    \b
    Example:
      protocol-call emit 127.0.0.1:8888 log '"hello"'
    """
    _run("event", options)


def _run(kind: Kind, options: dict[str, Json]) -> None:
    host, port = options["address"]
    question = Question(
        kind=kind,
        host=host,
        port=port,
        pattern=options["pattern"],
        data=options["data"],
        metadata=options["metadata"],
        timeout=options["timeout"] or None,
        repeat=options["repeat"],
        tls=_tls(options),
        server_hostname=options["tls_name"],
    )
    code = run(ask(question, _write, _say))
    sys.stdout.flush()
    raise SystemExit(code)


def _tls(options: dict[str, Json]) -> ssl.SSLContext | None:
    names = ("tls_authority", "tls_certificate", "tls_key", "tls_name", "tls_insecure")
    if not options["tls"] and not any(options[name] for name in names):
        return None
    try:
        return client_tls(
            authority=options["tls_authority"],
            certificate=options["tls_certificate"],
            key=options["tls_key"],
            verify=not options["tls_insecure"],
        )
    except OSError as error:
        raise click.UsageError(f"TLS: {error}") from None


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command and return its exit code."""
    instruction = os.environ.get(_COMPLETION)
    if instruction:
        return shell_complete(command, {}, PROGRAM, _COMPLETION, instruction)
    try:
        return _invoke(sys.argv[1:] if arguments is None else list(arguments))
    except (click.Abort, KeyboardInterrupt):
        return _INTERRUPTED
    except BrokenPipeError:  # the reader of our output has closed it
        _abandon_output()
        return 0
    except OSError as error:
        _abandon_output()
        _say(f"cannot write: {(error.strerror or str(error)).lower()}")
        return _CANNOT_WRITE


def _invoke(arguments: list[str]) -> int:
    """Run the command by parts of click, whose main() returns 1 for a closed pipe."""
    try:
        with command.make_context(PROGRAM, arguments) as context:
            command.invoke(context)
    except click.exceptions.Exit as end:
        return end.exit_code
    except click.exceptions.NoArgsIsHelpError:
        _say("no command is given; try --help")
        return _USAGE
    except click.ClickException as error:
        _say(error.format_message().rstrip("."))
        return _USAGE
    except SystemExit as end:
        return int(end.code or 0)
    return 0


def _write(text: bytes) -> None:
    """Write JSON; a terminal obeys nothing that is in it, and its value stays."""
    if sys.stdout.isatty():
        text = escape_controls_in_lines(text)
    sys.stdout.buffer.write(text + b"\n")
    sys.stdout.buffer.flush()  # a stream is read as it arrives


def _say(sentence: str) -> None:
    """Write one line to stderr; it may quote the peer, or what was typed."""
    words = escape_controls(" ".join(sentence.split()))
    click.echo(f"{PROGRAM}: {words}", err=True)


def _abandon_output() -> None:
    """Keep Python from flushing, at exit, what cannot be written."""
    with suppress(OSError):  # stdout may not be a file
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


if __name__ == "__main__":
    sys.exit(main())
