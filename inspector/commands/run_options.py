"""What a person asks of a run: which exchanges, which conditions, which format.

Every command over captures takes the same options. Their callbacks turn words into
what they mean, and the command is given all of it as one value.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import click
import msgspec
from msgspec.structs import replace

from inspector.carriers.registry import carriers, described
from inspector.limits import Limits
from inspector.pipeline import Options
from inspector.streams.endpoints import HIGHEST_PORT
from inspector.streams.names import NO_NAMES, Names
from inspector.views.clock import Times
from protocol import NEST_VERSIONS, NEWEST, NestVersion
from protocol.on_demand import on_demand

from .choice_options import all_of
from .completing import (
    complete_carrier,
    complete_condition,
    complete_file,
    complete_redaction,
)
from .quantities import DURATION

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from inspector.calls.joining.brokers import same_brokers
    from inspector.carriers.base import Carrier
    from inspector.figures.report import Report
    from inspector.filters.conditions import Conditions, Gate
    from inspector.journal import Journal
    from inspector.redaction.texts import Redaction
    from inspector.streams.endpoints import Endpoint
    from inspector.tls.keylog import KeyLog
    from inspector.tls.opening import open_keylog
    from inspector.views.output_format import Format

    from .choice_options import Choice
else:  # decision 158
    same_brokers = on_demand("inspector.calls.joining.brokers:same_brokers")
    Journal = on_demand("inspector.journal:Journal")
    open_keylog = on_demand("inspector.tls.opening:open_keylog")


class RunOptions(msgspec.Struct, frozen=True):
    """What was asked for.

    Attributes:
        format: What writes what is found.
        captures: Names of files, or ``-``; none in a live run.
        ports: TCP ports whose connections are taken for Nest, whatever they carry.
        carriers: Port → name of the carrier that its connections are read by.
        described: Name of a carrier → the same, with what files say of its messages.
        same_brokers: Broker → what it is known by together with others.
        beginnings: Whether requests of HTTP are wanted beside Nest's traffic.
        where: Which exchanges are meant; None for all.
        narrow: Whether the command chooses among them besides, and says itself when
            nothing is left.
        conditions: What fails the run; None when nothing does.
        allow_empty: Whether conditions pass that had nothing to judge.
        nest: The version of Nest by which findings are judged.
        limits: What may be kept of connections.
        redaction: What is hidden in all that is written; None when nothing is.
        subset: The capture file to write the packets of the exchanges to.
        slow_ns: From how long on a call is slow whatever its pattern takes; None for
            no such limit.
        times: What the times of tables say.
        names: What people call addresses and ports.
        keylog: The secrets of what TLS protects; None where nobody has them.
        repeated: Words of the command line that a next command needs as well.
    """

    format: Format
    captures: tuple[str, ...] = ()
    ports: frozenset[int] = frozenset()
    carriers: Mapping[int, str] = msgspec.field(default_factory=dict)
    described: Mapping[str, Carrier] = msgspec.field(default_factory=dict)
    same_brokers: Mapping[Endpoint, Endpoint] = msgspec.field(default_factory=dict)
    beginnings: bool = False
    where: Choice | None = None
    narrow: bool = False
    conditions: Conditions | None = None
    allow_empty: bool = False
    nest: NestVersion = NEWEST
    limits: Limits = msgspec.field(default_factory=Limits)
    redaction: Redaction | None = None
    subset: str | None = None
    slow_ns: int | None = None
    times: Times = Times.RELATIVE
    names: Names = NO_NAMES
    keylog: KeyLog | None = None
    repeated: tuple[str, ...] = ()

    def narrowed(self, *choices: Choice) -> RunOptions:
        """Return the same for those exchanges alone that are chosen besides."""
        own = () if self.where is None else (self.where,)
        narrow = self.narrow or bool(choices)
        return replace(self, where=all_of([*own, *choices]), narrow=narrow)

    def broken(self, report: Report) -> Iterator[str]:
        """Yield why the conditions fail the run: they hold, or had nothing to judge."""
        return (gate.failure for gate in self.gates(report) if gate.failure)

    def gates(self, report: Report) -> Iterator[Gate]:
        """Yield what may fail the run: conditions, and what they could not judge."""
        conditions = self.conditions
        if conditions is None:
            return
        from inspector.filters.conditions import Gate  # noqa: PLC0415

        yield from conditions.judged(report.summary(), report.findings.values())
        if not self.allow_empty:
            for reason in conditions.unjudged():
                yield Gate(reason, f"{reason} (--allow-empty lets it pass)")

    def inspection(self, *, exchanges_only: bool = False) -> Options:
        """Return what is asked of the inspection.

        Args:
            exchanges_only: Whether neither findings nor figures of exchanges are
                wanted.
        """
        return Options(
            where=self.where,
            ports=self.ports,
            nest=self.nest,
            limits=self.limits,
            carriers=self.carriers,
            described=self.described,
            same_brokers=self.same_brokers,
            beginnings=self.beginnings,
            conceal=self.redaction,
            names=self.names,
            slow_ns=self.slow_ns,
            keylog=self.keylog,
            exchanges_only=exchanges_only,
        )

    def journal(self, *, beginnings: bool = True, polls: bool = False) -> Journal:
        """Return a journal that notes what was asked for.

        Args:
            beginnings: Whether it notes HTTP even if nobody asks for some exchanges.
            polls: Whether it waits for what polls of a broker bring.
        """
        selective = self.where is not None
        return Journal(
            selective=selective,
            beginnings=beginnings or selective,
            excerpts=self.redaction is None,
            polls=polls,
        )


class _Port(click.IntRange):
    """A TCP port; messages call it one."""

    name = "port"

    def __init__(self) -> None:
        super().__init__(1, HIGHEST_PORT)


def carriers_of(texts: Sequence[str]) -> dict[int, str]:
    """Return the carriers of ports, each given as ``NAME:PORT``.

    Raises:
        click.BadParameter: One is malformed, or there is no such carrier.
    """
    known = list(carriers()) if texts else []
    named = {}
    for text in texts:
        name, _colon, port = text.partition(":")
        if not (port.isdecimal() and 0 < int(port) <= HIGHEST_PORT):
            raise click.BadParameter(f"{text!r} is not NAME:PORT, such as tcp:8888")
        if name not in known:
            there = f"there {'are' if len(known) > 1 else 'is'} {', '.join(known)}"
            raise click.BadParameter(f"no carrier {name!r}; {there}")
        named[int(port)] = name
    return named


def described_by(files: Sequence[str]) -> dict[str, Carrier]:
    """Return the carriers of whose messages some files say what they are.

    Raises:
        click.BadParameter: One cannot be read.
    """
    try:
        return described(files)
    except ValueError as error:
        raise click.BadParameter(str(error)) from None


def brokers_of(texts: Sequence[str]) -> dict[Endpoint, Endpoint]:
    """Return which brokers are one, each group given as ``HOST:PORT,HOST:PORT``.

    Raises:
        click.BadParameter: One is malformed.
    """
    if not texts:
        return {}
    try:
        return same_brokers(text.split(",") for text in texts)
    except ValueError as error:
        raise click.BadParameter(str(error)) from None


def _read_conditions(
    _: click.Context, __: click.Parameter, texts: tuple[str, ...]
) -> Conditions | None:
    if not texts:
        return None
    from inspector.filters.conditions import Conditions  # noqa: PLC0415

    return Conditions(texts)


def redaction_of(
    paths: Sequence[str], channels: Sequence[str] = ()
) -> Redaction | None:
    """Return what hides what is named; None where nothing is.

    Raises:
        InspectorError: A path or a channel is malformed.
    """
    if not paths and not channels:
        return None
    from inspector.redaction.texts import Redaction  # noqa: PLC0415

    return Redaction(paths, channels)


port_option = click.option(
    "--port",
    "ports",
    type=_Port(),
    multiple=True,
    callback=lambda _, __, ports: frozenset(ports),
    help="Treat traffic on this TCP port as Nest's, whatever it looks like.",
)
carrier_option = click.option(
    "--carrier",
    "carriers",
    metavar="NAME:PORT",
    shell_complete=complete_carrier,
    multiple=True,
    callback=lambda _, __, texts: carriers_of(texts),
    help="Read this TCP port with this carrier, whatever it looks like: tcp:8888.",
)
same_broker_option = click.option(
    "--same-broker",
    "same_brokers",
    metavar="BROKERS",
    multiple=True,
    callback=lambda _, __, texts: brokers_of(texts),
    help="Take brokers for one, as in a cluster: 10.0.0.1:4222,10.0.0.2:4222.",
)
proto_option = click.option(
    "--proto",
    "described",
    metavar="FILE",
    shell_complete=complete_file,
    multiple=True,
    callback=lambda _, __, files: described_by(files),
    help="Name the fields of gRPC's messages by this .proto file or descriptor set.",
)
keylog_option = click.option(
    "--keylog",
    metavar="FILE",
    shell_complete=complete_file,
    multiple=True,
    callback=lambda _, __, names: open_keylog(names) if names else None,
    help="Decrypt TLS by the secrets in this key log (SSLKEYLOGFILE).",
)
growing_keylog_option = click.option(
    "--keylog",
    metavar="FILE",
    shell_complete=complete_file,
    multiple=True,
    callback=lambda _, __, names: open_keylog(names, grows=True) if names else None,
    help="Decrypt TLS by the secrets that come in this key log (SSLKEYLOGFILE).",
)
nest_option = click.option(
    "--nest",
    type=click.Choice([each.major for each in NEST_VERSIONS]),
    default=NEWEST.major,
    show_default=True,
    callback=lambda _, __, version: NestVersion.of(version),
    help="Judge by the behaviour of this version of Nest.",
)
fail_on_option = click.option(
    "--fail-on",
    "conditions",
    metavar="CONDITION",
    shell_complete=complete_condition,
    multiple=True,
    callback=_read_conditions,
    help="Exit with code 1 if this holds: 'unanswered > 0'.",
)
allow_empty_option = click.option(
    "--allow-empty",
    is_flag=True,
    help="Let --fail-on pass without any exchange, or without the routes it names.",
)
slow_option = click.option(
    "--slow",
    "slow_ns",
    type=DURATION,
    metavar="TIME",
    help="Treat calls that take this long as slow, whatever is usual: 1s.",
)
redact_option = click.option(
    "--redact",
    "redaction",
    metavar="PATH",
    shell_complete=complete_redaction,
    multiple=True,
    help="Hide data.password, a key at any depth, or (auto) only known secrets.",
)
redact_channel_option = click.option(
    "--redact-channel",
    "redact_channels",
    metavar="CHANNEL",
    multiple=True,
    help=(
        "Hide what stands for * (one word) or > (all that follow) in channels, queues "
        "and patterns: users.*.orders. Words are parted by the ., / or : in it, else "
        "by a dot; for > alone by each of them."
    ),
)
write_option = click.option(
    "--write",
    "subset",
    metavar="FILE",
    shell_complete=complete_file,
    help="Write the packets of the exchanges to a capture file (pcapng).",
)
