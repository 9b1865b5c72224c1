"""The arguments and options of the commands, and the call that they ask for.

What stands first is ``host:port``, ``unix:/path``, the URL of a broker, the name of a
server, or the name of a call, which brings its server, its pattern and its data. An
option is right where it differs from what the file says.
"""

from __future__ import annotations

import re
import sys
from difflib import get_close_matches
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import click
from click.core import ParameterSource

from protocol import UNDEFINED, Json, loads
from protocol.configuration import FILE, ConfigurationError

from .addresses import Address, parse_address
from .completing import complete_address, complete_pattern
from .configuration import Configuration, KnownServer, read_configuration
from .question import Question
from .questions import AskedArgument, ask, can_ask

if TYPE_CHECKING:
    import ssl
    from collections.abc import Callable, Mapping, Sequence

    from servers.hooks import Kind

_TLS = ("tls_authority", "tls_certificate", "tls_key", "tls_name", "tls_insecure")
_ADDRESS, _PATTERN, _DATA = "HOST:PORT", "PATTERN", "[DATA]"
_OFFERED = 5  # names of servers and calls in a question


def read_data(text: str) -> Json:
    """Read JSON, that of a file for ``@file``, of stdin for ``-``.

    Raises:
        click.BadParameter: It is not JSON, or cannot be read.
    """
    try:
        return loads(_bytes_of(text))
    except OSError as error:
        raise click.BadParameter(f"{text[1:]}: {error.strerror}") from None
    except ValueError as error:
        raise click.BadParameter(f"not JSON: {error}") from None


def read_pattern(text: str) -> Json:
    """Read JSON; what is not JSON is a plain string."""
    try:
        return loads(text.encode())
    except ValueError:
        return text


def _bytes_of(value: str) -> bytes:
    if value == "-":
        return sys.stdin.buffer.read()
    if value.startswith("@"):
        return Path(value[1:]).read_bytes()
    return value.encode("utf-8", "surrogateescape")


def _metadata(_: click.Context, __: click.Parameter, text: str | None) -> Json:
    return UNDEFINED if text is None else read_data(text)


_NUMBER = re.compile(r"[0-9]*\.?[0-9]+")
_FILE = click.Path(exists=True, dir_okay=False)


def _ask_address() -> str:
    """Ask for a server, or a call; names in the file are offered with the question.

    Raises:
        click.UsageError: The file has a mistake.
    """
    given = click.get_current_context().params  # options of the line are read before
    known = configuration_of({"no_config": given.get("no_config", False)})
    names = [*known.servers, *known.calls]

    def read(answer: str) -> str:
        if answer not in known.calls:
            _server(answer, known)
        return answer

    return ask("Server", read, hint=", ".join([*names[:_OFFERED], _ADDRESS]))


_ARGUMENTS = (
    click.argument(
        "address",
        cls=AskedArgument,
        ask=_ask_address,
        metavar=_ADDRESS,
        shell_complete=complete_address,
    ),
    click.argument(
        "pattern", required=False, metavar=_PATTERN, shell_complete=complete_pattern
    ),
    click.argument("data", required=False, metavar=_DATA),
)
_REPEAT = click.option(
    "--repeat",
    type=click.IntRange(1),
    default=1,
    metavar="TIMES",
    help="Make the call this many times, one after the other.",
)
_OF_ALL = (
    click.option("--metadata", callback=_metadata, help="JSON for a Nest 12 context."),
    click.option(
        "--timeout",
        type=click.FloatRange(0),
        default=30.0,
        show_default=True,
        metavar="SECONDS",
        help="Limit for a reply, or for each value of a stream; 0 for none.",
    ),
)
_CONNECTION = (
    click.option("--tls", is_flag=True, help="Use TLS."),
    click.option("--tls-authority", type=_FILE, help="PEM file to trust."),
    click.option("--tls-certificate", type=_FILE, help="PEM file of the client."),
    click.option("--tls-key", type=_FILE, help="PEM file with its private key."),
    click.option("--tls-name", help="Name in the server's certificate."),
    click.option("--tls-insecure", is_flag=True, help="Do not verify the server."),
    click.option("--no-config", is_flag=True, help=f"Read no {FILE}."),
    click.option("--no-history", is_flag=True, help="Keep no patterns to complete."),
)


watch_option = click.option(
    "--watch",
    type=click.FloatRange(0.01),
    is_flag=False,
    flag_value=1.0,
    metavar="[SECONDS]",
    help="Repeat the call at this interval, 1 s by default.",
)


class WatchableCommand(click.Command):
    """A command whose ``--watch`` takes a word after it only if that is a number."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Read the words of a command line."""
        words = []
        for word, following in pairwise([*args, ""]):
            bare = word == "--watch" and not _NUMBER.fullmatch(following)
            words.append("--watch=1" if bare else word)
        return super().parse_args(ctx, words)


def call_options(command: Callable[..., None]) -> Callable[..., None]:
    """Add the arguments and options of a command that makes a call."""
    for add in reversed((*_ARGUMENTS, *_OF_ALL, _REPEAT, *_CONNECTION)):
        command = add(command)
    return command


def prompt_options(command: Callable[..., None]) -> Callable[..., None]:
    """Add the argument and the options of the prompt."""
    for add in reversed((*_ARGUMENTS[:1], *_OF_ALL, *_CONNECTION)):
        command = add(command)
    return command


def connection_options(command: Callable[..., None]) -> Callable[..., None]:
    """Add the options of how to connect, and how long to wait for replies."""
    for add in reversed((_OF_ALL[1], *_CONNECTION[:-1])):
        command = add(command)
    return command


class _Call(NamedTuple):
    """What the words of a command line mean, before its options."""

    server: KnownServer
    pattern: Json
    data: Json
    metadata: Json = UNDEFINED
    timeout: float | None = None


def question_of(kind: Kind, given: Mapping[str, Any]) -> Question:
    """Return the call that a command line asks for.

    Raises:
        click.UsageError: There is no such call.
    """
    words = [given[name] for name in ("address", "pattern", "data")]
    return _question(kind, given, _called(words, configuration_of(given)))


def question_at(
    given: Mapping[str, Any], configuration: Configuration, name: str
) -> Question:
    """Return the way to a server, as a call without a pattern.

    Args:
        given: The options of the command line.
        configuration: What names servers have.
        name: Of the server, of a call, or ``host:port``, or ``unix:/path``.

    Raises:
        click.UsageError: There is no such server.
    """
    known = configuration.calls.get(name)
    server = _server(name if known is None else known.server, configuration)
    return _question("message", given, _Call(server, "", {}))


def _question(kind: Kind, given: Mapping[str, Any], call: _Call) -> Question:
    given = _with_tls(given, call.server)
    tls = _tls(given)
    if tls is not None and call.server.address.url:
        raise click.UsageError("options of TLS are for TCP; tls:// is for a broker")
    metadata = given["metadata"]
    return Question(
        kind=kind,
        server=call.server.address,
        pattern=call.pattern,
        data=call.data,
        metadata=call.metadata if metadata is UNDEFINED else metadata,
        timeout=_timeout(given, call) or None,
        repeat=given.get("repeat", 1),
        tls=tls,
        server_hostname=given["tls_name"],
    )


def configuration_of(given: Mapping[str, Any]) -> Configuration:
    """Return what the files say, unless an option says that they are not read.

    Raises:
        click.UsageError: One of them has a mistake.
    """
    if given["no_config"]:
        return Configuration()
    try:
        return read_configuration()
    except ConfigurationError as error:
        raise click.UsageError(str(error)) from None


def _called(words: Sequence[str | None], configuration: Configuration) -> _Call:
    first, *rest = words
    assert first is not None  # click asks for it
    known = configuration.calls.get(first)
    if known is None or first in configuration.servers:
        server = _server(first, configuration)
        if rest[0] is None and can_ask():
            pattern = ask("Pattern", read_pattern, hint="JSON, or a plain string")
            return _Call(server, pattern, ask("Data", read_data, usual="{}"))
        if rest[0] is None:
            raise click.UsageError(f"Missing argument '{_PATTERN}'")
        return _Call(server, read_pattern(rest[0]), _data(rest[1], UNDEFINED))
    if rest[1] is not None:
        raise click.UsageError(f"{first} has a pattern; only data may follow it")
    server = _server(known.server, configuration)
    data = _data(rest[0], known.data)
    return _Call(server, known.pattern, data, known.metadata, known.timeout)


def _data(text: str | None, usual: Json) -> Json:
    """Return the data that is given, else the usual, else an empty object."""
    if text is not None:
        return read_data(text)
    return {} if usual is UNDEFINED else usual


def _server(text: str, configuration: Configuration) -> KnownServer:
    """Return the server of a name, or of an address.

    Raises:
        click.BadParameter: It is neither.
    """
    if (known := configuration.servers.get(text)) is not None:
        return known
    address: Address | None = parse_address(text)
    if address is not None:
        if address.url:
            _check_broker(address.url)
        return KnownServer(address)
    names = [*configuration.servers, *configuration.calls]
    meant = get_close_matches(text, names, n=1)
    hint = f", did you mean {meant[0]}?" if meant else ""
    raise click.BadParameter(
        f"{text!r} is not host:port or unix:/path, and no name in {FILE}{hint}",
        param_hint=_ADDRESS,
    )


def _check_broker(url: str) -> None:
    """Refuse a URL that is none, and one whose library is not installed.

    Raises:
        click.BadParameter: It is one of these.
    """
    from servers.errors import UsageError  # noqa: PLC0415 — --help needs none of it
    from servers.locating import broker_at  # noqa: PLC0415

    try:
        broker_at(url)
    except UsageError as error:
        raise click.BadParameter(str(error), param_hint=_ADDRESS) from None


def _timeout(given: Mapping[str, Any], call: _Call) -> float:
    """Return that of the command line, of the call, of the server, or the usual."""
    if not is_typed("timeout"):
        for timeout in (call.timeout, call.server.timeout):
            if timeout is not None:
                return timeout
    seconds: float = given["timeout"]
    return seconds


def is_typed(option: str) -> bool:
    """Whether an option stands on the command line."""
    source = click.get_current_context().get_parameter_source(option)
    return source is ParameterSource.COMMANDLINE


def _with_tls(given: Mapping[str, Any], server: KnownServer) -> dict[str, Any]:
    """Return the options with those of the server where none is given."""
    options = dict(given)
    for name, value in server.tls.items():
        options[name] = options[name] or value
    return options


def _tls(options: Mapping[str, Any]) -> ssl.SSLContext | None:
    if not options["tls"] and not any(options[name] for name in _TLS):
        return None
    from servers.tls import client_tls  # noqa: PLC0415 — few calls use TLS

    try:
        return client_tls(
            authority=options["tls_authority"],
            certificate=options["tls_certificate"],
            key=options["tls_key"],
            verify=not options["tls_insecure"],
        )
    except OSError as error:
        raise click.UsageError(f"TLS: {error}") from None
