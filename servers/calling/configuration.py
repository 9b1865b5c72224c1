"""``[call]`` of ``protocol-inspect.toml``: names for servers, and for calls.

It is read in the current folder and in the configuration folder of the user; the one
in the current folder is right where they differ, and an option where it does. ::

    [call.servers]
    calc = "127.0.0.1:8888"
    orders = { address = "orders:8889", tls_authority = "ca.pem", timeout = 5 }

    [call.aliases]
    total = { server = "calc", pattern = { cmd = "sum" }, data = [1, 2] }

A file of TLS is looked for beside the file that names it.
"""

from __future__ import annotations

import math
import os
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from protocol import UNDEFINED, EncodeError, Json, loads
from protocol.configuration import (
    FILE,
    LARGEST,
    OF_CALLS,
    ConfigurationError,
    folder_of,
    home,
    mistake,
    read_toml,
    unknown,
)
from servers.payloads import to_text

from .addresses import Address, parse_address

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Mapping


@dataclass(frozen=True)
class KnownServer:
    """A server that has a name.

    Attributes:
        address: Host and port.
        timeout: Seconds to wait for a reply, 0 for no limit; None for the usual.
        tls: The options of TLS that are set, by their names.
    """

    address: Address
    timeout: float | None = None
    tls: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class KnownCall:
    """A call that has a name.

    Attributes:
        server: The name of its server, ``host:port`` or ``unix:/path``.
        pattern: What to call.
        data: The payload; UNDEFINED for the usual.
        metadata: For the handler's context; UNDEFINED for none.
        timeout: Seconds to wait for a reply; None for those of the server.
    """

    server: str
    pattern: Json
    data: Json = UNDEFINED
    metadata: Json = UNDEFINED
    timeout: float | None = None


@dataclass(frozen=True)
class Configuration:
    """What files say about calls.

    Attributes:
        servers: Name → server.
        calls: Name → call.
    """

    servers: Mapping[str, KnownServer] = field(default_factory=dict)
    calls: Mapping[str, KnownCall] = field(default_factory=dict)

    def __or__(self, others: Configuration) -> Configuration:
        """Return both; where they differ, the others are right."""
        return Configuration(
            {**self.servers, **others.servers}, {**self.calls, **others.calls}
        )


def read_configuration() -> Configuration:
    """Return what the files say.

    Raises:
        ConfigurationError: One of them cannot be read or has a mistake.
    """
    found = Configuration()
    for file in (Path(folder_of(os.environ, home()), FILE), Path(FILE)):
        try:
            with file.open("rb") as opened:
                text = opened.read(LARGEST).decode("utf-8", "replace")
        except (FileNotFoundError, NotADirectoryError):
            continue
        except OSError as error:
            why = (error.strerror or str(error)).lower()
            raise ConfigurationError(str(file), f"cannot read: {why}") from None
        found |= configuration_of(text, str(file), found)
    return found


def configuration_of(
    text: str, file: str, others: Configuration | None = None
) -> Configuration:
    """Return what the text of a file says.

    Args:
        text: The text.
        file: The name of the file.
        others: What files before it say; its calls may name their servers.

    Raises:
        ConfigurationError: It has a mistake.
    """
    whole = _Table(file, text, (), read_toml(text, file))
    call = whole.table(OF_CALLS, whole.members.get(OF_CALLS, {}))
    call.check(("servers", "aliases"))
    servers = call.table("servers", call.members.get("servers", {}))
    aliases = call.table("aliases", call.members.get("aliases", {}))
    found = {name: _server(servers, name) for name in servers.members}
    known = {*found, *(others.servers if others else ())}
    calls = {name: _call(aliases, name, known) for name in aliases.members}
    return Configuration(found, calls)


class _Table:
    """A table of a file, and its place."""

    def __init__(
        self, file: str, text: str, path: tuple[str, ...], members: Mapping[str, Any]
    ) -> None:
        self.file, self.text, self.path, self.members = file, text, path, members

    def fail(self, problem: str, *path: str) -> ConfigurationError:
        """Return the error for one of its keys."""
        return mistake(self.file, self.text, (*self.path, *path), problem)

    def table(self, key: str, value: object) -> _Table:
        """Return a table in it.

        Raises:
            ConfigurationError: It is something else.
        """
        if not isinstance(value, dict):
            raise self.fail("is a table", key)
        return _Table(self.file, self.text, (*self.path, key), value)

    def check(self, known: Collection[str]) -> None:
        """Refuse keys that mean nothing.

        Raises:
            ConfigurationError: There is one.
        """
        for key in self.members:
            if key not in known:
                raise self.fail(unknown(key, known), key)

    def beside(self, name: str) -> str:
        """Return the path of what the file names."""
        return str(Path(self.file).parent / name)


def _server(servers: _Table, name: str) -> KnownServer:
    value = servers.members[name]
    if parse_address(name) is not None:
        raise servers.fail("a name is not host:port", name)
    if isinstance(value, str):
        return KnownServer(_address(servers, value, name))
    table = servers.table(name, value)
    table.check(_SERVER)
    read = {key: _SERVER[key](table, key) for key in table.members}
    if "address" not in read:
        raise servers.fail('has no address, such as "127.0.0.1:8888"', name)
    return KnownServer(read.pop("address"), read.pop("timeout", None), read)


def _call(aliases: _Table, name: str, servers: Collection[str]) -> KnownCall:
    table = aliases.table(name, aliases.members[name])
    table.check(_CALL)
    for key in ("server", "pattern"):
        if key not in table.members:
            raise aliases.fail(f"has no {key}", name)
    if name in servers:
        raise aliases.fail("is the name of a server already", name)
    server = _text(table, "server")
    if server not in servers and parse_address(server) is None:
        raise table.fail(
            f"{server!r} is not host:port, unix:/path or a server", "server"
        )
    return KnownCall(**{key: _CALL[key](table, key) for key in table.members})


def _address(table: _Table, value: object, key: str) -> Address:
    found = parse_address(value) if isinstance(value, str) else None
    if found is None:
        raise table.fail('is host:port, such as "127.0.0.1:8888", or unix:/path', key)
    path = found.path and str(Path(table.beside(found.path)).absolute())
    return found._replace(path=path)


def _server_of(table: _Table, key: str) -> str:
    """Return the server of a call: its name, or its address."""
    text = _text(table, key)
    known = parse_address(text)
    return str(_address(table, text, key)) if known and known.path else text


def _text(table: _Table, key: str) -> str:
    value = table.members[key]
    if not isinstance(value, str):
        raise table.fail("is a string", key)
    return value


def _flag(table: _Table, key: str) -> bool:
    value = table.members[key]
    if not isinstance(value, bool):
        raise table.fail("is true or false", key)
    return value


def _seconds(table: _Table, key: str) -> float:
    value = table.members[key]
    if type(value) not in {int, float} or not 0 <= value < math.inf:
        raise table.fail("is a number of seconds, 0 for no limit", key)
    return float(value)


def _json(table: _Table, key: str) -> Json:
    """Return a value as JSON has it: a date is its text."""
    try:
        return loads(to_text(table.members[key]))
    except EncodeError as error:
        raise table.fail(str(error), key) from None


_SERVER: Mapping[str, Callable[[_Table, str], Any]] = {
    "address": lambda table, key: _address(table, table.members[key], key),
    "timeout": _seconds,
    "tls": _flag,
    "tls_authority": lambda table, key: table.beside(_text(table, key)),
    "tls_certificate": lambda table, key: table.beside(_text(table, key)),
    "tls_key": lambda table, key: table.beside(_text(table, key)),
    "tls_name": _text,
    "tls_insecure": _flag,
}
"""Key of a server → what reads its value."""
_CALL: Mapping[str, Callable[[_Table, str], Any]] = {
    "server": _server_of,
    "pattern": _json,
    "data": _json,
    "metadata": _json,
    "timeout": _seconds,
}
"""Key of a call → what reads its value."""
