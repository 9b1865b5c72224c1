"""What people call addresses and ports: ``--name``, ``--hosts``."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from inspector.errors import InspectorError
from inspector.streams.names import NO_NAMES, Names
from protocol.named_tuple import NamedTuple
from protocol.on_demand import on_demand

from .completing import complete_file

if TYPE_CHECKING:
    from collections.abc import Iterable

    from .registries import names_at
else:  # decision 158
    names_at = on_demand("inspector.commands.registries:names_at")

_LARGEST = 1 << 24  # bytes of a hosts file that are read


class GivenNames(NamedTuple):
    """Names, and the options that gave them.

    Attributes:
        names: What addresses and ports are called.
        words: The options on the command line, which a next command needs as well;
            what a configuration file says it will read itself.
    """

    names: Names
    words: tuple[str, ...] = ()


def _read_names(
    _: click.Context, __: click.Parameter, texts: tuple[str, ...]
) -> GivenNames:
    found = NO_NAMES
    for text in texts:
        where, equals, name = text.rpartition("=")
        if not equals:
            raise click.BadParameter(f"{text!r} is not like 10.0.0.7=gateway")
        try:
            found |= Names({where: name})
        except ValueError as error:
            raise click.BadParameter(f"{text!r}: {error}") from None
    return GivenNames(found, _words("--name", texts))


def _words(option: str, values: Iterable[str]) -> tuple[str, ...]:
    return tuple(word for value in values for word in (option, value))


def _read_hosts(
    _: click.Context, __: click.Parameter, files: tuple[str, ...]
) -> GivenNames:
    found = NO_NAMES
    for file in files:
        try:
            with Path(file).open("rb") as opened:
                text = opened.read(_LARGEST).decode("utf-8", "replace")
        except OSError as error:
            why = (error.strerror or str(error)).lower()
            raise InspectorError("--hosts", f"{file}: cannot read: {why}") from None
        found |= hosts_names(text.split("\n"), file)
    return GivenNames(found, _words("--hosts", files))


def hosts_names(lines: Iterable[str], file: str) -> Names:
    """Return the names in a hosts file; of several of an address the first.

    Source: hosts(5): an address, its name and aliases, and after ``#`` a comment.

    Raises:
        InspectorError: A line of such a file is malformed; the message names it.
    """
    names: dict[str, str] = {}
    for number, line in enumerate(lines, start=1):
        address, *called = line.partition("#")[0].split()[:2] or [""]
        address = address.partition("%")[0]  # an interface, as fe80::1%lo0 has one
        if not address or address in names:
            continue
        try:
            Names({address: called[0] if called else ""})
        except ValueError as error:
            raise InspectorError(
                f"--hosts: {file}, line {number}", str(error)
            ) from None
        names[address] = called[0]
    return Names(names)


# decision 169: Names come from a registry where there is one
def _read_registries(
    _: click.Context, __: click.Parameter, urls: tuple[str, ...]
) -> GivenNames:
    found = NO_NAMES
    for url in urls:
        found |= names_at(url)
    return GivenNames(found, _words("--names", urls))


name_options = (
    click.option(
        "--name",
        "names",
        metavar="WHERE=NAME",
        multiple=True,
        callback=_read_names,
        help="Show this name: 10.0.0.7=gateway, :8888=calc or 10.1.1.6:8889=orders.",
    ),
    click.option(
        "--hosts",
        metavar="FILE",
        shell_complete=complete_file,
        multiple=True,
        callback=_read_hosts,
        help="Show addresses by the names in this file, in the format of /etc/hosts.",
    ),
    click.option(
        "--names",
        "registries",
        metavar="URL",
        multiple=True,
        callback=_read_registries,
        help="Show servers by the names that Consul has for them: consul://HOST:PORT.",
    ),
)
"""What addresses and ports are called, in every view."""


def take_names(given: dict[str, Any], configured: Names = NO_NAMES) -> GivenNames:
    """Return the names among the parameters of a command, and remove them there.

    Args:
        given: The parameters; what is said by itself comes before what a file says.
        configured: Names that come last of all.
    """
    names: GivenNames = given.pop("names")
    hosts: GivenNames = given.pop("hosts")
    registries: GivenNames = given.pop("registries")
    found = configured | registries.names | hosts.names | names.names
    return GivenNames(found, names.words + hosts.words + registries.words)
