"""Of a program nothing is loaded that was not asked for.

How long a start takes depends on the machine, what is loaded does not: modules of real
processes are counted, and named.
"""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import click
import pytest

from inspector import cli
from tests.patience import PATIENCE

_PROGRAMS = {
    "protocol-inspect": "inspector.cli",
    "protocol-call": "servers.cli",
    "protocol-serve": "servers.launching.command",
}
# What --help of protocol-inspect takes: the command without its commands.
_BARE = {
    "inspector",
    "inspector.additions",  # which names those of other packages, if there are any
    "inspector.cli",
    "inspector.commands",
    "inspector.commands.hooks",
    "inspector.commands.paths",
    "inspector.commands.speech",
    "inspector.errors",
    "inspector.plugins",
}
_CAPTURES = Path(__file__).parents[1] / "captures"
_HEAVY = {"asyncio", "construct", "dpkt", "lark", "rich", "scapy", "ssl", "zstandard"}
_MOST = 265
"""Modules of ours that a report of plain traffic may take."""
_LOOPS = {"servers.client", "servers.server", "servers.channel", "uvloop"}


def _loaded_by(program: str, *words: str) -> set[str]:
    """Return what a process has loaded that has run a program to its end."""
    code = (
        f"import sys\nfrom {_PROGRAMS[program]} import main\n"
        f"assert main({[*words]!r}) == 0\nprint('loaded', *sys.modules)"
    )
    printed = subprocess.run(
        [sys.executable, "-I", "-c", code],
        check=True,
        capture_output=True,
        encoding="utf-8",
        timeout=PATIENCE,
    ).stdout
    return set(printed.rpartition("loaded ")[2].split())


def _ours(loaded: set[str]) -> set[str]:
    return {
        each
        for each in loaded
        if each.partition(".")[0] in {"inspector", "protocol", "servers"}
    }


def test_the_help_of_the_inspector_loads_none_of_its_commands() -> None:
    loaded = _loaded_by("protocol-inspect", "--help")

    assert _ours(loaded) == _BARE
    assert "click" in loaded
    assert not loaded & {*_HEAVY, "msgspec", "importlib.metadata"}


def test_the_version_of_the_inspector_loads_the_protocol_for_its_extensions() -> None:
    loaded = _loaded_by("protocol-inspect", "--version")

    beside = {each for each in _ours(loaded) if not each.startswith("protocol")}
    assert beside <= {
        *_BARE,
        "inspector.checkup",
        "inspector.checkup.check",
        "inspector.checkup.extensions",
        "inspector.sources",
        "inspector.sources._scan",
    }
    assert not loaded & _HEAVY


@pytest.mark.parametrize("program", ["protocol-call", "protocol-serve"])
@pytest.mark.parametrize("words", [("--help",), ("--version",)])
def test_what_the_servers_say_of_themselves_takes_no_event_loop(
    program: str, words: tuple[str, ...]
) -> None:
    loaded = _loaded_by(program, *words)

    assert _PROGRAMS[program] in loaded
    assert not loaded & {*_HEAVY, *_LOOPS, "logging", "subprocess"}


@pytest.mark.parametrize("words", [("send", "--help"), ("prompt", "--help")])
def test_neither_does_the_help_of_a_call(words: tuple[str, ...]) -> None:
    assert not _loaded_by("protocol-call", *words) & {*_HEAVY, *_LOOPS}


def _report_of(capture: str) -> set[str]:
    """Return the modules of ours that a report of a capture takes."""
    return _ours(_loaded_by("protocol-inspect", str(_CAPTURES / capture)))


def test_a_report_in_a_pipe_takes_no_console() -> None:
    loaded = _loaded_by("protocol-inspect", str(_CAPTURES / "seed-nest12.pcap"))

    assert not loaded & {*_HEAVY, "dataclasses", "json"}


def _findings(loaded: set[str]) -> set[str]:
    """Return the rooms of which findings were loaded."""
    rooms = (each.split(".") for each in loaded if "inspector.findings." in each)
    return {room[2] for room in rooms if len(room) > 3}


def test_a_report_takes_what_its_capture_shows() -> None:
    plain, brokered = (
        _report_of("seed-nest12.pcap"),
        _report_of("nats/nats-nest12.pcap"),
    )

    assert _findings(plain) == {"calls", "network", "payloads"}
    assert _findings(brokered) == {"brokers", "calls", "payloads"}
    assert not {"inspector.carriers.kafka", "inspector.carriers.redis"} & plain
    over_brokers = {
        "inspector.carriers.nats",
        "inspector.calls.joining.joining",
        "inspector.carriers.nats.talk",
        "inspector.express.plain_passages",
        "inspector.findings.nats_words",
    }
    assert not plain & over_brokers
    assert brokered >= over_brokers
    assert not plain & {
        "inspector.calls.gateways",
        "inspector.calls.requests",
        "inspector.carriers.guarding",
        "inspector.filters.grep",
        "inspector.journal",
        "inspector.sources.pcapng",
        "inspector.tcp.taps",
    }
    assert len(plain) < _MOST


def _listed(group: click.Group) -> str:
    formatter = click.HelpFormatter(width=80)
    group.format_commands(click.Context(group), formatter)
    return formatter.getvalue()


def test_each_command_is_listed_by_what_its_own_help_begins_with() -> None:
    whole = click.Group()
    whole.list_commands = cli.command.list_commands  # type: ignore[method-assign]
    whole.get_command = cli.command.get_command  # type: ignore[method-assign]

    assert _listed(cli.command) == _listed(whole)
    context = click.Context(cli.command)
    for width in range(20, 120, 7):
        for name in cli.command.list_commands(context):
            command = cli.command.get_command(context, name)
            listed = cli.Listing().get_command(context, name)
            assert command is not None
            assert listed.hidden is command.hidden
            assert listed.get_short_help_str(width) == command.get_short_help_str(width)


def test_completing_a_command_loads_none() -> None:
    code = (
        "import sys\nfrom click import Context\nfrom inspector.cli import command\n"
        "found = command.shell_complete(Context(command), 'ti')\n"
        "print(found[0].value, found[0].help)\n"
        "print('loaded', *sys.modules)"
    )
    printed = subprocess.run(
        [sys.executable, "-I", "-c", code],
        check=True,
        capture_output=True,
        encoding="utf-8",
        timeout=PATIENCE,
    ).stdout

    item, _, loaded = printed.partition("\nloaded ")
    assert item == "timeline Draw the calls of a capture over time, and..."
    assert _ours({*loaded.split()}) == _BARE
